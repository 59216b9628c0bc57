package io.camatlas.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the cells of a layer's grid and its feature maps are in what the layer returns. Whatever
 * the layout, a probed network gives the layer's activations and gradients as {@code [N,K,h,w]}.
 *
 * @param order of the dimensions
 * @param prefix tokens before those of the grid, such as a class token; 0 unless there are tokens
 * @param height rows of the grid of tokens; 0 unless there are tokens
 * @param width columns of the grid of tokens; 0 unless there are tokens
 */
public record GridLayout(Order order, int prefix, int height, int width) implements Serializable {
  /** As convolutions return it. */
  public static final GridLayout CHANNELS_FIRST = new GridLayout(Order.CHANNELS_FIRST, 0, 0, 0);

  /** As the blocks of some transformers do. */
  public static final GridLayout CHANNELS_LAST = new GridLayout(Order.CHANNELS_LAST, 0, 0, 0);

  /** The layouts in words, for messages. */
  public static final String FORMS =
      "channels-first, channels-last, tokens:1+14x14 (one token, then 14 rows of 14) or"
          + " tokens-first:1+14x14 (the same, before the batch)";

  private static final Pattern TOKENS =
      Pattern.compile("(tokens|tokens-first):(?:(\\d{1,5})\\+)?(\\d{1,5})x(\\d{1,5})");

  /** More tokens before the grid are taken for something else. */
  private static final int MOST_PREFIX = 8;

  /** How often a network may have halved its grid of patches. */
  private static final int MOST_HALVINGS = 4;

  /** Networks halve their input up to so many times. */
  private static final int MOST_HALVED = 6;

  /** The order of the dimensions. */
  public enum Order {
    /** {@code [N,K,h,w]}. */
    CHANNELS_FIRST("channels-first"),
    /** {@code [N,h,w,K]}. */
    CHANNELS_LAST("channels-last"),
    /** {@code [N,T,K]}: T tokens, of which the last h·w are a grid, row by row. */
    TOKENS("tokens"),
    /** {@code [T,N,K]}. */
    TOKENS_FIRST("tokens-first");

    private final String text;

    Order(String text) {
      this.text = text;
    }

    private boolean isOfTokens() {
      return this == TOKENS || this == TOKENS_FIRST;
    }
  }

  public GridLayout {
    if (order.isOfTokens() ? prefix < 0 || height < 1 || width < 1 : prefix + height + width != 0) {
      throw new IllegalArgumentException(
          "layout %s has %d tokens before a grid of %dx%d; only tokens have a grid, of at least 1x1."
              .formatted(order.text, prefix, height, width));
    }
  }

  /**
   * Reads what {@link #text} wrote.
   *
   * @throws IllegalArgumentException naming the text and the forms
   */
  @JsonCreator
  public static GridLayout parse(String text) {
    Matcher tokens = TOKENS.matcher(text);
    if (tokens.matches()) {
      return new GridLayout(
          tokens.group(1).equals(Order.TOKENS.text) ? Order.TOKENS : Order.TOKENS_FIRST,
          tokens.group(2) == null ? 0 : Integer.parseInt(tokens.group(2)),
          Integer.parseInt(tokens.group(3)),
          Integer.parseInt(tokens.group(4)));
    }
    for (GridLayout plain : List.of(CHANNELS_FIRST, CHANNELS_LAST)) {
      if (plain.text().equals(text)) {
        return plain;
      }
    }
    throw new IllegalArgumentException("layout is '" + text + "'; it must be " + FORMS + ".");
  }

  /** As in settings and in {@code run.json}: {@code tokens:1+14x14}. */
  @JsonValue
  public String text() {
    return order.isOfTokens()
        ? order.text + ":" + (prefix > 0 ? prefix + "+" : "") + height + "x" + width
        : order.text;
  }

  /** As in settings and in {@code run.json}. */
  @Override
  public String toString() {
    return text();
  }

  /** As the probed archive's table has it: number of the order, prefix, rows and columns. */
  long[] numbers() {
    int number =
        switch (order) {
          case CHANNELS_FIRST -> 0;
          case CHANNELS_LAST -> 1;
          case TOKENS -> 2;
          case TOKENS_FIRST -> 3;
        };
    return new long[] {number, prefix, height, width};
  }

  /** Whether an output for one image has this layout. */
  boolean fits(List<Long> output) {
    if (!order.isOfTokens()) {
      return output.size() == 4 && output.get(0) == 1;
    }
    int batch = order == Order.TOKENS ? 0 : 1;
    return output.size() == 3
        && output.get(batch) == 1
        && output.get(1 - batch) == prefix + (long) height * width;
  }

  /** Whether an output for one image has a grid of this layout with more than one cell. */
  boolean isSpatial(List<Long> output) {
    return switch (order) {
      case CHANNELS_FIRST -> output.get(2) * output.get(3) > 1;
      case CHANNELS_LAST -> output.get(1) * output.get(2) > 1;
      case TOKENS, TOKENS_FIRST -> height * width > 1;
    };
  }

  /**
   * Finds the layout of a layer's output.
   *
   * <p>Tokens are those of the grid of patches that a convolution makes of the input, after as few
   * others as possible, or of one that was halved since, after at most one other. Where the network
   * has no convolution, patches are taken to be squares that divide the input.
   *
   * @param type the layer's class
   * @param output of the layer for one image
   * @param input shape of that image
   * @param grids of the network's convolutions, rows and columns
   * @return empty if the output is no grid of a known layout
   */
  static Optional<GridLayout> of(
      String type, List<Long> output, InputShape input, List<long[]> grids) {
    if (output.size() == 4 && output.get(0) == 1) {
      List<long[]> known = withHalves(grids);
      boolean first = contains(known, output.get(2), output.get(3));
      boolean last = contains(known, output.get(1), output.get(2));
      boolean unclear = first == last;
      boolean isLast =
          (unclear || ChannelAxis.isPlanar(type)) ? ChannelAxis.isLast(type, output, input) : last;
      return Optional.of(isLast ? CHANNELS_LAST : CHANNELS_FIRST);
    }
    if (output.size() != 3) {
      return Optional.empty();
    }
    boolean batchFirst = output.get(0) == 1 && output.get(1) > 1;
    boolean batchSecond = output.get(1) == 1 && output.get(0) > 1;
    if (batchFirst == batchSecond) {
      return Optional.empty();
    }
    long tokens = output.get(batchFirst ? 1 : 0);
    Order order = batchFirst ? Order.TOKENS : Order.TOKENS_FIRST;
    return grids.isEmpty()
        ? best(order, tokens, squares(input), 1)
        : best(order, tokens, grids, MOST_PREFIX)
            .or(() -> best(order, tokens, withHalves(grids), 1));
  }

  private static boolean contains(List<long[]> grids, long rows, long columns) {
    return grids.stream().anyMatch(grid -> grid[0] == rows && grid[1] == columns);
  }

  /**
   * Whether an output is taken for a grid without a look at other layers: of tokens, of one cell,
   * as convolutions of small inputs return, or with as many rows and columns as the input halved a
   * few times.
   */
  boolean isUsual(List<Long> output, InputShape input) {
    if (order.isOfTokens() || output.size() != 4 || !isSpatial(output)) {
      return true;
    }
    int at = order == Order.CHANNELS_FIRST ? 2 : 1;
    for (int halving = 0; halving <= MOST_HALVED; halving++) {
      long step = 1L << halving;
      if (output.get(at) == (input.height() + step - 1) / step
          && output.get(at + 1) == (input.width() + step - 1) / step) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether an output may be a grid at all: none is finer than all that convolutions return.
   *
   * @param grids of the network's convolutions, rows and columns
   */
  boolean mayBe(List<Long> output, List<long[]> grids) {
    int at = order == Order.CHANNELS_FIRST ? 2 : 1;
    return grids.isEmpty()
        || grids.stream()
            .anyMatch(grid -> output.get(at) <= grid[0] && output.get(at + 1) <= grid[1]);
  }

  /**
   * Whether an output of this layout is likely to be a grid, and not, for example, the weights of
   * an attention: it has more than one cell, and of four dimensions two are those of a convolution,
   * or halves of them, or have the input's proportions and are no more than a convolution's.
   *
   * @param type the layer's class
   * @param grids of the network's convolutions, rows and columns
   */
  boolean isLikely(String type, List<Long> output, InputShape input, List<long[]> grids) {
    if (!isSpatial(output) || order.isOfTokens() || ChannelAxis.isPlanar(type)) {
      return isSpatial(output);
    }
    int at = order == Order.CHANNELS_FIRST ? 2 : 1;
    long rows = output.get(at);
    long columns = output.get(at + 1);
    if (grids.isEmpty() || contains(withHalves(grids), rows, columns)) {
      return true;
    }
    return ChannelAxis.isGrid(rows, columns, input)
        && grids.stream().anyMatch(grid -> rows <= grid[0] && columns <= grid[1]);
  }

  private static Optional<GridLayout> best(
      Order order, long tokens, List<long[]> grids, int mostPrefix) {
    GridLayout best = null;
    for (long[] grid : grids) {
      long prefix = tokens - grid[0] * grid[1];
      if (grid[0] * grid[1] > Math.max(1, prefix)
          && prefix >= 0
          && prefix <= mostPrefix
          && (best == null || prefix < best.prefix)) {
        best = new GridLayout(order, (int) prefix, (int) grid[0], (int) grid[1]);
      }
    }
    return Optional.ofNullable(best);
  }

  private static List<long[]> withHalves(List<long[]> grids) {
    List<long[]> all = new ArrayList<>(grids);
    for (long[] grid : grids) {
      for (int halving = 1; halving <= MOST_HALVINGS; halving++) {
        long step = 1L << halving;
        all.add(new long[] {(grid[0] + step - 1) / step, (grid[1] + step - 1) / step});
      }
    }
    return all;
  }

  private static List<long[]> squares(InputShape input) {
    List<long[]> all = new ArrayList<>();
    for (int side = 1; side <= Math.min(input.height(), input.width()); side++) {
      if (input.height() % side == 0 && input.width() % side == 0) {
        all.add(new long[] {input.height() / side, input.width() / side});
      }
    }
    return all;
  }
}

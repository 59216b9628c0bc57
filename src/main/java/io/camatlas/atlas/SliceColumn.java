package io.camatlas.atlas;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The images of a class by the value of one trait. Mutable.
 *
 * <p>Numbers are kept as they are until there are many different ones; then all lose as many of
 * their last digits as necessary. Digits are cut and not rounded, so that the result does not
 * depend on the order in which images come. A trait with many different texts, such as the number
 * of a patient, is no group of images, and is given up.
 *
 * @param <C> what is measured of the images of a value
 */
public final class SliceColumn<C extends SliceColumn.Cell<C>> {
  private static final int MOST_NUMBERS = 256;

  /** Different texts; with more, a trait is given up. */
  static final int MOST_TEXTS = 200;

  /** Characters of a text; with more, a trait is given up. */
  static final int LONGEST_TEXT = 100;

  /** Up to so many different numbers, each is a group of its own. */
  private static final int MOST_SEPARATE = 8;

  private static final int QUARTERS = 4;

  /** Groups are written with as many digits as tell them apart. */
  private static final int LEAST_DIGITS = 3;

  private static final int MOST_DIGITS = 17;

  /** Digits that are kept at each level; 0 keeps all. */
  private static final int[] DIGITS = {0, 6, 5, 4, 3, 2, 1};

  private final Supplier<C> empty;
  private final long cellBytes;
  private TreeMap<Double, C> numbers = new TreeMap<>();
  private final TreeMap<String, C> texts = new TreeMap<>();
  private int level;
  private boolean crowded;

  /**
   * The images of one value.
   *
   * @param <C> the type itself
   */
  public interface Cell<C> {
    /** Merges another part into this one. */
    void merge(C other);

    /** Number of images. */
    long images();

    /** The smallest value of an image here; infinite if values are text. */
    double least();

    /** The largest value of an image here. */
    double most();

    /** Writes this cell. */
    void write(DataOutput out) throws IOException;

    /** Approximate memory use of any cell of the type, in bytes. */
    long bytes();
  }

  /** Reads what a cell wrote. */
  @FunctionalInterface
  public interface CellReader<C> {
    C read(DataInput in) throws IOException;
  }

  /** Creates an empty column whose cells begin as {@code empty} gives them. */
  public SliceColumn(Supplier<C> empty) {
    this.empty = empty;
    this.cellBytes = empty.get().bytes();
  }

  /**
   * Adds images.
   *
   * @param images called with the cell of their value, unless the trait is given up
   */
  public void add(Trait trait, Consumer<C> images) {
    if (trait.text() == null) {
      addNumber(trait.number(), images);
    } else {
      addText(trait.text(), images);
    }
  }

  void addNumber(double number, Consumer<C> images) {
    images.accept(number(number));
    coarsen();
  }

  void addText(String text, Consumer<C> images) {
    if (text.length() > LONGEST_TEXT) {
      giveUp();
    } else if (!crowded) {
      images.accept(text(text));
      limit();
    }
  }

  private C number(double value) {
    return numbers.computeIfAbsent(cut(value, level), fresh -> empty.get());
  }

  private C text(String value) {
    return texts.computeIfAbsent(value, fresh -> empty.get());
  }

  private static double cut(double value, int level) {
    if (DIGITS[level] == 0 || value == 0) {
      return value;
    }
    // As it is written: the exact value of 0.29 lies below it, and would be cut to 0.28.
    return BigDecimal.valueOf(value)
        .round(new MathContext(DIGITS[level], RoundingMode.DOWN))
        .doubleValue();
  }

  private void coarsen() {
    while (numbers.size() > MOST_NUMBERS && level + 1 < DIGITS.length) {
      raise(level + 1);
    }
  }

  private void raise(int to) {
    level = to;
    TreeMap<Double, C> finer = numbers;
    numbers = new TreeMap<>();
    finer.forEach((value, cell) -> number(value).merge(cell));
  }

  private void limit() {
    if (texts.size() > MOST_TEXTS) {
      giveUp();
    }
  }

  /** Whether there were too many different texts, or too long ones, for groups. */
  public boolean isGivenUp() {
    return crowded;
  }

  /** Gives the trait up: it has too many different texts, or too long ones. */
  void giveUp() {
    crowded = true;
    texts.clear();
  }

  /** Merges another part into this one. */
  public void merge(SliceColumn<C> other) {
    if (other.level > level) {
      raise(other.level);
    }
    other.numbers.forEach((value, cell) -> number(value).merge(cell));
    coarsen();
    if (other.crowded) {
      giveUp();
    } else if (!crowded) {
      other.texts.forEach((value, cell) -> text(value).merge(cell));
      limit();
    }
  }

  /**
   * Some images.
   *
   * @param value what they have in common as text; a range if numbers are grouped
   * @param cell what was measured
   */
  public record Group<C>(String value, C cell) {}

  /** The groups of images: each text, and each number or each quarter of the numbers. */
  public List<Group<C>> groups() {
    List<Group<C>> found = new ArrayList<>();
    texts.forEach((value, cell) -> found.add(new Group<>(value, cell)));
    List<C> groups = numbers.size() <= MOST_SEPARATE ? List.copyOf(numbers.values()) : quarters();
    int digits = LEAST_DIGITS;
    while (digits < MOST_DIGITS && !areDistinct(groups, digits)) {
      digits++;
    }
    for (C group : groups) {
      found.add(new Group<>(written(group, digits), group));
    }
    return found;
  }

  private boolean areDistinct(List<C> groups, int digits) {
    return groups.stream().map(group -> written(group, digits)).distinct().count() == groups.size();
  }

  private List<C> quarters() {
    long all = numbers.values().stream().mapToLong(Cell::images).sum();
    long before = 0;
    List<C> quarters = new ArrayList<>(Collections.nCopies(QUARTERS, null));
    for (C cell : numbers.values()) {
      int quarter = (int) (QUARTERS * (before + cell.images() / 2.0) / all);
      if (quarters.get(quarter) == null) {
        quarters.set(quarter, empty.get());
      }
      quarters.get(quarter).merge(cell);
      before += cell.images();
    }
    return quarters.stream().filter(Objects::nonNull).toList();
  }

  private String written(C cell, int digits) {
    String least = written(cell.least(), digits);
    String most = written(cell.most(), digits);
    return least.equals(most) ? least : least + " to " + most;
  }

  private static String written(double number, int digits) {
    boolean whole = number == Math.rint(number) && Math.abs(number) < 1e15;
    return (whole ? new BigDecimal(number) : new BigDecimal(number, new MathContext(digits)))
        .stripTrailingZeros()
        .toPlainString();
  }

  /** Approximate memory use, in bytes. */
  public long bytes() {
    return 200 + cellBytes * (numbers.size() + texts.size());
  }

  /** Writes this column. */
  public void write(DataOutput out) throws IOException {
    out.writeInt(level);
    out.writeBoolean(crowded);
    out.writeInt(numbers.size());
    for (Map.Entry<Double, C> entry : numbers.entrySet()) {
      out.writeDouble(entry.getKey());
      entry.getValue().write(out);
    }
    out.writeInt(texts.size());
    for (Map.Entry<String, C> entry : texts.entrySet()) {
      out.writeUTF(entry.getKey());
      entry.getValue().write(out);
    }
  }

  /** Reads what {@link #write} wrote. */
  public static <C extends Cell<C>> SliceColumn<C> read(
      DataInput in, Supplier<C> empty, CellReader<C> cell) throws IOException {
    SliceColumn<C> column = new SliceColumn<>(empty);
    column.level = in.readInt();
    column.crowded = in.readBoolean();
    for (int left = in.readInt(); left > 0; left--) {
      column.numbers.put(in.readDouble(), cell.read(in));
    }
    for (int left = in.readInt(); left > 0; left--) {
      column.texts.put(in.readUTF(), cell.read(in));
    }
    return column;
  }
}

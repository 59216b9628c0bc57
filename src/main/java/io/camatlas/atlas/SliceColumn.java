package io.camatlas.atlas;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The images of a class by the value of one trait. Mutable.
 *
 * <p>Numbers are kept as they are until there are many different ones; then all lose as many of
 * their last digits as necessary. Digits are cut and not rounded, so that the result does not
 * depend on the order in which images come. A trait with many different texts, such as the number
 * of a patient, is no group of images, and is given up.
 */
final class SliceColumn {
  private static final int MOST_NUMBERS = 256;
  private static final int MOST_TEXTS = 200;
  private static final int LONGEST_TEXT = 100;

  /** Up to so many different numbers, each is a group of its own. */
  private static final int MOST_SEPARATE = 8;

  private static final int QUARTERS = 4;

  /** Groups are written with as many digits as tell them apart. */
  private static final int LEAST_DIGITS = 3;

  private static final int MOST_DIGITS = 17;

  /** Digits that are kept at each level; 0 keeps all. */
  private static final int[] DIGITS = {0, 6, 5, 4, 3, 2, 1};

  private TreeMap<Double, SliceCell> numbers = new TreeMap<>();
  private final TreeMap<String, SliceCell> texts = new TreeMap<>();
  private int level;
  private boolean crowded;

  void add(Trait trait, ExplainedRow row) {
    if (trait.text() == null) {
      number(trait.number()).add(row, trait.number());
      coarsen();
    } else if (trait.text().length() > LONGEST_TEXT) {
      giveUp();
    } else if (!crowded) {
      text(trait.text()).add(row, Double.NaN);
      limit();
    }
  }

  private SliceCell number(double value) {
    return numbers.computeIfAbsent(cut(value, level), fresh -> new SliceCell());
  }

  private SliceCell text(String value) {
    return texts.computeIfAbsent(value, fresh -> new SliceCell());
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
    TreeMap<Double, SliceCell> finer = numbers;
    numbers = new TreeMap<>();
    finer.forEach((value, cell) -> number(value).merge(cell));
  }

  private void limit() {
    if (texts.size() > MOST_TEXTS) {
      giveUp();
    }
  }

  /** Whether there were too many different texts, or too long ones, for groups. */
  boolean isGivenUp() {
    return crowded;
  }

  private void giveUp() {
    crowded = true;
    texts.clear();
  }

  void merge(SliceColumn other) {
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

  /** The groups of images: each text, and each number or each quarter of the numbers. */
  List<SliceState.Slice> slices(Trait.Name name) {
    List<SliceState.Slice> slices = new ArrayList<>();
    texts.forEach((value, cell) -> slices.add(new SliceState.Slice(name, value, cell)));
    List<SliceCell> groups =
        numbers.size() <= MOST_SEPARATE ? List.copyOf(numbers.values()) : quarters();
    int digits = LEAST_DIGITS;
    while (digits < MOST_DIGITS && !areDistinct(groups, digits)) {
      digits++;
    }
    for (SliceCell group : groups) {
      slices.add(new SliceState.Slice(name, written(group, digits), group));
    }
    return slices;
  }

  private static boolean areDistinct(List<SliceCell> groups, int digits) {
    return groups.stream().map(group -> written(group, digits)).distinct().count() == groups.size();
  }

  private List<SliceCell> quarters() {
    long all = numbers.values().stream().mapToLong(SliceCell::images).sum();
    long before = 0;
    SliceCell[] quarters = new SliceCell[QUARTERS];
    for (SliceCell cell : numbers.values()) {
      int quarter = (int) (QUARTERS * (before + cell.images() / 2.0) / all);
      if (quarters[quarter] == null) {
        quarters[quarter] = new SliceCell();
      }
      quarters[quarter].merge(cell);
      before += cell.images();
    }
    return Stream.of(quarters).filter(Objects::nonNull).toList();
  }

  private static String written(SliceCell cell, int digits) {
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

  long bytes() {
    return 200 + SliceCell.BYTES * (numbers.size() + texts.size());
  }

  void write(DataOutput out) throws IOException {
    out.writeInt(level);
    out.writeBoolean(crowded);
    out.writeInt(numbers.size());
    for (Map.Entry<Double, SliceCell> entry : numbers.entrySet()) {
      out.writeDouble(entry.getKey());
      entry.getValue().write(out);
    }
    out.writeInt(texts.size());
    for (Map.Entry<String, SliceCell> entry : texts.entrySet()) {
      out.writeUTF(entry.getKey());
      entry.getValue().write(out);
    }
  }

  static SliceColumn read(DataInput in) throws IOException {
    SliceColumn column = new SliceColumn();
    column.level = in.readInt();
    column.crowded = in.readBoolean();
    for (int left = in.readInt(); left > 0; left--) {
      column.numbers.put(in.readDouble(), SliceCell.read(in));
    }
    for (int left = in.readInt(); left > 0; left--) {
      column.texts.put(in.readUTF(), SliceCell.read(in));
    }
    return column;
  }
}

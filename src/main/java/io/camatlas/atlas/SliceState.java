package io.camatlas.atlas;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The images of one class, or of all, grouped by what is known of them besides their pixels.
 * Mutable; not thread-safe.
 *
 * <p>Up to {@value #MOST_HELD} images are held one by one, which is exact and small; more are
 * summed by the values of their traits. Which of the two depends on their number alone, and not on
 * the parts in which they came.
 *
 * <p>An image counts for the class of its label, or for the predicted class if it has none.
 */
public final class SliceState implements State<SliceState> {
  /** Raised whenever the written format changes, here or in a state within this one. */
  private static final int VERSION = 2 + SliceCell.VERSION + HeldImages.VERSION;

  /** Traits that are kept, the first by name: a table of a thousand columns is no metadata. */
  static final int MOST_TRAITS = 128;

  private static final int MOST_HELD = 2000;

  /**
   * The state of a class at a layer. That of all classes is made from complete classes, and never
   * stored.
   */
  public static final StateKind<SliceState> KIND =
      new StateKind<>("slices", VERSION, SliceState::read);

  private final ClassName name;
  private final TreeMap<Trait.Name, SliceColumn<SliceCell>> columns = new TreeMap<>();

  /** All images, while they are few; null afterwards. */
  private HeldImages held = new HeldImages();

  /**
   * A group of images.
   *
   * @param trait what they have in common
   * @param value its value as text; a range if numbers are grouped
   * @param cell what was measured
   */
  public record Slice(Trait.Name trait, String value, SliceCell cell) {}

  /** Creates an empty state for a class; null for all classes. */
  public SliceState(ClassName name) {
    this.name = name;
  }

  /** Adds an image. */
  public void add(ExplainedRow row) {
    add(SliceMeasure.all(row), row.context().traits());
  }

  /**
   * Adds an image.
   *
   * @param measures one for each {@link SliceMeasure}; NaN where there is none
   */
  void add(double[] measures, List<Trait> all) {
    List<Trait> traits = firstByName(all);
    if (held != null) {
      held.add(measures, traits);
      sumIfMany();
      return;
    }
    for (Trait trait : traits) {
      columns
          .computeIfAbsent(trait.name(), fresh -> new SliceColumn<>(SliceCell::new))
          .add(trait, cell -> cell.add(measures, trait.number()));
    }
    limit(columns);
  }

  /** A trait that is among the first of all images is among the first of each that has it. */
  private static List<Trait> firstByName(List<Trait> traits) {
    return traits.size() <= MOST_TRAITS
        ? traits
        : traits.stream().sorted(Comparator.comparing(Trait::name)).limit(MOST_TRAITS).toList();
  }

  private void sumIfMany() {
    if (held.count() > MOST_HELD) {
      sum();
    }
  }

  private void sum() {
    columns.putAll(summed());
    held = null;
  }

  /** The images by the values of their traits. */
  private Map<Trait.Name, SliceColumn<SliceCell>> summed() {
    if (held == null) {
      return columns;
    }
    TreeMap<Trait.Name, SliceColumn<SliceCell>> summed = new TreeMap<>();
    held.addTo(summed);
    limit(summed);
    return summed;
  }

  private static void limit(NavigableMap<Trait.Name, ?> columns) {
    while (columns.size() > MOST_TRAITS) {
      columns.pollLastEntry();
    }
  }

  /** Turns a complete class into a part of the state of all classes. */
  public SliceState asPartOfAll() {
    SliceState all = new SliceState(null);
    all.held = null;
    all.columns.putAll(summed());
    return all;
  }

  /** The same, of the traits alone that the class has given up. */
  public SliceState givenUpAsPartOfAll() {
    SliceState all = asPartOfAll();
    all.columns.values().removeIf(column -> !column.isGivenUp());
    return all;
  }

  @Override
  public void merge(SliceState other) {
    if (held != null && other.held != null) {
      held.merge(other.held);
      sumIfMany();
      return;
    }
    if (held != null) {
      sum();
    }
    if (other.held != null) {
      other.held.addTo(columns);
      limit(columns);
      return;
    }
    other.columns.forEach(
        (trait, column) -> {
          SliceColumn<SliceCell> own = columns.putIfAbsent(trait, column);
          if (own != null) {
            own.merge(column);
          }
        });
    limit(columns);
  }

  /** The class; empty for the state of all classes. */
  public Optional<ClassName> name() {
    return Optional.ofNullable(name);
  }

  /**
   * Compares every group of images with all others that have a value of the same trait.
   *
   * @param found called for each measure of each group that has others to be compared with
   */
  public void compare(Consumer<SliceComparison> found) {
    summed()
        .forEach(
            (trait, column) -> {
              List<Slice> slices =
                  column.groups().stream()
                      .map(group -> new Slice(trait, group.value(), group.cell()))
                      .toList();
              List<SliceCell> rests = rests(slices);
              for (int i = 0; i < rests.size(); i++) {
                for (SliceMeasure measure : SliceMeasure.values()) {
                  SliceComparison.of(slices.get(i), rests.get(i), measure).ifPresent(found);
                }
              }
            });
  }

  /** Traits whose texts are too many, or too long, for groups. */
  public List<Trait.Name> givenUp() {
    return summed().entrySet().stream()
        .filter(one -> one.getValue().isGivenUp())
        .map(Map.Entry::getKey)
        .toList();
  }

  /** For each group, all other groups together; empty if there is but one group. */
  private static List<SliceCell> rests(List<Slice> slices) {
    if (slices.size() < 2) {
      return List.of();
    }
    // What comes before and what comes after, so that 200 groups need no 40,000 merges.
    List<SliceCell> before = new ArrayList<>();
    SliceCell sum = new SliceCell();
    for (Slice slice : slices) {
      SliceCell copy = new SliceCell();
      copy.merge(sum);
      before.add(copy);
      sum.merge(slice.cell());
    }
    SliceCell after = new SliceCell();
    for (int i = slices.size() - 1; i >= 0; i--) {
      before.get(i).merge(after);
      after.merge(slices.get(i).cell());
    }
    return before;
  }

  @Override
  public long bytes() {
    return 100
        + (held == null ? 0 : held.bytes())
        + columns.values().stream().mapToLong(SliceColumn::bytes).sum();
  }

  @Override
  public void write(DataOutput out) throws IOException {
    out.writeBoolean(name != null);
    if (name != null) {
      out.writeInt(name.index());
      out.writeUTF(name.name());
    }
    out.writeBoolean(held != null);
    if (held != null) {
      held.write(out);
      return;
    }
    out.writeInt(columns.size());
    for (Map.Entry<Trait.Name, SliceColumn<SliceCell>> entry : columns.entrySet()) {
      entry.getKey().write(out);
      entry.getValue().write(out);
    }
  }

  /** Reads what {@link #write} wrote. */
  public static SliceState read(DataInput in) throws IOException {
    SliceState state =
        new SliceState(in.readBoolean() ? new ClassName(in.readInt(), in.readUTF()) : null);
    if (in.readBoolean()) {
      state.held = HeldImages.read(in);
      return state;
    }
    state.held = null;
    for (int left = in.readInt(); left > 0; left--) {
      state.columns.put(Trait.Name.read(in), SliceColumn.read(in, SliceCell::new, SliceCell::read));
    }
    return state;
  }
}

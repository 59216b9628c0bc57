package io.camatlas.compare;

import io.camatlas.atlas.MapMeasure;
import io.camatlas.atlas.Moments;
import io.camatlas.atlas.SliceColumn;
import io.camatlas.atlas.SliceMeasure;
import io.camatlas.atlas.State;
import io.camatlas.atlas.StateKind;
import io.camatlas.atlas.Trait;
import io.camatlas.atlas.VectorMeans;
import io.camatlas.compare.TwoSamples.Side;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.commons.math3.stat.correlation.PearsonsCorrelation;

/**
 * One class, or all, in two samples: everything that is compared. Mutable; not thread-safe.
 *
 * <p>Predictions and traits are those of images that count for the class: by their label or,
 * without one, by the prediction. Maps and feature maps are those of explanations of the class.
 */
public final class ComparedClass implements State<ComparedClass> {
  /** Its bytes in the tables of a job; never stored. */
  public static final StateKind<ComparedClass> KIND =
      new StateKind<>("compared class", 1, ComparedClass::read);

  /** The share of all images for which a class is predicted. */
  public static final String PREDICTED_SHARE = "predicted_share";

  /** Confidence less accuracy. */
  public static final String OVERCONFIDENCE = "overconfidence";

  /** The share of maps that are zero everywhere. */
  public static final String BLANK = "blank";

  /** Area under the curve of the probability while pixels are put in, less a random map's. */
  public static final String INSERTION = "insertion_beyond_random";

  /** The same while they are taken out. */
  public static final String DELETION = "deletion_beyond_random";

  /** Traits that are kept, the first by name, as in an atlas. */
  private static final int MOST_TRAITS = 128;

  /** Measures that depend on the number of cells. */
  private static final Set<String> OF_ONE_GRID =
      Set.of(
          MapMeasure.ENTROPY_NATS.column(), MapMeasure.GINI.column(), MapMeasure.PARTS_50.column());

  private static final float[] NONE = {};

  private final TwoSamples said;
  private final TwoSamples labelled;

  /** Pairs predicted by both, by one only, and images without a partner, of each sample. */
  private final long[] predicted = new long[5];

  /** Images without a partner here that the other sample has for another class. */
  private final long[] elsewhere = new long[2];

  /** Images of both samples whose label only one of them knows. */
  private final long[] labelledByOne = new long[2];

  private final TwoSamples explained;
  private final TwoSamples maps;
  private TwoSamples relevance;
  private final VectorMeans[] cells = new VectorMeans[2];
  private Moments moved = Moments.EMPTY;
  private final TwoSamples faithfulness;
  private final TreeMap<Trait.Name, SliceColumn<ComparedCell>> traits = new TreeMap<>();

  /** Creates an empty state. */
  public ComparedClass() {
    this(
        new TwoSamples(1),
        new TwoSamples(2),
        new TwoSamples(1),
        new TwoSamples(ComparedNumbers.OF_MAP.size()),
        new TwoSamples(2));
  }

  private ComparedClass(
      TwoSamples said,
      TwoSamples labelled,
      TwoSamples explained,
      TwoSamples maps,
      TwoSamples faithfulness) {
    this.said = said;
    this.labelled = labelled;
    this.explained = explained;
    this.maps = maps;
    this.faithfulness = faithfulness;
  }

  /** Adds an image that both samples have. */
  public void addPair(ComparedRow from, ComparedRow with) {
    if (from.said() != null && with.said() != null) {
      add(said, known(from.said().confidence()), known(with.said().confidence()));
      float[] first = labelled(from);
      float[] second = labelled(with);
      add(labelled, first, second);
      if (first.length != second.length) {
        labelledByOne[(first.length > 0 ? Side.FROM : Side.WITH).index()]++;
      }
      addTraits(from, with);
    } else {
      addSaid(Side.FROM, from);
      addSaid(Side.WITH, with);
    }
    if (from.isPredicted() && with.isPredicted()) {
      predicted[0]++;
    } else {
      addPredicted(Side.FROM, from);
      addPredicted(Side.WITH, with);
    }
    if (from.isExplained() && with.isExplained()) {
      explained.addPair(blank(from), blank(with));
    } else {
      addExplained(Side.FROM, from);
      addExplained(Side.WITH, with);
    }
    add(maps, from.map(), with.map());
    if (from.relevance().length > 0 && with.relevance().length > 0) {
      relevance(from).addPair(from.relevance(), with.relevance());
    } else {
      addRelevance(Side.FROM, from);
      addRelevance(Side.WITH, with);
    }
    addCells(Side.FROM, from);
    addCells(Side.WITH, with);
    moved(from, with).ifPresent(value -> moved = moved.with(value));
    add(faithfulness, from.faithfulness(), with.faithfulness());
  }

  /**
   * How much of the attention moved between two explanations of one image, 0 to 1; empty if one of
   * them has no map.
   */
  public static Optional<Double> moved(ComparedRow from, ComparedRow with) {
    return from.cells().length > 0 && with.cells().length > 0
        ? Optional.of(CommonGrid.moved(from.cells(), with.cells()))
        : Optional.empty();
  }

  /** Adds an image that only one sample has. */
  public void add(Side side, ComparedRow row) {
    elsewhere[side.index()] += row.isShared() && (row.said() != null || row.isExplained()) ? 1 : 0;
    addSaid(side, row);
    addPredicted(side, row);
    addExplained(side, row);
    add(maps, side, row.map());
    addRelevance(side, row);
    addCells(side, row);
    add(faithfulness, side, row.faithfulness());
  }

  private void addSaid(Side side, ComparedRow row) {
    if (row.said() != null) {
      said.add(side, known(row.said().confidence()));
      add(labelled, side, labelled(row));
      for (Trait trait : row.said().traits()) {
        column(trait.name()).add(trait, cell -> cell.add(side, row, trait.number()));
      }
      limit();
    }
  }

  private void addTraits(ComparedRow from, ComparedRow with) {
    Map<Trait.Name, Trait> others = new TreeMap<>();
    with.said().traits().forEach(trait -> others.put(trait.name(), trait));
    for (Trait trait : from.said().traits()) {
      Trait other = others.get(trait.name());
      SliceColumn<ComparedCell> column = column(trait.name());
      if (trait.equals(other)) {
        column.add(trait, cell -> cell.addPair(from, with, trait.number()));
        others.remove(trait.name());
      } else {
        column.add(trait, cell -> cell.add(Side.FROM, from, trait.number()));
      }
    }
    others
        .values()
        .forEach(
            trait ->
                column(trait.name()).add(trait, cell -> cell.add(Side.WITH, with, trait.number())));
    limit();
  }

  private SliceColumn<ComparedCell> column(Trait.Name name) {
    return traits.computeIfAbsent(name, fresh -> new SliceColumn<>(ComparedCell::new));
  }

  private void limit() {
    while (traits.size() > MOST_TRAITS) {
      traits.pollLastEntry();
    }
  }

  private void addPredicted(Side side, ComparedRow row) {
    if (row.isPredicted()) {
      predicted[(row.isShared() ? 1 : 3) + side.index()]++;
    }
  }

  private void addExplained(Side side, ComparedRow row) {
    if (row.isExplained()) {
      explained.add(side, blank(row));
    }
  }

  private void addRelevance(Side side, ComparedRow row) {
    if (row.relevance().length > 0) {
      relevance(row).add(side, row.relevance());
    }
  }

  private TwoSamples relevance(ComparedRow row) {
    if (relevance == null) {
      relevance = new TwoSamples(row.relevance().length);
    }
    return relevance;
  }

  private void addCells(Side side, ComparedRow row) {
    int at = side.index();
    if (row.cells().length > 0) {
      if (cells[at] == null) {
        cells[at] = new VectorMeans(row.cells().length);
      }
      cells[at].add(row.cells());
    }
  }

  private static float[] labelled(ComparedRow row) {
    float right = row.said().right();
    return Float.isNaN(right) ? NONE : new float[] {right, row.said().confidence() - right};
  }

  private static float[] blank(ComparedRow row) {
    return new float[] {row.map().length == 0 ? 1 : 0};
  }

  /** A vector of a number, without components if it is not known. */
  static float[] known(float number) {
    return Float.isNaN(number) ? NONE : new float[] {number};
  }

  /** Adds vectors as far as they are known, as a pair if both are. */
  static void add(TwoSamples to, float[] from, float[] with) {
    if (from.length > 0 && with.length > 0) {
      to.addPair(from, with);
    } else {
      add(to, Side.FROM, from);
      add(to, Side.WITH, with);
    }
  }

  static void add(TwoSamples to, Side side, float[] vector) {
    if (vector.length > 0) {
      to.add(side, vector);
    }
  }

  @Override
  public void merge(ComparedClass other) {
    said.merge(other.said);
    labelled.merge(other.labelled);
    for (int i = 0; i < predicted.length; i++) {
      predicted[i] += other.predicted[i];
    }
    for (int i = 0; i < elsewhere.length; i++) {
      elsewhere[i] += other.elsewhere[i];
    }
    for (int i = 0; i < labelledByOne.length; i++) {
      labelledByOne[i] += other.labelledByOne[i];
    }
    explained.merge(other.explained);
    maps.merge(other.maps);
    if (other.relevance != null) {
      relevance = relevance == null ? new TwoSamples(other.relevance.length()) : relevance;
      relevance.merge(other.relevance);
    }
    for (int i = 0; i < cells.length; i++) {
      if (other.cells[i] != null) {
        cells[i] = cells[i] == null ? new VectorMeans(other.cells[i].length()) : cells[i];
        cells[i].merge(other.cells[i]);
      }
    }
    moved = moved.merge(other.moved);
    faithfulness.merge(other.faithfulness);
    other.traits.forEach(
        (name, column) -> {
          SliceColumn<ComparedCell> own = traits.putIfAbsent(name, column);
          if (own != null) {
            own.merge(column);
          }
        });
    limit();
  }

  /**
   * What only classes know, of all together: the shares of feature maps, and scores of maps, which
   * are of pairs only where both audits tell of one class.
   *
   * @return a state that holds nothing else
   */
  public ComparedClass evidence() {
    ComparedClass evidence = new ComparedClass();
    evidence.faithfulness.merge(faithfulness);
    System.arraycopy(elsewhere, 0, evidence.elsewhere, 0, elsewhere.length);
    if (relevance != null) {
      evidence.relevance = new TwoSamples(relevance.length());
      evidence.relevance.merge(relevance);
    }
    return evidence;
  }

  /**
   * How alike the two samples use feature maps: the correlation of their mean shares, -1 to 1.
   * Empty if they are not known, or all equal.
   */
  public Optional<Double> featureMapsAlike() {
    if (relevance == null || relevance.length() < 2) {
      return Optional.empty();
    }
    double[] from = new double[relevance.length()];
    double[] with = new double[relevance.length()];
    for (int k = 0; k < from.length; k++) {
      TwoSamples.Component component = relevance.component(k);
      from[k] = component.all(Side.FROM).mean();
      with[k] = component.all(Side.WITH).mean();
    }
    double alike = new PearsonsCorrelation().correlation(from, with);
    return Double.isNaN(alike) ? Optional.empty() : Optional.of(alike);
  }

  /**
   * Images of either sample without a partner in this class that the other sample has for another
   * class: predicted or labelled differently.
   */
  public long elsewhere() {
    return elsewhere[0] + elsewhere[1];
  }

  /** Images of a sample that count for the class. */
  public long images(Side side) {
    return said.count(side);
  }

  /** Images of a sample whose label is known and one of the model's classes. */
  public long labelled(Side side) {
    return labelled.count(side);
  }

  /** Images of both samples whose label is known in this one only. */
  public long labelledOnlyIn(Side side) {
    return labelledByOne[side.index()];
  }

  /** Images that count for the class in both samples. */
  public long pairs() {
    return said.pairs();
  }

  /** Explanations of the class in a sample. */
  public long explained(Side side) {
    return explained.count(side);
  }

  /** The mean map of a sample on the common grid, scaled to sum to one; empty without maps. */
  public Optional<double[]> meanMap(Side side) {
    return Optional.ofNullable(cells[side.index()]).map(VectorMeans::means);
  }

  /** How much of the attention moved in each pair of maps, 0 to 1. */
  public Moments moved() {
    return moved;
  }

  /**
   * A number that was compared.
   *
   * @param name of the number, the region or the measure; the index of a feature map
   * @param trait what the images have in common; null for all images
   * @param value of the trait; null for all images
   * @param isShare whether each image either has it or not
   */
  public record Change(
      ComparedKind kind,
      String name,
      Trait.Name trait,
      String value,
      boolean isShare,
      Difference difference) {
    /**
     * Whether an image may stand in it several times: several of its classes were explained, and
     * what is known of each class is of all classes together here.
     *
     * @param images of the first sample
     * @param withImages of the second sample
     */
    public boolean countsImagesTwice(long images, long withImages) {
      return (kind == ComparedKind.FEATURE_MAP || kind == ComparedKind.FAITHFULNESS)
          && (difference.n() > images || difference.withN() > withImages);
    }

    /** Whether maps of different sizes can be compared by it. */
    public boolean isOfAnyGrid() {
      return !OF_ONE_GRID.contains(name);
    }

    private static Change of(ComparedKind kind, String name, TwoSamples samples, int at) {
      return new Change(kind, name, null, null, false, Difference.ofMeans(samples.component(at)));
    }

    private static Change ofShare(ComparedKind kind, String name, TwoSamples samples) {
      return new Change(kind, name, null, null, true, Difference.ofShares(samples.component(0)));
    }
  }

  /**
   * Images of both samples.
   *
   * @param images of the first
   * @param withImages of the second
   * @param pairs that are in both
   */
  public record Totals(long images, long withImages, long pairs) implements java.io.Serializable {}

  /** The numbers of images of this state. */
  public Totals totals() {
    return new Totals(images(Side.FROM), images(Side.WITH), pairs());
  }

  /**
   * Compares the samples; numbers that one of them lacks are left out.
   *
   * @param all images of all classes; empty for the state of all classes
   */
  public void changes(Optional<Totals> all, Consumer<Change> taker) {
    Consumer<Change> found =
        change -> {
          if (change.difference.n() > 0 && change.difference.withN() > 0) {
            taker.accept(change);
          }
        };
    found.accept(Change.ofShare(ComparedKind.PREDICTION, SliceMeasure.ACCURACY.text(), labelled));
    found.accept(Change.of(ComparedKind.PREDICTION, SliceMeasure.CONFIDENCE.text(), said, 0));
    found.accept(Change.of(ComparedKind.PREDICTION, OVERCONFIDENCE, labelled, 1));
    all.ifPresent(totals -> found.accept(predictedShare(totals)));
    found.accept(Change.ofShare(ComparedKind.ATTENTION, BLANK, explained));
    for (int i = 0; i < ComparedNumbers.OF_MAP.size(); i++) {
      ComparedNumbers.Of number = ComparedNumbers.OF_MAP.get(i);
      found.accept(Change.of(number.kind(), number.name(), maps, i));
    }
    if (relevance != null) {
      for (int k = 0; k < relevance.length(); k++) {
        found.accept(Change.of(ComparedKind.FEATURE_MAP, String.valueOf(k), relevance, k));
      }
    }
    found.accept(Change.of(ComparedKind.FAITHFULNESS, INSERTION, faithfulness, 0));
    found.accept(Change.of(ComparedKind.FAITHFULNESS, DELETION, faithfulness, 1));
    traits.forEach((name, column) -> column.groups().forEach(group -> ofGroup(name, group, found)));
  }

  private static void ofGroup(
      Trait.Name name, SliceColumn.Group<ComparedCell> group, Consumer<Change> found) {
    found.accept(
        new Change(
            ComparedKind.SLICE,
            SliceMeasure.ACCURACY.text(),
            name,
            group.value(),
            true,
            Difference.ofShares(group.cell().right().component(0))));
    found.accept(
        new Change(
            ComparedKind.SLICE,
            SliceMeasure.CONFIDENCE.text(),
            name,
            group.value(),
            false,
            Difference.ofMeans(group.cell().confidence().component(0))));
    found.accept(
        new Change(
            ComparedKind.SLICE,
            SliceMeasure.BORDER_MASS.text(),
            name,
            group.value(),
            false,
            Difference.ofMeans(group.cell().border().component(0))));
  }

  /** How often the class is predicted among all images. */
  private Change predictedShare(Totals all) {
    return new Change(
        ComparedKind.PREDICTION,
        PREDICTED_SHARE,
        null,
        null,
        true,
        Difference.ofCounts(
            new Difference.Predicted(
                predicted[0], predicted[1], predicted[2], predicted[3], predicted[4]),
            all.images,
            all.withImages,
            all.pairs));
  }

  @Override
  public long bytes() {
    return said.bytes()
        + labelled.bytes()
        + explained.bytes()
        + maps.bytes()
        + (relevance == null ? 0 : relevance.bytes())
        + traits.values().stream().mapToLong(SliceColumn::bytes).sum();
  }

  @Override
  public void write(DataOutput out) throws IOException {
    for (TwoSamples samples : new TwoSamples[] {said, labelled, explained, maps, faithfulness}) {
      samples.write(out);
    }
    for (long[] counts : new long[][] {predicted, elsewhere, labelledByOne}) {
      for (long count : counts) {
        out.writeLong(count);
      }
    }
    out.writeBoolean(relevance != null);
    if (relevance != null) {
      relevance.write(out);
    }
    for (VectorMeans mean : cells) {
      out.writeBoolean(mean != null);
      if (mean != null) {
        mean.write(out);
      }
    }
    moved.write(out);
    out.writeInt(traits.size());
    for (Map.Entry<Trait.Name, SliceColumn<ComparedCell>> entry : traits.entrySet()) {
      entry.getKey().write(out);
      entry.getValue().write(out);
    }
  }

  private static ComparedClass read(DataInput in) throws IOException {
    ComparedClass state =
        new ComparedClass(
            TwoSamples.read(in),
            TwoSamples.read(in),
            TwoSamples.read(in),
            TwoSamples.read(in),
            TwoSamples.read(in));
    for (long[] counts : new long[][] {state.predicted, state.elsewhere, state.labelledByOne}) {
      for (int i = 0; i < counts.length; i++) {
        counts[i] = in.readLong();
      }
    }
    state.relevance = in.readBoolean() ? TwoSamples.read(in) : null;
    for (int i = 0; i < state.cells.length; i++) {
      state.cells[i] = in.readBoolean() ? VectorMeans.read(in) : null;
    }
    state.moved = Moments.read(in);
    for (int left = in.readInt(); left > 0; left--) {
      state.traits.put(
          Trait.Name.read(in), SliceColumn.read(in, ComparedCell::new, ComparedCell::read));
    }
    return state;
  }
}

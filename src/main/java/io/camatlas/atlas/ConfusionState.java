package io.camatlas.atlas;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * Images of one class that were mistaken for another: where the network looked for each of the two.
 *
 * <p>An image has two maps if both classes were explained. They arrive as two rows, perhaps in
 * different parts; the first is kept until the second arrives. Mutable; not thread-safe.
 */
public final class ConfusionState implements State<ConfusionState> {
  /** Increased whenever the written format changes. */
  static final int VERSION = 1;

  private final ClassName label;
  private final ClassName predicted;
  private final int height;
  private final int width;
  private long images;
  private final VectorMoments labelMaps;
  private final VectorMoments predictedMaps;
  private Moments confidence = Moments.EMPTY;
  private Moments overlap = Moments.EMPTY;
  private Moments correlation = Moments.EMPTY;
  private Moments peakDistance = Moments.EMPTY;
  private final TreeMap<Examples.Image, Half> waiting = new TreeMap<>();

  private record Half(boolean isLabel, float[] map) {}

  /** Creates an empty state. */
  public ConfusionState(ClassName label, ClassName predicted, int height, int width) {
    this(
        label,
        predicted,
        height,
        width,
        new VectorMoments(height * width),
        new VectorMoments(height * width));
  }

  private ConfusionState(
      ClassName label,
      ClassName predicted,
      int height,
      int width,
      VectorMoments labelMaps,
      VectorMoments predictedMaps) {
    this.label = label;
    this.predicted = predicted;
    this.height = height;
    this.width = width;
    this.labelMaps = labelMaps;
    this.predictedMaps = predictedMaps;
  }

  /**
   * Whether a row belongs to a confusion: a wrong prediction, explained for one of the two classes.
   */
  public static boolean concerns(ExplainedRow row) {
    return row.said().label() != null
        && !row.said().isRight()
        && (row.role().isPrimary()
            || row.target().index() == row.said().label().index()
            || row.target().index() == row.said().predicted().index());
  }

  /**
   * Adds one explanation.
   *
   * @throws StateException if its grid differs
   */
  public void add(ExplainedRow row) {
    if (row.role().isPrimary()) {
      images++;
      confidence = confidence.with(row.said().confidence());
    }
    boolean isLabel = row.target().index() == row.said().label().index();
    if (!isLabel && row.target().index() != row.said().predicted().index()) {
      return;
    }
    double total = 0;
    for (float value : row.map().values()) {
      total += value;
    }
    if (total > 0) {
      (isLabel ? labelMaps : predictedMaps).add(row.map().values(), 1 / total);
    }
    if (row.role().hasPair()) {
      meet(row.image(), new Half(isLabel, row.map().values()));
    }
  }

  private void meet(Examples.Image image, Half half) {
    Half other = waiting.get(image);
    if (other == null || other.isLabel == half.isLabel) {
      waiting.put(image, half);
      return;
    }
    waiting.remove(image);
    // Always in the same order, whichever came first, so that rounding is the same.
    compare(half.isLabel ? half.map : other.map, half.isLabel ? other.map : half.map);
  }

  private void compare(float[] one, float[] other) {
    int peakOne = 0;
    int peakOther = 0;
    double sumOne = 0;
    double sumOther = 0;
    for (int i = 0; i < one.length; i++) {
      sumOne += one[i];
      sumOther += other[i];
      peakOne = one[i] > one[peakOne] ? i : peakOne;
      peakOther = other[i] > other[peakOther] ? i : peakOther;
    }
    if (!(sumOne > 0 && sumOther > 0)) {
      return;
    }
    double shared = 0;
    double product = 0;
    double squareOne = 0;
    double squareOther = 0;
    double even = 1.0 / one.length;
    for (int i = 0; i < one.length; i++) {
      double a = one[i] / sumOne;
      double b = other[i] / sumOther;
      shared += Math.min(a, b);
      product += (a - even) * (b - even);
      squareOne += (a - even) * (a - even);
      squareOther += (b - even) * (b - even);
    }
    overlap = overlap.with(Math.min(1, shared));
    double scale = Math.sqrt(squareOne * squareOther);
    if (scale > 0) {
      correlation = correlation.with(Math.max(-1, Math.min(1, product / scale)));
    }
    double dx = (double) (peakOne % width - peakOther % width) / width;
    int rows = peakOne / width - peakOther / width;
    double dy = (double) rows / height;
    peakDistance = peakDistance.with(Math.hypot(dx, dy));
  }

  @Override
  public void merge(ConfusionState other) {
    if (other.height != height || other.width != width) {
      throw new StateException(
          "Some maps are [%d,%d], others [%d,%d]; all maps of a layer must have the same size."
              .formatted(height, width, other.height, other.width));
    }
    images += other.images;
    labelMaps.merge(other.labelMaps);
    predictedMaps.merge(other.predictedMaps);
    confidence = confidence.merge(other.confidence);
    overlap = overlap.merge(other.overlap);
    correlation = correlation.merge(other.correlation);
    peakDistance = peakDistance.merge(other.peakDistance);
    for (Map.Entry<Examples.Image, Half> entry : other.waiting.entrySet()) {
      meet(entry.getKey(), entry.getValue());
    }
  }

  public ClassName label() {
    return label;
  }

  public ClassName predicted() {
    return predicted;
  }

  public int height() {
    return height;
  }

  public int width() {
    return width;
  }

  /** Number of confused images. */
  public long images() {
    return images;
  }

  /** Probability of the predicted class. */
  public Moments confidence() {
    return confidence;
  }

  /** Maps of the label's class, each divided by its sum, {@code [h·w]}. */
  public VectorMoments labelMaps() {
    return labelMaps;
  }

  /** Maps of the predicted class, each divided by its sum, {@code [h·w]}. */
  public VectorMoments predictedMaps() {
    return predictedMaps;
  }

  /** Σ min(p, q) of an image's two maps, each divided by its sum: 0 if disjoint, 1 if equal. */
  public Moments overlap() {
    return overlap;
  }

  /**
   * Pearson correlation of an image's two maps, -1 to 1; images with a uniform map are left out.
   */
  public Moments correlation() {
    return correlation;
  }

  /** Distance between the peaks of an image's two maps, in fractions of the map's extent. */
  public Moments peakDistance() {
    return peakDistance;
  }

  @Override
  public long bytes() {
    return 32L * height * width + waiting.size() * (200L + 4L * height * width);
  }

  @Override
  public void write(DataOutput out) throws IOException {
    out.writeInt(label.index());
    out.writeUTF(label.name());
    out.writeInt(predicted.index());
    out.writeUTF(predicted.name());
    out.writeInt(height);
    out.writeInt(width);
    labelMaps.write(out);
    predictedMaps.write(out);
    out.writeLong(images);
    confidence.write(out);
    overlap.write(out);
    correlation.write(out);
    peakDistance.write(out);
    out.writeInt(waiting.size());
    for (Map.Entry<Examples.Image, Half> entry : waiting.entrySet()) {
      entry.getKey().write(out);
      out.writeBoolean(entry.getValue().isLabel);
      for (float value : entry.getValue().map) {
        out.writeFloat(value);
      }
    }
  }

  /** Reads what {@link #write} wrote. */
  public static ConfusionState read(DataInput in) throws IOException {
    ConfusionState state =
        new ConfusionState(
            new ClassName(in.readInt(), in.readUTF()),
            new ClassName(in.readInt(), in.readUTF()),
            in.readInt(),
            in.readInt(),
            VectorMoments.read(in),
            VectorMoments.read(in));
    state.images = in.readLong();
    state.confidence = Moments.read(in);
    state.overlap = Moments.read(in);
    state.correlation = Moments.read(in);
    state.peakDistance = Moments.read(in);
    int halves = in.readInt();
    for (int i = 0; i < halves; i++) {
      Examples.Image image = Examples.Image.read(in);
      boolean isLabel = in.readBoolean();
      float[] map = new float[state.height * state.width];
      for (int cell = 0; cell < map.length; cell++) {
        map[cell] = in.readFloat();
      }
      state.waiting.put(image, new Half(isLabel, map));
    }
    return state;
  }
}

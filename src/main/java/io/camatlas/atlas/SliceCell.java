package io.camatlas.atlas;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.EnumMap;

/** The measures of some images. Mutable. */
public final class SliceCell implements SliceColumn.Cell<SliceCell> {
  /** Raised whenever the written format changes; states that hold this one add it to theirs. */
  static final int VERSION = 0;

  private static final SliceMeasure[] MEASURES = SliceMeasure.values();

  /** Where the numbers of a measure begin. */
  private static final EnumMap<SliceMeasure, Integer> AT = new EnumMap<>(SliceMeasure.class);

  static {
    for (int i = 0; i < MEASURES.length; i++) {
      AT.put(MEASURES[i], 3 * i);
    }
  }

  /** Approximate memory use, in bytes. */
  private static final long BYTES = 80 + 24L * MEASURES.length;

  /** Count, mean and summed squared deviation of each measure: there may be millions of cells. */
  private final double[] moments = new double[3 * MEASURES.length];

  private long images;
  private double least = Double.POSITIVE_INFINITY;
  private double most = Double.NEGATIVE_INFINITY;

  /**
   * Adds an image.
   *
   * @param values its measures, NaN where there is none, in the order of {@link SliceMeasure}
   * @param number the value that puts it here; NaN if that is text
   */
  void add(double[] values, double number) {
    images++;
    if (!Double.isNaN(number)) {
      least = Math.min(least, number);
      most = Math.max(most, number);
    }
    for (int i = 0; i < values.length; i++) {
      if (!Double.isNaN(values[i])) {
        add(3 * i, values[i]);
      }
    }
  }

  /** As {@link Moments#with}. */
  private void add(int at, double value) {
    double n = moments[at] + 1;
    double gap = value - moments[at + 1];
    double mean = moments[at + 1] + gap / n;
    moments[at] = n;
    moments[at + 1] = mean;
    moments[at + 2] += gap * (value - mean);
  }

  @Override
  public void merge(SliceCell other) {
    images += other.images;
    least = Math.min(least, other.least);
    most = Math.max(most, other.most);
    for (SliceMeasure measure : MEASURES) {
      set(measure, of(measure).merge(other.of(measure)));
    }
  }

  @Override
  public long images() {
    return images;
  }

  @Override
  public double least() {
    return least;
  }

  @Override
  public double most() {
    return most;
  }

  /** What was measured. */
  public Moments of(SliceMeasure measure) {
    int at = AT.get(measure);
    return new Moments((long) moments[at], moments[at + 1], moments[at + 2]);
  }

  private void set(SliceMeasure measure, Moments known) {
    int at = AT.get(measure);
    moments[at] = known.count();
    moments[at + 1] = known.mean();
    moments[at + 2] = known.m2();
  }

  @Override
  public long bytes() {
    return BYTES;
  }

  @Override
  public void write(DataOutput out) throws IOException {
    out.writeLong(images);
    out.writeDouble(least);
    out.writeDouble(most);
    for (SliceMeasure measure : MEASURES) {
      of(measure).write(out);
    }
  }

  static SliceCell read(DataInput in) throws IOException {
    SliceCell cell = new SliceCell();
    cell.images = in.readLong();
    cell.least = in.readDouble();
    cell.most = in.readDouble();
    for (SliceMeasure measure : MEASURES) {
      cell.set(measure, Moments.read(in));
    }
    return cell;
  }
}

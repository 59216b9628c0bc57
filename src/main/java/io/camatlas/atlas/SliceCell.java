package io.camatlas.atlas;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.EnumMap;

/** The measures of some images. Mutable. */
public final class SliceCell {
  /** Raised whenever the written format changes; states that hold this one add it to theirs. */
  static final int VERSION = 0;

  private static final SliceMeasure[] MEASURES = SliceMeasure.values();

  /** Approximate memory use, in bytes. */
  static final long BYTES = 200 + 40L * MEASURES.length;

  private final EnumMap<SliceMeasure, Moments> moments = new EnumMap<>(SliceMeasure.class);
  private long images;
  private double least = Double.POSITIVE_INFINITY;
  private double most = Double.NEGATIVE_INFINITY;

  /**
   * Adds an image.
   *
   * @param number the value that puts it here; NaN if that is text
   */
  void add(ExplainedRow row, double number) {
    images++;
    if (!Double.isNaN(number)) {
      least = Math.min(least, number);
      most = Math.max(most, number);
    }
    for (SliceMeasure measure : MEASURES) {
      double value = measure.of(row);
      if (!Double.isNaN(value)) {
        moments.put(measure, of(measure).with(value));
      }
    }
  }

  void merge(SliceCell other) {
    images += other.images;
    least = Math.min(least, other.least);
    most = Math.max(most, other.most);
    other.moments.forEach((measure, part) -> moments.put(measure, of(measure).merge(part)));
  }

  /** Number of images. */
  public long images() {
    return images;
  }

  /** The smallest value of an image here; infinite if values are text. */
  public double least() {
    return least;
  }

  /** The largest value of an image here. */
  public double most() {
    return most;
  }

  /** What was measured. */
  public Moments of(SliceMeasure measure) {
    return moments.getOrDefault(measure, Moments.EMPTY);
  }

  void write(DataOutput out) throws IOException {
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
      cell.moments.put(measure, Moments.read(in));
    }
    return cell;
  }
}

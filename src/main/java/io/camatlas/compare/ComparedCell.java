package io.camatlas.compare;

import io.camatlas.atlas.SliceColumn;
import io.camatlas.compare.TwoSamples.Side;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** The images of two samples that have a trait in common. Mutable. */
final class ComparedCell implements SliceColumn.Cell<ComparedCell> {
  private static final long BYTES = 1_500;

  private final TwoSamples right;
  private final TwoSamples confidence;
  private final TwoSamples border;
  private long images;
  private double least = Double.POSITIVE_INFINITY;
  private double most = Double.NEGATIVE_INFINITY;

  ComparedCell() {
    this(new TwoSamples(1), new TwoSamples(1), new TwoSamples(1));
  }

  private ComparedCell(TwoSamples right, TwoSamples confidence, TwoSamples border) {
    this.right = right;
    this.confidence = confidence;
    this.border = border;
  }

  private void count(double number) {
    images++;
    if (!Double.isNaN(number)) {
      least = Math.min(least, number);
      most = Math.max(most, number);
    }
  }

  void addPair(ComparedRow from, ComparedRow with, double number) {
    count(number);
    ComparedClass.add(right, right(from), right(with));
    ComparedClass.add(confidence, confidence(from), confidence(with));
    ComparedClass.add(border, border(from), border(with));
  }

  void add(Side side, ComparedRow row, double number) {
    count(number);
    ComparedClass.add(right, side, right(row));
    ComparedClass.add(confidence, side, confidence(row));
    ComparedClass.add(border, side, border(row));
  }

  private static float[] right(ComparedRow row) {
    return ComparedClass.known(row.said().right());
  }

  private static float[] confidence(ComparedRow row) {
    return ComparedClass.known(row.said().confidence());
  }

  private static float[] border(ComparedRow row) {
    return ComparedClass.known(row.border());
  }

  /** Whether predictions are right, 0 or 1. */
  TwoSamples right() {
    return right;
  }

  /** Probability of the predicted class. */
  TwoSamples confidence() {
    return confidence;
  }

  /** Share of the map at the border, where the image's own class was explained. */
  TwoSamples border() {
    return border;
  }

  @Override
  public void merge(ComparedCell other) {
    images += other.images;
    least = Math.min(least, other.least);
    most = Math.max(most, other.most);
    right.merge(other.right);
    confidence.merge(other.confidence);
    border.merge(other.border);
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

  @Override
  public long bytes() {
    return BYTES;
  }

  @Override
  public void write(DataOutput out) throws IOException {
    out.writeLong(images);
    out.writeDouble(least);
    out.writeDouble(most);
    right.write(out);
    confidence.write(out);
    border.write(out);
  }

  static ComparedCell read(DataInput in) throws IOException {
    long images = in.readLong();
    double least = in.readDouble();
    double most = in.readDouble();
    ComparedCell cell =
        new ComparedCell(TwoSamples.read(in), TwoSamples.read(in), TwoSamples.read(in));
    cell.images = images;
    cell.least = least;
    cell.most = most;
    return cell;
  }
}

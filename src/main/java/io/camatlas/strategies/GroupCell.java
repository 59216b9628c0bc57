package io.camatlas.strategies;

import io.camatlas.atlas.SliceColumn;
import java.io.DataOutput;

/** How many images of each group have a value. */
final class GroupCell implements SliceColumn.Cell<GroupCell> {
  private final long[] counts;
  private double least = Double.POSITIVE_INFINITY;
  private double most = Double.NEGATIVE_INFINITY;

  GroupCell(int groups) {
    counts = new long[groups];
  }

  /**
   * Counts an image.
   *
   * @param number the value; NaN if it is text
   */
  void add(int group, double number) {
    counts[group]++;
    if (!Double.isNaN(number)) {
      least = Math.min(least, number);
      most = Math.max(most, number);
    }
  }

  long count(int group) {
    return counts[group];
  }

  @Override
  public void merge(GroupCell other) {
    for (int i = 0; i < counts.length; i++) {
      counts[i] += other.counts[i];
    }
    least = Math.min(least, other.least);
    most = Math.max(most, other.most);
  }

  @Override
  public long images() {
    long all = 0;
    for (long count : counts) {
      all += count;
    }
    return all;
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
  public void write(DataOutput out) {
    throw new UnsupportedOperationException("A class is gathered by one task.");
  }

  @Override
  public long bytes() {
    return 64 + 8L * counts.length;
  }
}

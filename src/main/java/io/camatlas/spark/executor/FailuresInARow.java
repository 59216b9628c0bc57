package io.camatlas.spark.executor;

import io.camatlas.explain.ImageOutcome;

/** Counts images that fail in the network one after the other. Not thread-safe. */
final class FailuresInARow {
  private final int most;
  private int count;

  FailuresInARow(int most) {
    this.most = most;
  }

  /**
   * Whether this outcome is the last of so many in a row. Files that cannot be read count for
   * nothing.
   */
  boolean reached(ImageOutcome outcome) {
    if (outcome instanceof ImageOutcome.Explained) {
      count = 0;
    } else if (((ImageOutcome.Skipped) outcome).stage() == ImageOutcome.Stage.FORWARD) {
      count++;
    } else {
      return false;
    }
    return count == most;
  }
}

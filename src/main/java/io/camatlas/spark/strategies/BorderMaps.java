package io.camatlas.spark.strategies;

import static org.apache.spark.sql.functions.col;

import io.camatlas.spark.results.ExplanationsTable;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;

/**
 * Feature maps whose maximum lies on the outermost ring of the grid in nearly all images: they
 * answer to the padding at the edge and not to what an image shows.
 */
final class BorderMaps {
  /** The share of the images in which the maximum lies on the ring. */
  private static final double NEARLY_ALL = 0.9;

  /** If the ring is more of the grid than this, as on grids of up to 5 by 5, chance may do it. */
  private static final double LARGEST_RING = 0.6;

  /** So many images are looked at. */
  private static final int LOOKED_AT = 5_000;

  private BorderMaps() {}

  /** Counts of images by feature map. */
  private record Counts(long[] seen, long[] onRing) implements Serializable {
    Counts merge(Counts other) {
      if (seen.length == 0 || other.seen.length == 0) {
        return seen.length == 0 ? other : this;
      }
      for (int k = 0; k < seen.length; k++) {
        seen[k] += other.seen[k];
        onRing[k] += other.onRing[k];
      }
      return this;
    }
  }

  /**
   * Which feature maps do so.
   *
   * @param explanations of one layer, at least one
   * @return {@code [K]}
   */
  static boolean[] of(Dataset<Row> explanations, long images) {
    double fraction = Math.min(1, (double) LOOKED_AT / Math.max(1, images));
    Counts counts =
        explanations
            .where(ExplanationsTable.ofPredicted())
            .sample(false, fraction, 0)
            .select(
                col(ExplanationsTable.MAX_CELLS),
                col(ExplanationsTable.MAX_ACTIVATIONS),
                col(ExplanationsTable.MAP_HEIGHT),
                col(ExplanationsTable.MAP_WIDTH))
            .queryExecution()
            .toRdd()
            .toJavaRDD()
            .mapPartitions(rows -> List.of(count(rows)).iterator())
            .treeReduce(Counts::merge);
    boolean[] border = new boolean[counts.seen.length];
    for (int k = 0; k < border.length; k++) {
      border[k] = counts.seen[k] > 0 && counts.onRing[k] >= NEARLY_ALL * counts.seen[k];
    }
    return border;
  }

  private static Counts count(Iterator<InternalRow> rows) {
    Counts counts = new Counts(new long[0], new long[0]);
    while (rows.hasNext()) {
      InternalRow row = rows.next();
      int[] cells = row.getArray(0).toIntArray();
      float[] maxima = row.getArray(1).toFloatArray();
      int height = row.getInt(2);
      int width = row.getInt(3);
      if (counts.seen.length == 0) {
        counts = new Counts(new long[cells.length], new long[cells.length]);
      }
      double inner = (double) Math.max(0, height - 2) * Math.max(0, width - 2);
      boolean narrow = 1 - inner / ((double) height * width) <= LARGEST_RING;
      for (int k = 0; narrow && k < cells.length && k < counts.seen.length; k++) {
        if (maxima[k] > 0) {
          int y = cells[k] / width;
          int x = cells[k] % width;
          counts.seen[k]++;
          counts.onRing[k] += y == 0 || x == 0 || y == height - 1 || x == width - 1 ? 1 : 0;
        }
      }
    }
    return counts;
  }
}

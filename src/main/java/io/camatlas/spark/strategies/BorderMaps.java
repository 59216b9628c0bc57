package io.camatlas.spark.strategies;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.xxhash64;

import io.camatlas.spark.results.ExplanationsTable;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.Column;
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

  /** About so many images are looked at. */
  private static final int LOOKED_AT = 5_000;

  /** Nothing is said of a feature map from fewer images. */
  private static final int FEWEST = 20;

  private static final int PARTS = 1_000_000;

  private static final Counts NOTHING = new Counts(0, new long[0]);

  private BorderMaps() {}

  /**
   * Counts of images.
   *
   * @param images those looked at
   * @param onRing those where the feature map responds, and most on the ring
   */
  private record Counts(long images, long[] onRing) implements Serializable {
    Counts merge(Counts other) {
      if (images == 0 || other.images == 0) {
        return images == 0 ? other : this;
      }
      for (int k = 0; k < onRing.length; k++) {
        onRing[k] += other.onRing[k];
      }
      return new Counts(images + other.images, onRing);
    }
  }

  /**
   * Which feature maps do so. One that responds in few images only, as to a mark in a corner, does
   * not.
   *
   * @param explanations of one layer, at least one
   * @param images number of those of predicted classes
   * @param seed of which images are looked at, however they are divided into tasks
   * @return {@code [K]}; none if no image was looked at
   */
  static boolean[] of(Dataset<Row> explanations, long images, long seed) {
    int chosen = (int) Math.ceil(PARTS * Math.min(1, (double) LOOKED_AT / Math.max(1, images)));
    Column part =
        pmod(
            xxhash64(lit(seed), col(ExplanationsTable.SHA256), col(ExplanationsTable.IMAGE_ID)),
            lit(PARTS));
    Counts counts =
        explanations
            .where(ExplanationsTable.ofPredicted())
            .where(part.lt(chosen))
            .select(
                col(ExplanationsTable.MAX_CELLS),
                col(ExplanationsTable.MAX_ACTIVATIONS),
                col(ExplanationsTable.MAP_HEIGHT),
                col(ExplanationsTable.MAP_WIDTH))
            .queryExecution()
            .toRdd()
            .toJavaRDD()
            .mapPartitions(rows -> List.of(count(rows)).iterator())
            .treeAggregate(NOTHING, Counts::merge, Counts::merge);
    boolean[] border = new boolean[counts.onRing.length];
    for (int k = 0; counts.images >= FEWEST && k < border.length; k++) {
      border[k] = counts.onRing[k] >= NEARLY_ALL * counts.images;
    }
    return border;
  }

  private static Counts count(Iterator<InternalRow> rows) {
    long images = 0;
    long[] onRing = {};
    while (rows.hasNext()) {
      InternalRow row = rows.next();
      int[] cells = row.getArray(0).toIntArray();
      float[] maxima = row.getArray(1).toFloatArray();
      int height = row.getInt(2);
      int width = row.getInt(3);
      if (onRing.length == 0) {
        onRing = new long[cells.length];
      }
      images++;
      double inner = (double) Math.max(0, height - 2) * Math.max(0, width - 2);
      boolean narrow = 1 - inner / ((double) height * width) <= LARGEST_RING;
      for (int k = 0; narrow && k < cells.length && k < onRing.length; k++) {
        if (maxima[k] > 0) {
          int y = cells[k] / width;
          int x = cells[k] % width;
          onRing[k] += y == 0 || x == 0 || y == height - 1 || x == width - 1 ? 1 : 0;
        }
      }
    }
    return new Counts(images, onRing);
  }
}

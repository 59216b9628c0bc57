package io.camatlas.spark.explain;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.camatlas.spark.input.ImagesTable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Joins by names of images. Few names are sent to every executor; many are joined in pieces, so
 * that neither the driver nor an executor ever holds all names of a large run. Spark itself
 * estimates their size by that of compressed files, and sends tens of millions.
 */
final class NameJoins {
  /** Names that every executor may hold: some ten megabytes. */
  static final long FEW = 200_000;

  private static final String[] KEY = {ImagesTable.IMAGE_ID};
  private static final String DONE = "done";
  private static final long ROWS_OF_A_PARTITION = 1024;
  private static final long MOST_PARTITIONS = 20_000;

  private NameJoins() {}

  /** Rows that are about to be joined by name: in pieces if they are many. */
  static Dataset<Row> side(Dataset<Row> rows, long count) {
    return count <= FEW ? rows : rows.hint("merge");
  }

  /**
   * The rows of a listing, which are small, that are not among the images that are done; in any
   * order.
   *
   * @param count number of rows of {@code listing}
   * @param done rows with an image_id, each once
   * @param doneCount number of rows of {@code done}
   */
  static Dataset<Row> missing(Dataset<Row> listing, long count, Dataset<Row> done, long doneCount) {
    // A listing is a union of files in order. Spark moves an anti-join into each of them, and would
    // sort all names once for each.
    return side(listing, count)
        .join(
            side(done.select(col(ImagesTable.IMAGE_ID), lit(true).as(DONE)), doneCount),
            KEY,
            "left_outer")
        .where(col(DONE).isNull())
        .drop(DONE);
  }

  /**
   * Rows that hold their images and are not done. They stay where they are if either the images
   * that are done or those that are left are few, and are shuffled otherwise.
   *
   * @param rows with their content
   * @param listing the same rows without it
   * @param count number of these rows
   * @param left how many of them are not done; {@code done} may have others
   * @param done rows with an image_id, each once
   * @param doneCount number of rows of {@code done}
   */
  static Dataset<Row> missingPacked(
      Dataset<Row> rows,
      Dataset<Row> listing,
      long count,
      long left,
      Dataset<Row> done,
      long doneCount) {
    if (doneCount > FEW && left <= FEW) {
      Dataset<Row> missing = missing(listing, count, done, doneCount).select(ImagesTable.IMAGE_ID);
      return rows.join(broadcast(missing), KEY, "left_semi");
    }
    if (doneCount > FEW) {
      // Each partition is a task whose work is lost if it fails, so none may be large.
      int partitions = (int) Math.max(1, Math.min(MOST_PARTITIONS, count / ROWS_OF_A_PARTITION));
      return without(
          rows.repartition(partitions, rows.col(ImagesTable.IMAGE_ID)),
          done.repartition(partitions, done.col(ImagesTable.IMAGE_ID)),
          doneCount);
    }
    return without(rows, done, doneCount);
  }

  /** The rows, which may be large, whose image_id is not among the names. */
  static Dataset<Row> without(Dataset<Row> rows, Dataset<Row> names, long count) {
    Dataset<Row> ids = names.select(ImagesTable.IMAGE_ID);
    return rows.join(count <= FEW ? broadcast(ids) : side(ids, count), KEY, "left_anti");
  }
}

package io.camatlas.spark.explain;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.input_file_name;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.unix_millis;
import static org.apache.spark.sql.functions.when;

import io.camatlas.spark.InputException;
import io.camatlas.spark.Printable;
import io.camatlas.spark.input.ImagesTable;
import io.camatlas.spark.results.ExplanationsTable;
import io.camatlas.spark.results.FailuresTable;
import io.camatlas.spark.storage.RunFolder;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/**
 * The images that a run has already explained, according to its committed parts.
 *
 * <p>A part counts only if its bytes are those that were committed. An image counts only if its
 * file has not changed since it was read.
 */
final class CommittedImages {
  private static final List<String> TABLES = List.of(ExplanationsTable.NAME, FailuresTable.NAME);
  private static final int PARTS_A_TASK = 16;

  /** The columns of both tables that say which file a row was made from. */
  private static final StructType FILE =
      new StructType()
          .add(FailuresTable.IMAGE_ID, DataTypes.StringType)
          .add(FailuresTable.PATH, DataTypes.StringType)
          .add(FailuresTable.BYTES, DataTypes.LongType)
          .add(FailuresTable.MODIFIED, DataTypes.TimestampType);

  private final SparkSession spark;
  private final RunFolder folder;
  private final PrintStream console;

  CommittedImages(SparkSession spark, RunFolder folder, PrintStream console) {
    this.spark = spark;
    this.folder = folder;
    this.console = console;
  }

  /**
   * Finds which images of a listing are already done, after removing parts that no longer count.
   *
   * @param listing rows of {@code ImagesTable.LISTING}
   * @param retryFailures whether to retry images that failed
   * @return ids of the images that are done; empty if none are
   * @throws InputException if an image has the same name as another image that is done
   */
  Optional<Dataset<Row>> ids(Dataset<Row> listing, boolean retryFailures) throws IOException {
    if (retryFailures) {
      for (String part : folder.parts(FailuresTable.NAME)) {
        folder.drop(part);
      }
    }
    setDamagedAside();
    Optional<Dataset<Row>> done = files();
    if (done.isEmpty()) {
      return Optional.empty();
    }
    dropChanged(listing, done.get());
    return files().map(rows -> rows.select(ImagesTable.IMAGE_ID));
  }

  /** How many images of a listing appear in the tables once, never or twice. */
  record Tally(long once, long never, long twice) {}

  Tally tally(Dataset<Row> listing) throws IOException {
    Column times = col("times");
    Dataset<Row> done =
        files()
            .orElseGet(() -> spark.createDataFrame(List.of(), FILE))
            .groupBy(ImagesTable.IMAGE_ID)
            .agg(count(lit(1)).as("times"));
    Row row =
        listing
            .select(ImagesTable.IMAGE_ID)
            .join(done, new String[] {ImagesTable.IMAGE_ID}, "left_outer")
            .agg(count_if(times.equalTo(1)), count_if(times.isNull()), count_if(times.gt(1)))
            .first();
    return new Tally(row.getLong(0), row.getLong(1), row.getLong(2));
  }

  /** One row for each image and table, with its part; empty if there is no part at all. */
  private Optional<Dataset<Row>> files() throws IOException {
    Dataset<Row> all = null;
    for (String table : TABLES) {
      if (!folder.parts(table).isEmpty()) {
        Dataset<Row> rows =
            spark
                .read()
                .schema(FILE)
                .parquet(folder.table(table))
                .withColumn("part", input_file_name())
                .dropDuplicates(ImagesTable.IMAGE_ID);
        all = all == null ? rows : all.union(rows);
      }
    }
    return Optional.ofNullable(all);
  }

  private void setDamagedAside() throws IOException {
    List<String> parts = new ArrayList<>();
    for (String table : TABLES) {
      parts.addAll(folder.parts(table));
    }
    if (parts.isEmpty()) {
      return;
    }
    SerializableConfiguration hadoop =
        new SerializableConfiguration(spark.sparkContext().hadoopConfiguration());
    List<String> damaged =
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .parallelize(parts, (parts.size() + PARTS_A_TASK - 1) / PARTS_A_TASK)
            .filter(part -> !RunFolder.isWhole(part, hadoop.value()))
            .collect();
    for (String part : damaged) {
      console.println(
          "Note: "
              + part
              + " is damaged or not part of the run; it is moved to _damaged, and its images"
              + " are explained again.");
      folder.setAside(part);
    }
  }

  private static Column listed(String name) {
    return col("listed." + name);
  }

  private static Column done(String name) {
    return col("done." + name);
  }

  /** Drops the parts with rows of images whose files have changed since. */
  private void dropChanged(Dataset<Row> listing, Dataset<Row> done) throws IOException {
    Column modified = listed(ImagesTable.MODIFIED);
    Column was = unix_millis(done(ImagesTable.MODIFIED));
    Column known =
        listed(ImagesTable.BYTES)
            .isNotNull()
            .and(done(ImagesTable.BYTES).isNotNull())
            .and(modified.isNotNull())
            .and(was.isNotNull());
    Column samePath = listed(ImagesTable.PATH).eqNullSafe(done(ImagesTable.PATH));
    Column same =
        when(
                known,
                listed(ImagesTable.BYTES)
                    .equalTo(done(ImagesTable.BYTES))
                    .and(modified.equalTo(was)))
            .otherwise(samePath);
    Dataset<Row> others =
        listing
            .as("listed")
            .join(done.as("done"), listed(ImagesTable.IMAGE_ID).equalTo(done(ImagesTable.IMAGE_ID)))
            .where(same.equalTo(false))
            .select(
                listed(ImagesTable.IMAGE_ID),
                listed(ImagesTable.PATH).as("now"),
                done(ImagesTable.PATH).as("was"),
                samePath.as("changed"),
                col("part"))
            .persist();
    try {
      for (Row clash : others.where(not(col("changed"))).limit(1).collectAsList()) {
        throw new InputException(
            "image_id '"
                + Printable.of(clash.getString(0))
                + "' is "
                + clash.getString(1)
                + ", but `out` already has an image of this name from "
                + clash.getString(2)
                + "; choose another `out`, or give the images other names in a column image_id.");
      }
      List<Row> parts = others.select("part").distinct().collectAsList();
      if (!parts.isEmpty()) {
        console.printf(
            "Note: %,d images have changed since they were explained; they and the images in the"
                + " same parts are explained again.%n",
            others.count());
      }
      for (Row part : parts) {
        folder.drop(part.getString(0));
      }
    } finally {
      others.unpersist();
    }
  }

  /** The rows whose image_id is not among the ids; rows may be large and are not shuffled. */
  static Dataset<Row> without(Dataset<Row> rows, Dataset<Row> ids) {
    return rows.join(
        broadcast(ids),
        rows.col(ImagesTable.IMAGE_ID).equalTo(ids.col(ImagesTable.IMAGE_ID)),
        "left_anti");
  }
}

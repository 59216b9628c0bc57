package io.camatlas.spark.explain;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_distinct;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.first;
import static org.apache.spark.sql.functions.input_file_name;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.regexp_replace;
import static org.apache.spark.sql.functions.sha2;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.unix_millis;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import io.camatlas.image.ImageException;
import io.camatlas.image.Sha256;
import io.camatlas.spark.InputException;
import io.camatlas.spark.Printable;
import io.camatlas.spark.input.ImagesTable;
import io.camatlas.spark.input.SourceImages;
import io.camatlas.spark.results.ExplanationsTable;
import io.camatlas.spark.results.FailuresTable;
import io.camatlas.spark.storage.HadoopFiles;
import io.camatlas.spark.storage.PartFormat;
import io.camatlas.spark.storage.PartWriter;
import io.camatlas.spark.storage.RunFolder;
import io.camatlas.spark.storage.StagedPart;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.SerializableConfiguration;

/**
 * The images that a run has already explained, according to its committed parts.
 *
 * <p>A part counts only if its bytes are those that were committed. An image counts only if its
 * rows are all there and each only once: one for each of its targets, each layer and each rule, or
 * a single failure. And it counts only if its bytes are those that were explained.
 */
final class CommittedImages {
  private static final List<String> TABLES = List.of(ExplanationsTable.NAME, FailuresTable.NAME);
  private static final int PARTS_A_TASK = 16;

  /** Columns made here. */
  private static final String PART = "part";

  private static final String PARTS = "parts";
  private static final String SLOT = "slot";
  private static final String FEWEST = "fewest";
  private static final String FAILED = "failed";
  private static final String ROWS = "rows";
  private static final String WHOLE = "whole";
  private static final String HASH = "hash";
  private static final String SAID = "source_says";
  private static final String LABELLED = "labelled_as";
  private static final String NOW = "now";
  private static final String WAS = "was";
  private static final String SAME_PATH = "same_path";

  /** The columns that say which file a row was made from, and which of its rows it is. */
  private static final StructType EXPLAINED =
      new StructType()
          .add(ExplanationsTable.IMAGE_ID, DataTypes.StringType)
          .add(ExplanationsTable.PATH, DataTypes.StringType)
          .add(ExplanationsTable.BYTES, DataTypes.LongType)
          .add(ExplanationsTable.MODIFIED, DataTypes.TimestampType)
          .add(ExplanationsTable.SHA256, DataTypes.StringType)
          .add(ExplanationsTable.LABEL, DataTypes.StringType)
          .add(ExplanationsTable.BOXES, ImagesTable.BOXES_TYPE)
          .add(ExplanationsTable.MASK, DataTypes.StringType)
          .add(ExplanationsTable.TARGETS, DataTypes.createArrayType(DataTypes.IntegerType, false))
          .add(ExplanationsTable.TARGET_INDEX, DataTypes.IntegerType)
          .add(ExplanationsTable.LAYER, DataTypes.StringType)
          .add(ExplanationsTable.RULE, DataTypes.IntegerType);

  private static final StructType FAILURE =
      new StructType()
          .add(FailuresTable.IMAGE_ID, DataTypes.StringType)
          .add(FailuresTable.PATH, DataTypes.StringType)
          .add(FailuresTable.BYTES, DataTypes.LongType)
          .add(FailuresTable.MODIFIED, DataTypes.TimestampType)
          .add(FailuresTable.LABEL, DataTypes.StringType);

  private final SparkSession spark;
  private final RunFolder folder;
  private final int rowsPerTarget;
  private final long maxBytes;
  private final PrintStream console;

  /** One row for each image in the tables, until a part comes or goes; null if unknown. */
  private Dataset<Row> known;

  /** Number of rows of {@link #known}. */
  private long knownCount;

  /**
   * @param rowsPerTarget rows that each target of an image has: one for each layer and rule
   * @param maxBytes the largest file that is read
   */
  CommittedImages(
      SparkSession spark, RunFolder folder, int rowsPerTarget, long maxBytes, PrintStream console) {
    this.spark = spark;
    this.folder = folder;
    this.rowsPerTarget = rowsPerTarget;
    this.maxBytes = maxBytes;
    this.console = console;
  }

  /**
   * Images that are done.
   *
   * @param ids rows with an image_id, each once
   * @param count number of rows
   * @param gone how many of these images the source no longer has
   */
  record Done(Dataset<Row> ids, long count, long gone) {}

  /**
   * Finds which images are already done, after removing rows that no longer count.
   *
   * @param retryFailures whether to retry images that failed
   * @param checkAll whether to read parts again that are known to be whole
   * @param removeGone whether to remove rows of images that the source no longer has
   * @return the images that are done; empty if none are
   * @throws InputException if an image has the same name as another image that is done
   */
  Optional<Done> find(
      SourceImages images, boolean retryFailures, boolean checkAll, boolean removeGone)
      throws IOException {
    setDamagedAside(checkAll);
    setBrokenAside();
    Optional<Dataset<Row>> done = images();
    if (retryFailures && done.isPresent()) {
      removeFailed(images, done.get());
      done = images();
    }
    if (done.isPresent()) {
      removeChanged(images, done.get());
      done = images();
    }
    if (done.isPresent()) {
      removeRelabelled(images, done.get());
      done = images();
    }
    long gone = done.isPresent() ? gone(images, done.get(), removeGone) : 0;
    return images().map(rows -> new Done(rows.select(ImagesTable.IMAGE_ID), knownCount, gone));
  }

  /**
   * How the images of a listing appear in the tables.
   *
   * @param whole images with all their rows, each once
   * @param missing images without any row
   * @param broken images whose rows are doubled or incomplete
   * @param explanations rows of the listed images
   * @param failures how many of the listed images failed
   */
  record Tally(long whole, long missing, long broken, long explanations, long failures) {}

  /**
   * Counts what was there at the last {@link #find}, or what is there now after {@link #forget}.
   */
  Tally tally(SourceImages images) throws IOException {
    Dataset<Row> listed = images.listing().select(ImagesTable.IMAGE_ID);
    // Rows that are looked at once need not be kept.
    Optional<Dataset<Row>> done = known == null ? grouped() : Optional.of(known);
    if (done.isEmpty()) {
      return new Tally(0, images.count(), 0, 0, 0);
    }
    long count = Math.max(images.count(), knownCount);
    Row row =
        listed
            .join(
                NameJoins.side(done.get().select(ImagesTable.IMAGE_ID, WHOLE, FAILED, ROWS), count),
                new String[] {ImagesTable.IMAGE_ID},
                "left_outer")
            .agg(
                count_if(col(WHOLE)),
                count_if(col(WHOLE).isNull()),
                count_if(not(col(WHOLE))),
                coalesce(sum(when(not(col(FAILED)), col(ROWS))), lit(0L)),
                count_if(col(FAILED)))
            .first();
    return new Tally(
        row.getLong(0), row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4));
  }

  /** One row for each image in the tables, with its parts; empty if there is no part at all. */
  private Optional<Dataset<Row>> images() throws IOException {
    if (known == null) {
      // On disk: a run of many millions would fill the memory that joins need.
      known = grouped().map(rows -> rows.persist(StorageLevel.DISK_ONLY())).orElse(null);
      knownCount = known == null ? 0 : known.count();
    }
    return Optional.ofNullable(known);
  }

  private Optional<Dataset<Row>> grouped() throws IOException {
    Column failures = count_if(col(FAILED));
    Column all = count(lit(1));
    Column explained =
        failures
            .equalTo(0)
            .and(all.equalTo(count_distinct(col(SLOT))))
            .and(min(FEWEST).equalTo(max(FEWEST)))
            .and(all.equalTo(max(FEWEST).multiply(rowsPerTarget)));
    return rows()
        .map(
            rows ->
                rows.groupBy(ImagesTable.IMAGE_ID)
                    .agg(
                        first(ImagesTable.PATH, true).as(ImagesTable.PATH),
                        first(ImagesTable.BYTES, true).as(ImagesTable.BYTES),
                        first(ImagesTable.MODIFIED, true).as(ImagesTable.MODIFIED),
                        first(ImagesTable.SHA256, true).as(ImagesTable.SHA256),
                        first(SAID, true).as(SAID),
                        first(LABELLED, true).as(LABELLED),
                        collect_set(PART).as(PARTS),
                        max(FAILED).as(FAILED),
                        all.as(ROWS),
                        failures.equalTo(1).and(all.equalTo(1)).or(explained).as(WHOLE)));
  }

  /** Forgets what was found, since parts have come or gone or nobody asks any more. */
  void forget() {
    if (known != null) {
      known.unpersist();
      known = null;
    }
  }

  private void setAside(String part) throws IOException {
    forget();
    folder.setAside(part);
  }

  /**
   * The paths in {@link #PARTS} of some images, and how many of these images each part has. Spark's
   * names of files are encoded as in a URI.
   */
  private static Map<Path, Long> parts(Dataset<Row> images) {
    return images
        .select(explode(col(PARTS)).as(PART))
        .groupBy(PART)
        .count()
        .collectAsList()
        .stream()
        .collect(
            Collectors.toMap(row -> new Path(URI.create(row.getString(0))), row -> row.getLong(1)));
  }

  /** The rows of both tables, as far as they say which row of which image they are. */
  private Optional<Dataset<Row>> rows() throws IOException {
    List<Dataset<Row>> tables = new ArrayList<>();
    if (!folder.parts(ExplanationsTable.NAME).isEmpty()) {
      tables.add(
          read(EXPLAINED, ExplanationsTable.NAME)
              .select(
                  col(ImagesTable.IMAGE_ID),
                  col(ImagesTable.PATH),
                  col(ImagesTable.BYTES),
                  col(ImagesTable.MODIFIED),
                  col(ImagesTable.SHA256),
                  said().as(SAID),
                  lit(null).cast(DataTypes.LongType).as(LABELLED),
                  struct(
                          ExplanationsTable.TARGET_INDEX,
                          ExplanationsTable.LAYER,
                          ExplanationsTable.RULE)
                      .as(SLOT),
                  size(col(ExplanationsTable.TARGETS)).as(FEWEST),
                  lit(false).as(FAILED),
                  col(PART)));
    }
    if (!folder.parts(FailuresTable.NAME).isEmpty()) {
      StructType slot =
          new StructType()
              .add(ExplanationsTable.TARGET_INDEX, DataTypes.IntegerType)
              .add(ExplanationsTable.LAYER, DataTypes.StringType)
              .add(ExplanationsTable.RULE, DataTypes.IntegerType);
      tables.add(
          read(FAILURE, FailuresTable.NAME)
              .select(
                  col(ImagesTable.IMAGE_ID),
                  col(ImagesTable.PATH),
                  col(ImagesTable.BYTES),
                  col(ImagesTable.MODIFIED),
                  lit(null).cast(DataTypes.StringType).as(ImagesTable.SHA256),
                  lit(null).cast(DataTypes.LongType).as(SAID),
                  labelled().as(LABELLED),
                  lit(null).cast(slot).as(SLOT),
                  lit(0).as(FEWEST),
                  lit(true).as(FAILED),
                  col(PART)));
    }
    return tables.stream().reduce(Dataset::union);
  }

  private Dataset<Row> read(StructType schema, String table) {
    return spark
        .read()
        .schema(schema)
        .parquet(folder.table(table))
        .withColumn(PART, input_file_name());
  }

  private void setDamagedAside(boolean all) throws IOException {
    List<String> parts = new ArrayList<>();
    for (String table : TABLES) {
      parts.addAll(all ? folder.parts(table) : folder.uncheckedParts(table));
    }
    if (parts.isEmpty()) {
      return;
    }
    SerializableConfiguration hadoop = hadoop();
    List<String> damaged =
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .parallelize(parts, (parts.size() + PARTS_A_TASK - 1) / PARTS_A_TASK)
            .filter(part -> !RunFolder.isWhole(part, hadoop.value()))
            .collect();
    Set<String> aside = Set.copyOf(damaged);
    List<String> whole = parts.stream().filter(part -> !aside.contains(part)).toList();
    for (String part : damaged) {
      console.println(
          "Note: "
              + part
              + " is damaged or not part of the run; it is moved to _damaged, and its images"
              + " are explained again.");
      setAside(part);
    }
    for (String table : TABLES) {
      folder.noteWhole(table, whole);
    }
  }

  /** Moves parts away in which rows of an image are doubled, or from which some are missing. */
  private void setBrokenAside() throws IOException {
    Optional<Dataset<Row>> images = images();
    if (images.isEmpty()) {
      return;
    }
    Dataset<Row> broken = images.get().where(not(col(WHOLE))).persist();
    try {
      long count = broken.count();
      if (count == 0) {
        return;
      }
      console.printf(
          "Note: rows of %,d images are doubled or incomplete; the parts with these rows are moved"
              + " to _damaged, and their images are explained again.%n",
          count);
      for (Path part : parts(broken).keySet()) {
        setAside(part.toString());
      }
    } finally {
      broken.unpersist();
    }
  }

  private SerializableConfiguration hadoop() {
    return new SerializableConfiguration(spark.sparkContext().hadoopConfiguration());
  }

  private static Column listed(String name) {
    return col("listed." + name);
  }

  private static Column done(String name) {
    return col("done." + name);
  }

  private Dataset<Row> joined(Dataset<Row> done, SourceImages images, String how) {
    return done.join(
        NameJoins.side(
            images.listing().select(ImagesTable.IMAGE_ID), Math.max(images.count(), knownCount)),
        new String[] {ImagesTable.IMAGE_ID},
        how);
  }

  /**
   * Removes the rows of images that failed, so that those that the source still has are retried.
   */
  private void removeFailed(SourceImages images, Dataset<Row> done) throws IOException {
    Dataset<Row> failed = joined(done.where(col(FAILED)), images, "left_semi").persist();
    try {
      remove(failed, failed.count());
    } finally {
      failed.unpersist();
    }
  }

  /**
   * Removes the rows of images whose bytes have changed since. A file of the same place, size and
   * time is taken to be the same; of others, and of images within tables, the hash decides.
   */
  private void removeChanged(SourceImages images, Dataset<Row> done) throws IOException {
    Column samePath = listed(ImagesTable.PATH).eqNullSafe(done(ImagesTable.PATH));
    Column modified = listed(ImagesTable.MODIFIED);
    Column was = unix_millis(done(ImagesTable.MODIFIED));
    Column untouched =
        coalesce(
            listed(ImagesTable.BYTES)
                .equalTo(done(ImagesTable.BYTES))
                .and(modified.equalTo(was))
                .and(samePath),
            lit(false));
    Column touched = images.packed().isPresent() ? lit(true) : not(untouched);
    Column hash = images.packed().isPresent() ? listed(HASH) : hashOfFile();
    // Failures have no hash: what may have changed is tried again. A table knows no more of an
    // image than its length.
    Column sameLength = listed(ImagesTable.BYTES).equalTo(done(ImagesTable.BYTES));
    Column same =
        done(ImagesTable.SHA256)
            .isNotNull()
            .and(coalesce(hash.equalTo(done(ImagesTable.SHA256)), lit(false)))
            .or(
                done(ImagesTable.SHA256)
                    .isNull()
                    .and(samePath)
                    .and(
                        images.packed().isPresent()
                            ? listed(ImagesTable.BYTES)
                                .isNull()
                                .or(done(ImagesTable.BYTES).isNull())
                                .or(sameLength)
                            : listed(ImagesTable.BYTES).isNull()));
    Dataset<Row> others =
        hashed(images)
            .as("listed")
            .join(
                NameJoins.side(done, Math.max(images.count(), knownCount)).as("done"),
                listed(ImagesTable.IMAGE_ID).equalTo(done(ImagesTable.IMAGE_ID)))
            .where(touched)
            .where(not(same))
            .select(
                listed(ImagesTable.IMAGE_ID),
                listed(ImagesTable.PATH).as(NOW),
                done(ImagesTable.PATH).as(WAS),
                // Nothing is lost of an image that failed at another place.
                samePlace(ImagesTable.PATH).or(done(FAILED)).as(SAME_PATH),
                done(PARTS).as(PARTS))
            .persist();
    try {
      for (Row clash : others.where(not(col(SAME_PATH))).limit(1).collectAsList()) {
        throw new InputException(
            "image_id '"
                + Printable.of(clash.getString(0))
                + "' is "
                + clash.getString(1)
                + ", but `out` already has an image of this name from "
                + clash.getString(2)
                + "; choose another `out`, or give the images other names in a column image_id.");
      }
      long count = others.count();
      if (count > 0) {
        console.printf(
            "Note: %,d images have changed since they were read; they are explained again.%n",
            count);
      }
      remove(others, count);
    } finally {
      others.unpersist();
    }
  }

  /** The same path; in a shard that was rewritten, an image may lie elsewhere. */
  private static Column samePlace(String path) {
    String withinShard = "(?<=\\.(?i:tar))#\\d+\\+\\d+$";
    return regexp_replace(listed(path), withinShard, "")
        .eqNullSafe(regexp_replace(done(path), withinShard, ""));
  }

  /**
   * A number for what the source says of an image that its maps are chosen by and measured against:
   * label, boxes and mask. Metadata decide nothing.
   */
  private static Column said() {
    return xxhash64(
        coalesce(col(ImagesTable.LABEL), lit("")),
        coalesce(col(ImagesTable.BOXES), array().cast(ImagesTable.BOXES_TYPE)),
        coalesce(col(ImagesTable.MASK), lit("")));
  }

  /** The same for what is known of an image that failed: its label. */
  private static Column labelled() {
    return xxhash64(coalesce(col(ImagesTable.LABEL), lit("")));
  }

  /**
   * Removes the rows of images whose labels, boxes or masks have been corrected since: whether the
   * model is right, and about what, is written in these rows, and a label may be why an image
   * failed.
   */
  private void removeRelabelled(SourceImages images, Dataset<Row> done) throws IOException {
    Dataset<Row> others =
        images
            .listing()
            .select(col(ImagesTable.IMAGE_ID), said().as(SAID), labelled().as(LABELLED))
            .as("listed")
            .join(
                NameJoins.side(
                        done.select(ImagesTable.IMAGE_ID, SAID, LABELLED, PARTS),
                        Math.max(images.count(), knownCount))
                    .as("done"),
                listed(ImagesTable.IMAGE_ID).equalTo(done(ImagesTable.IMAGE_ID)))
            .where(
                coalesce(listed(SAID).notEqual(done(SAID)), lit(false))
                    .or(coalesce(listed(LABELLED).notEqual(done(LABELLED)), lit(false))))
            .select(listed(ImagesTable.IMAGE_ID), done(PARTS).as(PARTS))
            .persist();
    try {
      long count = others.count();
      if (count > 0) {
        console.printf(
            "Note: the labels, boxes or masks of %,d images are not what they were; these images"
                + " are explained again.%n",
            count);
      }
      remove(others, count);
    } finally {
      others.unpersist();
    }
  }

  /** The listing; of tables with binaries, also what these hash to, so that no binary is joined. */
  private static Dataset<Row> hashed(SourceImages images) {
    Column content = col(ImagesTable.CONTENT);
    return images
        .packed()
        .map(SourceImages.Packed::rows)
        .map(
            rows ->
                rows.select(
                    col(ImagesTable.IMAGE_ID),
                    col(ImagesTable.PATH),
                    col(ImagesTable.BYTES),
                    col(ImagesTable.MODIFIED),
                    coalesce(sha2(content, 256), col(ImagesTable.SHA256)).as(HASH)))
        .orElse(images.listing());
  }

  private Column hashOfFile() {
    SerializableConfiguration hadoop = hadoop();
    long most = maxBytes;
    UDF1<String, String> hash =
        path -> {
          try {
            return Sha256.of(HadoopFiles.read(path, hadoop.value(), most));
          } catch (IOException | ImageException e) {
            return null; // Explaining it again tells why.
          }
        };
    return udf(hash, DataTypes.StringType).apply(listed(ImagesTable.PATH));
  }

  /**
   * Counts the images that the source no longer has, and removes their rows where asked to.
   *
   * @return how many of these stay
   */
  private long gone(SourceImages images, Dataset<Row> done, boolean remove) throws IOException {
    Dataset<Row> gone = joined(done, images, "left_anti").persist();
    try {
      long count = gone.count();
      if (count == 0) {
        return 0;
      }
      if (!remove) {
        console.printf(
            "Note: %,d images in the tables are no longer in `images`; they stay there, and in"
                + " every number computed from the tables. Set `remove-gone` to remove them.%n",
            count);
        return count;
      }
      remove(gone, count);
      console.printf("Removed %,d images that are no longer in `images`.%n", count);
      return 0;
    } finally {
      gone.unpersist();
    }
  }

  /**
   * Removes the rows of some images from the tables. Parts that have rows of others, too, are
   * written again without them: these others may be gone from the source, and would be lost.
   *
   * @param images rows with an image_id, each once, and its parts; kept by Spark
   * @param count number of rows
   */
  private void remove(Dataset<Row> images, long count) throws IOException {
    Map<Path, Long> parts = parts(images);
    if (parts.isEmpty()) {
      return;
    }
    Map<Path, Long> all = parts(images().orElseThrow());
    List<StagedPart> staged = new ArrayList<>();
    for (PartFormat format :
        List.of(
            PartFormat.parquet(spark, ExplanationsTable.NAME, ExplanationsTable.SCHEMA),
            PartFormat.parquet(spark, FailuresTable.NAME, FailuresTable.SCHEMA))) {
      List<String> mixed =
          folder.parts(format.table()).stream()
              .filter(
                  part -> {
                    Long removed = parts.get(new Path(part));
                    return removed != null && !removed.equals(all.get(new Path(part)));
                  })
              .toList();
      if (!mixed.isEmpty()) {
        staged.addAll(without(format, mixed, images, count));
      }
    }
    forget();
    folder.replace(staged, parts.keySet());
  }

  /** Writes parts of a table again, without the rows of some images. */
  private List<StagedPart> without(
      PartFormat format, List<String> parts, Dataset<Row> images, long count) {
    String scratch = folder.scratch("kept-" + format.table());
    return NameJoins.without(
            spark.read().schema(format.schema()).parquet(parts.toArray(String[]::new)),
            images,
            count)
        .javaRDD()
        .mapPartitions(
            rows -> {
              String file = new Path(scratch, UUID.randomUUID() + ".parquet").toString();
              try (PartWriter writer = new PartWriter(format, file)) {
                rows.forEachRemaining(writer::write);
                return writer.finish().stream().iterator();
              }
            })
        .collect();
  }
}

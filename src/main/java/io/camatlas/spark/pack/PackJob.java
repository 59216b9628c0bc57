package io.camatlas.spark.pack;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import io.camatlas.config.ExplainOptions;
import io.camatlas.config.PackOptions;
import io.camatlas.image.ImageException;
import io.camatlas.image.ImageHeader;
import io.camatlas.image.Sha256;
import io.camatlas.spark.InputException;
import io.camatlas.spark.Version;
import io.camatlas.spark.input.ImageSource;
import io.camatlas.spark.input.ImagesTable;
import io.camatlas.spark.input.ListedImage;
import io.camatlas.spark.input.SourceImages;
import io.camatlas.spark.results.PackedImagesTable;
import io.camatlas.spark.results.PackedImagesTable.Packed;
import io.camatlas.spark.storage.HadoopFiles;
import io.camatlas.spark.storage.JobRun;
import io.camatlas.spark.storage.ResultFolder;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Packs images into a Parquet table, {@link PackedImagesTable}: a million small files become a few
 * hundred large ones, which any cluster reads faster.
 *
 * <p>A task holds one image and one row group at a time. The table appears in its folder only when
 * it is complete.
 */
public final class PackJob {
  /** A file in the table's folder; Spark ignores names that begin with an underscore. */
  private static final String MARK = "_images.json";

  private static final int MOST_NAMES = 20;

  private final SparkSession spark;
  private final PackJobSettings settings;
  private final PrintStream console;

  public PackJob(SparkSession spark, PackJobSettings settings, PrintStream console) {
    this.spark = spark;
    this.settings = settings;
    this.console = console;
  }

  /**
   * What a job did.
   *
   * @param out where the table is
   * @param images number of rows of the table
   * @param skipped how many of these have no content
   * @param bytes total bytes of all packed images
   * @param seconds wall time
   */
  public record Report(String out, long images, long skipped, long bytes, double seconds) {}

  /**
   * Runs the job.
   *
   * @throws InputException if the images or the folder for the table cannot be used
   */
  public Report run() throws IOException {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    try (JobRun job = JobRun.start(spark);
        ResultFolder folder =
            ResultFolder.open(
                settings.given().get(ExplainOptions.OUT),
                settings.given().get(ExplainOptions.OVERWRITE),
                MARK,
                hadoop)) {
      SourceImages images =
          ImageSource.toPack(spark)
              .read(
                  settings.images(),
                  settings.given().get(ExplainOptions.INPUT_KIND),
                  settings.given().optional(ExplainOptions.CONTENT_COLUMN),
                  folder.part("_listing"));
      console.printf(
          "Packing %,d images (%s %s)%n",
          images.count(), images.kind().name().toLowerCase(Locale.ROOT), settings.images());
      job.expect(images.count());
      write(images, folder.whole(), new SerializableConfiguration(hadoop));
      folder.delete("_listing");
      Dataset<Row> table = spark.read().schema(PackedImagesTable.SCHEMA).parquet(folder.whole());
      Row counts =
          table
              .agg(
                  count(lit(1)),
                  count(col(PackedImagesTable.PROBLEM)),
                  sum(when(col(PackedImagesTable.PROBLEM).isNull(), col(PackedImagesTable.BYTES))))
              .head();
      long skipped = counts.getLong(1);
      if (counts.getLong(0) != images.count()) {
        throw new IllegalStateException(
            images.count() + " images were listed but " + counts.getLong(0) + " were written.");
      }
      if (skipped > 0) {
        name(table, skipped);
      }
      Report report =
          new Report(
              folder.place(),
              images.count(),
              skipped,
              counts.isNullAt(2) ? 0 : counts.getLong(2),
              job.seconds());
      folder.commit(about(job, images, report));
      return report;
    }
  }

  private void write(SourceImages images, String place, SerializableConfiguration hadoop) {
    Row total = images.listing().agg(sum(ImagesTable.BYTES)).head();
    long bytes = total.isNullAt(0) ? 0 : total.getLong(0);
    int files =
        (int)
            Math.max(
                1,
                Math.min(
                    100_000, bytes / ((long) settings.given().get(PackOptions.FILE_MB) << 20)));
    long maxBytes = settings.given().get(PackOptions.MAX_BYTES);
    MapPartitionsFunction<Row, Row> pack = rows -> packed(rows, hadoop, maxBytes);
    Dataset<Row> shared =
        images.packed().isPresent()
            ? images.packed().get().rows().coalesce(files)
            : images
                .rows()
                .repartitionByRange(files, col(ImagesTable.IMAGE_ID))
                .sortWithinPartitions(ImagesTable.IMAGE_ID);
    shared
        .mapPartitions(pack, Encoders.row(PackedImagesTable.SCHEMA))
        .write()
        .option("parquet.block.size", (long) settings.given().get(PackOptions.ROW_GROUP_MB) << 20)
        // The defaults suit small values. A hundred pictures may be a gigabyte, and none repeats.
        .option("parquet.page.size.row.check.min", 1)
        .option("parquet.page.size.row.check.max", 4)
        .option("parquet.enable.dictionary#" + PackedImagesTable.CONTENT, "false")
        .option("parquet.column.statistics.enabled#" + PackedImagesTable.CONTENT, "false")
        .option("compression", "uncompressed")
        .mode(SaveMode.Append)
        .parquet(place);
  }

  private static Iterator<Row> packed(
      Iterator<Row> rows, SerializableConfiguration hadoop, long maxBytes) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public Row next() {
        Row row = rows.next();
        ListedImage image = ImagesTable.fromRow(row);
        Object metadata = row.getAs(ImagesTable.METADATA);
        return PackedImagesTable.toRow(image, metadata, packed(image, hadoop, maxBytes));
      }
    };
  }

  private static Packed packed(ListedImage image, SerializableConfiguration hadoop, long maxBytes) {
    byte[] content = image.content();
    String path = image.path();
    Long bytes = image.bytes();
    String problem = null;
    Integer width = null;
    Integer height = null;
    if (content == null && path == null) {
      problem = "the table's row has neither content nor a path";
    } else if (content == null) {
      try {
        content = HadoopFiles.read(path, hadoop.value(), maxBytes);
      } catch (IOException | RuntimeException | ImageException e) {
        problem = String.valueOf(e.getMessage());
      }
    } else if (content.length > maxBytes) {
      problem = "it has " + content.length + " bytes; at most " + maxBytes + " are packed";
      bytes = (long) content.length;
      content = null;
    }
    if (content != null) {
      bytes = (long) content.length;
      try {
        ImageHeader header = ImageHeader.read(content);
        width = header.width();
        height = header.height();
      } catch (ImageException e) {
        // It is packed anyway, and becomes a failure when explained, just as the file would.
        width = null;
      }
    }
    return new Packed(
        content, content == null ? null : Sha256.of(content), bytes, width, height, problem);
  }

  private void name(Dataset<Row> table, long skipped) {
    console.printf("%,d images are listed in the table but not packed:%n", skipped);
    List<Row> first =
        table
            .where(col(PackedImagesTable.PROBLEM).isNotNull())
            .select(PackedImagesTable.IMAGE_ID, PackedImagesTable.PROBLEM)
            .limit(MOST_NAMES)
            .collectAsList();
    first.forEach(row -> console.printf("  %s: %s%n", row.getString(0), row.getString(1)));
    if (skipped > first.size()) {
      console.println("  … see the column 'problem' for all");
    }
  }

  /** The contents of {@code _images.json}. */
  private record About(
      String camatlas,
      Map<String, Integer> tables,
      String started,
      double seconds,
      String path,
      String kind,
      long images,
      long skipped,
      long bytes) {}

  private About about(JobRun job, SourceImages images, Report report) {
    return new About(
        Version.text(),
        Map.of(PackedImagesTable.NAME, PackedImagesTable.VERSION),
        job.started().toString(),
        report.seconds(),
        settings.images(),
        images.kind().name().toLowerCase(Locale.ROOT),
        report.images(),
        report.skipped(),
        report.bytes());
  }
}

package io.camatlas.spark.pack;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.camatlas.image.ImageException;
import io.camatlas.image.ImageHeader;
import io.camatlas.image.Sha256;
import io.camatlas.spark.InputException;
import io.camatlas.spark.input.ImageSource;
import io.camatlas.spark.results.PackedImagesTable;
import io.camatlas.spark.storage.HadoopFiles;
import io.camatlas.spark.storage.ResultFolder;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Packs images into a Parquet table, {@link PackedImagesTable}: a million small files become some
 * hundred large ones, which any cluster reads faster.
 *
 * <p>A task holds one image and one row group at a time. The table appears in its folder when it is
 * complete.
 */
public final class PackJob {
  /** Lies in the table's folder; Spark passes over names with an underscore. */
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
   * @param images rows of the table
   * @param skipped of them, those without content
   * @param bytes of all that were packed
   * @param seconds wall time
   */
  public record Report(String out, long images, long skipped, long bytes, double seconds) {}

  /**
   * Runs the job.
   *
   * @throws InputException if the images or the folder for the table cannot be used
   */
  public Report run() throws IOException {
    Instant started = Instant.now();
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    try (ResultFolder folder =
        ResultFolder.open(settings.out(), settings.overwrite(), MARK, hadoop)) {
      ImageSource.Images images =
          new ImageSource(spark)
              .read(
                  settings.images(),
                  settings.inputKind(),
                  settings.contentColumn(),
                  folder.part("_listing"));
      console.printf(
          "Packing %,d images (%s %s)%n",
          images.count(), images.kind().name().toLowerCase(Locale.ROOT), settings.images());
      write(images, folder.whole(), new SerializableConfiguration(hadoop));
      folder.delete("_listing");
      Dataset<Row> table = spark.read().schema(PackedImagesTable.SCHEMA).parquet(folder.whole());
      Row counts =
          table
              .agg(
                  count(lit(1)),
                  count(col("problem")),
                  sum(when(col("problem").isNull(), col("bytes"))))
              .head();
      long skipped = counts.getLong(1);
      if (counts.getLong(0) != images.count()) {
        throw new IllegalStateException(
            images.count() + " images were listed but " + counts.getLong(0) + " written.");
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
              Duration.between(started, Instant.now()).toMillis() / 1000.0);
      folder.write(MARK, json(started, images, report));
      folder.commit();
      return report;
    }
  }

  private void write(ImageSource.Images images, String place, SerializableConfiguration hadoop) {
    Row total = images.listing().agg(sum("bytes")).head();
    long bytes = total.isNullAt(0) ? 0 : total.getLong(0);
    int files =
        (int) Math.max(1, Math.min(100_000, bytes / ((long) settings.fileMegabytes() << 20)));
    long maxBytes = settings.maxBytes();
    MapPartitionsFunction<Row, Row> pack = rows -> packed(rows, hadoop, maxBytes);
    Dataset<Row> shared =
        images.packed().isPresent()
            ? images.packed().get().coalesce(files)
            : images
                .rows()
                .repartitionByRange(files, col("image_id"))
                .sortWithinPartitions("image_id");
    shared
        .mapPartitions(pack, Encoders.row(PackedImagesTable.SCHEMA))
        .write()
        .option("parquet.block.size", (long) settings.rowGroupMegabytes() << 20)
        // Pictures are no small numbers: a hundred may be a gigabyte, and none comes twice.
        .option("parquet.page.size.row.check.min", 1)
        .option("parquet.page.size.row.check.max", 4)
        .option("parquet.enable.dictionary#content", "false")
        .option("parquet.column.statistics.enabled#content", "false")
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
        return packed(rows.next(), hadoop, maxBytes);
      }
    };
  }

  private static Row packed(Row image, SerializableConfiguration hadoop, long maxBytes) {
    byte[] content = image.getAs("content");
    String path = image.getAs("path");
    Long bytes = image.getAs("bytes");
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
        // It is packed all the same, and becomes a failure as the file would.
        width = null;
      }
    }
    return RowFactory.create(
        image.getAs("image_id"),
        path,
        content == null ? null : Sha256.of(content),
        bytes,
        width,
        height,
        image.getAs("label"),
        image.getAs("boxes"),
        image.getAs("mask"),
        content,
        problem);
  }

  private void name(Dataset<Row> table, long skipped) {
    console.printf("%,d images are named in the table, but not packed:%n", skipped);
    List<Row> first =
        table
            .where("problem is not null")
            .select("image_id", "problem")
            .limit(MOST_NAMES)
            .collectAsList();
    first.forEach(row -> console.printf("  %s: %s%n", row.getString(0), row.getString(1)));
    if (skipped > first.size()) {
      console.println("  … see the column problem");
    }
  }

  private String json(Instant started, ImageSource.Images images, Report report)
      throws IOException {
    Map<String, Object> pack = new LinkedHashMap<>();
    String version = PackJob.class.getPackage().getImplementationVersion();
    pack.put("camatlas", version == null ? "development" : version);
    pack.put("tables", Map.of("images", PackedImagesTable.VERSION));
    pack.put("started", started.toString());
    pack.put("seconds", report.seconds());
    pack.put("path", settings.images());
    pack.put("kind", images.kind().name().toLowerCase(Locale.ROOT));
    pack.put("images", report.images());
    pack.put("skipped", report.skipped());
    pack.put("bytes", report.bytes());
    return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(pack);
  }
}

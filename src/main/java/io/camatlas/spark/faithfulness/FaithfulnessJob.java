package io.camatlas.spark.faithfulness;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.xxhash64;

import io.camatlas.config.ExplainOptions;
import io.camatlas.config.FaithfulnessOptions;
import io.camatlas.faithfulness.MapKind;
import io.camatlas.spark.InputException;
import io.camatlas.spark.Version;
import io.camatlas.spark.executor.Progress;
import io.camatlas.spark.executor.RunCounters;
import io.camatlas.spark.results.AtlasFolder.Origin;
import io.camatlas.spark.results.ExplanationsTable;
import io.camatlas.spark.results.FaithfulnessImagesTable;
import io.camatlas.spark.results.FaithfulnessSkippedTable;
import io.camatlas.spark.results.FaithfulnessSkippedTable.Skipped;
import io.camatlas.spark.results.FaithfulnessTable;
import io.camatlas.spark.results.FinishedRun;
import io.camatlas.spark.results.LocalizationStruct;
import io.camatlas.spark.results.OriginImages;
import io.camatlas.spark.results.RunRecord.EngineVersions;
import io.camatlas.spark.results.SanityImagesTable;
import io.camatlas.spark.results.SanityTable;
import io.camatlas.spark.storage.HadoopFiles;
import io.camatlas.spark.storage.JobRun;
import io.camatlas.spark.storage.ResultFolder;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Tests a sample of a finished run's maps: writes the tables {@code faithfulness_images}, {@code
 * faithfulness} and {@code faithfulness_skipped}, {@code sanity_images} and {@code sanity}, and
 * {@code faithfulness.json}.
 *
 * <p>The sample is the first images of each layer and target class in the order of a hash of seed
 * and image, so it depends neither on partitions nor on the order of the table. Blank maps are left
 * out beforehand. An image that is gone, or is no longer the one explained, is skipped and not
 * replaced by another.
 */
public final class FaithfulnessJob {
  private static final String OUTCOMES = "outcomes";
  private static final String LISTINGS = "listings";

  /** The columns that identify a row of {@code explanations}. */
  private static final String[] KEY = {
    ExplanationsTable.IMAGE_ID, ExplanationsTable.LAYER, ExplanationsTable.TARGET_INDEX
  };

  /** Whether a sampled map is made again. */
  private static final String AGAIN = "made_again";

  private static final StructType CHOSEN =
      new StructType()
          .add(ExplanationsTable.IMAGE_ID, DataTypes.StringType, false)
          .add(ExplanationsTable.LAYER, DataTypes.StringType, false)
          .add(ExplanationsTable.TARGET_INDEX, DataTypes.IntegerType, false)
          .add(AGAIN, DataTypes.BooleanType, false);

  private static final int EXPLANATIONS_PER_PARTITION = 16;
  private static final int MOST_PARTITIONS = 20_000;

  private final SparkSession spark;
  private final FaithfulnessJobSettings settings;
  private final PrintStream console;

  public FaithfulnessJob(
      SparkSession spark, FaithfulnessJobSettings settings, PrintStream console) {
    this.spark = spark;
    this.settings = settings;
    this.console = console;
  }

  /**
   * What a job did.
   *
   * @param out where the results are
   * @param explanations number of rows of the run's table
   * @param blank how many of these have a blank map; they are left out
   * @param sampled how many of the others were sampled
   * @param scored how many of the sampled were scored
   * @param skipped the rest of the sampled, counted by reason
   * @param forwardsPerImage rows that the network processed for each explanation
   * @param madeAgain number of maps that were made again
   * @param imagesMadeAgain of how many images, by layer
   * @param probabilityDifference largest difference between a target's probability now and in the
   *     run; if it exceeds float rounding, the model is used differently
   * @param seconds wall time
   */
  public record Report(
      String out,
      long explanations,
      long blank,
      long sampled,
      long scored,
      Map<String, Long> skipped,
      int forwardsPerImage,
      long madeAgain,
      Map<String, Long> imagesMadeAgain,
      double probabilityDifference,
      double seconds) {}

  /** Explanations to be scored. */
  private record Sample(
      Dataset<Row> placed,
      long explanations,
      long blank,
      long size,
      long again,
      Map<String, Long> imagesAgain) {}

  /**
   * Runs the job.
   *
   * @throws InputException if nothing can be scored, or the folder for results cannot be used
   */
  public Report run() throws IOException {
    settings.run().requireRows(spark);
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    checkOut(hadoop);
    try (JobRun job = JobRun.start(spark);
        ResultFolder folder =
            ResultFolder.open(
                settings.out(),
                settings.given().get(ExplainOptions.OVERWRITE),
                ResultFolder.FAITHFULNESS_JSON,
                hadoop)) {
      Sample sample = sample(job, folder.part(LISTINGS + "/images"));
      int each = settings.scoring().forwardsPerImage();
      console.printf(
          "Scoring %,d of %,d explanations, up to %,d of each layer and target class, seed %d%n",
          sample.size(),
          sample.explanations(),
          settings.scoring().sample(),
          settings.scoring().seed());
      if (sample.blank() > 0) {
        console.printf(
            "Note: %,d explanations have a blank map and are left out.%n", sample.blank());
      }
      console.printf(
          "%,d forwards for each, %,d in all (%d steps, 3 maps)%n",
          each, each * sample.size(), settings.scoring().steps());
      if (sample.again() > 0) {
        console.printf(
            "%,d of the maps are made again, %d times each%n",
            sample.again(), settings.sanity().mapsEach());
      }
      score(job, sample, folder, new SerializableConfiguration(hadoop));
      folder.delete(LISTINGS);
      Dataset<Row> images = spark.read().parquet(folder.part(FaithfulnessImagesTable.NAME));
      long scored = images.select(columns(KEY)).distinct().count();
      Map<String, Long> skipped = skipped(folder, sample.size(), scored);
      spark
          .createDataFrame(FaithfulnessTable.rows(images), FaithfulnessTable.SCHEMA)
          .coalesce(1)
          .write()
          .parquet(folder.part(FaithfulnessTable.NAME));
      Report report =
          new Report(
              folder.place(),
              sample.explanations(),
              sample.blank(),
              sample.size(),
              scored,
              skipped,
              each,
              sample.again(),
              sample.imagesAgain(),
              difference(images),
              job.seconds());
      folder.commit(about(job, report));
      return report;
    }
  }

  /** Results that replace an existing folder must not delete the run. */
  private void checkOut(Configuration hadoop) throws IOException {
    Path from = new Path(settings.run().folder());
    Path out = new Path(settings.out());
    Path target = out.getFileSystem(hadoop).makeQualified(out);
    for (Path at = from.getFileSystem(hadoop).makeQualified(from);
        at != null;
        at = at.getParent()) {
      if (at.equals(target)) {
        throw new InputException(
            "`out` is "
                + settings.out()
                + ", which holds the run itself; choose another folder, such as "
                + settings.run().folder().replaceFirst("/+$", "")
                + "-faithfulness.");
      }
    }
  }

  private Dataset<Row> explanations() {
    return spark
        .read()
        .parquet(settings.run().explanations())
        .where(ExplanationsTable.ofRule(settings.given().get(FaithfulnessOptions.RULE)));
  }

  private Sample sample(JobRun job, String listing) throws IOException {
    Dataset<Row> all =
        explanations()
            .where(ExplanationsTable.isAsked())
            .select(
                col(ExplanationsTable.IMAGE_ID),
                col(ExplanationsTable.PATH),
                col(ExplanationsTable.SHA256),
                col(ExplanationsTable.MODEL),
                col(ExplanationsTable.MODEL_SHA256),
                col(ExplanationsTable.LAYER),
                col(ExplanationsTable.METHOD),
                col(ExplanationsTable.TARGET),
                col(ExplanationsTable.TARGET_INDEX),
                col(ExplanationsTable.MAP),
                col(ExplanationsTable.MAP_HEIGHT),
                col(ExplanationsTable.MAP_WIDTH),
                LocalizationStruct.field(LocalizationStruct.EMPTY).as("blank"));
    Dataset<Row> marked = all.where(not(col("blank"))).drop("blank");
    Row counts = all.agg(count(lit(1)), count_if(col("blank"))).first();
    long explanations = counts.getLong(0);
    job.expect(explanations);
    long blank = counts.getLong(1);
    WindowSpec byClass =
        Window.partitionBy(ExplanationsTable.LAYER, ExplanationsTable.TARGET_INDEX)
            .orderBy(
                xxhash64(
                    lit(settings.scoring().seed()),
                    col(ExplanationsTable.SHA256),
                    col(ExplanationsTable.IMAGE_ID)),
                col(ExplanationsTable.IMAGE_ID));
    // Only names are sorted and collected; maps are fetched only for the chosen rows. Copies of a
    // picture would score the same, and make intervals too narrow.
    List<Row> chosen =
        marked
            .groupBy(
                ExplanationsTable.SHA256, ExplanationsTable.LAYER, ExplanationsTable.TARGET_INDEX)
            .agg(min(ExplanationsTable.IMAGE_ID).as(ExplanationsTable.IMAGE_ID))
            .withColumn("place", row_number().over(byClass))
            .where(col("place").leq(settings.scoring().sample()))
            .withColumn(AGAIN, col("place").leq(settings.sanity().sample()))
            .select(columns(KEY, AGAIN))
            .collectAsList();
    long size = chosen.size();
    if (size == 0) {
      throw new InputException(
          "`from` "
              + settings.run().folder()
              + " has "
              + explanations
              + " explanations, and all of them are blank maps; there is nothing to score.");
    }
    Dataset<Row> sampled =
        marked.join(broadcast(spark.createDataFrame(chosen, CHOSEN)), KEY, "inner");
    FinishedRun run = settings.run();
    Dataset<Row> placed =
        OriginImages.placed(
            spark,
            sampled,
            settings.images(),
            List.of(new Origin(run.id(), run, settings.given().get(FaithfulnessOptions.RULE))),
            listing,
            console);
    List<Row> again = chosen.stream().filter(row -> row.<Boolean>getAs(KEY.length)).toList();
    Map<String, Long> images =
        again.stream()
            .collect(
                Collectors.groupingBy(
                    row -> row.getString(1),
                    TreeMap::new,
                    Collectors.mapping(
                        row -> row.getString(0),
                        Collectors.collectingAndThen(
                            Collectors.toSet(), names -> (long) names.size()))));
    return new Sample(placed, explanations, blank, size, again.size(), images);
  }

  /** Small partitions, because every explanation takes hundreds of forwards. */
  private int partitions(long size) {
    int given = settings.given().get(FaithfulnessOptions.PARTITIONS);
    if (given > 0) {
      return given;
    }
    long bySize = (size + EXPLANATIONS_PER_PARTITION - 1) / EXPLANATIONS_PER_PARTITION;
    long atLeast = Math.max(bySize, 2L * spark.sparkContext().defaultParallelism());
    return (int) Math.max(1, Math.min(Math.min(atLeast, size), MOST_PARTITIONS));
  }

  private void score(
      JobRun job, Sample sample, ResultFolder folder, SerializableConfiguration hadoop)
      throws IOException {
    String name = settings.model().file().getFileName().toString();
    HadoopFiles.upload(settings.model().file(), folder.part(name), hadoop.value());
    FaithfulnessStage.Plan plan =
        new FaithfulnessStage.Plan(
            folder.part(name),
            settings.model().plan(),
            settings.card(),
            settings.scoring(),
            settings.limits(),
            settings.given().get(ExplainOptions.DEVICE),
            settings
                .images()
                .map(given -> given + " has no such image_id.")
                .orElse(
                    "The run's images came from a column, without paths, and the run's table has no"
                        + " such image_id any more; name their source with the setting images."));
    RunCounters counters = new RunCounters(spark.sparkContext());
    job.describe("score " + sample.size() + " explanations");
    Dataset<Row> outcomes =
        FaithfulnessStage.apply(
            sample.placed().repartition(partitions(sample.size())), plan, hadoop, counters);
    try (Progress progress = new Progress(counters, sample.size(), console)) {
      outcomes.write().parquet(folder.part(OUTCOMES));
    }
    job.describe("write tables");
    Dataset<Row> written =
        spark.read().schema(FaithfulnessStage.OUTCOME).parquet(folder.part(OUTCOMES));
    written
        .where(col(FaithfulnessStage.SCORED).isNotNull())
        .select(FaithfulnessStage.SCORED + ".*")
        .write()
        .parquet(folder.part(FaithfulnessImagesTable.NAME));
    written
        .where(col(FaithfulnessStage.SKIPPED).isNotNull())
        .select(FaithfulnessStage.SKIPPED + ".*")
        .coalesce(1)
        .write()
        .parquet(folder.part(FaithfulnessSkippedTable.NAME));
    folder.delete(OUTCOMES);
    makeAgain(job, sample, plan, folder, hadoop);
    folder.delete(name);
  }

  private void makeAgain(
      JobRun job,
      Sample sample,
      FaithfulnessStage.Plan plan,
      ResultFolder folder,
      SerializableConfiguration hadoop) {
    if (sample.again() == 0) {
      return;
    }
    RunCounters counters = new RunCounters(spark.sparkContext());
    job.describe("make " + sample.again() + " maps again");
    Dataset<Row> made =
        SanityStage.apply(
            sample.placed().where(col(AGAIN)).repartition(partitions(sample.again())),
            new SanityStage.Plan(plan, settings.explain(), settings.sanity()),
            hadoop,
            counters);
    try (Progress progress = new Progress(counters, sample.again(), console)) {
      made.write().parquet(folder.part(SanityImagesTable.NAME));
    }
    spark
        .createDataFrame(
            SanityTable.rows(spark.read().parquet(folder.part(SanityImagesTable.NAME))),
            SanityTable.SCHEMA)
        .coalesce(1)
        .write()
        .parquet(folder.part(SanityTable.NAME));
  }

  private Map<String, Long> skipped(ResultFolder folder, long sampled, long scored) {
    Dataset<Row> rows = spark.read().parquet(folder.part(FaithfulnessSkippedTable.NAME));
    Map<String, Long> skipped = new TreeMap<>();
    rows.groupBy(FaithfulnessSkippedTable.REASON)
        .count()
        .collectAsList()
        .forEach(row -> skipped.put(row.getString(0), row.getLong(1)));
    long total = skipped.values().stream().mapToLong(Long::longValue).sum();
    if (scored + total != sampled) {
      throw new IllegalStateException(
          sampled
              + " explanations were sampled but "
              + scored
              + " scored and "
              + total
              + " skipped; each must be in exactly one table.");
    }
    if (scored == 0) {
      Skipped first =
          FaithfulnessSkippedTable.fromRow(
              rows.orderBy(
                      FaithfulnessSkippedTable.IMAGE_ID,
                      FaithfulnessSkippedTable.LAYER,
                      FaithfulnessSkippedTable.TARGET)
                  .first());
      throw new InputException(
          "None of the "
              + sampled
              + " sampled explanations can be scored; the first, "
              + first.imageId()
              + ": "
              + first.reason()
              + ". "
              + first.detail()
              + (settings.images().isPresent()
                  ? ""
                  : " If the images have moved, set `images` to where they are now."));
    }
    return skipped;
  }

  private static Column[] columns(String[] key, String... more) {
    return Stream.concat(Arrays.stream(key), Arrays.stream(more))
        .map(functions::col)
        .toArray(Column[]::new);
  }

  private double difference(Dataset<Row> images) {
    Row found =
        images
            .where(col(FaithfulnessImagesTable.MAP_KIND).equalTo(MapKind.EXPLANATION.text()))
            .join(
                explanations().select(columns(KEY, ExplanationsTable.TARGET_PROBABILITY)),
                KEY,
                "inner")
            .agg(
                max(
                    abs(
                        col(FaithfulnessImagesTable.PROBABILITY)
                            .minus(col(ExplanationsTable.TARGET_PROBABILITY)))))
            .first();
    return found.getDouble(0);
  }

  /** The contents of {@code faithfulness.json}. */
  private record About(
      String camatlas,
      Map<String, Integer> tables,
      String from,
      String run,
      String runStarted,
      String started,
      double seconds,
      Counts counts,
      double probabilityDifference,
      Model model,
      Map<String, String> settings,
      EngineVersions versions) {
    private record Counts(
        long explanations,
        long blank,
        long sampled,
        long scored,
        long skipped,
        Map<String, Long> skippedReasons,
        int forwardsPerImage) {}

    private record Model(String path, String name, String sha256) {}
  }

  private About about(JobRun job, Report report) {
    return new About(
        Version.text(),
        Map.of(
            FaithfulnessTable.NAME,
            FaithfulnessTable.VERSION,
            FaithfulnessImagesTable.NAME,
            FaithfulnessImagesTable.VERSION,
            SanityTable.NAME,
            SanityTable.VERSION,
            SanityImagesTable.NAME,
            SanityImagesTable.VERSION),
        settings.run().folder(),
        settings.run().id(),
        settings.run().started(),
        job.started().toString(),
        report.seconds(),
        new About.Counts(
            report.explanations(),
            report.blank(),
            report.sampled(),
            report.scored(),
            report.sampled() - report.scored(),
            report.skipped(),
            report.forwardsPerImage()),
        report.probabilityDifference(),
        new About.Model(settings.modelPath(), settings.card().name(), settings.model().sha256()),
        settings.given().texts(),
        EngineVersions.here(spark));
  }
}

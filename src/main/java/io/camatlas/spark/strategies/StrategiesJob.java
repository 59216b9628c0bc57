package io.camatlas.spark.strategies;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;

import io.camatlas.config.StrategiesOptions;
import io.camatlas.model.Component;
import io.camatlas.model.LayerName;
import io.camatlas.spark.InputException;
import io.camatlas.spark.Version;
import io.camatlas.spark.results.AtlasFolder;
import io.camatlas.spark.results.AtlasFolder.Origin;
import io.camatlas.spark.results.AtlasRecord;
import io.camatlas.spark.results.AtlasRun;
import io.camatlas.spark.results.Corrected;
import io.camatlas.spark.results.ErrorSlicesTable;
import io.camatlas.spark.results.ExplainedRun;
import io.camatlas.spark.results.ExplanationsTable;
import io.camatlas.spark.results.FinishedRun;
import io.camatlas.spark.results.RunRecord.EngineVersions;
import io.camatlas.spark.results.StrategiesTable;
import io.camatlas.spark.results.StrategiesTable.Direction;
import io.camatlas.spark.results.StrategyImagesTable;
import io.camatlas.spark.storage.HadoopFiles;
import io.camatlas.spark.storage.JobRun;
import io.camatlas.spark.storage.ResultFolder;
import io.camatlas.spark.storage.RowCount;
import io.camatlas.spark.truth.TruthChoice;
import io.camatlas.spark.truth.TruthSource;
import io.camatlas.strategies.ErrorSlice;
import io.camatlas.strategies.Strategy;
import io.camatlas.truth.TruthException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Finds the ways in which a network comes to each class, and regions of images that it mistakes.
 * Writes the tables {@code strategies}, {@code strategy_images} and {@code error_slices}, the
 * directions of suspicious strategies, and {@code strategies.json}.
 */
public final class StrategiesJob {
  /** Folder of the directions of suspicious strategies. */
  public static final String COMPONENTS = "components";

  private static final String SCRATCH = "_scratch";
  private static final int ROWS_AT_ONCE = 256;

  /** Strategies of which the report and the console know, at most. */
  private static final int MOST_LISTED = 200;

  private final SparkSession spark;
  private final StrategiesJobSettings settings;
  private final PrintStream console;
  private final List<String> objectsMissing = new ArrayList<>();

  public StrategiesJob(SparkSession spark, StrategiesJobSettings settings, PrintStream console) {
    this.spark = spark;
    this.settings = settings;
    this.console = console;
  }

  /**
   * What a job found.
   *
   * @param out where the results are
   * @param images images that were grouped, of all views
   * @param classes number of classes, of all views
   * @param split those with more than one strategy
   * @param suspicious strategies that deserve a look, the most suspicious first, at most 200
   * @param suspiciousInAll their number
   * @param errors regions that are surely predicted worse, the largest difference first, at most
   *     200
   * @param errorsInAll their number
   * @param seconds wall time
   */
  public record Report(
      String out,
      long images,
      long classes,
      long split,
      List<Strategy> suspicious,
      long suspiciousInAll,
      List<ErrorSlice> errors,
      long errorsInAll,
      double seconds) {}

  /**
   * Checks that results can be written, before anything else is done.
   *
   * @throws InputException if the folder is not empty and must not be replaced
   */
  public void checkOut() throws IOException {
    open(spark.sparkContext().hadoopConfiguration()).close();
  }

  private ResultFolder open(Configuration hadoop) {
    return ResultFolder.open(
        settings.out(), settings.overwrite(), ResultFolder.STRATEGIES_JSON, hadoop);
  }

  /**
   * Runs the job.
   *
   * @throws InputException if the atlas or a folder cannot be used; nothing has been written then
   */
  public Report run() throws IOException {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    try (JobRun job = JobRun.start(spark);
        ResultFolder folder = open(hadoop)) {
      job.readAtOnce(ROWS_AT_ONCE);
      AtlasFolder atlas = AtlasFolder.open(settings.from(), hadoop);
      String atlasSha256 = AtlasFolder.identity(settings.from(), hadoop);
      List<String> missing = new ArrayList<>();
      List<Origin> origins = atlas.origins(settings.runs(), missing, hadoop);
      if (origins.isEmpty()) {
        throw new InputException(
            "The explanations behind the atlas `from` "
                + settings.from()
                + " cannot be read ("
                + String.join(", ", missing)
                + "), and strategies are found in them; set `runs` to their folders.");
      }
      origins.stream().map(Origin::run).distinct().forEach(run -> run.requireRows(spark));
      Map<String, AtlasRecord.Truth> truth = AtlasFolder.record(settings.from(), hadoop).truth();
      List<String> parts = new ArrayList<>();
      for (ExplainedRun run : ExplainedRun.of(origins)) {
        Dataset<Row> all = run.explanations(spark);
        Annotated annotated = annotated(run, all, truth.get(run.id()));
        job.describe("count explanations");
        List<Row> layers =
            all.groupBy(ExplanationsTable.LAYER)
                .agg(count(lit(1)), count_if(ExplanationsTable.ofPredicted()))
                .orderBy(ExplanationsTable.LAYER)
                .collectAsList();
        long rows = layers.stream().mapToLong(layer -> layer.getLong(1)).sum();
        job.expect(rows);
        console.printf(
            "Grouping the images of %,d %s%n", rows, rows == 1 ? "explanation" : "explanations");
        for (Row layer : layers) {
          find(
              job,
              run,
              annotated,
              atlas.runs().get(run.id()),
              layer.getString(0),
              layer.getLong(2),
              folder,
              parts);
        }
      }
      if (parts.isEmpty()) {
        throw new InputException(
            "`from` " + settings.from() + " was made from runs without explanations.");
      }
      job.describe("write tables");
      Report report = write(job, folder, parts, origins, hadoop);
      folder.delete(SCRATCH);
      folder.commit(about(job, report, atlasSha256, origins));
      return report;
    } catch (InputException | IOException e) {
      throw e;
    } catch (Exception e) {
      // Spark throws checked exceptions of its own without declaring them.
      throw damaged(e);
    }
  }

  /**
   * Explanations with the annotated objects that they were measured against, if these are still
   * there; without them, groups are found just as well.
   *
   * @param truth null for the manifest
   */
  private Annotated annotated(ExplainedRun run, Dataset<Row> all, AtlasRecord.Truth truth) {
    if (truth == null) {
      return new Annotated(all, TruthChoice.MANIFEST);
    }
    String why = "its kind is not known.";
    Optional<TruthChoice> choice = TruthChoice.of(truth);
    if (choice.isPresent()) {
      try {
        List<String> classes = run.origins().get(0).run().classes();
        return new Annotated(TruthSource.join(spark, all, choice.get(), classes), choice.get());
      } catch (InputException unreadable) {
        why = unreadable.getMessage();
      }
    }
    console.printf(
        "Note: the objects that %s was measured against cannot be read; whether peaks lie on them"
            + " is left out. %s%n",
        run.id(), why);
    objectsMissing.add(run.id());
    return new Annotated(all, TruthChoice.NONE);
  }

  private record Annotated(Dataset<Row> rows, TruthChoice truth) {}

  /** Damaged annotations are found as rows are read; other errors stay internal. */
  private static RuntimeException damaged(Exception e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof TruthException) {
        return new InputException(
            "The objects that the atlas was measured against cannot be read: "
                + cause.getMessage()
                + " Mend them, or make the atlas again.",
            e);
      }
    }
    return e instanceof RuntimeException unchecked
        ? unchecked
        : new IllegalStateException("Strategies could not be found: " + e.getMessage(), e);
  }

  private void find(
      JobRun job,
      ExplainedRun run,
      Annotated annotated,
      AtlasRun what,
      String layer,
      long predicted,
      ResultFolder folder,
      List<String> parts) {
    Column isOwn = col(ExplanationsTable.LAYER).equalTo(layer);
    Dataset<Row> own = run.explanations(spark).where(isOwn);
    FinishedRun first = run.origins().get(0).run();
    job.describe("look for feature maps that answer to the border");
    long seed = settings.given().get(StrategiesOptions.SEED);
    StrategyStage.Plan plan =
        new StrategyStage.Plan(
            run.id(),
            what,
            layer,
            BorderMaps.of(own, predicted, seed),
            annotated.truth(),
            seed,
            new SerializableConfiguration(spark.sparkContext().hadoopConfiguration()));
    job.describe("group the images of each class");
    String strategies = scratch(folder, "strategies-" + parts.size());
    StrategyStage.strategies(annotated.rows().where(isOwn), plan).write().parquet(strategies);
    parts.add(strategies);
    if (LayerName.isInput(layer)) {
      return; // Images of like colours are no region of what the network makes of them.
    }
    job.describe("look for images that are predicted worse");
    String regions = scratch(folder, "regions-" + parts.size());
    StrategyStage.regions(own, plan, first).write().parquet(regions);
    parts.add(regions);
  }

  private static String scratch(ResultFolder folder, String name) {
    return folder.part(SCRATCH + "/" + name);
  }

  private Dataset<Row> found(List<String> parts, String column) {
    return spark
        .read()
        .schema(StrategyStage.FOUND)
        .parquet(parts.toArray(String[]::new))
        .where(col(column).isNotNull())
        .select(column + ".*");
  }

  private static Column[] columns(StructType schema) {
    return Stream.of(schema.fieldNames()).map(functions::col).toArray(Column[]::new);
  }

  private Report write(
      JobRun job,
      ResultFolder folder,
      List<String> parts,
      List<Origin> origins,
      Configuration hadoop)
      throws IOException {
    String strategies = folder.part(StrategiesTable.NAME);
    found(parts, StrategyStage.GROUP)
        .withColumn(
            StrategiesTable.RANK,
            row_number()
                .over(
                    Window.partitionBy(StrategiesTable.RUN, StrategiesTable.LAYER)
                        .orderBy(
                            col(StrategiesTable.SUSPICION).desc(),
                            col(StrategiesTable.CLASS_INDEX),
                            col(StrategiesTable.STRATEGY))))
        .select(columns(StrategiesTable.SCHEMA))
        .coalesce(1)
        .write()
        .parquet(strategies);
    found(parts, StrategyStage.IMAGE).write().parquet(folder.part(StrategyImagesTable.NAME));
    Corrected.withQ(found(parts, StrategyStage.REGION), StrategiesTable.RUN, StrategiesTable.LAYER)
        .where(col(ErrorSlicesTable.Q).leq(Corrected.SURE))
        .where(col(ErrorSlicesTable.ACCURACY).lt(col(ErrorSlicesTable.REST_ACCURACY)))
        .coalesce(1)
        .write()
        .parquet(folder.part(ErrorSlicesTable.NAME));
    Dataset<Row> written = spark.read().schema(StrategiesTable.SCHEMA).parquet(strategies);
    List<Row> suspicious =
        written
            .where(col(StrategiesTable.SUSPICIOUS))
            .orderBy(col(StrategiesTable.SUSPICION).desc(), col(StrategiesTable.RANK))
            .limit(MOST_LISTED)
            .collectAsList();
    for (Row one : suspicious) {
      writeDirection(one, origins, folder, hadoop);
    }
    Dataset<Row> regions =
        spark.read().schema(ErrorSlicesTable.SCHEMA).parquet(folder.part(ErrorSlicesTable.NAME));
    List<ErrorSlice> errors =
        regions
            .orderBy(
                col(ErrorSlicesTable.ACCURACY).minus(col(ErrorSlicesTable.REST_ACCURACY)),
                col(StrategiesTable.CLASS_INDEX))
            .limit(MOST_LISTED)
            .collectAsList()
            .stream()
            .map(ErrorSlicesTable::fromRow)
            .toList();
    Column isFirst = col(StrategiesTable.STRATEGY).equalTo(0);
    Row counts =
        written
            .agg(
                count_if(isFirst),
                count_if(isFirst.and(col(StrategiesTable.SPACE).isNotNull())),
                count_if(col(StrategiesTable.SUSPICIOUS)))
            .head();
    return new Report(
        folder.place(),
        RowCount.of(spark, folder.part(StrategyImagesTable.NAME)),
        counts.getLong(0),
        counts.getLong(1),
        suspicious.stream().map(StrategiesTable::fromRow).toList(),
        counts.getLong(2),
        errors,
        RowCount.of(spark, folder.part(ErrorSlicesTable.NAME)),
        job.seconds());
  }

  /** Writes the direction in which a strategy's images lie from the others of their class. */
  private static void writeDirection(
      Row row, List<Origin> origins, ResultFolder folder, Configuration hadoop) throws IOException {
    Direction found = Direction.of(row);
    float[] direction = found.difference();
    double square = 0;
    for (float value : direction) {
      square += (double) value * value;
    }
    if (!(square > 0) || LayerName.isInput(found.layer())) {
      return; // Nothing that `mute` could take out.
    }
    double length = Math.sqrt(square);
    double at = 0;
    for (int k = 0; k < direction.length; k++) {
      direction[k] = (float) (direction[k] / length);
      at += (double) direction[k] * found.usual()[k];
    }
    String sha256 =
        origins.stream()
            .filter(origin -> origin.id().equals(found.run()))
            .map(origin -> origin.run().modelSha256())
            .findFirst()
            .orElse("");
    Strategy one = StrategiesTable.fromRow(row);
    Component component =
        new Component(
            one.name().name() + ", strategy " + one.number(), found.layer(), sha256, direction, at);
    HadoopFiles.write(
        new Path(
            folder.part(COMPONENTS),
            "%s-%s-%d-%d.json"
                .formatted(found.run(), found.layer(), one.name().index(), one.number())),
        component.json().toPrettyString().getBytes(StandardCharsets.UTF_8),
        hadoop);
  }

  /** The contents of {@code strategies.json}. */
  private record About(
      String camatlas,
      Map<String, Integer> tables,
      String from,
      String atlasSha256,
      List<String> runs,
      List<String> objectsMissing,
      String started,
      double seconds,
      long images,
      long classes,
      long classesSplit,
      long suspicious,
      long errorSlices,
      Map<String, String> settings,
      EngineVersions versions) {}

  private About about(JobRun job, Report report, String atlasSha256, List<Origin> origins) {
    return new About(
        Version.text(),
        new TreeMap<>(
            Map.of(
                StrategiesTable.NAME, StrategiesTable.VERSION,
                StrategyImagesTable.NAME, StrategyImagesTable.VERSION,
                ErrorSlicesTable.NAME, ErrorSlicesTable.VERSION)),
        settings.from(),
        atlasSha256,
        ExplainedRun.of(origins).stream().map(ExplainedRun::id).toList(),
        List.copyOf(objectsMissing),
        job.started().toString(),
        report.seconds(),
        report.images(),
        report.classes(),
        report.split(),
        report.suspiciousInAll(),
        report.errorsInAll(),
        settings.given().texts(),
        EngineVersions.here(spark));
  }
}

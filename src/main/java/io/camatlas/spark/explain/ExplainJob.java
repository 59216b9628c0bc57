package io.camatlas.spark.explain;

import static org.apache.spark.sql.functions.col;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.camatlas.cam.CamMethod;
import io.camatlas.model.Network;
import io.camatlas.spark.InputException;
import io.camatlas.spark.input.ImageSource;
import io.camatlas.spark.storage.ResultFolder;
import io.camatlas.suggest.NearestName;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Explains a dataset: writes the tables {@code explanations} and {@code failures}, {@code run.json}
 * and, where asked for, pictures.
 *
 * <p>The network runs once over every image; both tables are taken from one written outcome. The
 * results appear in their folder when all are complete. A bad image ends in {@code failures}; a bad
 * model or setting stops the job before any work.
 */
public final class ExplainJob {
  private static final String OUTCOMES = "outcomes";

  private final SparkSession spark;
  private final ExplainJobSettings settings;
  private final PrintStream console;

  public ExplainJob(SparkSession spark, ExplainJobSettings settings, PrintStream console) {
    this.spark = spark;
    this.settings = settings;
    this.console = console;
  }

  /**
   * What a job did.
   *
   * @param out where the results are
   * @param images read
   * @param explanations rows of the table
   * @param failures rows of the table
   * @param overlays pictures written
   * @param seconds wall time
   */
  public record Report(
      String out, long images, long explanations, long failures, long overlays, double seconds) {}

  /**
   * Runs the job.
   *
   * @throws InputException if the images or the folder for results cannot be used
   */
  public Report run() throws IOException {
    Instant started = Instant.now();
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    try (ResultFolder folder =
        ResultFolder.open(settings.out(), settings.overwrite(), ResultFolder.RUN_JSON, hadoop)) {
      ImageSource.Images images =
          new ImageSource(spark, settings.card().classes())
              .read(
                  settings.images(),
                  settings.inputKind(),
                  settings.contentColumn(),
                  folder.part("listing"));
      checkLabels(images.labels());
      console.printf(
          "Explaining %,d images (%s %s) at layer %s with %s%n",
          images.count(),
          images.kind().name().toLowerCase(java.util.Locale.ROOT),
          settings.images(),
          layers(),
          settings.explain().method().name());
      explain(images, folder, new SerializableConfiguration(hadoop));
      Dataset<Row> explanations = spark.read().parquet(folder.part("explanations"));
      long failed = spark.read().parquet(folder.part("failures")).count();
      long rows = explanations.count();
      long explained = explanations.select("image_id").distinct().count();
      if (explained + failed != images.count()) {
        throw new IllegalStateException(
            images.count()
                + " images were read but "
                + explained
                + " explained and "
                + failed
                + " failed; every image must end in exactly one table.");
      }
      long overlays =
          settings.overlays() == 0
              ? 0
              : new OverlayStage(settings, new SerializableConfiguration(hadoop))
                  .write(images.rows(), explanations, folder.part("overlays"));
      folder.delete("listing");
      double seconds = Duration.between(started, Instant.now()).toMillis() / 1000.0;
      Report report = new Report(folder.place(), images.count(), rows, failed, overlays, seconds);
      folder.write(ResultFolder.RUN_JSON, runJson(started, images, report));
      folder.commit();
      return report;
    }
  }

  private void explain(
      ImageSource.Images images, ResultFolder folder, SerializableConfiguration hadoop)
      throws IOException {
    // Spark 4.0 does not hand files added to the context to the jobs of a session; the folder for
    // results is seen by all executors anyway.
    String archive = folder.part(settings.model().file().getFileName().toString());
    ResultFolder.upload(settings.model().file(), archive, hadoop.value());
    RunCounters counters = new RunCounters(spark.sparkContext());
    Dataset<Row> outcomes = ExplainStage.apply(shared(images), plan(archive), hadoop, counters);
    spark.sparkContext().setJobDescription("CamAtlas: explain " + images.count() + " images");
    try (Progress progress = new Progress(counters, images.count(), console)) {
      outcomes.write().parquet(folder.part(OUTCOMES));
    }
    spark.sparkContext().setJobDescription("CamAtlas: write tables");
    Dataset<Row> written = spark.read().schema(ExplainStage.OUTCOME).parquet(folder.part(OUTCOMES));
    written
        .where(col("explanation").isNotNull())
        .select("explanation.*")
        .write()
        .parquet(folder.part("explanations"));
    written
        .where(col("failure").isNotNull())
        .select("failure.*")
        .coalesce(1)
        .write()
        .parquet(folder.part("failures"));
    spark.sparkContext().setJobDescription(null);
    folder.delete(OUTCOMES);
    folder.delete(settings.model().file().getFileName().toString());
  }

  private Dataset<Row> shared(ImageSource.Images images) {
    int bySize = (int) Math.min(20_000, (images.count() + 127) / 128);
    int atLeast = Math.max(bySize, spark.sparkContext().defaultParallelism());
    int tasks = settings.partitions() > 0 ? settings.partitions() : atLeast;
    return images
        .packed()
        .orElseGet(() -> images.rows().repartitionByRange(tasks, col("image_id")));
  }

  private String layers() {
    return String.join(
        ", ", settings.model().plan().layers().stream().map(layer -> layer.name()).toList());
  }

  private ExplainPlan plan(String archive) {
    return new ExplainPlan(
        archive,
        settings.model().plan(),
        settings.card(),
        settings.explain(),
        new ExplanationsTable.Run(
            settings.card().name(),
            settings.model().sha256(),
            settings.explain().method().name(),
            parameters(),
            settings.card().classes()),
        settings.device());
  }

  /** Everything that distinguishes two runs beside model, layer and method. */
  private Map<String, String> parameters() {
    Map<String, String> parameters = new TreeMap<>(settings.explain().method().parameters());
    if (!settings.explain().filters().isAll()) {
      parameters.put("filters", settings.explain().filters().indices().toString());
    }
    parameters.put("neurons", settings.explain().neurons().describe());
    return parameters;
  }

  /** Labels that name no class are a mistake in the names when the label is the target. */
  private void checkLabels(Set<String> labels) {
    List<String> classes = settings.card().classes();
    Set<String> unknown = new TreeSet<>(labels);
    unknown.removeAll(Set.copyOf(classes));
    if (unknown.isEmpty()) {
      return;
    }
    String first = unknown.iterator().next();
    String message =
        unknown.size()
            + " of "
            + labels.size()
            + " labels are no classes of the model, '"
            + first
            + "' among them"
            + NearestName.clause(first, classes)
            + ".";
    if (settings.explain().targets().label() && unknown.size() == labels.size()) {
      throw new InputException(
          message
              + " Name the classes in the model's sidecar or by --classes, or choose other"
              + " --targets.");
    }
    console.println("Note: " + message);
  }

  private String runJson(Instant started, ImageSource.Images images, Report report)
      throws IOException {
    CamMethod method = settings.explain().method();
    Map<String, Object> run = new LinkedHashMap<>();
    run.put("camatlas", version());
    run.put(
        "tables",
        Map.of("explanations", ExplanationsTable.VERSION, "failures", FailuresTable.VERSION));
    run.put("started", started.toString());
    run.put("seconds", report.seconds());
    Map<String, Object> counts = new LinkedHashMap<>();
    counts.put("images", report.images());
    counts.put("explanations", report.explanations());
    counts.put("failures", report.failures());
    counts.put("overlays", report.overlays());
    run.put("counts", counts);
    Map<String, Object> model = new LinkedHashMap<>();
    model.put("path", settings.modelPath());
    model.put("name", settings.card().name());
    model.put("sha256", settings.model().sha256());
    model.put("classes", settings.card().classes());
    model.put("input", settings.model().plan().input().toString());
    model.put("preprocessing", settings.card().preprocessing().toString());
    model.put("layers", settings.model().plan().layers());
    run.put("model", model);
    Map<String, Object> how = new LinkedHashMap<>();
    how.put("name", method.name());
    how.put("parameters", parameters());
    run.put("method", how);
    Map<String, Object> input = new LinkedHashMap<>();
    input.put("path", settings.images());
    input.put("kind", images.kind().name().toLowerCase(java.util.Locale.ROOT));
    run.put("images", input);
    run.put("settings", settings.given());
    Map<String, Object> versions = new LinkedHashMap<>();
    versions.put("spark", spark.version());
    versions.put("pytorch", Network.engineVersion());
    versions.put("djl", ai.djl.engine.Engine.getDjlVersion());
    versions.put("java", System.getProperty("java.version"));
    run.put("versions", versions);
    return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(run);
  }

  public static String version() {
    String version = ExplainJob.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}

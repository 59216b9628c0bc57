package io.camatlas.cli;

import io.camatlas.config.AtlasOptions;
import io.camatlas.config.CausesOptions;
import io.camatlas.config.DemoOptions;
import io.camatlas.config.ExplainOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.ModelOptions;
import io.camatlas.config.Option;
import io.camatlas.config.ReportOptions;
import io.camatlas.config.StrategiesOptions;
import io.camatlas.demo.DemoDataset;
import io.camatlas.demo.DemoModel;
import io.camatlas.demo.DemoSettings;
import io.camatlas.setup.AtlasSetup;
import io.camatlas.setup.CausesSetup;
import io.camatlas.setup.ExplainSetup;
import io.camatlas.setup.ReportSetup;
import io.camatlas.setup.StrategiesSetup;
import io.camatlas.spark.atlas.AtlasJob;
import io.camatlas.spark.atlas.AtlasJobSettings;
import io.camatlas.spark.causes.CausesJob;
import io.camatlas.spark.causes.CausesJobSettings;
import io.camatlas.spark.explain.ClassSummary;
import io.camatlas.spark.explain.ExplainJob;
import io.camatlas.spark.explain.ExplainJobSettings;
import io.camatlas.spark.report.ReportJob;
import io.camatlas.spark.report.ReportJobSettings;
import io.camatlas.spark.strategies.StrategiesJob;
import io.camatlas.spark.strategies.StrategiesJobSettings;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;

/**
 * {@code camatlas demo}: makes a dataset with a planted fault and audits a model that learned it.
 */
final class DemoCommand implements Command {
  @Override
  public String name() {
    return "demo";
  }

  @Override
  public List<String> description() {
    return List.of(
        "Draws a small dataset, explains a bundled model on it, and makes an atlas and a report.",
        "One class carries a badge in a corner, and the model has learned the badge.");
  }

  @Override
  public List<Option<?>> options() {
    return DemoOptions.ALL;
  }

  @Override
  public void run(GivenSettings given) throws IOException {
    given.check(() -> requireAbsentOrDemo(Path.of(given.get(DemoOptions.OUT))));
    given.check();
    Path folder = Files.createTempDirectory("camatlas");
    try (SparkStart start = new SparkStart("demo", given)) {
      start.beside();
      run(given, start, folder);
    } finally {
      TemporaryFolder.delete(folder);
    }
  }

  private void run(GivenSettings given, SparkStart start, Path folder) throws IOException {
    Path out = Path.of(given.get(DemoOptions.OUT));
    int perClass = given.get(DemoOptions.IMAGES_PER_CLASS);
    TemporaryFolder.delete(out.resolve("data"));
    System.out.printf(
        "Drawing %,d images, %d for each of %d classes%n",
        perClass * DemoDataset.classes().size(), perClass, DemoDataset.classes().size());
    Path manifest =
        DemoDataset.write(
            out.resolve("data"), DemoSettings.audit(perClass, given.get(DemoOptions.SEED)));
    Path model = DemoModel.copyTo(out.resolve("model"));
    Map<String, String> flags = new LinkedHashMap<>();
    flags.put(ModelOptions.MODEL.name(), model.toString());
    flags.put(ExplainOptions.IMAGES.name(), manifest.toString());
    flags.put(ExplainOptions.OUT.name(), out.resolve("results").toString());
    flags.put(ExplainOptions.OVERWRITE.name(), "true");
    for (Option<?> option : List.of(DemoOptions.OVERLAYS, DemoOptions.SAMPLES, DemoOptions.SEED)) {
      flags.put(option.name(), given.texts().get(option.name()));
    }
    GivenSettings explain = new GivenSettings(ExplainOptions.ALL, flags, List.of());
    ExplainJobSettings settings = ExplainSetup.resolve(explain, folder);
    GivenSettings defaults =
        new GivenSettings(
            Stream.of(
                    AtlasOptions.SHARED,
                    StrategiesOptions.SHARED,
                    CausesOptions.SHARED,
                    ReportOptions.SHARED)
                .<Option<?>>flatMap(List::stream)
                .toList(),
            Map.of(),
            List.of());
    Optional<AtlasJobSettings> atlas =
        AtlasSetup.after(defaults, settings.out(), out.resolve("atlas").toString());
    Optional<StrategiesJobSettings> strategies =
        StrategiesSetup.after(
            defaults,
            settings.out(),
            out.resolve("atlas").toString(),
            out.resolve("strategies").toString());
    Optional<CausesJobSettings> causes =
        CausesSetup.after(
            defaults,
            settings,
            settings.out(),
            out.resolve("atlas").toString(),
            strategies.map(StrategiesJobSettings::out),
            out.resolve("causes").toString());
    Optional<ReportJobSettings> report =
        ReportSetup.after(
            defaults,
            settings.out(),
            out.resolve("atlas").toString(),
            strategies.map(StrategiesJobSettings::out),
            causes.map(CausesJobSettings::out),
            out.resolve("report").toString());
    defaults.check();
    SparkSession spark = start.get(settings.model().precision().environment());
    PrintStream console = SpelledConsole.of(this, System.out);
    ExplainJob.Report run = new ExplainJob(spark, settings, console).run();
    System.out.println();
    System.out.print(ClassSummary.of(spark.read().parquet(run.out() + "/explanations")));
    System.out.println();
    ExplainCommand.print(run);
    AtlasCommand.print(spark, new AtlasJob(spark, atlas.orElseThrow(), console).run());
    StrategiesCommand.print(new StrategiesJob(spark, strategies.orElseThrow(), console).run());
    CausesCommand.print(new CausesJob(spark, causes.orElseThrow(), console).run());
    System.out.println("Tables:   " + run.out() + "/explanations, …/failures (Parquet)");
    System.out.println("Pictures: " + run.out() + "/overlays/CLASS/…png");
    ReportCommand.print(this, new ReportJob(spark, report.orElseThrow(), console).run());
  }

  /**
   * Accepts an absent folder, or a demo, finished or not, which will be replaced; rejects others.
   */
  private static void requireAbsentOrDemo(Path out) {
    try {
      if (Files.exists(out) && !(Files.isDirectory(out) && holdsDemo(out))) {
        throw new IllegalArgumentException(
            "`out` is " + out + ", which holds other files; choose another folder.");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean holdsDemo(Path out) throws IOException {
    try (Stream<Path> files = Files.list(out)) {
      return files.allMatch(
          file -> {
            String name = String.valueOf(file.getFileName());
            return List.of("data", "model", "results", "atlas", "strategies", "causes", "report")
                    .contains(name)
                || name.startsWith(".results-")
                || name.startsWith(".atlas-")
                || name.startsWith(".strategies-")
                || name.startsWith(".causes-")
                || name.startsWith(".report-");
          });
    }
  }
}

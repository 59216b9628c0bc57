package io.camatlas.cli;

import io.camatlas.config.AtlasOptions;
import io.camatlas.config.ExplainOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.Option;
import io.camatlas.config.ReportOptions;
import io.camatlas.demo.DemoDataset;
import io.camatlas.demo.DemoModel;
import io.camatlas.demo.DemoSettings;
import io.camatlas.spark.atlas.AtlasJob;
import io.camatlas.spark.atlas.AtlasJobSettings;
import io.camatlas.spark.explain.ClassSummary;
import io.camatlas.spark.explain.ExplainJob;
import io.camatlas.spark.explain.ExplainJobSettings;
import io.camatlas.spark.report.ReportJob;
import io.camatlas.spark.report.ReportJobSettings;
import java.io.IOException;
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
        "Makes a dataset of drawn scenes, explains the bundled model on it and makes an atlas and a"
            + " report.",
        "One class carries a badge in a corner, and the model learned the badge.");
  }

  @Override
  public List<Option> options() {
    return List.of(
        new Option("out", "DIR", "camatlas-demo", "Folder for data, model and results."),
        new Option("images-per-class", "N", "40", "Scenes of each of the classes."),
        new Option("overlays", "N", "6", "Pictures for each class."),
        new Option("samples", "N", "8", "Noisy copies of each image."),
        new Option("seed", "N", "7", "Seed of the scenes and of the noise."));
  }

  @Override
  public void run(GivenSettings given) throws IOException {
    Path out = Path.of(given.text("out"));
    int perClass = given.integer("images-per-class");
    long seed = given.longInteger("seed");
    given.integer("overlays");
    given.integer("samples");
    Optional<DemoSettings> scenes = given.build(() -> DemoSettings.audit(perClass, seed));
    if (!isAbsentOrDemo(out)) {
      given.problem("out is " + out + ", which holds other files; name another folder.");
    }
    given.check();
    TemporaryFolder.delete(out.resolve("data"));
    System.out.printf(
        "Drawing %d scenes of each of %d classes%n", perClass, DemoDataset.classes().size());
    Path manifest = DemoDataset.write(out.resolve("data"), scenes.orElseThrow());
    Path model = DemoModel.copyTo(out.resolve("model"));
    Map<String, String> flags = new LinkedHashMap<>();
    flags.put("model", model.toString());
    flags.put("images", manifest.toString());
    flags.put("out", out.resolve("results").toString());
    flags.put("overwrite", "true");
    for (String name : List.of("overlays", "samples", "seed")) {
      flags.put(name, given.text(name));
    }
    Path folder = Files.createTempDirectory("camatlas");
    GivenSettings explain = new GivenSettings(ExplainOptions.ALL, flags, List.of());
    ExplainJobSettings settings = ExplainOptions.resolve(explain, folder);
    AtlasJobSettings atlas =
        AtlasOptions.resolve(
            new GivenSettings(AtlasOptions.ALL, Map.of(), List.of()),
            List.of(settings.out()),
            out.resolve("atlas").toString(),
            true);
    ReportJobSettings report =
        ReportOptions.resolve(
            new GivenSettings(ReportOptions.ALL, Map.of(), List.of()),
            atlas.out(),
            List.of(settings.out()),
            Optional.empty(),
            out.resolve("report").toString(),
            true);
    try (SparkSession spark = SparkSessions.start("demo", explain)) {
      ExplainJob.Report run = new ExplainJob(spark, settings, System.out).run();
      System.out.println();
      System.out.print(ClassSummary.of(spark.read().parquet(run.out() + "/explanations")));
      System.out.println();
      ExplainCommand.print(run);
      AtlasCommand.print(spark, new AtlasJob(spark, atlas, System.out).run());
      System.out.println("Tables:   " + run.out() + "/explanations, …/failures (Parquet)");
      System.out.println("Pictures: " + run.out() + "/overlays/CLASS/…png");
      ReportCommand.print(new ReportJob(spark, report, System.out).run());
    } finally {
      TemporaryFolder.delete(folder);
    }
  }

  /** A demo, finished or not, is replaced; anything else is left alone. */
  private static boolean isAbsentOrDemo(Path out) throws IOException {
    if (!Files.exists(out)) {
      return true;
    }
    if (!Files.isDirectory(out)) {
      return false;
    }
    try (Stream<Path> files = Files.list(out)) {
      return files.allMatch(
          file -> {
            String name = String.valueOf(file.getFileName());
            return List.of("data", "model", "results", "atlas", "report").contains(name)
                || name.startsWith(".results-")
                || name.startsWith(".atlas-")
                || name.startsWith(".report-");
          });
    }
  }
}

package io.camatlas.cli;

import io.camatlas.config.ExplainOptions;
import io.camatlas.config.FailureLimit;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.Option;
import io.camatlas.setup.ExplainSetup;
import io.camatlas.setup.ModelSetup;
import io.camatlas.setup.WithoutEffect;
import io.camatlas.spark.explain.ExplainJob;
import io.camatlas.spark.explain.ExplainJobSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.SparkSession;

/** {@code camatlas explain}: explains a dataset. */
final class ExplainCommand implements Command {
  @Override
  public String name() {
    return "explain";
  }

  @Override
  public List<String> description() {
    return List.of(
        "Explains every image of a dataset.",
        "Writes the tables explanations and failures. If a run was interrupted, the same command"
            + " resumes it.",
        "Options of spark-submit come before the command: camatlas --master yarn explain …");
  }

  @Override
  public List<String> examples() {
    return List.of(
        "explain --model resnet50.pt --images photos --out run",
        "--master yarn explain --model hdfs:///resnet50.pt --images 'hdfs:///photos/*/*.jpg' --out"
            + " hdfs:///run");
  }

  @Override
  public List<Option<?>> options() {
    return ExplainOptions.ALL;
  }

  @Override
  public void run(GivenSettings given) throws IOException {
    Path folder = Files.createTempDirectory("camatlas");
    try (SparkStart start = new SparkStart("explain", given)) {
      ExplainJobSettings settings = ExplainSetup.resolve(given, folder, start::beside);
      ModelSetup.assumption(given, settings.card().preprocessing())
          .ifPresent(note -> System.out.println("Note: " + note));
      SpelledConsole.note(this, WithoutEffect.explain(given, settings.card()));
      SparkSession spark = start.get(settings.model().precision().environment());
      ExplainJob.Report report =
          new ExplainJob(spark, settings, SpelledConsole.of(this, System.out)).run();
      print(report);
      checkFailures(settings, report);
    } finally {
      TemporaryFolder.delete(folder);
    }
  }

  /**
   * Checks the number of failures, once everything is done.
   *
   * @throws TooManyFailuresException if there are more than the settings allow
   */
  static void checkFailures(ExplainJobSettings settings, ExplainJob.Report report) {
    FailureLimit limit = settings.given().get(ExplainOptions.MAX_FAILURES);
    if (limit.isExceeded(report.failures(), report.images())) {
      throw new TooManyFailuresException(
          limit.told(report.failures(), report.images(), "failed")
              + "; the table failures in "
              + report.out()
              + " names each, with its reason.");
    }
  }

  static void print(ExplainJob.Report report) {
    System.out.printf(
        "%,d images in %.1f s: %,d explanations, %,d failures%s%n",
        report.images(),
        report.seconds(),
        report.explanations(),
        report.failures(),
        report.run().overlays() > 0
            ? String.format(", %,d pictures", report.run().overlays())
            : "");
    System.out.println("Results: " + report.out());
  }
}

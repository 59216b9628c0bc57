package io.camatlas.cli;

import io.camatlas.config.GivenSettings;
import io.camatlas.config.Option;
import io.camatlas.config.ReportOptions;
import io.camatlas.config.StrategiesOptions;
import io.camatlas.setup.StrategiesSetup;
import io.camatlas.spark.Printable;
import io.camatlas.spark.strategies.StrategiesJob;
import io.camatlas.spark.strategies.StrategiesJobSettings;
import io.camatlas.strategies.ErrorSlice;
import io.camatlas.strategies.Splitting;
import io.camatlas.strategies.Strategy;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.SparkSession;

/** {@code camatlas strategies}: finds the ways in which a network comes to each class. */
final class StrategiesCommand implements Command {
  /** So many of each kind are printed. */
  private static final int PRINTED = 10;

  @Override
  public String name() {
    return "strategies";
  }

  @Override
  public List<String> description() {
    return List.of(
        "Finds the ways in which the model comes to each class: groups of images that clearly differ"
            + " in what it looks at or responds to, without being told what to look for.",
        "Also finds groups of similar images that are surely predicted worse than the others of"
            + " their class. No network is run.");
  }

  @Override
  public List<Option<?>> options() {
    return StrategiesOptions.ALL;
  }

  @Override
  public List<Option<String>> positionals() {
    return List.of(ReportOptions.FROM);
  }

  @Override
  public List<String> examples() {
    return List.of("strategies --from atlas --out strategies");
  }

  @Override
  public void run(GivenSettings given) throws IOException {
    StrategiesJobSettings settings = StrategiesSetup.resolve(given);
    try (SparkSession spark = SparkSessions.start("strategies", given)) {
      print(new StrategiesJob(spark, settings, SpelledConsole.of(this, System.out)).run());
    }
  }

  static void print(StrategiesJob.Report report) {
    System.out.printf(
        "%,d images of %,d %s: %s%n",
        report.images(),
        report.classes(),
        report.classes() == 1 ? "class" : "classes",
        report.classes() == 0
            ? "no image is predicted as a class that was explained"
            : report.split() == 0
                ? "none has more than one strategy (those with fewer than %d images are not split)"
                    .formatted(Splitting.INTO_STRATEGIES.smallest())
                : "%,d %s more than one strategy"
                    .formatted(report.split(), report.split() == 1 ? "has" : "have"));
    List<Strategy> suspicious = report.suspicious();
    for (Strategy one : suspicious.subList(0, Math.min(PRINTED, suspicious.size()))) {
      System.out.printf(
          Locale.ROOT,
          "- class '%s': %,d images (%.0f %%) differ clearly in %s (suspicion %.2f)%n",
          Printable.of(one.name().name()),
          one.images(),
          100 * one.share(),
          one.differsIn(),
          one.suspicion());
    }
    if (report.suspiciousInAll() > PRINTED) {
      System.out.printf("- and %,d more%n", report.suspiciousInAll() - PRINTED);
    }
    List<ErrorSlice> errors = report.errors();
    for (ErrorSlice one : errors.subList(0, Math.min(PRINTED, errors.size()))) {
      System.out.printf(
          Locale.ROOT,
          "- class '%s': %,d similar images are right in %.0f %%, the others in %.0f %%%n",
          Printable.of(one.name().name()),
          one.images(),
          100 * one.accuracy(),
          100 * one.restAccuracy());
    }
    if (report.errorsInAll() > PRINTED) {
      System.out.printf("- and %,d more%n", report.errorsInAll() - PRINTED);
    }
    System.out.printf(Locale.ROOT, "Strategies: %s, in %.1f s%n", report.out(), report.seconds());
  }
}

package io.camatlas.cli;

import io.camatlas.config.FaithfulnessOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.Option;
import io.camatlas.setup.FaithfulnessSetup;
import io.camatlas.spark.faithfulness.FaithfulnessJob;
import io.camatlas.spark.faithfulness.FaithfulnessJobSettings;
import io.camatlas.spark.faithfulness.FaithfulnessSummary;
import io.camatlas.spark.faithfulness.SanitySummary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.sql.SparkSession;

/** {@code camatlas faithfulness}: tests whether a run's maps mark what the network used. */
final class FaithfulnessCommand implements Command {
  @Override
  public String name() {
    return "faithfulness";
  }

  @Override
  public List<String> description() {
    return List.of(
        "Tests on a sample of a finished run whether its maps mark what the network used.",
        "Measures Average Drop, Increase in Confidence, insertion and deletion, and the same for"
            + " a random map and for the centre of the image.",
        "Each map takes 3 + 3 (1 + 2 (steps - 1)) forward passes, 300 by default.");
  }

  @Override
  public List<Option<?>> options() {
    return FaithfulnessOptions.ALL;
  }

  @Override
  public List<Option<String>> positionals() {
    return List.of(FaithfulnessOptions.FROM);
  }

  @Override
  public void run(GivenSettings given) throws IOException {
    Path folder = Files.createTempDirectory("camatlas");
    try {
      FaithfulnessJobSettings settings = FaithfulnessSetup.resolve(given, folder);
      try (SparkSession spark = SparkSessions.start("faithfulness", given)) {
        FaithfulnessJob.Report report =
            new FaithfulnessJob(spark, settings, SpelledConsole.of(this, System.out)).run();
        System.out.println();
        System.out.print(
            FaithfulnessSummary.of(spark.read().parquet(report.out() + "/faithfulness")));
        System.out.println();
        if (report.madeAgain() > 0) {
          System.out.print(
              SanitySummary.of(spark.read().parquet(report.out() + "/sanity"), report.madeAgain()));
          System.out.println();
        }
        print(report);
      }
    } finally {
      TemporaryFolder.delete(folder);
    }
  }

  private static String told(Map<String, Long> counts) {
    return counts.entrySet().stream()
        .map(count -> "%,d %s".formatted(count.getValue(), count.getKey()))
        .collect(Collectors.joining(", "));
  }

  private static void print(FaithfulnessJob.Report report) {
    System.out.printf(
        "%,d explanations scored in %.1f s, %,d skipped%s%n",
        report.scored(),
        report.seconds(),
        report.sampled() - report.scored(),
        report.skipped().isEmpty() ? "" : ": " + told(report.skipped()));
    if (report.probabilityDifference() > 1e-3) {
      System.out.printf(
          "Note: probabilities differ from the run's by up to %.4f; the run may have used another"
              + " device or engine.%n",
          report.probabilityDifference());
    }
    System.out.println("Results: " + report.out());
    System.out.println(
        "Tables:  " + report.out() + "/faithfulness, …/faithfulness_images (Parquet)");
  }
}

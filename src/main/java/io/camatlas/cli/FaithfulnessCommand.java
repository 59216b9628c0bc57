package io.camatlas.cli;

import io.camatlas.config.ExplainOptions;
import io.camatlas.config.FaithfulnessOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.Option;
import io.camatlas.setup.FaithfulnessSetup;
import io.camatlas.setup.WithoutEffect;
import io.camatlas.spark.faithfulness.FaithfulnessJob;
import io.camatlas.spark.faithfulness.FaithfulnessJobSettings;
import io.camatlas.spark.faithfulness.FaithfulnessSummary;
import io.camatlas.spark.faithfulness.SanitySummary;
import io.camatlas.spark.results.FinishedRun;
import io.camatlas.spark.results.RunRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
      List<GivenSettings> rules = eachRule(given);
      FaithfulnessJobSettings first = FaithfulnessSetup.resolve(rules.get(0), folder);
      SpelledConsole.note(this, WithoutEffect.faithfulness(given));
      try (SparkSession spark = SparkSessions.start("faithfulness", given)) {
        for (int i = 0; i < rules.size(); i++) {
          FaithfulnessJobSettings settings =
              i == 0 ? first : FaithfulnessSetup.resolve(rules.get(i), folder);
          if (rules.size() > 1) {
            System.out.printf(
                "%nRule %d, %s; the run has %d%n",
                i, settings.run().rules().get(i).method(), rules.size());
          }
          score(spark, settings);
        }
      }
    } finally {
      TemporaryFolder.delete(folder);
    }
  }

  private void score(SparkSession spark, FaithfulnessJobSettings settings) throws IOException {
    FaithfulnessJob.Report report =
        new FaithfulnessJob(spark, settings, SpelledConsole.of(this, System.out)).run();
    System.out.println();
    System.out.print(FaithfulnessSummary.of(spark.read().parquet(report.out() + "/faithfulness")));
    System.out.println();
    if (report.madeAgain() > 0) {
      System.out.print(
          SanitySummary.of(
              spark.read().parquet(report.out() + "/sanity"), report.imagesMadeAgain()));
      System.out.println();
    }
    print(report);
  }

  /**
   * The settings of each rule of the run, if all are to be scored; else those that are given.
   *
   * @throws io.camatlas.config.SettingsException if the run cannot be read, or one rule is named
   *     beside
   */
  static List<GivenSettings> eachRule(GivenSettings given) {
    if (!given.get(FaithfulnessOptions.EVERY_RULE)) {
      return List.of(given);
    }
    Optional<FinishedRun> run =
        given.build(() -> FinishedRun.read(given.get(FaithfulnessOptions.FROM)));
    String rule = FaithfulnessOptions.RULE.name();
    if (given.isGiven(FaithfulnessOptions.RULE)) {
      given.problem("`rule` names one rule, and `every-rule` all of them; leave one of them out.");
    }
    given.check();
    List<GivenSettings> all = new ArrayList<>();
    List<RunRule> rules = run.orElseThrow().rules();
    for (int i = 0; i < rules.size(); i++) {
      Map<String, String> texts = new LinkedHashMap<>(given.texts());
      texts.values().removeIf(String::isEmpty);
      texts.put(rule, String.valueOf(i));
      texts.put(
          ExplainOptions.OUT.name(),
          given.get(ExplainOptions.OUT).replaceFirst("/+$", "")
              + "/"
              + i
              + "-"
              + rules.get(i).method());
      all.add(new GivenSettings(FaithfulnessOptions.ALL, texts, List.of()));
    }
    return all.isEmpty() ? List.of(given) : all;
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

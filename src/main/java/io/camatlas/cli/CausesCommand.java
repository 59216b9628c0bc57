package io.camatlas.cli;

import io.camatlas.causes.Cause;
import io.camatlas.config.CausesOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.Option;
import io.camatlas.config.ReportOptions;
import io.camatlas.setup.CausesSetup;
import io.camatlas.setup.WithoutEffect;
import io.camatlas.spark.causes.CausesJob;
import io.camatlas.spark.causes.CausesJobSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.sql.SparkSession;

/** {@code camatlas causes}: tests on the model what an atlas makes suspect. */
final class CausesCommand implements Command {
  @Override
  public String name() {
    return "causes";
  }

  @Override
  public List<String> description() {
    return List.of(
        "Tests on the model what an atlas makes suspect, so that findings say what a class depends"
            + " on and not only where its maps are.",
        "A suspected place is covered in images of the class and pasted into images of others; a"
            + " suspected feature map is set to zero. The same is done to as much elsewhere. Of every"
            + " class, the second brightest part of each map is pasted as well, wherever it lies.",
        "The pictures of each class are compared with those of all others, too: what they alone show"
            + " in one place, or at the peaks of their maps, is tested whatever the maps mark.",
        "Give the results to report with `causes`. An audit does all this by itself.");
  }

  @Override
  public List<Option<?>> options() {
    return CausesOptions.ALL;
  }

  @Override
  public List<Option<String>> positionals() {
    return List.of(ReportOptions.FROM);
  }

  @Override
  public List<String> examples() {
    return List.of("causes --from atlas --out causes");
  }

  @Override
  public void run(GivenSettings given) throws IOException {
    Path folder = Files.createTempDirectory("camatlas");
    try {
      CausesJobSettings settings = CausesSetup.resolve(given, folder);
      SpelledConsole.note(this, WithoutEffect.causes(given));
      try (SparkSession spark =
          SparkSessions.start("causes", given, settings.model().precision().environment())) {
        print(new CausesJob(spark, settings, SpelledConsole.of(this, System.out)).run());
      }
    } finally {
      TemporaryFolder.delete(folder);
    }
  }

  static void print(CausesJob.Report report) {
    Map<Cause.Verdict, Integer> verdicts = report.verdicts();
    System.out.printf(
        "%,d %s tested in %.1f s: %,d confirmed, %,d refuted, %,d left open%n",
        report.suspects(),
        report.suspects() == 1 ? "suspect" : "suspects",
        report.seconds(),
        verdicts.getOrDefault(Cause.Verdict.CONFIRMED, 0),
        verdicts.getOrDefault(Cause.Verdict.REFUTED, 0),
        verdicts.getOrDefault(Cause.Verdict.UNDECIDED, 0));
    if (report.second().classes() > 0) {
      System.out.printf(
          "%,d %s searched for a second part that is enough: %s%n",
          report.second().classes(),
          report.second().classes() == 1 ? "class" : "classes",
          report.second().standOut() == 0
              ? "none stands out"
              : "%,d %s out"
                  .formatted(
                      report.second().standOut(),
                      report.second().standOut() == 1 ? "stands" : "stand"));
    }
    if (!report.problems().isEmpty()) {
      System.out.println(
          "Note: some pairs of images were not used: "
              + report.problems().entrySet().stream()
                  .map(count -> "%,d (%s)".formatted(count.getValue(), count.getKey()))
                  .collect(Collectors.joining(", ")));
    }
    long gone = Math.max(report.notCompared().forPatterns(), report.notCompared().forRepeats());
    if (gone > 0) {
      System.out.printf(
          "Note: at least %,d %s not compared with others, as %s gone, changed or broken%n",
          gone, gone == 1 ? "picture was" : "pictures were", gone == 1 ? "it is" : "they are");
    }
    System.out.println("Causes: " + report.out());
  }
}

package io.camatlas.cli;

import io.camatlas.config.CompareOptions;
import io.camatlas.config.FailOn;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.Option;
import io.camatlas.config.ReportOptions;
import io.camatlas.report.findings.Finding;
import io.camatlas.setup.CompareSetup;
import io.camatlas.setup.WithoutEffect;
import io.camatlas.spark.Printable;
import io.camatlas.spark.compare.CompareJob;
import io.camatlas.spark.compare.CompareJobSettings;
import java.io.IOException;
import java.util.List;
import org.apache.spark.sql.SparkSession;

/** {@code camatlas compare}: says what differs between two audits. */
final class CompareCommand implements Command {
  private static final int FINDINGS = 10;

  @Override
  public String name() {
    return "compare";
  }

  @Override
  public List<String> description() {
    return List.of(
        "Says what differs between two audits, and whether chance explains it.",
        "Two models on one dataset, one model on two datasets, two layers, two dates. Images that"
            + " both saw with the same bytes are compared in pairs. No network is run.");
  }

  @Override
  public List<Option<?>> options() {
    return CompareOptions.ALL;
  }

  @Override
  public List<Option<String>> positionals() {
    return List.of(CompareOptions.FROM, CompareOptions.WITH);
  }

  @Override
  public List<String> examples() {
    return List.of(
        "compare --from audit-of-v1 --with audit-of-v2 --out v1-v2",
        "compare --from run --with run --layer layer3 --with-layer layer4 --out layers");
  }

  @Override
  public void run(GivenSettings given) throws IOException {
    CompareJobSettings settings = CompareSetup.resolve(given);
    SpelledConsole.note(this, WithoutEffect.compare(given));
    try (SparkSession spark = SparkSessions.start("compare", given)) {
      CompareJob.Report report =
          new CompareJob(spark, settings, SpelledConsole.of(this, System.out)).run();
      print(report);
      FailOn limit = given.get(ReportOptions.FAIL_ON);
      // Without labels on either side, attention is all there is to watch, and is notable at most.
      boolean isOfAttention =
          limit == FailOn.NOTABLE
              && report.comparison().labels().areNone()
              && report.findings().judges(report.comparison());
      FoundException.check(
          limit,
          report.findings().worstFirst(),
          report
              .findings()
              .notJudged(report.comparison())
              .filter(why -> !isOfAttention)
              .map(why -> why + ". Add images with labels, or lower `least-images`."));
    }
  }

  private static void print(CompareJob.Report report) {
    System.out.println();
    System.out.println(Printable.of(report.findings().verdict(report.comparison())));
    System.out.println();
    List<Finding> findings = report.findings().worstFirst();
    findings.stream()
        .limit(FINDINGS)
        .forEach(
            finding ->
                System.out.println(
                    "- (%s) %s"
                        .formatted(finding.severity().word(), Printable.of(finding.sentence()))));
    if (findings.size() > FINDINGS) {
      System.out.printf("- and %,d more%n", findings.size() - FINDINGS);
    }
    if (!findings.isEmpty()) {
      System.out.println();
    }
    report.comparison().notes().forEach(note -> System.out.println("Note: " + Printable.of(note)));
    System.out.printf("%nComparison: %s/index.html, in %.1f s%n", report.out(), report.seconds());
  }
}

package io.camatlas.cli;

import io.camatlas.config.GivenSettings;
import io.camatlas.config.Option;
import io.camatlas.config.ReportOptions;
import io.camatlas.config.SettingNames;
import io.camatlas.report.findings.Findings;
import io.camatlas.setup.ReportSetup;
import io.camatlas.spark.Printable;
import io.camatlas.spark.report.ReportJob;
import io.camatlas.spark.report.ReportJobSettings;
import java.io.IOException;
import java.util.List;
import org.apache.spark.sql.SparkSession;

/** {@code camatlas report}: makes web pages of an atlas. */
final class ReportCommand implements Command {
  private static final int FINDINGS = 5;

  @Override
  public String name() {
    return "report";
  }

  @Override
  public List<String> description() {
    return List.of(
        "Makes web pages of an atlas: findings, classes, feature maps and images.",
        "The pages are static: they open from disk, without a server or a network.");
  }

  @Override
  public List<Option<?>> options() {
    return ReportOptions.ALL;
  }

  @Override
  public void run(GivenSettings given) throws IOException {
    ReportJobSettings settings = ReportSetup.resolve(given);
    try (SparkSession spark = SparkSessions.start("report", given)) {
      ReportJob.Report report =
          new ReportJob(spark, settings, SpelledConsole.of(this, System.out)).run();
      print(this, report);
      FoundException.check(
          settings.given().get(ReportOptions.FAIL_ON), report.findings(), report.judged());
    }
  }

  static void print(Command command, ReportJob.Report report) {
    System.out.println();
    System.out.println(Printable.of(report.verdict()));
    System.out.println();
    report.findings().stream()
        .limit(FINDINGS)
        .forEach(
            finding ->
                System.out.println(
                    "- (%s) %s"
                        .formatted(finding.severity().word(), Printable.of(finding.sentence()))));
    if (report.findings().size() > FINDINGS) {
      System.out.printf("- and %,d more%n", report.findings().size() - FINDINGS);
    }
    System.out.println();
    System.out.println("Checks:");
    for (Findings.Asked asked : report.checks()) {
      System.out.printf(
          "  %-11s %s (%s)%n",
          asked.result(),
          asked.check().question(),
          asked.whyNotTestable().map(ReportCommand::inner).orElseGet(asked::judged));
    }
    System.out.println();
    for (String note : report.notes()) {
      String spelled = SettingNames.spelled(note, name -> Help.spelled(command, name));
      System.out.println("Note: " + Printable.of(spelled));
    }
    System.out.printf(
        "%,d pages and %,d pictures in %.1f s%nReport: %s/index.html%n",
        report.pages(), report.pictures(), report.seconds(), report.out());
  }

  /** A sentence as a part of another. */
  private static String inner(String sentence) {
    return Character.toLowerCase(sentence.charAt(0))
        + sentence.substring(1).replaceFirst("\\.$", "");
  }
}

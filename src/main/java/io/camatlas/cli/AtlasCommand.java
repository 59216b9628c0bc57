package io.camatlas.cli;

import io.camatlas.config.AtlasOptions;
import io.camatlas.config.FailOn;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.Option;
import io.camatlas.config.ReportOptions;
import io.camatlas.report.facts.ViewReport;
import io.camatlas.report.findings.Finding;
import io.camatlas.report.findings.Findings;
import io.camatlas.setup.AtlasSetup;
import io.camatlas.setup.WithoutEffect;
import io.camatlas.spark.atlas.AtlasJob;
import io.camatlas.spark.atlas.AtlasJobSettings;
import io.camatlas.spark.atlas.BiasSummary;
import io.camatlas.spark.facts.AtlasReader;
import io.camatlas.spark.facts.FromRuns;
import io.camatlas.spark.results.AtlasFolder;
import java.io.IOException;
import java.util.List;
import org.apache.spark.sql.SparkSession;

/** {@code camatlas atlas}: summarises a dataset from the explanations of its images. */
final class AtlasCommand implements Command {
  @Override
  public String name() {
    return "atlas";
  }

  @Override
  public List<String> description() {
    return List.of(
        "Summarises explanations for each class and each feature map.",
        "Reads one or more runs of explain, or atlases; an atlas of several covers the images of"
            + " all of them.");
  }

  @Override
  public List<Option<?>> options() {
    return AtlasOptions.ALL;
  }

  @Override
  public void run(GivenSettings given) throws IOException {
    AtlasJobSettings settings = AtlasSetup.resolve(given);
    SpelledConsole.note(this, WithoutEffect.atlas(given));
    try (SparkSession spark = SparkSessions.start("atlas", given)) {
      AtlasJob.Report report =
          new AtlasJob(spark, settings, SpelledConsole.of(this, System.out)).run();
      print(spark, report);
      FailOn limit = given.get(ReportOptions.FAIL_ON);
      if (limit != FailOn.NEVER) {
        AtlasFolder atlas =
            AtlasFolder.open(report.out(), spark.sparkContext().hadoopConfiguration());
        List<ViewReport> views =
            new AtlasReader(spark, atlas)
                .read(FromRuns.NOTHING, given.get(ReportOptions.LEAST_IMAGES));
        FoundException.check(
            limit,
            views.stream()
                .flatMap(view -> Findings.of(view).worstFirst().stream())
                .sorted(Finding.WORST_FIRST)
                .toList(),
            views.stream().anyMatch(Findings::judges));
      }
    }
  }

  static void print(SparkSession spark, AtlasJob.Report report) {
    System.out.println();
    System.out.print(BiasSummary.of(spark.read().parquet(report.out() + "/spatial_bias")));
    System.out.println();
    report.tables().forEach((table, rows) -> System.out.printf("%-22s %,11d rows%n", table, rows));
    System.out.printf(
        "%,d explanations in %.1f s%nAtlas: %s%n",
        report.explanations(), report.seconds(), report.out());
  }
}

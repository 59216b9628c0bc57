package io.camatlas.cli;

import io.camatlas.config.AtlasOptions;
import io.camatlas.config.FailOn;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.Option;
import io.camatlas.config.ReportOptions;
import io.camatlas.report.facts.ReportedDataset;
import io.camatlas.report.facts.ViewReport;
import io.camatlas.report.findings.Finding;
import io.camatlas.report.findings.Findings;
import io.camatlas.setup.AtlasSetup;
import io.camatlas.setup.WithoutEffect;
import io.camatlas.spark.Printable;
import io.camatlas.spark.Version;
import io.camatlas.spark.atlas.AtlasJob;
import io.camatlas.spark.atlas.AtlasJobSettings;
import io.camatlas.spark.atlas.BiasSummary;
import io.camatlas.spark.facts.AtlasReader;
import io.camatlas.spark.facts.FromRuns;
import io.camatlas.spark.facts.RunsReader;
import io.camatlas.spark.results.AtlasFolder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
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
        check(spark, report.out(), limit, given.get(ReportOptions.LEAST_IMAGES));
      }
    }
  }

  /**
   * Fails on what a report of the atlas would fail on.
   *
   * @throws FoundException if any finding is as severe as the limit says, or nothing could be found
   */
  static void check(SparkSession spark, String out, FailOn limit, int leastImages)
      throws IOException {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    AtlasFolder atlas = AtlasFolder.open(out, hadoop);
    List<ViewReport> views = new AtlasReader(spark, atlas).read(FromRuns.NOTHING, leastImages);
    List<String> missing = new ArrayList<>();
    RunsReader.Counted counted = RunsReader.read(spark, atlas.origins(List.of(), missing, hadoop));
    missing.forEach(
        run -> System.out.println("Note: failed images are not counted of " + Printable.of(run)));
    Findings ofImages =
        Findings.of(
            new ReportedDataset(
                "", Version.text(), "", counted.sources(), counted.failures(), List.of()));
    FoundException.check(
        limit,
        Stream.concat(Stream.of(ofImages), views.stream().map(Findings::of))
            .flatMap(findings -> findings.worstFirst().stream())
            .sorted(Finding.WORST_FIRST)
            .toList(),
        views.stream().anyMatch(Findings::judges));
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

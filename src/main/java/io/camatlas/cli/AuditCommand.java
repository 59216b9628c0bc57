package io.camatlas.cli;

import io.camatlas.config.AtlasOptions;
import io.camatlas.config.ExplainOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.Option;
import io.camatlas.config.ReportOptions;
import io.camatlas.spark.atlas.AtlasJob;
import io.camatlas.spark.atlas.AtlasJobSettings;
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

/** {@code camatlas audit}: explain, then atlas, then report. */
final class AuditCommand implements Command {
  @Override
  public String name() {
    return "audit";
  }

  @Override
  public List<String> description() {
    return List.of(
        "Explains every image of a dataset and makes an atlas and a report of it: explain, then"
            + " atlas, then report.",
        "Writes the folders run, atlas and report below --out.");
  }

  @Override
  public List<Option> options() {
    return Stream.of(ExplainOptions.ALL, AtlasOptions.SHARED, ReportOptions.SHARED)
        .flatMap(List::stream)
        .toList();
  }

  @Override
  public void run(GivenSettings given) throws IOException {
    String out = given.required("out");
    Path folder = Files.createTempDirectory("camatlas");
    try {
      Audit audit = Audit.of(given, out, folder);
      try (SparkSession spark =
          SparkSessions.start("audit", given, audit.explain.model().precision().environment())) {
        audit.run(spark);
      }
    } finally {
      TemporaryFolder.delete(folder);
    }
  }

  /** Three jobs, each over the results of the one before. */
  record Audit(ExplainJobSettings explain, AtlasJobSettings atlas, ReportJobSettings report) {
    static Audit of(GivenSettings given, String out, Path folder) {
      String run = out + "/run";
      String atlas = out + "/atlas";
      // Both are made of the run, which may have grown, and so replace those that are there.
      AtlasJobSettings atlasSettings = AtlasOptions.resolve(given, List.of(run), atlas, true);
      ReportJobSettings reportSettings =
          ReportOptions.resolve(
              given, atlas, List.of(run), Optional.empty(), out + "/report", true);
      Map<String, String> values = new LinkedHashMap<>(given.all());
      values.put("out", run);
      ExplainJobSettings explainSettings =
          ExplainOptions.resolve(given.with(ExplainOptions.ALL, values), folder);
      return new Audit(explainSettings, atlasSettings, reportSettings);
    }

    void run(SparkSession spark) throws IOException {
      AtlasJob atlasJob = new AtlasJob(spark, atlas, System.out);
      ReportJob reportJob = new ReportJob(spark, report, System.out);
      atlasJob.checkOut();
      reportJob.checkOut();
      ExplainCommand.print(new ExplainJob(spark, explain, System.out).run());
      AtlasCommand.print(spark, atlasJob.run());
      ReportCommand.print(reportJob.run());
    }
  }
}

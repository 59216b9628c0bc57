package io.camatlas.cli;

import io.camatlas.config.AtlasOptions;
import io.camatlas.config.ExplainOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.Option;
import io.camatlas.spark.atlas.AtlasJob;
import io.camatlas.spark.atlas.AtlasJobSettings;
import io.camatlas.spark.explain.ExplainJob;
import io.camatlas.spark.explain.ExplainJobSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;

/** {@code camatlas audit}: explain, then atlas. */
final class AuditCommand implements Command {
  @Override
  public String name() {
    return "audit";
  }

  @Override
  public List<String> description() {
    return List.of(
        "Explains every image of a dataset and makes an atlas of it: explain, then atlas.",
        "Writes the folders run and atlas below --out.");
  }

  @Override
  public List<Option> options() {
    return Stream.concat(ExplainOptions.ALL.stream(), AtlasOptions.SHARED.stream()).toList();
  }

  @Override
  public void run(GivenSettings given) throws IOException {
    String out = given.required("out");
    Path folder = Files.createTempDirectory("camatlas");
    try {
      Audit audit = Audit.of(given, out + "/run", out + "/atlas", folder);
      try (SparkSession spark =
          SparkSessions.start("audit", given, audit.explain.model().precision().environment())) {
        audit.run(spark);
      }
    } finally {
      TemporaryFolder.delete(folder);
    }
  }

  /** Two jobs, the second over the results of the first. */
  record Audit(ExplainJobSettings explain, AtlasJobSettings atlas) {
    static Audit of(GivenSettings given, String run, String atlas, Path folder) {
      AtlasJobSettings atlasSettings =
          // It is made of the run, which may have grown.
          AtlasOptions.resolve(given, List.of(run), atlas, true);
      Map<String, String> values = new LinkedHashMap<>(given.all());
      values.put("out", run);
      ExplainJobSettings explainSettings =
          ExplainOptions.resolve(given.with(ExplainOptions.ALL, values), folder);
      return new Audit(explainSettings, atlasSettings);
    }

    void run(SparkSession spark) throws IOException {
      AtlasJob job = new AtlasJob(spark, atlas, System.out);
      job.checkOut();
      ExplainCommand.print(new ExplainJob(spark, explain, System.out).run());
      AtlasCommand.print(spark, job.run());
    }
  }
}

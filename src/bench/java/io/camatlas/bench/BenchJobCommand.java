package io.camatlas.bench;

import io.camatlas.cli.Command;
import io.camatlas.cli.SparkSessions;
import io.camatlas.cli.TemporaryFolder;
import io.camatlas.config.ExplainOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.Option;
import io.camatlas.spark.explain.ExplainJobSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;

/** {@code camatlas bench-job}: what the job costs beside the device's work. */
final class BenchJobCommand implements Command {
  private static final Set<String> NOT_HERE =
      Set.of("out", "overwrite", "retry-failures", "device", "input-kind", "overlays");

  @Override
  public String name() {
    return "bench-job";
  }

  @Override
  public List<String> description() {
    return List.of(
        "Compares explaining a local folder by the job with a bare loop over the same images,"
            + " decoded and in memory.",
        "The two take turns in one process, on as many threads: camatlas --master 'local[2]'"
            + " bench-job …");
  }

  @Override
  public List<Option> options() {
    return Stream.concat(
            ExplainOptions.ALL.stream().filter(option -> !NOT_HERE.contains(option.name())),
            Stream.of(new Option("rounds", "N", "3", "Rounds that are counted.")))
        .toList();
  }

  @Override
  public void run(GivenSettings given) throws IOException {
    int rounds = given.integer("rounds");
    if (rounds < 1) {
      given.problem("rounds is " + rounds + "; it must be at least 1.");
    }
    given.check();
    Path folder = Files.createTempDirectory("camatlas");
    try {
      Map<String, String> values =
          new LinkedHashMap<>(given.restrictedTo(ExplainOptions.ALL).all());
      values.put("out", folder.resolve("out").toString());
      values.put("overwrite", "true");
      values.put("device", "cpu");
      ExplainJobSettings settings =
          ExplainOptions.resolve(new GivenSettings(ExplainOptions.ALL, values, List.of()), folder);
      try (SparkSession spark = SparkSessions.start("bench-job", given)) {
        new JobBenchmark(spark, settings).run(rounds, System.out);
      }
    } finally {
      TemporaryFolder.delete(folder);
    }
  }
}

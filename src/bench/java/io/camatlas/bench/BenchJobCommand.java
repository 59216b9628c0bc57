package io.camatlas.bench;

import io.camatlas.cli.Command;
import io.camatlas.cli.SparkSessions;
import io.camatlas.cli.TemporaryFolder;
import io.camatlas.config.ExplainOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.Option;
import io.camatlas.config.Topic;
import io.camatlas.setup.ExplainSetup;
import io.camatlas.spark.explain.ExplainJobSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;

/** {@code camatlas bench-job}: measures the cost of the job on top of the device's work. */
final class BenchJobCommand implements Command {
  /**
   * Whether users can set the option: results always go to a temporary folder, and the job always
   * runs on the CPU.
   */
  private static boolean isHere(Option<?> option) {
    return option.topic() != Topic.OUTPUT && option != ExplainOptions.DEVICE;
  }

  @Override
  public String name() {
    return "bench-job";
  }

  @Override
  public List<String> description() {
    return List.of(
        "Compares the job on a local folder with a bare loop over the same images, decoded and"
            + " in memory.",
        "The two take turns in one process, with the same number of threads: camatlas --master"
            + " 'local[2]' bench-job …");
  }

  @Override
  public List<Option<?>> options() {
    return Stream.<Option<?>>concat(
            ExplainOptions.ALL.stream().filter(BenchJobCommand::isHere),
            Stream.of(BenchCommand.ROUNDS.byDefault(3)))
        .toList();
  }

  @Override
  public void run(GivenSettings given) throws IOException {
    given.check();
    int rounds = given.get(BenchCommand.ROUNDS);
    Path folder = Files.createTempDirectory("camatlas");
    try {
      Map<String, String> changed = new LinkedHashMap<>();
      changed.put(ExplainOptions.OUT.name(), folder.resolve("out").toString());
      changed.put(ExplainOptions.OVERWRITE.name(), "true");
      changed.put(ExplainOptions.DEVICE.name(), "cpu");
      ExplainJobSettings settings =
          ExplainSetup.resolve(given.with(ExplainOptions.ALL, changed), folder);
      try (SparkSession spark = SparkSessions.start("bench-job", given)) {
        new JobBenchmark(spark, settings).run(rounds, System.out);
      }
    } finally {
      TemporaryFolder.delete(folder);
    }
  }
}

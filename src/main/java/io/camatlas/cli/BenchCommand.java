package io.camatlas.cli;

import io.camatlas.bench.SamplingBenchmark;
import io.camatlas.config.ExplainOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.Option;
import io.camatlas.spark.explain.ExplainJobSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** {@code camatlas bench}: what explaining costs, in plain forwards. */
final class BenchCommand implements Command {
  private static final Set<String> NOT_HERE =
      Set.of(
          "images",
          "out",
          "input-kind",
          "content-column",
          "partitions",
          "overlays",
          "overwrite",
          "retry-failures",
          "device",
          "tasks-per-gpu",
          "decoders",
          "executor-gpus");

  @Override
  public String name() {
    return "bench";
  }

  @Override
  public List<String> description() {
    return List.of(
        "Compares explaining a batch of images with as many plain forwards of it as there are"
            + " samples.",
        "The two take turns in one process; medians and their ratio are printed.");
  }

  @Override
  public List<Option> options() {
    return Stream.concat(
            ExplainOptions.ALL.stream().filter(option -> !NOT_HERE.contains(option.name())),
            Stream.of(
                new Option("rounds", "N", "5", "Rounds that are counted."),
                new Option("threads", "N", "2", "Threads of one operation.")))
        .toList();
  }

  @Override
  public String positional() {
    return "model";
  }

  @Override
  public void run(GivenSettings given) throws IOException {
    int rounds = given.integer("rounds");
    int threads = given.integer("threads");
    if (rounds < 1 || threads < 1) {
      given.problem(
          "rounds is " + rounds + " and threads is " + threads + "; both must be at" + " least 1.");
    }
    given.check();
    GivenSettings explain = given.restrictedTo(ExplainOptions.ALL);
    Path folder = Files.createTempDirectory("camatlas");
    try {
      ExplainJobSettings settings = ExplainOptions.resolve(explain, folder);
      SamplingBenchmark benchmark =
          new SamplingBenchmark(settings.model(), settings.card(), settings.explain(), threads);
      System.out.print(benchmark.text(benchmark.run(rounds)));
    } finally {
      TemporaryFolder.delete(folder);
    }
  }
}

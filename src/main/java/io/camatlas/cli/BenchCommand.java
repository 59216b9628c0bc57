package io.camatlas.cli;

import io.camatlas.bench.EngineBenchmark;
import io.camatlas.bench.StandardBenchmark;
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
          "precision",
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
        "Compares explaining a batch of images with plain forwards of it, without Spark.",
        "Without a model, networks with random weights are made and measured.",
        "All variants take turns in one process; medians for an image and their ratio are printed.");
  }

  @Override
  public List<Option> options() {
    return Stream.concat(
            ExplainOptions.ALL.stream().filter(option -> !NOT_HERE.contains(option.name())),
            Stream.of(
                new Option("rounds", "N", "5", "Rounds that are counted."),
                new Option("threads", "N", "2", "Threads of one operation."),
                new Option("json", "FILE", "", "Also write the numbers into a file.")))
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
    int batch = given.integer("batch");
    if (rounds < 1 || threads < 1 || batch < 1 || batch > 4096) {
      given.problem(
          "rounds is "
              + rounds
              + ", threads is "
              + threads
              + " and batch is "
              + batch
              + "; all must be at least 1, and batch at most 4096.");
    }
    given.check();
    Path folder = Files.createTempDirectory("camatlas");
    try {
      StandardBenchmark standard = new StandardBenchmark(batch, rounds, threads);
      List<EngineBenchmark.Result> results;
      if (given.optional("model").isEmpty()) {
        results = standard.run(folder, System.out);
      } else {
        ExplainJobSettings settings =
            ExplainOptions.resolve(given.restrictedTo(ExplainOptions.ALL), folder);
        String label =
            settings.explain().isClosedForm(settings.model().plan()) ? "closed form" : "as given";
        results =
            new EngineBenchmark(settings.model(), settings.card(), threads)
                .run(List.of(new EngineBenchmark.Variant(label, settings.explain())), rounds);
        System.out.print(EngineBenchmark.heading());
        results.forEach(result -> System.out.print(EngineBenchmark.text(result)));
      }
      if (given.optional("json").isPresent()) {
        Files.writeString(Path.of(given.text("json")), standard.json(results));
      }
    } finally {
      TemporaryFolder.delete(folder);
    }
  }
}

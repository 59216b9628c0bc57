package io.camatlas.bench;

import io.camatlas.cli.Command;
import io.camatlas.cli.SparkSessions;
import io.camatlas.cli.TemporaryFolder;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.Option;
import io.camatlas.config.Topic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;

/** {@code camatlas bench-atlas}: measures the cost of an atlas with synthetic explanations. */
final class BenchAtlasCommand implements Command {
  private static final Option<Integer> ROWS = number("rows", 10000, "Rows of the smallest table.");
  private static final Option<Integer> CLASSES = number("classes", 1000, "Number of classes.");
  private static final Option<Integer> FEATURE_MAPS =
      number("feature-maps", 512, "Number of feature maps of the layer.");
  private static final Option<Integer> GRID =
      number("grid", 14, "Rows and columns of the layer's grid.");
  private static final Option<Integer> EXAMPLES =
      number("examples", 40, "Number of images to keep for each feature map and class.");
  private static final Option<Boolean> BY_CLASS =
      Option.flag("by-class")
          .topic(Topic.BENCHMARK)
          .help("Put the rows of a class next to each other.");

  private static Option<Integer> number(String name, int value, String help) {
    return Option.integer(name).byDefault(value).topic(Topic.BENCHMARK).help(help);
  }

  @Override
  public String name() {
    return "bench-atlas";
  }

  @Override
  public List<String> description() {
    return List.of(
        "Gathers synthetic explanations and reports rows per second, shuffled bytes and driver"
            + " memory for one, two and four times the number of rows.");
  }

  @Override
  public List<Option<?>> options() {
    return List.of(ROWS, CLASSES, FEATURE_MAPS, GRID, EXAMPLES, BY_CLASS);
  }

  @Override
  public void run(GivenSettings given) throws IOException {
    Optional<AtlasBenchmark.Shape> shape =
        given.build(
            () ->
                new AtlasBenchmark.Shape(
                    given.get(ROWS),
                    given.get(CLASSES),
                    given.get(FEATURE_MAPS),
                    given.get(GRID),
                    given.get(EXAMPLES),
                    given.get(BY_CLASS)));
    given.check();
    Path folder = Files.createTempDirectory("camatlas");
    try (SparkSession spark = SparkSessions.start("bench-atlas", given)) {
      System.out.print(new AtlasBenchmark(spark, shape.orElseThrow(), folder.toString()).run());
    } finally {
      TemporaryFolder.delete(folder);
    }
  }
}

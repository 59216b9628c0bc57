package io.camatlas.bench;

import io.camatlas.cli.Command;
import io.camatlas.cli.SparkSessions;
import io.camatlas.cli.TemporaryFolder;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.Option;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;

/** {@code camatlas bench-atlas}: what an atlas costs, on made-up explanations. */
final class BenchAtlasCommand implements Command {
  @Override
  public String name() {
    return "bench-atlas";
  }

  @Override
  public List<String> description() {
    return List.of(
        "Makes up explanations and gathers them: rows a second, shuffled bytes, driver memory,",
        "for once, twice and four times as many rows.");
  }

  @Override
  public List<Option> options() {
    return List.of(
        new Option("rows", "N", "10000", "Rows of the smallest table."),
        new Option("classes", "N", "1000", "Classes."),
        new Option("feature-maps", "K", "512", "Feature maps of the layer."),
        new Option("grid", "N", "14", "Rows and columns of the layer's grid."),
        new Option("examples", "N", "40", "Images kept for each feature map and class."),
        new Option("by-class", "true|false", "false", "Rows of a class stand together."));
  }

  @Override
  public void run(GivenSettings given) throws IOException {
    int rows = given.integer("rows");
    int classes = given.integer("classes");
    int maps = given.integer("feature-maps");
    int grid = given.integer("grid");
    int examples = given.integer("examples");
    boolean byClass = given.flag("by-class");
    Optional<AtlasBenchmark.Shape> shape =
        given.build(() -> new AtlasBenchmark.Shape(rows, classes, maps, grid, examples, byClass));
    given.check();
    Path folder = Files.createTempDirectory("camatlas");
    try (SparkSession spark = SparkSessions.start("bench-atlas", given)) {
      System.out.print(new AtlasBenchmark(spark, shape.orElseThrow(), folder.toString()).run());
    } finally {
      TemporaryFolder.delete(folder);
    }
  }
}

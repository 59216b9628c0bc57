package io.camatlas.spark.notebook;

import io.camatlas.config.AtlasOptions;
import io.camatlas.config.CausesOptions;
import io.camatlas.config.ExplainOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.Option;
import io.camatlas.config.StrategiesOptions;
import io.camatlas.demo.DemoDataset;
import io.camatlas.demo.DemoModel;
import io.camatlas.demo.DemoSettings;
import io.camatlas.setup.AtlasSetup;
import io.camatlas.setup.CausesSetup;
import io.camatlas.setup.ExplainSetup;
import io.camatlas.setup.StrategiesSetup;
import io.camatlas.spark.atlas.AtlasJob;
import io.camatlas.spark.causes.CausesJob;
import io.camatlas.spark.explain.ExplainJob;
import io.camatlas.spark.strategies.StrategiesJob;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;

/** Folders as {@code camatlas demo} writes them, with a few images a class. */
public final class SmallDemo {
  /** With this seed the network makes a mistake. */
  private static final long SEED = 3;

  private static final int PER_CLASS = 4;
  private static final PrintStream SILENT = new PrintStream(new ByteArrayOutputStream());

  private SmallDemo() {}

  /**
   * Draws, explains and gathers.
   *
   * @param more settings of explain, names and values in turn
   */
  static Path make(SparkSession spark, Path root, String... more) throws IOException {
    // A few rows in 200 partitions are 200 tasks that do nothing.
    spark.conf().set("spark.sql.shuffle.partitions", "2");
    Path manifest = DemoDataset.write(root.resolve("data"), DemoSettings.audit(PER_CLASS, SEED));
    // One that cannot be decoded, for the table of failures.
    Files.writeString(root.resolve("data/broken.jpg"), "no picture");
    int columns = Files.readAllLines(manifest).get(0).split(",").length;
    Files.writeString(
        manifest, "broken.jpg" + ",".repeat(columns - 1) + "\n", StandardOpenOption.APPEND);
    explain(spark, root, manifest, root.resolve("results"), more);
    atlas(spark, root.resolve("atlas"), root.resolve("results"));
    return root;
  }

  /** Settings from names and values in turn. */
  public static GivenSettings given(List<Option<?>> options, String... flags) {
    Map<String, String> values = new LinkedHashMap<>();
    for (int i = 0; i < flags.length; i += 2) {
      values.put(flags[i], flags[i + 1]);
    }
    return new GivenSettings(options, values, List.of());
  }

  /** Explains images with the demo's model; {@code more} as above. */
  public static void explain(SparkSession spark, Path root, Path images, Path out, String... more)
      throws IOException {
    Map<String, String> flags = new LinkedHashMap<>();
    flags.put("model", DemoModel.copyTo(root.resolve("model")).toString());
    flags.put("images", images.toString());
    flags.put("out", out.toString());
    flags.put("samples", "2");
    for (int i = 0; i < more.length; i += 2) {
      flags.put(more[i], more[i + 1]);
    }
    GivenSettings given = new GivenSettings(ExplainOptions.ALL, flags, List.of());
    Path folder = Files.createDirectories(root.resolve("prepared"));
    new ExplainJob(spark, ExplainSetup.resolve(given, folder), SILENT).run();
  }

  /** Makes what an audit adds to the atlas. */
  static void strategiesAndCauses(SparkSession spark, Path root) throws IOException {
    String atlas = root.resolve("atlas").toString();
    String strategies = root.resolve("strategies").toString();
    new StrategiesJob(
            spark,
            StrategiesSetup.resolve(given(StrategiesOptions.ALL, "from", atlas, "out", strategies)),
            SILENT)
        .run();
    GivenSettings tested =
        given(
            CausesOptions.ALL,
            "from",
            atlas,
            "out",
            root.resolve("causes").toString(),
            "least-images",
            "4",
            "images-per-finding",
            "4");
    Path folder = Files.createDirectories(root.resolve("prepared-again"));
    new CausesJob(spark, CausesSetup.resolve(tested, folder), SILENT).run();
  }

  /** Makes an atlas of one run. */
  public static void atlas(SparkSession spark, Path out, Path from, String... more)
      throws IOException {
    Map<String, String> flags = new LinkedHashMap<>();
    flags.put("from", from.toString());
    flags.put("out", out.toString());
    for (int i = 0; i < more.length; i += 2) {
      flags.put(more[i], more[i + 1]);
    }
    GivenSettings given = new GivenSettings(AtlasOptions.ALL, flags, List.of());
    new AtlasJob(spark, AtlasSetup.resolve(given), SILENT).run();
  }
}

package io.camatlas.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.camatlas.config.AtlasOptions;
import io.camatlas.config.CompareOptions;
import io.camatlas.config.ConceptOptions;
import io.camatlas.config.ExplainOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.SettingsException;
import io.camatlas.config.StrategiesOptions;
import io.camatlas.demo.DemoDataset;
import io.camatlas.demo.DemoModel;
import io.camatlas.demo.DemoSettings;
import io.camatlas.setup.AtlasSetup;
import io.camatlas.setup.CompareSetup;
import io.camatlas.setup.ConceptSetup;
import io.camatlas.setup.ExplainSetup;
import io.camatlas.setup.StrategiesSetup;
import io.camatlas.spark.atlas.AtlasJob;
import io.camatlas.spark.compare.CompareJob;
import io.camatlas.spark.explain.ExplainJob;
import io.camatlas.spark.notebook.SmallDemo;
import io.camatlas.spark.strategies.StrategiesJob;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** A run of rules of pixels and of layers, on its way through what is made of runs. */
public class PixelRunTest extends SparkSuite {
  @ClassRule public static final TemporaryFolder FOLDER = new TemporaryFolder();

  private static final PrintStream SILENT = new PrintStream(OutputStream.nullOutputStream());

  private static Path root;

  @BeforeClass
  public static void drawScenes() throws IOException {
    root = FOLDER.getRoot().toPath();
    // Twenty of a class make error regions, where there are feature maps.
    DemoDataset.write(root.resolve("data"), DemoSettings.audit(20, 3));
  }

  private static String at(String name) {
    return root.resolve(name).toString();
  }

  private Dataset<Row> table(String folder, String name) {
    return session().read().parquet(root.resolve(folder).resolve(name).toString());
  }

  @Test
  public void coloursAreNoFeatureMaps() throws IOException {
    Path model = DemoModel.copyTo(root.resolve("model"));
    GivenSettings explained =
        SmallDemo.given(
            ExplainOptions.ALL,
            "model",
            model.toString(),
            "images",
            at("data/manifest.csv"),
            "out",
            at("run"),
            "method",
            "gradient-x-input,grad-cam",
            "pixel-grid",
            "8");
    new ExplainJob(session(), ExplainSetup.resolve(explained, root), SILENT).run();
    new AtlasJob(
            session(),
            AtlasSetup.resolve(
                SmallDemo.given(AtlasOptions.ALL, "from", at("run"), "out", at("atlas"))),
            SILENT)
        .run();
    assertThat(table("atlas", "class_attention").where("layer = '(input)'").count())
        .isEqualTo(table("atlas", "class_attention").where("layer <> '(input)'").count())
        .isPositive();
    for (String name : List.of("feature_maps", "class_feature_maps", "feature_map_examples")) {
      assertThat(table("atlas", name).where("layer = '(input)'").count()).as(name).isZero();
      assertThat(table("atlas", name).count()).as(name).isPositive();
    }
    new StrategiesJob(
            session(),
            StrategiesSetup.resolve(
                SmallDemo.given(
                    StrategiesOptions.ALL, "from", at("atlas"), "out", at("strategies"))),
            SILENT)
        .run();
    assertThat(table("strategies", "strategies").where("layer = '(input)'").count()).isPositive();
    assertThat(table("strategies", "error_slices").where("layer = '(input)'").count()).isZero();
    new CompareJob(
            session(),
            CompareSetup.resolve(
                SmallDemo.given(
                    CompareOptions.ALL,
                    "from",
                    at("run"),
                    "with",
                    at("run"),
                    "out",
                    at("comparison"))),
            SILENT)
        .run();
    assertThat(table("comparison", "comparison").where("kind = 'feature_map'").count()).isZero();
    assertThat(Files.readString(root.resolve("comparison/index.html")))
        .contains("Feature maps are not compared")
        .doesNotContain("feature-maps-title");
    assertThatThrownBy(
            () ->
                ConceptSetup.resolve(
                    SmallDemo.given(
                        ConceptOptions.ALL,
                        "from",
                        at("run"),
                        "examples",
                        at("data"),
                        "out",
                        at("concept"))))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("rule is 0, gradient-x-input, which does not weigh feature maps");
  }
}

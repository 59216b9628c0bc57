package io.camatlas.spark.notebook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.camatlas.TestScale;
import io.camatlas.config.CompareOptions;
import io.camatlas.config.StrategiesOptions;
import io.camatlas.setup.CompareSetup;
import io.camatlas.setup.StrategiesSetup;
import io.camatlas.spark.InputException;
import io.camatlas.spark.SparkSuite;
import io.camatlas.spark.compare.CompareJob;
import io.camatlas.spark.results.AtlasFolder;
import io.camatlas.spark.strategies.StrategiesJob;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.junit.ClassRule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** The notebook's door to a demo with two layers, two methods and two targets. */
public class CamAtlasTest extends SparkSuite {
  @ClassRule public static final TemporaryFolder FOLDER = new TemporaryFolder();

  private static final PrintStream SILENT = new PrintStream(new ByteArrayOutputStream());

  private Path demo() throws IOException {
    Path root = FOLDER.getRoot().toPath().resolve("demo");
    if (!Files.exists(root)) {
      SmallDemo.make(
          session(),
          root,
          "layer",
          "features.14,features.12",
          "method",
          "grad-cam,grad-cam++",
          "targets",
          "predicted,anchor",
          "overlays",
          "1");
    }
    return root;
  }

  private CamAtlas open() throws IOException {
    return CamAtlas.open(session(), demo().toString());
  }

  private static Path copy(Path from, Path to) throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Path target = to.resolve(from.relativize(file).toString());
            Files.createDirectories(target.getParent());
            Files.copy(file, target);
            return FileVisitResult.CONTINUE;
          }
        });
    return to;
  }

  /** One image that was explained for another class than anchor, too. */
  private Row fish() throws IOException {
    return open()
        .layer("features.12")
        .rule(0)
        .explanations()
        .where("predicted = 'fish' AND target = 'fish'")
        .orderBy("image_id")
        .first();
  }

  @Test
  public void aFolderHasAllItsTablesAndViews() throws IOException {
    CamAtlas atlas = open();
    assertThat(atlas.tables())
        .containsExactly(
            "calibration",
            "class_attention",
            "class_feature_maps",
            "confusions",
            "explanations",
            "failures",
            "feature_map_examples",
            "feature_maps",
            "label_scores",
            "localization_truth",
            "slices",
            "spatial_bias",
            "states");
    assertThat(atlas.runs()).hasSize(1);
    assertThat(atlas.layers()).containsExactly("features.12", "features.14");
    assertThat(atlas.classes()).hasSize(10).startsWith("anchor", "balloon");
    assertThat(atlas.failures().count()).isEqualTo(1);
    List<String> views = atlas.views();
    assertThat(views).isEqualTo(atlas.tables().stream().map("camatlas_"::concat).toList());
    assertThat(session().sql("SELECT * FROM camatlas_explanations").count())
        .isEqualTo(atlas.explanations().count());
    for (String table : atlas.tables()) {
      // The demo's classes exclude one another.
      assertThat(atlas.table(table).isEmpty()).as(table).isEqualTo(table.equals("label_scores"));
    }
  }

  @Test
  public void whatAnAuditAndOtherCommandsAddIsOpened() throws IOException {
    Path root = copy(demo(), FOLDER.newFolder().toPath().resolve("audit"));
    String atlas = root.resolve("atlas").toString();
    new StrategiesJob(
            session(),
            StrategiesSetup.resolve(
                SmallDemo.given(StrategiesOptions.ALL, "from", atlas, "out", root + "/strategies")),
            SILENT)
        .run();
    CamAtlas opened = CamAtlas.open(session(), root.toString());
    assertThat(opened.tables()).contains("strategies", "strategy_images", "error_slices");
    assertThat(opened.strategies().count()).isPositive();
    CamAtlas one = opened.layer("features.12").rule(1);
    assertThat(one.strategies().select("layer", "run").distinct().count()).isEqualTo(1);
    assertThat(one.strategyImages().count())
        .isPositive()
        .isLessThan(opened.strategyImages().count());
    String comparison = root + "/comparison";
    new CompareJob(
            session(),
            CompareSetup.resolve(
                SmallDemo.given(
                    CompareOptions.ALL,
                    "from",
                    atlas,
                    "with",
                    atlas,
                    "out",
                    comparison,
                    "pictures",
                    "0")),
            SILENT)
        .run();
    CamAtlas compared = CamAtlas.open(session(), comparison);
    assertThat(compared.comparison().where("kind = 'region'").count()).isPositive();
    assertThat(compared.comparisonImages().columns()).contains("image_id");
    assertThat(compared.toString()).contains("tables comparison, comparison_classes");
  }

  @Test
  public void whatIsNarrowedHoldsOneLayerAndOneRuleOnly() throws IOException {
    CamAtlas atlas = open();
    CamAtlas one = atlas.run(atlas.runs().get(0)).layer("features.12").rule(1);
    for (String table : List.of("explanations", "class_attention", "spatial_bias", "calibration")) {
      assertThat(one.table(table).select("run", "layer", "method").distinct().collectAsList())
          .as(table)
          .hasSize(1)
          .allMatch(row -> row.getString(1).equals("features.12"))
          .allMatch(row -> row.getString(2).equals("grad-cam++"));
    }
    assertThat(one.classAttention().count() * 4).isEqualTo(atlas.classAttention().count());
    assertThat(one.layers()).containsExactly("features.12");
    one.views("one_");
    assertThat(session().table("one_explanations").count() * 4)
        .isEqualTo(atlas.explanations().count());
    assertThatThrownBy(() -> atlas.layer("features.13"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("No layer 'features.13'")
        .hasMessageContaining("closest is 'features.12'");
    assertThatThrownBy(() -> atlas.rule(2))
        .hasMessageContaining("rule is 2")
        .hasMessageContaining("has 2");
    assertThatThrownBy(() -> atlas.run("r0")).hasMessageContaining("No run 'r0'");
    assertThatThrownBy(() -> atlas.table("spacial_bias"))
        .hasMessageContaining("closest is 'spatial_bias'");
  }

  @Test
  public void aMapHasTheRowsOfTheTable() throws IOException {
    CamAtlas atlas = open();
    Row row = fish();
    String id = row.getAs("image_id");
    List<Float> values = row.getList(row.fieldIndex("map"));
    float[][] map = atlas.map(id);
    assertThat(map).hasNumberOfRows(row.getAs("map_height"));
    int width = row.getAs("map_width");
    for (int i = 0; i < values.size(); i++) {
      assertThat(map[i / width][i % width]).isEqualTo(values.get(i));
    }
    int index = row.getAs("target_index");
    assertThat(atlas.map(id, index)).isDeepEqualTo(map);
    assertThat(atlas.map(id, "fish")).isDeepEqualTo(map);
    assertThat(Arrays.deepEquals(atlas.map(id, "anchor"), map)).isFalse();
    assertThat(Arrays.deepEquals(atlas.rule(1).map(id), map)).isFalse();
    assertThat(atlas.layer("features.14").map(id)).hasNumberOfRows(14);
  }

  @Test
  public void aMeanMapIsThatOfTheTableAndSumsToOne() throws IOException {
    CamAtlas atlas = open().layer("features.14").rule(0);
    double[][] map = atlas.meanMap("anchor");
    assertThat(Arrays.stream(map).flatMapToDouble(Arrays::stream).sum()).isCloseTo(1, within(1e-9));
    Row row = atlas.classAttention().where("class = 'anchor' AND split = 'all'").first();
    List<Double> values = row.getList(row.fieldIndex("mean_map"));
    assertThat(map[13][0]).isEqualTo(values.get(13 * 14));
    Picture picture = atlas.meanMapPicture("anchor");
    assertThat(picture.width()).isEqualTo(224);
    assertThatThrownBy(() -> atlas.meanMap("ancor")).hasMessageContaining("closest is 'anchor'");
  }

  @Test
  public void anOverlayIsThePictureThatExplainDrew() throws IOException {
    CamAtlas atlas = open();
    Path drawn;
    try (var files = Files.walk(demo().resolve("results/overlays/fish"))) {
      drawn = files.filter(Files::isRegularFile).findFirst().orElseThrow();
    }
    String id =
        atlas
            .explanations()
            .where("label = 'fish'")
            .select("image_id")
            .distinct()
            .collectAsList()
            .stream()
            .map(row -> row.getString(0))
            .filter(name -> drawn.toString().contains(name.replaceAll(".*/", "")))
            .findFirst()
            .orElseThrow();
    Picture picture = atlas.overlay(id);
    assertThat(picture.bytes()).isEqualTo(Files.readAllBytes(drawn));
    assertThat(ImageIO.read(new ByteArrayInputStream(picture.bytes())).getWidth())
        .isEqualTo(picture.width());
    assertThat(picture.height()).isEqualTo(picture.image().getHeight());
    assertThat(atlas.overlay(id, "anchor").bytes()).isNotEqualTo(picture.bytes());
    assertThat(atlas.overlay(id, 0).bytes()).isEqualTo(atlas.overlay(id, "anchor").bytes());
    Path file = FOLDER.getRoot().toPath().resolve("overlay.png");
    assertThat(Files.readAllBytes(Path.of(picture.write(file.toString()))))
        .isEqualTo(picture.bytes());
  }

  @Test
  public void htmlHoldsThePictureAndNamesAreEscaped() throws IOException {
    Picture whole = open().meanMapPicture("fish");
    Picture picture = new Picture(whole.image(), "a \"b\" <c> & 'd'");
    assertThat(picture.html())
        .startsWith(
            "<img width=\"224\" height=\"224\" alt=\"a &quot;b&quot; &lt;c&gt; &amp; &#39;d&#39;\"")
        .contains("base64," + Base64.getEncoder().encodeToString(whole.bytes()) + "\"");
  }

  @Test
  public void unknownImagesAndTargetsAreNamed() throws IOException {
    CamAtlas atlas = open();
    String id = fish().getAs("image_id");
    assertThatThrownBy(() -> atlas.map(id.replace("fish-", "fsih-")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("closest is '" + id + "'");
    assertThatThrownBy(() -> atlas.map(id, "anker"))
        .hasMessageContaining("was not explained for class 'anker'; closest is 'anchor'")
        .hasMessageContaining("It was explained for anchor, fish");
    assertThatThrownBy(() -> atlas.map("broken.jpg"))
        .hasMessageContaining("'broken.jpg' was not explained: not an image");
    assertThatThrownBy(() -> atlas.map(id, 10)).hasMessageContaining("target_index is 10");
  }

  @Test
  public void anAtlasAloneFindsTheRunBesideIt() throws IOException {
    Path moved = FOLDER.newFolder("moved").toPath();
    copy(demo().resolve("results"), moved.resolve("results"));
    copy(demo().resolve("atlas"), moved.resolve("atlas"));
    Path json = moved.resolve("atlas/atlas.json");
    Files.writeString(
        json,
        Files.readString(json)
            .replace(demo().resolve("results").toString(), "gone-long-ago/results"));
    String folder = moved.resolve("atlas").toString();
    CamAtlas atlas = CamAtlas.open(session(), folder);
    assertThat(atlas.explanations().inputFiles())
        .allMatch(file -> file.contains("/moved/results/"));
    assertThat(atlas.map(fish().getAs("image_id")))
        .isDeepEqualTo(open().map(fish().getAs("image_id")));
    Files.move(moved.resolve("results"), moved.resolve("elsewhere"));
    CamAtlas alone = CamAtlas.open(session(), folder);
    assertThat(alone.runs()).isEqualTo(atlas.runs());
    assertThat(alone.layers()).isEqualTo(atlas.layers());
    assertThat(alone.rule(1).spatialBias().count()).isEqualTo(atlas.rule(1).spatialBias().count());
    assertThatThrownBy(() -> alone.overlay("x"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("gone-long-ago/results, are gone")
        .hasMessageContaining("put it beside the atlas");
  }

  /** Else a question would be answered from the folder that was opened before. */
  @Test
  public void viewsOfAnotherFolderGo() throws IOException {
    open().views("turns_");
    assertThat(session().catalog().tableExists("turns_class_attention")).isTrue();
    CamAtlas run = CamAtlas.open(session(), demo().resolve("results").toString());
    run.views("turns_");
    assertThat(session().catalog().tableExists("turns_explanations")).isTrue();
    assertThat(session().catalog().tableExists("turns_class_attention")).isFalse();
  }

  @Test
  public void rowsOfARunThatHasNotFinishedAreLeftOut() throws IOException {
    Path results = copy(demo().resolve("results"), FOLDER.newFolder("growing").toPath());
    long rows = CamAtlas.open(session(), results.toString()).explanations().count();
    session()
        .read()
        .parquet(results.resolve("explanations").toString())
        .limit(3)
        .drop("run")
        .write()
        .parquet(results.resolve("explanations/run=rffffffffffff").toString());
    Files.writeString(
        results.resolve("runs/rffffffffffff.json"),
        "{\"run\": \"rffffffffffff\", \"status\": \"running\"}");
    CamAtlas opened = CamAtlas.open(session(), results.toString());
    assertThat(opened.runs()).doesNotContain("rffffffffffff");
    assertThat(opened.explanations().count()).isEqualTo(rows);
  }

  @Test
  public void whatWasFoundInAnotherAtlasIsLeftOutAndTheErrorSaysSo() throws IOException {
    Path root = FOLDER.newFolder("stale").toPath();
    Path atlas = copy(demo().resolve("atlas"), root.resolve("atlas"));
    Path strategies = root.resolve("strategies");
    session().range(1).write().parquet(strategies.resolve("strategies").toString());
    Path about = strategies.resolve("strategies.json");
    String own = AtlasFolder.identity(atlas.toString(), new Configuration());
    Files.writeString(about, "{\"atlas_sha256\": \"" + own + "\"}");
    assertThat(CamAtlas.open(session(), root.toString()).strategies().count()).isEqualTo(1);
    Files.writeString(about, "{\"atlas_sha256\": \"of another\"}");
    CamAtlas opened = CamAtlas.open(session(), root.toString());
    assertThat(opened.tables()).contains("class_attention").doesNotContain("strategies");
    assertThatThrownBy(opened::strategies)
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("No table 'strategies' in " + root + ": strategies ")
        .hasMessageContaining("was found in another atlas than " + atlas)
        .hasMessageEndingWith("find them again with 'camatlas strategies'.");
  }

  @Test
  public void imagesThatMovedOrChangedAreNamedAndFoundWhereTheyAreGiven() throws IOException {
    TestScale.onlyNightly();
    Path root = FOLDER.newFolder("images").toPath();
    Path data = copy(demo().resolve("data"), root.resolve("data"));
    Path results = root.resolve("results");
    SmallDemo.explain(session(), demo(), data.resolve("manifest.csv"), results);
    CamAtlas atlas = CamAtlas.open(session(), results.toString());
    String id = fish().getAs("image_id");
    byte[] before = atlas.overlay(id).bytes();
    float[][] map = atlas.map(id);
    Path file = data.resolve(id);
    Files.write(file, new byte[] {0}, StandardOpenOption.APPEND);
    assertThatThrownBy(() -> atlas.overlay(id))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("cannot be shown (changed): The file's SHA-256 is")
        .hasMessageContaining("withImages(");
    Files.delete(file);
    assertThatThrownBy(() -> atlas.overlay(id))
        .hasMessageContaining("cannot be shown (cannot be read)")
        .hasMessageContaining("withImages(");
    CamAtlas elsewhere =
        atlas.withImages(demo().resolve("data").resolve("manifest.csv").toString());
    assertThat(elsewhere.overlay(id).bytes()).isEqualTo(before);
    Path others = FOLDER.newFolder("others").toPath();
    Files.copy(demo().resolve("data").resolve(id), others.resolve("other.jpg"));
    assertThatThrownBy(() -> atlas.withImages(others.toString()).overlay(id))
        .hasMessageContaining("cannot be shown (not found)")
        .hasMessageContaining("has no such image_id");
    // Another run of the same folder explained the same image.
    SmallDemo.explain(
        session(), demo(), demo().resolve("data/manifest.csv"), results, "method", "grad-cam");
    CamAtlas both = CamAtlas.open(session(), results.toString());
    assertThat(both.runs()).hasSize(2).startsWith(atlas.runs().get(0));
    assertThatThrownBy(() -> both.map(id))
        .hasMessageContaining("Several runs explained image '" + id + "'")
        .hasMessageContaining("Choose one, as open(…).run(\"");
    assertThat(both.run(atlas.runs().get(0)).map(id)).isDeepEqualTo(map);
    assertThatThrownBy(() -> CamAtlas.open(session(), others.toString()))
        .hasMessageContaining("holds no tables");
  }
}

package io.camatlas.spark.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.camatlas.TestScale;
import io.camatlas.config.ExplainOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.demo.DemoDataset;
import io.camatlas.demo.DemoModel;
import io.camatlas.demo.DemoSettings;
import io.camatlas.model.GridLayout;
import io.camatlas.model.TestArchives;
import io.camatlas.setup.ExplainSetup;
import io.camatlas.spark.InputException;
import io.camatlas.spark.SparkSuite;
import io.camatlas.spark.notebook.SmallDemo;
import io.camatlas.spark.results.ExplanationsTable;
import io.camatlas.spark.results.FinishedRun;
import io.camatlas.spark.storage.RunFolder;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** The job on real scenes, a real network and a real Spark in this JVM. */
public class ExplainJobTest extends SparkSuite {
  @ClassRule public static final TemporaryFolder FOLDER = new TemporaryFolder();

  private static Path data;
  private static Path model;

  /** What the last run said. */
  private ExplainJob.Report report;

  @BeforeClass
  public static void drawScenes() throws IOException {
    Path root = FOLDER.getRoot().toPath();
    DemoDataset.write(root.resolve("data"), DemoSettings.audit(2, 3));
    data = root.resolve("data");
    model = DemoModel.copyTo(root.resolve("model"));
  }

  private Path run(String name, String... flags) throws IOException {
    return run(new ByteArrayOutputStream(), name, flags);
  }

  private Path run(ByteArrayOutputStream console, String name, String... flags) throws IOException {
    Path out = FOLDER.getRoot().toPath().resolve(name);
    Map<String, String> given = new LinkedHashMap<>();
    given.put("model", model.toString());
    given.put("images", data.resolve("manifest.csv").toString());
    given.put("out", out.toString());
    given.put("samples", "2");
    for (int i = 0; i < flags.length; i += 2) {
      given.put(flags[i], flags[i + 1]);
    }
    ExplainJobSettings settings =
        ExplainSetup.resolve(
            new GivenSettings(ExplainOptions.ALL, given, List.of()), FOLDER.newFolder().toPath());
    report =
        new ExplainJob(session(), settings, new PrintStream(console, true, StandardCharsets.UTF_8))
            .run();
    return out;
  }

  private Dataset<Row> table(Path out, String name) {
    return session().read().parquet(out.resolve(name).toString());
  }

  @Test
  public void everyImageHasOneRowAndTheMapsAreWhereTheTableSays() throws IOException {
    ByteArrayOutputStream console = new ByteArrayOutputStream();
    Path out = run(console, "plain", "overlays", "1");
    Dataset<Row> explanations = table(out, "explanations");
    assertThat(explanations.schema().fieldNames())
        .startsWith(ExplanationsTable.SCHEMA.fieldNames())
        .endsWith("run");
    assertThat(explanations.count()).isEqualTo(20);
    assertThat(table(out, "failures").count()).isZero();
    for (Row row : explanations.collectAsList()) {
      int cells = (int) row.getAs("map_height") * (int) row.getAs("map_width");
      List<Float> map = row.getList(row.fieldIndex("map"));
      assertThat(map).hasSize(cells).allMatch(value -> value >= 0);
      List<Float> weights = row.getList(row.fieldIndex("weights"));
      List<Row> top = row.getList(row.fieldIndex("top_feature_maps"));
      assertThat(weights).hasSize(112);
      assertThat(top).hasSize(20);
      Row place = row.getAs("localization");
      int peak =
          (int) place.getAs("peak_row") * (int) row.getAs("map_width")
              + (int) place.getAs("peak_column");
      assertThat(map.get(peak)).isEqualTo(place.getAs("peak_value"));
      List<Float> probabilities = row.getList(row.fieldIndex("probabilities"));
      assertThat(probabilities.stream().mapToDouble(Float::doubleValue).sum())
          .isCloseTo(1, org.assertj.core.data.Offset.offset(1e-5));
    }
    JsonNode runJson = new ObjectMapper().readTree(out.resolve("run.json").toFile());
    assertThat(runJson.at("/counts/images").asInt()).isEqualTo(20);
    assertThat(runJson.at("/rules/0/parameters/samples").asText()).isEqualTo("2");
    assertThat(runJson.at("/model/sha256").asText()).hasSize(64);
    assertThat(runJson.at("/this_start/images_compared").asInt()).isBetween(1, 20);
    assertThat(runJson.at("/this_start/score_difference").asDouble()).isBetween(0.0, 1e-4);
    try (Stream<Path> pictures = Files.walk(out.resolve("overlays"))) {
      List<Path> files = pictures.filter(Files::isRegularFile).toList();
      assertThat(files).hasSize(10);
      for (Path file : files) {
        assertThat(ImageIO.read(file.toFile())).isNotNull();
      }
    }
    assertThat(console.toString(StandardCharsets.UTF_8)).contains("20 of 20 images (100 %)");
    assertThat(ClassSummary.of(explanations)).contains("anchor").contains("peak on object");
  }

  private Path segmented(String name, String... flags) throws IOException {
    return halves("unet", name, flags);
  }

  /** A segmentation network's run, on pictures whose left half is marked by mask and box. */
  private Path halves(String archive, String name, String... flags) throws IOException {
    Path root = FOLDER.getRoot().toPath().resolve("halves");
    Path manifest = root.resolve("manifest.csv");
    if (!Files.exists(manifest)) {
      Files.createDirectories(root);
      StringBuilder rows = new StringBuilder("path,boxes,mask\n");
      try (Stream<Path> files = Files.walk(data)) {
        List<Path> pictures =
            files.filter(file -> file.toString().endsWith(".jpg")).sorted().limit(5).toList();
        for (int i = 0; i < pictures.size(); i++) {
          BufferedImage picture = ImageIO.read(pictures.get(i).toFile());
          BufferedImage mask =
              new BufferedImage(
                  picture.getWidth(), picture.getHeight(), BufferedImage.TYPE_BYTE_GRAY);
          int half = picture.getWidth() / 2;
          for (int at = 0; at < half * picture.getHeight(); at++) {
            mask.getRaster().setSample(at % half, at / half, 0, 255);
          }
          ImageIO.write(mask, "png", root.resolve(i + ".png").toFile());
          String box = "\"[[0,0," + half + "," + picture.getHeight() + "]]\"";
          boolean marked = i < 4;
          rows.append(pictures.get(i)).append(marked ? "," + box + "," + i + ".png\n" : ",,\n");
        }
      }
      Files.writeString(manifest, rows);
    }
    Path networks = Path.of("src/test/resources/io/camatlas/model/segmentation");
    String network = networks.resolve(archive + ".pt").toString();
    String[] all = {
      "model", network, "images", manifest.toString(), "resize", "32x48", "crop", "none"
    };
    return run(
        name, Stream.concat(Arrays.stream(all), Arrays.stream(flags)).toArray(String[]::new));
  }

  /** The share of the pixels of a network that ends in a sigmoid, whose scores are all above 0. */
  @Test
  public void oneClassWinsWhereItIsMoreLikelyThanNotWhicheverPixelsAreRead() throws IOException {
    Map<String, Set<Float>> shares = new LinkedHashMap<>();
    for (String over : List.of("winning", "picture", "mask", "boxes")) {
      Path out =
          halves(
              "probability",
              "single-over-" + over,
              "scores",
              "probabilities",
              "method",
              "grad-cam",
              "score-over",
              over);
      Set<Float> found =
          table(out, "explanations").select("target_probability").collectAsList().stream()
              .map(row -> row.getFloat(0))
              .collect(Collectors.toSet());
      assertThat(found).hasSizeGreaterThan(1).allMatch(share -> share > 0 && share < 1);
      shares.put(over, found);
    }
    // All pixels are read of images that have a mark or none.
    assertThat(shares.get("picture")).isEqualTo(shares.get("winning"));
    assertThat(shares.get("mask")).isEqualTo(shares.get("boxes"));
    assertThat(shares.get("mask")).isNotEqualTo(shares.get("picture"));
  }

  @Test
  public void pixelsOfASegmentationAreReadWhereTheyAreAskedFor() throws IOException {
    String[] common = {"targets", "top-2", "method", "smooth-grad-cam++,score-cam"};
    Map<String, List<Row>> found = new LinkedHashMap<>();
    for (String over : List.of("winning", "mask", "boxes", "picture")) {
      Path out =
          segmented(
              "over-" + over,
              Stream.concat(Arrays.stream(common), Stream.of("score-over", over, "batch", "3"))
                  .toArray(String[]::new));
      found.put(
          over,
          table(out, "explanations").orderBy("image_id", "target_index", "rule").collectAsList());
      boolean marks = over.equals("mask") || over.equals("boxes");
      assertThat(table(out, "failures").count()).isEqualTo(marks ? 1 : 0);
      if (marks) {
        assertThat(table(out, "failures").first().<String>getAs("reason"))
            .isEqualTo("no pixels marked");
      }
      JsonNode runJson = new ObjectMapper().readTree(out.resolve("run.json").toFile());
      assertThat(runJson.at("/rules/0/parameters/score-over").asText()).isEqualTo(over);
    }
    for (Row row : found.get("winning")) {
      assertThat(row.<String>getAs("target_over")).isEqualTo("winning");
      double share = row.<Float>getAs("target_probability");
      assertThat(row.<Double>getAs("target_pixels")).isEqualTo(share).isGreaterThan(0);
    }
    for (Row row : found.get("picture")) {
      assertThat(row.<Double>getAs("target_pixels")).isEqualTo(1);
    }
    assertThat(found.get("mask")).hasSameSizeAs(found.get("boxes")).isNotEmpty();
    for (int i = 0; i < found.get("mask").size(); i++) {
      Row mask = found.get("mask").get(i);
      Row boxes = found.get("boxes").get(i);
      assertThat(mask.<Double>getAs("target_pixels")).isEqualTo(0.5);
      assertThat(boxes.<Double>getAs("target_pixels")).isEqualTo(0.5);
      for (String same : List.of("target_index", "target_score", "map", "weights")) {
        assertThat(mask.<Object>getAs(same)).isEqualTo(boxes.getAs(same));
      }
    }
    Path alone =
        segmented(
            "one-by-one",
            Stream.concat(Arrays.stream(common), Stream.of("batch", "1")).toArray(String[]::new));
    List<Row> rows =
        table(alone, "explanations").orderBy("image_id", "target_index", "rule").collectAsList();
    for (int i = 0; i < rows.size(); i++) {
      List<Float> one = rows.get(i).getList(rows.get(i).fieldIndex("map"));
      Row other = found.get("winning").get(i);
      List<Float> together = other.getList(other.fieldIndex("map"));
      double largest = one.stream().mapToDouble(Float::doubleValue).max().orElseThrow();
      for (int cell = 0; cell < one.size(); cell++) {
        assertThat((double) one.get(cell))
            .isCloseTo(together.get(cell), org.assertj.core.data.Offset.offset(1e-4 * largest));
      }
    }
  }

  @Test
  public void whichPixelsIsNoQuestionForAClassifier() {
    assertThatThrownBy(() -> run("classifier-over", "score-over", "mask"))
        .hasMessageContaining("score-over is mask, but the model scores whole images");
  }

  @Test
  public void tokensAreExplainedLikeConvolutions() throws IOException {
    Path network = TestArchives.file("registers-scripted.pt");
    Path out = run("tokens", "model", network.toString(), "crop", "16x24");
    for (Row row : table(out, "explanations").collectAsList()) {
      assertThat(row.<String>getAs("layer")).isEqualTo("blocks.1.norm1");
      assertThat((int) row.getAs("map_height")).isEqualTo(4);
      assertThat((int) row.getAs("map_width")).isEqualTo(6);
      assertThat(row.getList(row.fieldIndex("weights"))).hasSize(12);
      assertThat(row.getJavaMap(row.fieldIndex("parameters")).get("layout"))
          .isEqualTo("tokens:3+4x6");
    }
    FinishedRun finished = FinishedRun.read(out.toString());
    assertThat(finished.layouts())
        .containsExactly(Map.entry("blocks.1.norm1", GridLayout.parse("tokens:3+4x6")));
  }

  @Test
  public void tablesDoNotDependOnPartitioning() throws IOException {
    Dataset<Row> one = table(run("one", "partitions", "1"), "explanations");
    Dataset<Row> seven = table(run("seven", "partitions", "7"), "explanations");
    assertSameExplanations(one, seven, 0);
  }

  @Test
  public void equalBatchesGiveEqualBits() throws IOException {
    TestScale.onlyNightly();
    Dataset<Row> first = table(run("bits-a", "partitions", "3"), "explanations");
    Dataset<Row> second = table(run("bits-b", "partitions", "3"), "explanations");
    assertThat(first.orderBy("image_id").collectAsList())
        .isEqualTo(second.orderBy("image_id").collectAsList());
  }

  @Test
  public void batchSizeBoundsThePassesAndChangesNothing() throws IOException {
    Dataset<Row> small = table(run("batch-3", "samples", "7", "batch", "3"), "explanations");
    Dataset<Row> large = table(run("batch-32", "samples", "7", "batch", "32"), "explanations");
    assertSameExplanations(small, large, 1e-5);
  }

  @Test
  public void aBatchIsFoundOnceAndChangesNothing() throws IOException {
    ByteArrayOutputStream first = new ByteArrayOutputStream();
    Path found = run(first, "found", "batch", "auto", "batch-memory", "4096");
    Dataset<Row> given = table(run("given", "batch", "16"), "explanations");
    assertSameExplanations(given, table(found, "explanations"), 1e-4);
    assertThat(first.toString(StandardCharsets.UTF_8))
        .containsPattern("Batches have \\d+ rows")
        .containsPattern("1: [\\d,.]+ rows/s, \\d+ MB");
    Path runJson = found.resolve("run.json");
    int batch = new ObjectMapper().readTree(runJson.toFile()).at("/batch").asInt();
    assertThat(batch).isBetween(1, 256);
    ByteArrayOutputStream second = new ByteArrayOutputStream();
    run(second, "found", "batch", "auto", "retry-failures", "true");
    assertThat(second.toString(StandardCharsets.UTF_8)).doesNotContain("Batches have");
    assertThat(new ObjectMapper().readTree(runJson.toFile()).at("/batch").asInt()).isEqualTo(batch);
  }

  @Test
  public void aRunThatGoesOnKeepsItsLayout() throws IOException {
    TestScale.onlyNightly();
    List<String> lines = Files.readAllLines(data.resolve("manifest.csv"));
    Path some = data.resolve("some.csv");
    Files.write(some, lines.subList(0, 6));
    Path out = run("layout", "images", some.toString());
    Path runJson = out.resolve("run.json");
    Path kept;
    try (Stream<Path> records = Files.list(out.resolve("runs"))) {
      kept = records.filter(file -> file.toString().endsWith(".json")).findFirst().orElseThrow();
    }
    ObjectMapper json = new ObjectMapper();
    ObjectNode record = (ObjectNode) json.readTree(kept.toFile());
    ObjectNode check = (ObjectNode) record.at("/model/check");
    assertThat(check.get("layout").asText()).isEqualTo("channels-last");
    check.put("layout", "planar");
    json.writeValue(kept.toFile(), record);
    run("layout");
    assertThat(json.readTree(runJson.toFile()).at("/model/check/layout").asText())
        .isEqualTo("planar");
    run("layout");
    assertThat(json.readTree(runJson.toFile()).at("/model/check/layout").asText())
        .isEqualTo("planar");
    assertSameExplanations(
        table(run("other-layout"), "explanations"), table(out, "explanations"), 1e-4);
  }

  private static void assertSameExplanations(Dataset<Row> a, Dataset<Row> b, double tolerance) {
    List<Row> left = a.orderBy("image_id", "target_index").collectAsList();
    List<Row> right = b.orderBy("image_id", "target_index").collectAsList();
    assertThat(left).hasSameSizeAs(right);
    for (int i = 0; i < left.size(); i++) {
      assertThat(left.get(i).<String>getAs("image_id")).isEqualTo(right.get(i).getAs("image_id"));
      for (String column : List.of("map", "weights", "mean_activations", "probabilities")) {
        List<Float> x = left.get(i).getList(left.get(i).fieldIndex(column));
        List<Float> y = right.get(i).getList(right.get(i).fieldIndex(column));
        if (x == null) {
          assertThat(y).isNull();
          continue;
        }
        assertThat(x).hasSameSizeAs(y);
        double scale = y.stream().mapToDouble(Math::abs).max().orElse(0);
        for (int j = 0; j < x.size(); j++) {
          assertThat(Math.abs(x.get(j) - y.get(j)))
              .as("%s[%d]", column, j)
              .isLessThanOrEqualTo((float) (tolerance * scale));
        }
      }
    }
  }

  @Test
  public void everyFileOfAFolderEndsInExactlyOneTable() throws IOException {
    Path folder = FOLDER.newFolder("mixed").toPath();
    Path fish = Files.createDirectories(folder.resolve("fish"));
    Path unknown = Files.createDirectories(folder.resolve("unicorn"));
    try (Stream<Path> scenes = Files.list(data.resolve("images/fish"))) {
      Path scene = scenes.sorted().findFirst().orElseThrow();
      Files.copy(scene, fish.resolve("good " + "ü".repeat(3) + scene.getFileName()));
      Files.copy(scene, unknown.resolve(String.valueOf(scene.getFileName())));
      byte[] bytes = Files.readAllBytes(scene);
      Files.write(fish.resolve("truncated.jpg"), Arrays.copyOf(bytes, bytes.length / 2));
    }
    Files.write(fish.resolve("empty.jpg"), new byte[0]);
    Files.writeString(fish.resolve("text.jpg"), "this is no image");
    ImageIO.write(
        new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB),
        "png",
        fish.resolve("pixel.png").toFile());
    ImageIO.write(
        new BufferedImage(1200, 1000, BufferedImage.TYPE_BYTE_GRAY),
        "png",
        fish.resolve("large.png").toFile());
    Files.writeString(fish.resolve(".hidden"), "not counted");
    ByteArrayOutputStream console = new ByteArrayOutputStream();
    Path out =
        run(
            console,
            "mixed-out",
            "images",
            folder.toString(),
            "max-pixels",
            "1000000",
            "targets",
            "label,predicted");
    Dataset<Row> failures = table(out, "failures");
    assertThat(failures.orderBy("image_id").select("image_id", "stage", "reason").collectAsList())
        .extracting(Row::toString)
        .containsExactly(
            "[fish/empty.jpg,decode,empty]",
            "[fish/large.png,decode,too many pixels]",
            "[fish/text.jpg,decode,not an image]",
            "[fish/truncated.jpg,decode,truncated]");
    Dataset<Row> explanations = table(out, "explanations");
    assertThat(explanations.select("image_id").distinct().count()).isEqualTo(3);
    assertThat(explanations.where("label = 'unicorn' and label_index is null").count())
        .isEqualTo(1);
    assertThat(console.toString(StandardCharsets.UTF_8)).contains("'unicorn'");
  }

  @Test
  public void allKindsOfInputGiveTheSame() throws IOException {
    Path csv = run("from-csv");
    Path directory = run("from-dir", "images", data.resolve("images").toString());
    Path glob = run("from-glob", "images", data.resolve("images") + "/*/*");
    assertThat(table(directory, "explanations").count()).isEqualTo(20);
    assertThat(table(glob, "explanations").where("label = 'fish'").count()).isEqualTo(2);
    Path packed = FOLDER.getRoot().toPath().resolve("packed");
    session()
        .read()
        .format("binaryFile")
        .load(data.resolve("images") + "/*/*")
        .select(
            functions.regexp_extract(functions.col("path"), "images/(.*)", 1).as("image_id"),
            functions.regexp_extract(functions.col("path"), "images/([^/]*)/", 1).as("label"),
            functions.col("content"))
        .write()
        .parquet(packed.toString());
    Path table = run("from-packed", "images", packed.toString());
    assertSameExplanations(table(directory, "explanations"), table(table, "explanations"), 1e-5);
    assertThat(table(csv, "explanations").where("size(boxes) > 0").count()).isEqualTo(20);
    session().read().parquet(packed.toString()).createOrReplaceTempView("scenes");
    ByteArrayOutputStream console = new ByteArrayOutputStream();
    Path view =
        run(console, "from-view", "images", "scenes", "partitions", "3", "tasks-per-gpu", "2");
    assertThat(table(view, "explanations").count()).isEqualTo(20);
    assertThat(console.toString(StandardCharsets.UTF_8))
        .contains("Note: `partitions` has no effect: a table of encoded images")
        .contains("Note: `tasks-per-gpu` has no effect: Spark runs on this machine alone.");
  }

  @Test
  public void severalTargetsAndLayersShareARow() throws IOException {
    Path out =
        run(
            "targets",
            "targets",
            "label,predicted,top-2,umbrella",
            "layer",
            "features.14,features.9");
    Dataset<Row> rows = table(out, "explanations");
    assertThat(
            rows.groupBy("image_id")
                .agg(functions.countDistinct("layer").as("n"))
                .where("n <> 2")
                .count())
        .isZero();
    assertThat(rows.where("array_contains(target_reasons, 'listed')").count()).isEqualTo(40);
    assertThat(rows.where("target = 'umbrella'").count()).isEqualTo(40);
    assertThat(rows.groupBy("image_id", "target", "layer").count().where("count > 1").count())
        .isZero();
    // Probabilities are an image's, and stand in the first of its rows.
    List<Row> first = rows.where("probabilities IS NOT NULL").collectAsList();
    assertThat(first).hasSize(20).extracting(row -> row.getAs("image_id")).doesNotHaveDuplicates();
    assertThat(first).allMatch(row -> row.getAs("layer").equals("features.14"));
    assertThat(
            rows.where("array_contains(target_reasons, 'top-1')")
                .where("target <> predicted")
                .count())
        .isZero();
  }

  @Test
  public void filtersAndNeuronsLimitTheMap() throws IOException {
    Path out =
        run(
            "limits",
            "filters",
            "3,17",
            "per-filter",
            "true",
            "subset",
            "2:3,5:6",
            "region",
            "true");
    for (Row row : table(out, "explanations").collectAsList()) {
      List<Float> map = row.getList(row.fieldIndex("map"));
      for (int i = 0; i < map.size(); i++) {
        boolean inside = i / 14 >= 2 && i / 14 <= 5 && i % 14 >= 3 && i % 14 <= 6;
        assertThat(inside || map.get(i) == 0).isTrue();
      }
      assertThat(row.getList(row.fieldIndex("filter_maps"))).hasSize(2);
    }
  }

  @Test
  public void severalRulesAreRowsOfTheirOwn() throws IOException {
    Path out =
        run(
            "rules",
            "method",
            "grad-cam++,grad-cam",
            "filters",
            "3,17;5",
            "overlays",
            "1",
            "probabilities",
            "3");
    Dataset<Row> rows = table(out, "explanations");
    assertThat(rows.count()).isEqualTo(80);
    assertThat(rows.where("probabilities IS NOT NULL").count()).isZero();
    List<Row> first = rows.where("top_classes IS NOT NULL").collectAsList();
    assertThat(first).hasSize(20);
    for (Row row : first) {
      List<Row> top = row.getList(row.fieldIndex("top_classes"));
      assertThat(top).hasSize(3);
      assertThat(top.get(0).<Integer>getAs("index")).isEqualTo(row.getAs("predicted_index"));
      assertThat(top.get(0).<Float>getAs("probability")).isEqualTo(row.getAs("confidence"));
      assertThat(top.get(1).<Float>getAs("probability"))
          .isBetween(top.get(2).getAs("probability"), top.get(0).getAs("probability"));
    }
    assertThat(rows.groupBy("image_id", "rule").count().count()).isEqualTo(80);
    assertThat(
            rows.where("rule = 3 AND method = 'grad-cam' AND parameters.filters = '[5]'").count())
        .isEqualTo(20);
    JsonNode rules = new ObjectMapper().readTree(out.resolve("run.json").toFile()).path("rules");
    assertThat(rules).hasSize(4);
    assertThat(rules.at("/1/method").asText()).isEqualTo("grad-cam++");
    assertThat(rules.at("/1/parameters/filters").asText()).isEqualTo("[5]");
    FinishedRun run = FinishedRun.read(out.toString());
    assertThat(run.rules()).hasSize(4);
    assertThat(run.rules().get(2).method()).isEqualTo("grad-cam");
  }

  @Test
  public void rulesOfPixelsAndOfLayersShareARun() throws IOException {
    String[] rules = {"method", "saliency,grad-cam,smooth-grad", "pixel-grid", "14"};
    Path out = run("pixels", rules);
    Dataset<Row> rows = table(out, "explanations");
    assertThat(rows.count()).isEqualTo(60);
    assertThat(rows.where("probabilities IS NOT NULL").count()).isEqualTo(20);
    Dataset<Row> pixels = rows.where("layer = '(input)'");
    assertThat(pixels.where("rule IN (0, 2) AND method LIKE 's%'").count()).isEqualTo(40);
    assertThat(pixels.count()).isEqualTo(40);
    assertThat(
            pixels
                .where(
                    "map_height = 14 AND map_width = 14 AND size(map) = 196 AND size(weights) = 3")
                .where("exists(map, cell -> cell > 0) AND forall(weights, w -> w = 0)")
                .where("forall(max_cells, cell -> cell >= 0 AND cell < 196)")
                .where("parameters['pixel-grid'] = '14' AND NOT localization.empty")
                .where("localization.peak_x > view.x0 AND localization.peak_x < view.x1")
                .count())
        .isEqualTo(40);
    assertThat(rows.where("rule = 1 AND parameters['pixel-grid'] IS NOT NULL").count()).isZero();
    FinishedRun run = FinishedRun.read(out.toString());
    assertThat(run.layersOf(0)).containsExactly("(input)");
    assertThat(run.layersOf(1)).hasSize(1).doesNotContain("(input)");
    ByteArrayOutputStream console = new ByteArrayOutputStream();
    run(console, "pixels", rules);
    assertThat(console.toString(StandardCharsets.UTF_8)).contains("20 of them are done already");
  }

  @Test
  public void whatIsThereIsContinuedOrReplaced() throws IOException {
    Path out = run("kept");
    ByteArrayOutputStream console = new ByteArrayOutputStream();
    Dataset<Row> before = table(out, "explanations");
    List<Row> rows = before.orderBy("image_id").collectAsList();
    run(console, "kept");
    assertThat(console.toString(StandardCharsets.UTF_8)).contains("20 of them are done already");
    assertThat(table(out, "explanations").orderBy("image_id").collectAsList()).hasSameSizeAs(rows);
    JsonNode json = new ObjectMapper().readTree(out.resolve("run.json").toFile());
    assertThat(json.at("/this_start/images").asInt()).isZero();
    assertThat(json.at("/this_start/networks_loaded").asInt()).isZero();
    run("kept", "samples", "0");
    assertThat(table(out, "explanations").groupBy("run").count().collectAsList())
        .hasSize(2)
        .allMatch(run -> run.getLong(1) == 20);
    run("kept", "overwrite", "true", "samples", "0");
    assertThat(table(out, "explanations").where("parameters['samples'] = '0'").count())
        .isEqualTo(20);
    try (Stream<Path> files = Files.list(out)) {
      assertThat(files.map(file -> String.valueOf(file.getFileName())))
          .containsExactlyInAnyOrder("explanations", "failures", "runs", "run.json");
    }
    try (Stream<Path> files = Files.list(FOLDER.getRoot().toPath())) {
      assertThat(files.map(Path::toString)).noneMatch(name -> name.contains("incomplete"));
    }
  }

  @Test
  public void inputThatCannotBeUsedLeavesNothingBehind() throws IOException {
    assertThatThrownBy(() -> run("none", "images", FOLDER.newFolder().toString()))
        .hasMessageContaining("holds no files");
    assertThat(FOLDER.getRoot().toPath().resolve("none")).doesNotExist();
    Path foreign = FOLDER.newFolder("foreign").toPath();
    Files.writeString(foreign.resolve("thesis.txt"), "x");
    assertThatThrownBy(() -> run("foreign"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("holds no run.json");
    assertThat(foreign.resolve("thesis.txt")).exists();
  }

  @Test
  public void resultsAreNotWrittenAmongTheImages() throws IOException {
    Path folder = someImages("own", 1);
    Path out = folder.resolve("audit");
    String[] flags = {"images", folder.toString(), "out", out.toString()};
    assertThatThrownBy(() -> run("unused", flags))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("`out` is " + out + ", which lies among the `images` " + folder);
    assertThat(out).doesNotExist();
    String[] hidden = {
      "images", folder.toString(), "out", folder.resolve(".audit").toString(), "overlays", "1"
    };
    run("unused", hidden);
    run("unused", hidden);
    assertThat(explainedNow(folder.resolve(".audit"))).isZero();
  }

  /** This machine's files, but what is staged cannot be moved into its table. */
  public static final class NothingMovesFileSystem extends RawLocalFileSystem {
    @Override
    public URI getUri() {
      return URI.create("unmoved:///");
    }

    @Override
    public String getScheme() {
      return "unmoved";
    }

    @Override
    public boolean rename(org.apache.hadoop.fs.Path from, org.apache.hadoop.fs.Path to)
        throws IOException {
      if (to.toString().contains("/explanations/run=")) {
        throw new IOException("the disk says no");
      }
      return super.rename(from, to);
    }
  }

  @Test
  public void aPartThatCannotBeCommittedStopsFilesAndTables() throws IOException {
    session()
        .sparkContext()
        .hadoopConfiguration()
        .set("fs.unmoved.impl", NothingMovesFileSystem.class.getName());
    Path packed = FOLDER.getRoot().toPath().resolve("packed-for-nothing");
    session()
        .read()
        .format("binaryFile")
        .load(data.resolve("images") + "/fish/*")
        .select(functions.col("path").as("image_id"), functions.col("content"))
        .write()
        .parquet(packed.toString());
    for (Path images : List.of(packed, data.resolve("images"))) {
      Path out = FOLDER.newFolder().toPath().resolve("out");
      assertThatThrownBy(
              () ->
                  run(
                      "unused",
                      "images",
                      images.toString(),
                      "targets",
                      "predicted",
                      "out",
                      "unmoved://" + out))
          .hasMessageContaining("a finished part could not be committed: the disk says no")
          .hasMessageNotContaining("suppress");
      assertThat(out).doesNotExist();
    }
  }

  private Path someImages(String name, int each) throws IOException {
    Path folder = FOLDER.newFolder(name).toPath();
    for (String label : List.of("fish", "leaf", "anchor")) {
      Path target = Files.createDirectories(folder.resolve(label));
      try (Stream<Path> scenes = Files.list(data.resolve("images/" + label))) {
        for (Path scene : scenes.sorted().limit(each).toList()) {
          Files.copy(scene, target.resolve(String.valueOf(scene.getFileName())));
        }
      }
    }
    return folder;
  }

  private long explainedNow(Path out) throws IOException {
    return new ObjectMapper()
        .readTree(out.resolve("run.json").toFile())
        .at("/this_start/images")
        .asLong();
  }

  @Test
  public void imagesThatComeLaterAreTheOnlyOnesExplained() throws IOException {
    Path folder = someImages("growing", 1);
    run("grown", "images", folder.toString());
    Files.copy(folder.resolve("fish").toFile().listFiles()[0].toPath(), folder.resolve("new.jpg"));
    Files.writeString(folder.resolve("broken.jpg"), "no image");
    Path out = run("grown", "images", folder.toString());
    assertThat(explainedNow(out)).isEqualTo(2);
    assertThat(table(out, "explanations").count()).isEqualTo(4);
    assertThat(table(out, "failures").count()).isEqualTo(1);
    Path whole = run("grown-at-once", "images", folder.toString());
    assertSameExplanations(table(whole, "explanations"), table(out, "explanations"), 1e-5);
  }

  @Test
  public void anImageThatHasChangedIsExplainedAgain() throws IOException {
    Path folder = someImages("changing", 1);
    Path out = run("changed", "images", folder.toString(), "partitions", "3");
    Path fish = folder.resolve("fish").toFile().listFiles()[0].toPath();
    Path leaf = folder.resolve("leaf").toFile().listFiles()[0].toPath();
    Files.copy(leaf, fish, StandardCopyOption.REPLACE_EXISTING);
    run("changed", "images", folder.toString());
    assertThat(explainedNow(out)).isEqualTo(1);
    Dataset<Row> rows = table(out, "explanations");
    assertThat(rows.count()).isEqualTo(3);
    assertThat(rows.select("sha256").distinct().count()).isEqualTo(2);
  }

  @Test
  public void anImageWhoseLabelOrBoxesWereCorrectedIsExplainedAgain() throws IOException {
    List<String> lines = Files.readAllLines(data.resolve("manifest.csv")).subList(0, 4);
    Path manifest = data.resolve("corrected.csv");
    Files.write(manifest, lines);
    Path out = run("corrected", "images", manifest.toString(), "partitions", "3");
    assertThat(explainedNow(out)).isEqualTo(3);
    run("corrected", "images", manifest.toString());
    assertThat(explainedNow(out)).isZero();

    List<String> corrected = new ArrayList<>(lines);
    corrected.set(1, lines.get(1).replace(".jpg,anchor,", ".jpg,fish,"));
    Files.write(manifest, corrected);
    ByteArrayOutputStream console = new ByteArrayOutputStream();
    run(console, "corrected", "images", manifest.toString());
    assertThat(explainedNow(out)).isEqualTo(1);
    assertThat(console.toString(StandardCharsets.UTF_8))
        .contains("the labels, boxes or masks of 1 images are not what they were");
    assertThat(table(out, "explanations").where("label = 'fish'").count()).isEqualTo(1);

    corrected.set(2, lines.get(2).replaceAll("\"\\[\\[.*\\]\\]\"", "\"[[1,2,3,4]]\""));
    assertThat(corrected.get(2)).isNotEqualTo(lines.get(2));
    Files.write(manifest, corrected);
    run("corrected", "images", manifest.toString());
    assertThat(explainedNow(out)).isEqualTo(1);
    assertThat(table(out, "explanations").where("boxes[0].x1 = 3").count()).isEqualTo(1);
  }

  @Test
  public void anImageThatFailedForItsLabelIsExplainedOnceThatIsCorrected() throws IOException {
    List<String> lines = new ArrayList<>(Files.readAllLines(data.resolve("manifest.csv")));
    List<String> right = lines.subList(0, 3);
    List<String> wrong = new ArrayList<>(right);
    wrong.set(1, right.get(1).replace(".jpg,anchor,", ".jpg,ancohr,"));
    assertThat(wrong).isNotEqualTo(right);
    Path manifest = data.resolve("misspelt.csv");
    Files.write(manifest, wrong);
    String[] given = {"images", manifest.toString(), "targets", "label"};
    Path out = run("misspelt", given);
    assertThat(table(out, "failures").count()).isEqualTo(1);
    run("misspelt", given);
    assertThat(explainedNow(out)).isZero();
    Files.write(manifest, right);
    run("misspelt", given);
    assertThat(table(out, "failures").count()).isZero();
    assertThat(table(out, "explanations").count()).isEqualTo(2);
  }

  @Test
  public void anotherImageOfTheSameNameIsRefused() throws IOException {
    Path out = run("clash", "images", someImages("clash-a", 1).toString());
    Path other = someImages("clash-b", 1);
    try (Stream<Path> files = Files.walk(other)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.write(file, new byte[] {0}, StandardOpenOption.APPEND);
      }
    }
    assertThatThrownBy(() -> run("clash", "images", other.toString()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("clash-a")
        .hasMessageContaining("choose another `out`");
    assertThat(table(out, "explanations").count()).isEqualTo(3);
  }

  @Test
  public void failuresAreDoneAgainOnlyWhenAsked() throws IOException {
    Path folder = someImages("failing", 1);
    Path bad = folder.resolve("fish/bad.jpg");
    Files.writeString(bad, "no image");
    Path out = run("failed", "images", folder.toString());
    run("failed", "images", folder.toString());
    assertThat(explainedNow(out)).isZero();
    run("failed", "images", folder.toString(), "retry-failures", "true");
    assertThat(explainedNow(out)).isEqualTo(1);
    assertThat(table(out, "failures").count()).isEqualTo(1);
  }

  @Test
  public void partsThatWereDamagedOrPutThereAreSetAside() throws IOException {
    Path folder = someImages("damaging", 2);
    Path out = run("damaged", "images", folder.toString(), "partitions", "3");
    Path tables = onlyChild(out.resolve("explanations"));
    List<Path> parts;
    try (Stream<Path> files = Files.list(tables)) {
      parts = files.filter(file -> file.toString().endsWith(".parquet")).sorted().toList();
    }
    assertThat(parts).hasSize(3);
    byte[] bytes = Files.readAllBytes(parts.get(0));
    bytes[bytes.length / 2] ^= 1;
    Files.write(parts.get(0), bytes);
    Files.write(parts.get(1), Arrays.copyOf(bytes, 100));
    Files.writeString(tables.resolve("part-from-elsewhere.parquet"), "PAR1 or not");
    ByteArrayOutputStream console = new ByteArrayOutputStream();
    run(console, "damaged", "images", folder.toString());
    assertThat(console.toString(StandardCharsets.UTF_8)).contains("moved to _damaged");
    assertThat(explainedNow(out)).isEqualTo(4);
    assertThat(table(out, "explanations").count()).isEqualTo(6);
    assertThat(table(out, "explanations").select("image_id").distinct().count()).isEqualTo(6);
    assertThat(out.resolve("_damaged").toFile().list((dir, name) -> !name.startsWith(".")))
        .hasSize(3);
  }

  /** Copies a part under another name, as whoever planted it would. */
  private static void plant(Path part, String session) throws IOException {
    String name = String.valueOf(part.getFileName());
    Files.copy(part, part.resolveSibling("part-" + session + name.substring(13)));
  }

  private static List<Path> parts(Path out, String table) throws IOException {
    try (Stream<Path> files = Files.walk(out.resolve(table))) {
      return files.filter(file -> file.toString().endsWith(".parquet")).sorted().toList();
    }
  }

  @Test
  public void doubledAndMissingRowsAreNeverCountedAsDone() throws IOException {
    Path folder = someImages("doubling", 2);
    String[] flags = {"images", folder.toString(), "partitions", "3", "targets", "top-2"};
    Path out = run("doubled, 100 %", flags);
    assertThat(table(out, "explanations").count()).isEqualTo(12);
    List<Path> parts = parts(out, "explanations");
    assertThat(parts).hasSize(3);
    plant(parts.get(0), "0123abcd");
    // Of another part, one row of one image is lost.
    Dataset<Row> rows = session().read().parquet(parts.get(1).toString());
    Row lost = rows.select("image_id", "target_index").first();
    Path single = FOLDER.newFolder().toPath().resolve("single");
    rows.where(
            functions.not(
                functions
                    .col("image_id")
                    .equalTo(lost.getString(0))
                    .and(functions.col("target_index").equalTo(lost.getInt(1)))))
        .coalesce(1)
        .write()
        .parquet(single.toString());
    Path written = parts(single.getParent(), "single").get(0);
    int crc = RunFolder.crc32c(written.toString(), session().sparkContext().hadoopConfiguration());
    Files.move(
        written,
        parts.get(1).resolveSibling(String.format("part-0123abcd-00077-%08x.parquet", crc)));
    Files.delete(parts.get(1));
    assertThat(table(out, "explanations").count()).isEqualTo(15);
    assertThatThrownBy(() -> SmallDemo.atlas(session(), out.resolveSibling("no-atlas"), out))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("15 rows")
        .hasMessageContaining("12");
    ByteArrayOutputStream console = new ByteArrayOutputStream();
    run(console, "doubled, 100 %", flags);
    assertThat(console.toString(StandardCharsets.UTF_8))
        .contains("rows of 3 images are doubled or incomplete");
    assertThat(table(out, "explanations").count()).isEqualTo(12);
    assertThat(
            table(out, "explanations")
                .select("image_id", "target_index", "layer", "rule")
                .distinct()
                .count())
        .isEqualTo(12);
  }

  @Test
  public void aTouchedTimeAloneExplainsNothingAgain() throws IOException {
    Path folder = someImages("touching", 1);
    Path out = run("touched", "images", folder.toString());
    for (Path file : parts(folder, "fish", ".png", ".jpg")) {
      Files.setLastModifiedTime(file, FileTime.fromMillis(1_600_000_000_000L));
    }
    run("touched", "images", folder.toString());
    assertThat(explainedNow(out)).isZero();
  }

  private static List<Path> parts(Path folder, String child, String... endings) throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve(child))) {
      return files
          .filter(file -> Arrays.stream(endings).anyMatch(file.toString()::endsWith))
          .toList();
    }
  }

  @Test
  public void anImageThatHasChangedWithinATableIsExplainedAgain() throws IOException {
    TestScale.onlyNightly();
    Path folder = someImages("in-table", 1);
    Path packed = FOLDER.getRoot().toPath().resolve("changing.parquet");
    Dataset<Row> images =
        session()
            .read()
            .format("binaryFile")
            .load(folder + "/*/*")
            .select(
                functions.regexp_extract(functions.col("path"), "([^/]*)/[^/]*$", 1).as("image_id"),
                functions.col("content"));
    images.write().parquet(packed.toString());
    Path out = run("table-changed", "images", packed.toString());
    List<Row> rows = images.orderBy("image_id").collectAsList();
    assertThat(rows).hasSize(3);
    session()
        .createDataFrame(
            List.of(RowFactory.create("anchor", rows.get(1).get(1)), rows.get(1), rows.get(2)),
            images.schema())
        .write()
        .mode("overwrite")
        .parquet(packed.toString());
    run("table-changed", "images", packed.toString());
    assertThat(explainedNow(out)).isPositive();
    assertThat(table(out, "explanations").count()).isEqualTo(3);
    assertThat(table(out, "explanations").select("sha256").distinct().count()).isEqualTo(2);
  }

  @Test
  public void imagesThatAreGoneLeaveTheTablesOnlyWhenAsked() throws IOException {
    Path folder = someImages("going", 2);
    Files.writeString(folder.resolve("broken.jpg"), "no image");
    Path out = run("gone", "images", folder.toString(), "partitions", "2");
    Files.delete(parts(folder, "fish", ".png", ".jpg").get(0));
    Files.delete(folder.resolve("broken.jpg"));
    ByteArrayOutputStream console = new ByteArrayOutputStream();
    run(console, "gone", "images", folder.toString());
    assertThat(console.toString(StandardCharsets.UTF_8))
        .contains("2 images in the tables are no longer in `images`", "`remove-gone`");
    assertThat(table(out, "explanations").count()).isEqualTo(6);
    console.reset();
    run(console, "gone", "images", folder.toString(), "remove-gone", "true");
    assertThat(console.toString(StandardCharsets.UTF_8)).contains("Removed 2 images");
    assertThat(explainedNow(out)).isZero();
    assertThat(table(out, "explanations").count()).isEqualTo(5);
    assertThat(table(out, "failures").count()).isZero();
    assertThat(
            new ObjectMapper()
                .readTree(out.resolve("run.json").toFile())
                .at("/counts/images")
                .asInt())
        .isEqualTo(5);
  }

  /** As in a folder that holds the last days only. */
  @Test
  public void whatIsGoneStaysWhenOtherImagesOfItsPartChange() throws IOException {
    List<String> lines = Files.readAllLines(data.resolve("manifest.csv")).subList(0, 6);
    Path manifest = data.resolve("rolling.csv");
    Path changing = Files.copy(data.resolve(lines.get(3).split(",", 2)[0]), data.resolve("c.jpg"));
    List<String> rolling = new ArrayList<>(lines);
    rolling.set(3, "c.jpg," + lines.get(3).split(",", 2)[1]);
    Files.write(manifest, rolling);
    String[] flags = {"images", manifest.toString(), "partitions", "1"};
    Path out = run("rolling", flags);
    assertThat(parts(out, "explanations")).hasSize(1);
    List<Row> before = table(out, "explanations").orderBy("image_id").collectAsList();
    assertThat(before).hasSize(5);

    rolling.set(1, lines.get(1).replace(".jpg,anchor,", ".jpg,fish,"));
    rolling.remove(5);
    Files.write(manifest, rolling);
    ByteArrayOutputStream console = new ByteArrayOutputStream();
    run(console, "rolling", flags);
    assertThat(explainedNow(out)).isEqualTo(1);
    assertThat(console.toString(StandardCharsets.UTF_8))
        .contains("masks of 1 images are not what they were; these images are explained again")
        .contains("1 images in the tables are no longer in `images`; they stay there");
    List<Row> after = table(out, "explanations").orderBy("image_id").collectAsList();
    assertThat(after).hasSize(5);
    assertThat(after).filteredOn(row -> row.getAs("label").equals("fish")).hasSize(1);
    assertThat(after).filteredOn(before::contains).hasSize(4);

    Files.write(changing, new byte[] {0}, StandardOpenOption.APPEND);
    rolling.remove(4);
    Files.write(manifest, rolling);
    run("rolling", flags);
    assertThat(explainedNow(out)).isEqualTo(1);
    List<Row> last = table(out, "explanations").orderBy("image_id").collectAsList();
    assertThat(last).hasSize(5).filteredOn(after::contains).hasSize(4);
    run("rolling", flags);
    assertThat(explainedNow(out)).isZero();
    FinishedRun.read(out.toString()).requireRows(session());
  }

  @Test
  public void failuresThatAreGoneAreNotRetriedAndDoNotCountAgainstWhatIsThere() throws IOException {
    Path folder = FOLDER.newFolder("daily").toPath();
    for (String name : List.of("a.jpg", "b.jpg", "c.jpg")) {
      Files.writeString(folder.resolve(name), "no image");
    }
    String[] flags = {"images", folder.toString(), "partitions", "1", "retry-failures", "true"};
    Path out = run("daily-out", flags);
    assertThat(report.images()).isEqualTo(3);
    assertThat(report.failures()).isEqualTo(3);
    Files.delete(folder.resolve("a.jpg"));
    Files.delete(folder.resolve("b.jpg"));
    try (Stream<Path> scenes = Files.list(data.resolve("images/fish"))) {
      Files.copy(scenes.findFirst().orElseThrow(), folder.resolve("d.jpg"));
    }
    run("daily-out", flags);
    assertThat(explainedNow(out)).isEqualTo(2);
    assertThat(report.images()).isEqualTo(2);
    assertThat(report.failures()).isEqualTo(1);
    assertThat(report.explanations()).isEqualTo(1);
    assertThat(table(out, "failures").count()).isEqualTo(3);
    JsonNode json = new ObjectMapper().readTree(out.resolve("run.json").toFile());
    assertThat(json.at("/counts").toString())
        .isEqualTo("{\"images\":4,\"explanations\":1,\"failures\":3,\"overlays\":0}");
    Files.delete(folder.resolve("c.jpg"));
    run("daily-out", flags);
    assertThat(explainedNow(out)).isZero();
    assertThat(report.images()).isEqualTo(1);
    assertThat(report.failures()).isZero();
    run("daily-out", "images", folder.toString(), "remove-gone", "true");
    assertThat(report.run().images()).isEqualTo(1);
    assertThat(report.run().failures()).isZero();
  }

  @Test
  public void aFolderThatWasMovedIsTheSameOnlyIfItsBytesAre() throws IOException {
    Path folder = someImages("moving", 1);
    Files.writeString(folder.resolve("broken.jpg"), "no image");
    Path out = run("moved", "images", folder.toString());
    Path other = folder.resolveSibling("moved-there");
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.toList()) {
        Files.copy(
            file, other.resolve(folder.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
    run("moved", "images", other.toString());
    // Of what failed, nothing is known that could be compared.
    assertThat(explainedNow(out)).isEqualTo(1);
    assertThat(table(out, "explanations").count()).isEqualTo(3);
    assertThat(table(out, "failures").count()).isEqualTo(1);
    Path fish = parts(other, "fish", ".png", ".jpg").get(0);
    FileTime time = Files.getLastModifiedTime(fish);
    byte[] bytes = Files.readAllBytes(fish);
    bytes[bytes.length - 1] ^= 1;
    Files.write(fish, bytes);
    Files.setLastModifiedTime(fish, time);
    assertThatThrownBy(() -> run("moved", "images", other.toString()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("but `out` already has an image of this name from")
        .hasMessageContaining("choose another `out`");
  }

  private static Path onlyChild(Path folder) throws IOException {
    try (Stream<Path> children = Files.list(folder)) {
      List<Path> all = children.toList();
      assertThat(all).hasSize(1);
      return all.get(0);
    }
  }

  @Test
  public void labelsThatNameNoClassAreAMistakeInTheNames() throws IOException {
    Path folder = FOLDER.newFolder().toPath();
    Path wrong = Files.createDirectories(folder.resolve("n01440764"));
    Files.writeString(wrong.resolve("a.jpg"), "x");
    assertThatThrownBy(() -> run("wrong", "images", folder.toString(), "targets", "label"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("'n01440764'")
        .hasMessageContaining("`classes`");
  }
}

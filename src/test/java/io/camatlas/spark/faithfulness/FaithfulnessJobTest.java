package io.camatlas.spark.faithfulness;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.camatlas.TestScale;
import io.camatlas.atlas.Moments;
import io.camatlas.config.ExplainOptions;
import io.camatlas.config.FaithfulnessOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.demo.DemoDataset;
import io.camatlas.demo.DemoModel;
import io.camatlas.demo.DemoSettings;
import io.camatlas.setup.ExplainSetup;
import io.camatlas.setup.FaithfulnessSetup;
import io.camatlas.spark.InputException;
import io.camatlas.spark.SparkSuite;
import io.camatlas.spark.explain.ExplainJob;
import io.camatlas.spark.explain.ExplainJobSettings;
import io.camatlas.spark.results.FaithfulnessImagesTable;
import io.camatlas.spark.results.FaithfulnessTable;
import io.camatlas.spark.results.SanityImagesTable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** The job on real scenes, a real network and a real Spark in this JVM. */
public class FaithfulnessJobTest extends SparkSuite {
  @ClassRule public static final TemporaryFolder FOLDER = new TemporaryFolder();

  private static final int STEPS = 10;
  private static final int FORWARDS = 3 + 3 * (1 + 2 * (STEPS - 1));

  private static Path data;
  private static Path model;

  @BeforeClass
  public static void drawScenes() throws IOException {
    Path root = FOLDER.getRoot().toPath();
    DemoDataset.write(root.resolve("data"), DemoSettings.audit(2, 3));
    data = root.resolve("data");
    model = DemoModel.copyTo(root.resolve("model"));
  }

  private static Path path(String name) {
    return FOLDER.getRoot().toPath().resolve(name);
  }

  /** Two images of each class, explained once for all tests. */
  private Path explained() throws IOException {
    Path out = path("explained");
    return Files.exists(out) ? out : explain("explained", data.resolve("manifest.csv").toString());
  }

  private Path explain(String name, String images, String... flags) throws IOException {
    Map<String, String> given = new LinkedHashMap<>();
    given.put("model", model.toString());
    given.put("images", images);
    given.put("out", path(name).toString());
    given.put("samples", "0");
    for (int i = 0; i < flags.length; i += 2) {
      given.put(flags[i], flags[i + 1]);
    }
    ExplainJobSettings settings =
        ExplainSetup.resolve(
            new GivenSettings(ExplainOptions.ALL, given, List.of()), FOLDER.newFolder().toPath());
    new ExplainJob(session(), settings, new PrintStream(new ByteArrayOutputStream(), true, "UTF-8"))
        .run();
    return path(name);
  }

  private FaithfulnessJob.Report score(Path from, String name, String... flags) throws IOException {
    return score(new ByteArrayOutputStream(), from, name, flags);
  }

  private FaithfulnessJob.Report score(
      ByteArrayOutputStream console, Path from, String name, String... flags) throws IOException {
    Map<String, String> given = new LinkedHashMap<>();
    given.put("from", from.toString());
    given.put("out", path(name).toString());
    given.put("steps", String.valueOf(STEPS));
    given.put("again", "0");
    for (int i = 0; i < flags.length; i += 2) {
      given.put(flags[i], flags[i + 1]);
    }
    FaithfulnessJobSettings settings =
        FaithfulnessSetup.resolve(
            new GivenSettings(FaithfulnessOptions.ALL, given, List.of()),
            FOLDER.newFolder().toPath());
    return new FaithfulnessJob(
            session(), settings, new PrintStream(console, true, StandardCharsets.UTF_8))
        .run();
  }

  private Dataset<Row> table(String out, String name) {
    return session().read().parquet(path(out).resolve(name).toString());
  }

  private static double mean(Dataset<Row> faithfulness, String kind, String number) {
    return faithfulness
        .where(col("class").isNull())
        .where(col("map_kind").equalTo(kind))
        .select(number + ".mean")
        .first()
        .getDouble(0);
  }

  @Test
  public void partitionsAndBatchesChangeNothing() throws IOException {
    TestScale.onlyNightly();
    score(explained(), "one", "partitions", "1", "batch", "16");
    score(explained(), "five", "partitions", "5", "batch", "1");
    String[] order = {"layer", "target_index", "image_id", "map_kind"};
    List<Row> one = table("one", "faithfulness_images").orderBy("layer", order).collectAsList();
    List<Row> five = table("five", "faithfulness_images").orderBy("layer", order).collectAsList();
    assertThat(one).hasSize(60).hasSameSizeAs(five);
    for (int i = 0; i < one.size(); i++) {
      for (String column : List.of("image_id", "target", "map_kind", "sha256", "increase")) {
        assertThat(one.get(i).<Object>getAs(column)).isEqualTo(five.get(i).getAs(column));
      }
      for (String column : List.of("average_drop", "insertion_auc", "deletion_auc")) {
        assertThat(one.get(i).<Double>getAs(column))
            .as(column)
            .isCloseTo(five.get(i).getAs(column), within(1e-4));
      }
    }
    assertThat(table("one", "faithfulness").schema().fieldNames())
        .containsExactly(FaithfulnessTable.SCHEMA.fieldNames());
    assertThat(table("one", "faithfulness_images").schema().fieldNames())
        .containsExactly(FaithfulnessImagesTable.SCHEMA.fieldNames());
  }

  @Test
  public void forwardsAreToldBeforehandAndTheMapsBeatChance() throws IOException {
    ByteArrayOutputStream console = new ByteArrayOutputStream();
    FaithfulnessJob.Report report = score(console, explained(), "plain");
    assertThat(report.forwardsPerImage()).isEqualTo(FORWARDS);
    assertThat(console.toString(StandardCharsets.UTF_8))
        .contains("Scoring 20 of 20 explanations")
        .contains(FORWARDS + " forwards for each, 1,200 in all (10 steps, 3 maps)");
    assertThat(report.probabilityDifference()).isLessThan(1e-5);
    JsonNode run = new ObjectMapper().readTree(path("plain").resolve("faithfulness.json").toFile());
    assertThat(run.at("/counts/sampled").asInt()).isEqualTo(20);
    assertThat(run.at("/counts/scored").asInt()).isEqualTo(20);
    assertThat(run.at("/counts/skipped").asInt()).isZero();
    assertThat(run.at("/counts/forwards_per_image").asInt()).isEqualTo(FORWARDS);
    assertThat(run.at("/settings/steps").asText()).isEqualTo("10");
    Dataset<Row> means = table("plain", "faithfulness");
    for (String other : List.of("random", "centre")) {
      assertThat(mean(means, "explanation", "insertion_auc"))
          .isGreaterThan(mean(means, other, "insertion_auc"));
      assertThat(mean(means, "explanation", "deletion_auc"))
          .isLessThan(mean(means, other, "deletion_auc"));
    }
    String text = FaithfulnessSummary.of(means);
    assertThat(text)
        .contains("layer features.14")
        .contains("anchor")
        .containsPattern("all classes +20 ");
    try (Stream<Path> files = Files.list(path("plain"))) {
      assertThat(files.map(file -> String.valueOf(file.getFileName())))
          .containsExactlyInAnyOrder(
              "faithfulness", "faithfulness_images", "faithfulness_skipped", "faithfulness.json");
    }
  }

  @Test
  public void mapsAreMadeAgain() throws IOException {
    ByteArrayOutputStream console = new ByteArrayOutputStream();
    String[] flags = {"steps", "2", "again", "1", "stages", "2", "perturbations", "1"};
    score(console, explained(), "again", flags);
    assertThat(console.toString(StandardCharsets.UTF_8))
        .contains("10 of the maps are made again, 6 times each");
    Dataset<Row> images = table("again", "sanity_images");
    Dataset<Row> sanity = table("again", "sanity");
    assertThat(images.schema().fieldNames()).containsExactly(SanityImagesTable.SCHEMA.fieldNames());
    assertThat(images.select("image_id", "target_index").distinct().count()).isEqualTo(10);
    Dataset<Row> all = sanity.where("class is null and measure = 'randomised'");
    assertThat(all.count()).isEqualTo(2);
    for (Row row : all.collectAsList()) {
      int stage = row.getAs("degree");
      Dataset<Row> own = images.where("measure = 'randomised' and degree = " + stage);
      assertThat(row.<Long>getAs("n")).isEqualTo(own.count()).isGreaterThan(7);
      assertThat(row.<Double>getAs("mean"))
          .isCloseTo(own.agg(avg("value")).first().getDouble(0), within(1e-12))
          .isLessThan(0.9);
    }
    assertThat(SanitySummary.of(sanity, Map.of("features.14", 10L)))
        .contains("features.14")
        .contains("ADCC");
    score(
        explained(),
        "again-5",
        Stream.concat(Arrays.stream(flags), Stream.of("partitions", "5", "batch", "1"))
            .toArray(String[]::new));
    Map<String, Double> other = new LinkedHashMap<>();
    for (Row row : table("again-5", "sanity_images").collectAsList()) {
      other.put(key(row), row.getAs("value"));
    }
    for (Row row : images.collectAsList()) {
      assertThat(row.<Double>getAs("value"))
          .as(key(row))
          .isCloseTo(other.get(key(row)), within(5e-3));
    }
  }

  private static String key(Row row) {
    return row.getAs("image_id")
        + " "
        + row.getAs("target_index")
        + " "
        + row.getAs("measure")
        + " "
        + row.getAs("degree");
  }

  @Test
  public void meansAndIntervalsAreThoseOfTheImages() throws IOException {
    score(explained(), "means", "steps", "4");
    Dataset<Row> images = table("means", "faithfulness_images");
    Dataset<Row> means = table("means", "faithfulness");
    assertThat(means.count()).isEqualTo(3L * (images.select("target").distinct().count() + 1));
    Row all =
        means.where("class is null and map_kind = 'explanation'").select("deletion_auc.*").first();
    List<Row> values =
        images.where("map_kind = 'explanation'").select("deletion_auc").collectAsList();
    Moments moments = Moments.EMPTY;
    for (Row value : values) {
      moments = moments.with(value.getDouble(0));
    }
    assertThat(all.getLong(0)).isEqualTo(20);
    assertThat(all.getDouble(1)).isCloseTo(moments.mean(), within(1e-12));
    assertThat(all.getDouble(2)).isCloseTo(moments.mean() - moments.halfWidth95(), within(1e-9));
    assertThat(all.getDouble(3)).isCloseTo(moments.mean() + moments.halfWidth95(), within(1e-9));
    Row fish =
        means.where("class = 'fish' and map_kind = 'random'").select("average_drop.*").first();
    assertThat(fish.getDouble(1))
        .isCloseTo(
            images
                .where("target = 'fish' and map_kind = 'random'")
                .agg(avg("average_drop"))
                .first()
                .getDouble(0),
            within(1e-12));
  }

  @Test
  public void theSampleIsSeededAndOfEachClass() throws IOException {
    score(explained(), "seed-0", "sample", "1", "steps", "2", "partitions", "1");
    score(explained(), "seed-0-again", "sample", "1", "steps", "2", "partitions", "5");
    score(explained(), "seed-1", "sample", "1", "steps", "2", "seed", "1");
    List<String> first = sampled("seed-0");
    long classes = table("explained", "explanations").select("target").distinct().count();
    assertThat(first).hasSize((int) classes);
    assertThat(table("seed-0", "faithfulness_images").select("target").distinct().count())
        .isEqualTo(classes);
    assertThat(sampled("seed-0-again")).isEqualTo(first);
    assertThat(sampled("seed-1")).hasSize((int) classes).isNotEqualTo(first);
    Row one = table("seed-0", "faithfulness").where("class = 'fish'").first();
    Row interval = one.getAs("insertion_auc");
    assertThat(interval.getLong(0)).isEqualTo(1);
    assertThat(interval.isNullAt(2)).isTrue();
  }

  private List<String> sampled(String out) {
    return table(out, "faithfulness_images")
        .select("image_id")
        .distinct()
        .orderBy("image_id")
        .collectAsList()
        .stream()
        .map(row -> row.getString(0))
        .toList();
  }

  /** A folder with one scene of each of three classes. */
  private static Path threeScenes() throws IOException {
    Path folder = FOLDER.newFolder().toPath();
    for (String name : List.of("cup", "fish", "key")) {
      try (Stream<Path> scenes = Files.list(data.resolve("images").resolve(name))) {
        Files.copy(
            scenes.sorted().findFirst().orElseThrow(),
            Files.createDirectories(folder.resolve(name)).resolve("scene.jpg"));
      }
    }
    return folder;
  }

  @Test
  public void imagesThatAreGoneOrChangedAreCounted() throws IOException {
    Path folder = threeScenes();
    Path run = explain("three", folder.toString());
    Files.delete(folder.resolve("cup/scene.jpg"));
    Files.copy(
        folder.resolve("key/scene.jpg"),
        folder.resolve("fish/scene.jpg"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    FaithfulnessJob.Report report = score(run, "three-out", "steps", "2");
    assertThat(report.sampled()).isEqualTo(3);
    assertThat(report.scored()).isEqualTo(1);
    assertThat(report.skipped()).isEqualTo(Map.of("cannot be read", 1L, "changed", 1L));
    List<Row> skipped =
        table("three-out", "faithfulness_skipped").orderBy("image_id").collectAsList();
    assertThat(skipped)
        .extracting(row -> row.getString(0))
        .containsExactly("cup/scene.jpg", "fish/scene.jpg");
    assertThat(skipped.get(1).<String>getAs("detail"))
        .startsWith("The file's SHA-256 is ")
        .contains("but the run explained one of ");
    JsonNode json =
        new ObjectMapper().readTree(path("three-out").resolve("faithfulness.json").toFile());
    assertThat(json.at("/counts/skipped").asInt()).isEqualTo(2);
    assertThat(json.at("/counts/skipped_reasons/changed").asInt()).isEqualTo(1);
  }

  @Test
  public void imagesThatHaveMovedAreFoundByImages() throws IOException {
    TestScale.onlyNightly();
    Path folder = threeScenes();
    Path run = explain("moved", folder.toString());
    Path elsewhere = folder.resolveSibling(folder.getFileName() + "-elsewhere");
    Files.move(folder, elsewhere);
    assertThatThrownBy(() -> score(run, "moved-none", "steps", "2"))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(
            "None of the 3 sampled explanations can be scored; the first, cup/scene.jpg: cannot"
                + " be read.")
        .hasMessageEndingWith("If the images have moved, set `images` to where they are now.");
    assertThat(path("moved-none")).doesNotExist();
    Files.delete(elsewhere.resolve("key/scene.jpg"));
    FaithfulnessJob.Report report =
        score(run, "moved-out", "steps", "2", "images", elsewhere.toString());
    assertThat(report.scored()).isEqualTo(2);
    assertThat(report.skipped()).isEqualTo(Map.of("no path", 1L));
    assertThat(table("moved-out", "faithfulness_skipped").first().<String>getAs("detail"))
        .endsWith("has no such image_id.");
  }

  @Test
  public void severalLayersAndTargetsAreJudgedApart() throws IOException {
    Path run =
        explain(
            "several",
            threeScenes().toString(),
            "layer",
            "features.14,features.9",
            "targets",
            "top-2");
    FaithfulnessJob.Report report = score(run, "several-out", "steps", "2");
    assertThat(report.explanations()).isEqualTo(12);
    assertThat(report.sampled() + report.blank()).isEqualTo(12);
    assertThat(report.scored()).isEqualTo(report.sampled());
    assertThat(report.probabilityDifference()).isLessThan(1e-5);
    Dataset<Row> means = table("several-out", "faithfulness");
    assertThat(means.where("class is null").select("layer").distinct().count()).isEqualTo(2);
    assertThat(means.where("class is null").count()).isEqualTo(6);
    assertThat(
            means
                .where("class is null and map_kind = 'random'")
                .agg(org.apache.spark.sql.functions.sum("images"))
                .first()
                .getLong(0))
        // Three images at two layers: one of which two classes were explained counts once.
        .isEqualTo(6);
    assertThat(FaithfulnessSummary.of(means))
        .contains("layer features.14\n")
        .contains("layer features.9\n");
  }

  @Test
  public void imagesOfAColumnAreReadFromItAgain() throws IOException {
    String packed = path("packed").toString();
    session()
        .read()
        .format("binaryFile")
        .load(threeScenes() + "/*/*")
        .selectExpr(
            "regexp_extract(path, '([^/]*)/scene', 1) AS image_id",
            "content AS picture",
            "substring(content, 1, 10) AS beginning")
        .write()
        .parquet(packed);
    Path run = explain("of-column", packed, "content-column", "picture");
    assertThat(score(run, "of-column-out", "steps", "2").scored()).isEqualTo(3);
    assertThat(score(run, "of-column-given", "steps", "2", "images", packed).scored()).isEqualTo(3);
    try (Stream<Path> listings = Files.list(path("of-column-out"))) {
      assertThat(listings.map(Path::getFileName).map(Path::toString)).doesNotContain("listings");
    }
    Files.move(Path.of(packed), path("packed-elsewhere"));
    assertThatThrownBy(() -> score(run, "of-column-none", "steps", "2"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("no path. The run's images came from a column, without paths, and");
  }

  @Test
  public void blankMapsAreLeftOutAndCounted() throws IOException {
    Path run = Files.createDirectories(path("blank"));
    Files.copy(explained().resolve("run.json"), run.resolve("run.json"));
    Dataset<Row> explanations = table("explained", "explanations");
    explanations
        .withColumn(
            "localization",
            col("localization").withField("empty", col("target").equalTo(lit("fish"))))
        .withColumn("target_probability", col("target_probability").divide(2).cast("float"))
        .write()
        .partitionBy("run")
        .parquet(run.resolve("explanations").toString());
    long fish = explanations.where("target = 'fish'").count();
    ByteArrayOutputStream console = new ByteArrayOutputStream();
    FaithfulnessJob.Report report = score(console, run, "blank-out", "steps", "2");
    assertThat(report.blank()).isEqualTo(fish).isPositive();
    assertThat(report.probabilityDifference()).isBetween(0.4, 0.5 + 1e-6);
    assertThat(report.sampled()).isEqualTo(20 - fish);
    assertThat(table("blank-out", "faithfulness").where("class = 'fish'").count()).isZero();
    assertThat(console.toString(StandardCharsets.UTF_8))
        .contains("Note: " + fish + " explanations have a blank map and are left out.");
  }

  @Test
  public void theRunItselfIsNeverReplaced() throws IOException {
    Path run = explained();
    assertThatThrownBy(() -> score(run, "explained", "overwrite", "true"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(
            "holds the run itself; choose another folder, such as " + run + "-faith");
    assertThatThrownBy(() -> score(run, ".", "overwrite", "true"))
        .hasMessageContaining("holds the run itself");
    assertThat(table("explained", "explanations").count()).isEqualTo(20);
  }
}

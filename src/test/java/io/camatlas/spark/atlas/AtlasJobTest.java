package io.camatlas.spark.atlas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.camatlas.TestScale;
import io.camatlas.config.AtlasOptions;
import io.camatlas.config.ExplainOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.SettingsException;
import io.camatlas.demo.DemoDataset;
import io.camatlas.demo.DemoModel;
import io.camatlas.demo.DemoSettings;
import io.camatlas.report.Numbers;
import io.camatlas.setup.AtlasSetup;
import io.camatlas.setup.ExplainSetup;
import io.camatlas.spark.InputException;
import io.camatlas.spark.SparkSuite;
import io.camatlas.spark.explain.ClassSummary;
import io.camatlas.spark.explain.ExplainJob;
import io.camatlas.spark.notebook.CamAtlas;
import io.camatlas.spark.results.AtlasFolder;
import io.camatlas.spark.results.AtlasTable;
import io.camatlas.spark.results.AtlasTables;
import io.camatlas.spark.results.ExplanationsTable;
import io.camatlas.spark.results.SlicesTable;
import io.camatlas.spark.results.TableRows;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Atlases of a real run, in a real Spark in this JVM. */
public class AtlasJobTest extends SparkSuite {
  @ClassRule public static final TemporaryFolder FOLDER = new TemporaryFolder();

  private static final int PER_CLASS = 5;
  private static final PrintStream SILENT = new PrintStream(new ByteArrayOutputStream());

  private static Path root;
  private static Path data;

  @BeforeClass
  public static void drawScenes() throws IOException {
    root = FOLDER.getRoot().toPath();
    DemoDataset.write(root.resolve("data"), DemoSettings.audit(PER_CLASS, 3));
    data = root.resolve("data");
  }

  /** The run that all tests share: two layers, and both the label and the prediction. */
  private Path run() throws IOException {
    Path out = root.resolve("run");
    if (!Files.exists(out)) {
      explain(out, data.resolve("manifest.csv"));
    }
    return out;
  }

  private void explain(Path out, Path images, String... more) throws IOException {
    Path model = DemoModel.copyTo(root.resolve("model"));
    Map<String, String> flags = new LinkedHashMap<>();
    flags.put("model", model.toString());
    flags.put("images", images.toString());
    flags.put("out", out.toString());
    flags.put("samples", "0");
    flags.put("layer", "features.14,features.12");
    flags.put("targets", "label,predicted");
    for (int i = 0; i < more.length; i += 2) {
      flags.put(more[i], more[i + 1]);
    }
    GivenSettings given = new GivenSettings(ExplainOptions.ALL, flags, List.of());
    new ExplainJob(session(), ExplainSetup.resolve(given, FOLDER.newFolder().toPath()), SILENT)
        .run();
  }

  @Test
  public void eachRuleOfARunIsARunOfTheAtlas() throws IOException {
    TestScale.onlyNightly();
    Path both = root.resolve("two-methods");
    explain(both, data.resolve("manifest.csv"), "method", "grad-cam,grad-cam++");
    Path one = root.resolve("one-method");
    explain(one, data.resolve("manifest.csv"), "method", "grad-cam++");
    atlas(root.resolve("two-methods-atlas"), List.of(both));
    atlas(root.resolve("one-method-atlas"), List.of(one));
    Dataset<Row> shared = table(root.resolve("two-methods-atlas"), "class_attention");
    assertThat(shared.select("run").distinct().count()).isEqualTo(2);
    TableRows.same(
        shared.where("method = 'grad-cam++'").drop("run").collectAsList(),
        table(root.resolve("one-method-atlas"), "class_attention").drop("run").collectAsList(),
        "class_attention");
  }

  private AtlasJob.Report atlas(Path out, List<Path> from, String... flags) throws IOException {
    Map<String, String> values = new LinkedHashMap<>();
    values.put(
        "from", String.join(GivenSettings.SEPARATOR, from.stream().map(Path::toString).toList()));
    values.put("out", out.toString());
    for (int i = 0; i < flags.length; i += 2) {
      values.put(flags[i], flags[i + 1]);
    }
    GivenSettings given = new GivenSettings(AtlasOptions.ALL, values, List.of());
    return new AtlasJob(session(), AtlasSetup.resolve(given), SILENT).run();
  }

  private Dataset<Row> table(Path out, String name) {
    return session().read().parquet(out.resolve(name).toString());
  }

  /** A run of some of the rows, as if they had been explained on another day. */
  private Path part(String name, Dataset<Row> explanations, int day) throws IOException {
    Path out = root.resolve(name);
    String run =
        new ObjectMapper().readTree(run().resolve("run.json").toFile()).get("run").asText();
    explanations.drop("run").write().parquet(out.resolve("explanations/run=" + run).toString());
    describe(out, "started", "2026-01-0" + day + "T00:00:00Z");
    ObjectMapper json = new ObjectMapper();
    ObjectNode node = (ObjectNode) json.readTree(out.resolve("run.json").toFile());
    ObjectNode counts = (ObjectNode) node.get("counts");
    counts.put("explanations", table(out, "explanations").count()).put("failures", 0);
    Files.writeString(out.resolve("run.json"), json.writeValueAsString(node));
    return out;
  }

  private void describe(Path out, String key, String value) throws IOException {
    ObjectMapper json = new ObjectMapper();
    ObjectNode node = (ObjectNode) json.readTree(run().resolve("run.json").toFile());
    node.put(key, value);
    Files.writeString(out.resolve("run.json"), json.writeValueAsString(node));
  }

  private void assertSameAtlas(Path one, Path other) {
    for (AtlasTable<?> table : AtlasTables.ALL) {
      TableRows.same(
          table(one, table.name()).collectAsList(),
          table(other, table.name()).collectAsList(),
          table.name());
    }
  }

  @Test
  public void atlasOfPartsIsThatOfTheWhole() throws IOException {
    Path whole = root.resolve("whole");
    atlas(whole, List.of(run()));
    // Rows of one image fall to both parts.
    Dataset<Row> rows = table(run(), "explanations").withColumn("r", functions.rand(7)).cache();
    Path a = part("a", rows.where("r < 0.3").drop("r").repartition(3), 1);
    Path b = part("b", rows.where("r >= 0.3").drop("r").repartition(5), 2);
    rows.unpersist();
    if (TestScale.FULL) {
      Path both = root.resolve("both");
      AtlasJob.Report report = atlas(both, List.of(a, b));
      assertThat(report.explanations()).isEqualTo(table(run(), "explanations").count());
      assertSameAtlas(whole, both);
    }
    // The atlas of one part takes the other in, without its maps being read again.
    Path first = root.resolve("first");
    atlas(first, List.of(a));
    Path later = root.resolve("later");
    AtlasJob.Report merged = atlas(later, List.of(first, b));
    assertThat(merged.read()).isEqualTo(table(b, "explanations").count());
    assertThat(merged.explanations()).isEqualTo(table(run(), "explanations").count());
    assertSameAtlas(whole, later);
    Dataset<Row> states = table(later, "states");
    assertThat(states.where("kind = 'layer'").count())
        .isEqualTo(states.select("layer").distinct().count());
    assertThatThrownBy(() -> atlas(root.resolve("twice"), List.of(first, a)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("hold the same run (started 2026-01-01T00:00:00Z)");
    assertThat(root.resolve("twice")).doesNotExist();
    // Another run of the same images has another start.
    Path again = part("again", table(b, "explanations").limit(3), 3);
    assertThatThrownBy(() -> atlas(root.resolve("twice"), List.of(later, again)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("is in several of the runs, or runs of atlases");
    assertThat(root.resolve("twice")).doesNotExist();
  }

  /** Two days in folders of the same names: only the start tells their runs apart. */
  @Test
  public void anAtlasTakesNoOtherRunOfTheSameSettingsForItsOwn() throws IOException {
    Dataset<Row> rows = table(run(), "explanations");
    Path monday = part("monday/run", rows.limit(6), 4);
    Path tuesday = part("tuesday/run", rows.limit(3), 5);
    Path atlas = root.resolve("monday/atlas");
    atlas(atlas, List.of(monday));
    Path file = atlas.resolve("atlas.json");
    ObjectNode json = (ObjectNode) new ObjectMapper().readTree(file.toFile());
    assertThat(json.get("folders").get(0).asText()).isEqualTo("file:" + monday);

    // What was typed leads elsewhere from another working directory.
    json.putArray("from").add(tuesday.toString());
    Files.writeString(file, json.toString());
    assertOrigin(atlas, monday);
    // As in an atlas from before folders were kept in full; the run is beside it.
    json.remove("folders");
    Files.writeString(file, json.toString());
    assertOrigin(atlas, monday);

    Files.move(monday, root.resolve("monday/elsewhere"));
    List<String> missing = new ArrayList<>();
    AtlasFolder opened = AtlasFolder.open(atlas.toString(), hadoop());
    assertThat(opened.origins(List.of(), missing, hadoop())).isEmpty();
    assertThat(missing)
        .containsExactly(tuesday + ", whose run was started at another time than the atlas's");
    String elsewhere = root.resolve("monday/elsewhere").toString();
    assertThat(opened.origins(List.of(elsewhere), missing, hadoop())).hasSize(1);
    assertThatThrownBy(() -> opened.origins(List.of(tuesday.toString()), missing, hadoop()))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("`runs` " + tuesday + " holds none of the runs of this atlas (")
        .hasMessageContaining("was started at another time")
        .hasMessageEndingWith("or make the atlas again.");
  }

  private void assertOrigin(Path atlas, Path run) throws IOException {
    List<String> missing = new ArrayList<>();
    assertThat(AtlasFolder.open(atlas.toString(), hadoop()).origins(List.of(), missing, hadoop()))
        .singleElement()
        .satisfies(
            origin ->
                assertThat(new org.apache.hadoop.fs.Path(origin.run().folder()).toUri().getPath())
                    .isEqualTo(run.toString()));
    assertThat(missing).isEmpty();
  }

  private Configuration hadoop() {
    return session().sparkContext().hadoopConfiguration();
  }

  @Test
  public void atlasFindsTheClassThatIsDecidedInACorner() throws IOException {
    Path out = root.resolve("found");
    atlas(out, List.of(run()));
    Row first = table(out, "spatial_bias").where("layer = 'features.14'").orderBy("rank").first();
    assertThat(first.<String>getAs("class")).isEqualTo("anchor");
    assertThat(first.<Double>getAs("lift_dataset")).isGreaterThan(1.25);
    Row uniform =
        table(out, "spatial_bias")
            .groupBy("region")
            .agg(functions.max("area").as("area"))
            .where("region = 'corners'")
            .first();
    assertThat(uniform.<Double>getAs("area")).isCloseTo(0.16, within(1e-9));
  }

  @Test
  public void tablesAgreeWithSqlOverTheExplanations() throws IOException {
    Path out = root.resolve("agree");
    atlas(out, List.of(run()));
    List<String> views = CamAtlas.open(session(), out.toString()).views();
    assertThat(views)
        .containsAll(AtlasTables.ALL.stream().map(table -> "camatlas_" + table.name()).toList());
    assertThat(CamAtlas.open(session(), run().toString()).views("run_"))
        .contains("run_explanations", "run_failures");
    // As in the README.
    assertThat(
            session()
                .sql(
                    "SELECT class, region, mass, lift_dataset FROM camatlas_spatial_bias"
                        + " WHERE flag ORDER BY rank")
                .first()
                .getString(0))
        .isEqualTo("anchor");
    String grouped =
        "select a.*, b.n bn, b.empty be, b.entropy, b.corner, c.mass from camatlas_class_attention"
            + " a join (select layer, target_index, count(*) n,   count_if(localization.empty)"
            + " empty, avg(localization.entropy_nats) entropy,   avg(localization.corner_mass)"
            + " corner from run_explanations group by 1, 2) b on a.layer = b.layer and"
            + " a.class_index = b.target_index join camatlas_spatial_bias c on a.layer = c.layer"
            + " and a.class_index = c.class_index   and c.region = 'corners' where a.split = 'all'";
    List<Row> rows = session().sql(grouped).collectAsList();
    assertThat(rows).hasSize(20);
    for (Row row : rows) {
      assertThat(row.<Long>getAs("n")).isEqualTo(row.<Long>getAs("bn"));
      assertThat(row.<Long>getAs("empty")).isEqualTo(row.<Long>getAs("be"));
      assertThat(row.<Row>getAs("entropy_nats").<Double>getAs("mean"))
          .isCloseTo(row.getAs("entropy"), within(1e-9));
      assertThat(row.<Double>getAs("mass")).isCloseTo(row.getAs("corner"), within(1e-6));
      assertThat(row.<Long>getAs("labelled")).isEqualTo(PER_CLASS);
      List<Double> map = row.getList(row.fieldIndex("mean_map"));
      assertThat(map.stream().mapToDouble(Double::doubleValue).sum()).isCloseTo(1, within(1e-9));
    }
    // The feature map's share, and the image it matters most for, by plain SQL.
    String exploded =
        "with e as (select layer, target_index, image_id, posexplode(zip_with(weights,"
            + " mean_activations, (w, a) -> abs(w * a))) as (k, r) from camatlas_explanations),"
            + " s as (select *, r / sum(r) over (partition by layer, target_index, image_id) share,"
            + " row_number() over (partition by layer, target_index, k order by r desc, image_id) o"
            + " from e)"
            + " select layer, target_index, k, avg(share) share,"
            + " max(case when o = 1 and r > 0 then image_id end) best"
            + " from s group by 1, 2, 3";
    session().sql(exploded).createOrReplaceTempView("by_sql");
    List<Row> shares =
        session()
            .sql(
                "select a.share, b.share as expected, e.examples[0].image_id as found,"
                    + " case when a.top5_images > 0 or a.rank <= 20 then b.best end as best"
                    + " from camatlas_class_feature_maps a join by_sql b on a.layer = b.layer"
                    + " and a.class_index = b.target_index and a.feature_map = b.k"
                    + " left join camatlas_feature_map_examples e on e.layer = b.layer"
                    + " and e.class_index = b.target_index and e.feature_map = b.k"
                    + " and e.by = 'relevance'")
            .collectAsList();
    assertThat(shares).hasSizeGreaterThan(2000);
    assertThat(shares).anyMatch(row -> row.isNullAt(2)).anyMatch(row -> !row.isNullAt(2));
    for (Row row : shares) {
      assertThat(row.<Double>getAs("share")).isCloseTo(row.getAs("expected"), within(1e-6));
      assertThat(row.<String>getAs("found")).isEqualTo(row.<String>getAs("best"));
    }
  }

  /** A frame that shrinks row by row is computed anew for each: hours for a thousand classes. */
  @Test
  public void theCorrectionTakesOneStepARow() {
    AtlasTable<?> slices =
        AtlasTables.ALL.stream()
            .filter(one -> one.name().equals(SlicesTable.NAME))
            .findFirst()
            .orElseThrow();
    Dataset<Row> none = session().createDataFrame(List.of(), slices.schema());
    assertThat(slices.complete(none).queryExecution().analyzed().toString())
        .contains("unboundedpreceding$(), currentrow$()")
        .doesNotContain("currentrow$(), unboundedfollowing$()");
  }

  /** Benjamini and Hochberg (1995), step up, over all rows of a layer and measure that have a p. */
  @Test
  public void groupsOfImagesAreComparedWithTheRest() throws IOException {
    Path out = root.resolve("slices-atlas");
    atlas(out, List.of(run()));
    Dataset<Row> slices = table(out, "slices");
    Row marked =
        slices
            .where(
                "class IS NULL AND trait = 'watermark' AND value = 'true'"
                    + " AND measure = 'confidence' AND layer = 'features.14'")
            .head();
    Dataset<Row> images =
        session()
            .read()
            .parquet(run().resolve("explanations").toString())
            .where("layer = 'features.14' AND target_index = predicted_index");
    Row expected =
        images
            .where("metadata['watermark'] = 'true'")
            .selectExpr("count(1)", "avg(confidence)")
            .head();
    assertThat(marked.<Long>getAs("n")).isEqualTo(expected.getLong(0));
    assertThat(marked.<Double>getAs("mean")).isCloseTo(expected.getDouble(1), within(1e-9));
    assertThat(marked.<Long>getAs("n") + marked.<Long>getAs("rest_n")).isEqualTo(images.count());
    assertThat(slices.where("class IS NULL AND source = 'picture'").select("trait").distinct())
        .extracting(traits -> traits.collectAsList().stream().map(row -> row.getString(0)).toList())
        .asInstanceOf(InstanceOfAssertFactories.LIST)
        .contains("brightness", "contrast", "sharpness", "greyness", "megapixels", "aspect_ratio");
    for (String measure : List.of("confidence", "border_mass")) {
      List<Row> tested =
          slices
              .where("layer = 'features.14' AND p IS NOT NULL")
              .where("measure = '" + measure + "'")
              .orderBy("p")
              .collectAsList();
      assertThat(tested).hasSizeGreaterThan(20);
      double smallest = 1;
      for (int i = tested.size() - 1; i >= 0; i--) {
        double p = tested.get(i).getAs("p");
        smallest = Math.min(smallest, p * tested.size() / (i + 1));
        assertThat(tested.get(i).<Double>getAs("q")).isCloseTo(smallest, within(1e-12));
      }
    }
    assertThat(slices.where("p IS NULL AND q IS NOT NULL").count()).isZero();
  }

  @Test
  public void everyWrongImageIsAConfusionWithBothMaps() throws IOException {
    Path out = root.resolve("confused");
    atlas(out, List.of(run()));
    Dataset<Row> wrong =
        table(run(), "explanations").where("not correct").groupBy("layer", "image_id").count();
    long images = wrong.count();
    Dataset<Row> confusions = table(out, "confusions");
    long told = confusions.isEmpty() ? 0 : confusions.agg(functions.sum("n")).first().getLong(0);
    assertThat(told).isEqualTo(images);
    for (Row row : confusions.collectAsList()) {
      assertThat(row.<Long>getAs("compared")).isEqualTo(row.<Long>getAs("n"));
      assertThat(row.<Double>getAs("overlap")).isBetween(0.0, 1.0);
    }
  }

  @Test
  public void groundTruthOfEveryFormGivesTheSame() throws IOException {
    List<Row> boxes =
        table(run(), "explanations")
            .select("image_id", "label", "boxes", "width", "height")
            .distinct()
            .collectAsList();
    StringBuilder csv = new StringBuilder("path,class,x0,y0,x1,y1\n");
    StringBuilder images = new StringBuilder();
    StringBuilder annotations = new StringBuilder();
    Path voc = Files.createDirectories(root.resolve("voc"));
    List<String> classes = DemoDataset.classes();
    for (int i = 0; i < boxes.size(); i++) {
      Row row = boxes.get(i);
      String id = row.getAs("image_id");
      String name = id.substring(id.lastIndexOf('/') + 1);
      String label = row.getAs("label");
      images.append(
          "%s{\"id\":%d,\"file_name\":\"%s\",\"width\":%d,\"height\":%d}"
              .formatted(
                  i == 0 ? "" : ",",
                  i,
                  name,
                  row.<Integer>getAs("width"),
                  row.<Integer>getAs("height")));
      StringBuilder objects = new StringBuilder();
      for (Row box : row.<Row>getList(row.fieldIndex("boxes"))) {
        double x0 = box.getDouble(0);
        double y0 = box.getDouble(1);
        double x1 = box.getDouble(2);
        double y1 = box.getDouble(3);
        csv.append("%s,%s,%s,%s,%s,%s%n".formatted(id, label, x0, y0, x1, y1));
        annotations.append(
            "%s{\"id\":%d,\"image_id\":%d,\"category_id\":%d,\"iscrowd\":0,\"bbox\":[%s,%s,%s,%s]}"
                .formatted(
                    annotations.isEmpty() ? "" : ",",
                    annotations.length() + 1,
                    i,
                    classes.indexOf(label),
                    x0,
                    y0,
                    x1 - x0,
                    y1 - y0));
        objects.append(
            ("<object><name>%s</name><bndbox><xmin>%s</xmin><ymin>%s</ymin><xmax>%s</xmax>"
                    + "<ymax>%s</ymax></bndbox></object>")
                .formatted(label, x0 + 1, y0 + 1, x1, y1));
      }
      Files.writeString(
          voc.resolve(name + ".xml"),
          "<annotation><filename>%s</filename>%s</annotation>".formatted(name, objects));
    }
    StringBuilder categories = new StringBuilder();
    for (int i = 0; i < classes.size(); i++) {
      categories.append(
          "%s{\"id\":%d,\"name\":\"%s\"}".formatted(i == 0 ? "" : ",", i, classes.get(i)));
    }
    Path list = Files.writeString(root.resolve("boxes.csv"), csv.toString());
    Path coco =
        Files.writeString(
            root.resolve("boxes.json"),
            "{\"images\":[%s],\"annotations\":[%s],\"categories\":[%s]}"
                .formatted(images, annotations, categories));
    Path manifest = root.resolve("truth-manifest");
    atlas(manifest, List.of(run()), "examples", "0");
    List<Row> expected = table(manifest, "localization_truth").collectAsList();
    // Two layers, ten classes and all of them.
    assertThat(expected).hasSize(22);
    // The console counts peaks on objects as the atlas does.
    String console = ClassSummary.of(table(run(), "explanations").where("layer = 'features.14'"));
    for (Row row : expected) {
      if (row.getAs("layer").equals("features.14") && row.getAs("class") != null) {
        String said = Numbers.percentOf(row.<Double>getAs("pointing"));
        assertThat(console)
            .containsPattern(
                "(?m)^" + row.getAs("class") + " +\\d+ +\\S+ % +" + Pattern.quote(said) + " ");
      }
    }
    for (Path truth : TestScale.of(List.of(coco), List.of(list, coco, voc))) {
      Path out = root.resolve("truth-" + truth.getFileName());
      atlas(out, List.of(run()), "truth", truth.toString(), "examples", "0");
      TableRows.same(expected, table(out, "localization_truth").collectAsList(), truth.toString());
    }
    Path larger =
        Files.writeString(
            root.resolve("larger.json"),
            Files.readString(coco).replaceAll("\"(width|height)\":(\\d+)", "\"$1\":1$2"));
    assertThatThrownBy(() -> atlas(root.resolve("no"), List.of(run()), "truth", larger.toString()))
        .isInstanceOf(InputException.class)
        .hasMessageMatching(
            "`truth`: image \\S+: The annotations say that the image is 1(\\d+)x1(\\d+) but it is"
                + " \\1x\\2; both must agree\\. Use the image that was annotated.*");
    Path none = root.resolve("truth-none");
    atlas(none, List.of(run()), "truth", "none", "examples", "0");
    assertThat(table(none, "localization_truth").count()).isZero();
    // Without examples the table is there, and empty.
    assertThat(table(none, "feature_map_examples").count()).isZero();
    Path strange =
        Files.writeString(
            root.resolve("strange.csv"), "path,class,x0,y0,x1,y1\na,anchorage,0,0,1,1\n");
    assertThatThrownBy(() -> atlas(root.resolve("no"), List.of(run()), "truth", strange.toString()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(
            "names no class of the model, 'anchorage' for example; closest is 'anchor'");
  }

  @Test
  public void masksOfTheManifestGivePixelPrecision() throws IOException {
    TestScale.onlyNightly();
    // The left half of every picture is object: precision of an even map would be one half.
    Path folder = Files.createDirectories(root.resolve("masked"));
    StringBuilder csv = new StringBuilder("path,label,mask\n");
    for (Row row :
        table(run(), "explanations")
            .where("layer = 'features.14' and label = 'fish'")
            .select("path", "width", "height")
            .distinct()
            .collectAsList()) {
      String path = row.getString(0);
      BufferedImage mask =
          new BufferedImage(row.getInt(1), row.getInt(2), BufferedImage.TYPE_BYTE_GRAY);
      for (int y = 0; y < mask.getHeight(); y++) {
        for (int x = 0; x < mask.getWidth() / 2; x++) {
          mask.getRaster().setSample(x, y, 0, 255);
        }
      }
      String name = path.substring(path.lastIndexOf('/') + 1) + ".png";
      ImageIO.write(mask, "png", folder.resolve(name).toFile());
      csv.append(path).append(",fish,").append(name).append('\n');
    }
    Files.writeString(folder.resolve("manifest.csv"), csv.toString());
    explain(root.resolve("masked-run"), folder.resolve("manifest.csv"));
    Path out = root.resolve("masked-atlas");
    atlas(out, List.of(root.resolve("masked-run")));
    Row all =
        table(out, "localization_truth").where("layer = 'features.14' and class is null").first();
    assertThat(all.<Long>getAs("n")).isEqualTo(PER_CLASS);
    assertThat(all.<Double>getAs("pxap")).isBetween(0.2, 0.9);
    assertThat(all.<Double>getAs("energy_uniform")).isCloseTo(0.5, within(0.01));
  }

  private void assertRefused(String message, Path... from) {
    Path out = root.resolve("refused");
    assertThatThrownBy(() -> atlas(out, List.of(from)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(message);
    assertThat(out).doesNotExist();
    try (Stream<Path> left = Files.list(root)) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .noneMatch(name -> name.contains("incomplete"));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  public void badRunsAreNamedAndNothingIsWritten() throws IOException {
    Dataset<Row> rows = table(run(), "explanations");
    assertRefused("which does not exist", root.resolve("missing"));
    assertRefused("neither run.json nor atlas.json", data);

    Path old = part("old", rows.limit(1), 3);
    JsonNode json = new ObjectMapper().readTree(old.resolve("run.json").toFile());
    ((ObjectNode) json.get("tables")).put("explanations", 1);
    Files.writeString(old.resolve("run.json"), json.toString());
    assertRefused(
        "table explanations in version 1; this CamAtlas reads and writes version "
            + ExplanationsTable.VERSION,
        old);

    assertRefused(
        "lacks the columns weights, max_cells",
        part("lacking", rows.drop("weights", "gini", "max_cells"), 3));
  }

  @Test
  public void rowsThatDoNotBelongTogetherAreNamed() throws IOException {
    Dataset<Row> rows = table(run(), "explanations");
    assertRefused("has no explanations", part("empty", rows.limit(0), 4));
    Dataset<Row> coarse =
        rows.where("layer = 'features.14'")
            .withColumn("map", functions.expr("slice(map, 1, 4)"))
            .withColumn("map_height", functions.lit(2))
            .withColumn("map_width", functions.lit(2));
    assertRefused(
        "all rows of a layer must agree",
        part("coarse", rows.where("layer = 'features.14'").union(coarse), 5));
    assertRefused(
        "is in several of the runs, or runs of atlases, with the same settings",
        part("today", rows.limit(5), 6),
        part("tomorrow", rows, 7));
  }

  @Test
  public void anAtlasIsReplacedOnlyIfAskedAndOnlyWhenComplete() throws IOException {
    Path out = root.resolve("replaced");
    atlas(out, List.of(run()), "examples", "1");
    assertThatThrownBy(() -> atlas(out, List.of(run())))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("is not empty");
    byte[] before = Files.readAllBytes(out.resolve("atlas.json"));
    assertThatThrownBy(() -> atlas(out, List.of(root.resolve("missing")), "overwrite", "true"))
        .isInstanceOf(InputException.class);
    assertThat(Files.readAllBytes(out.resolve("atlas.json"))).isEqualTo(before);
    atlas(out, List.of(run()), "examples", "2", "overwrite", "true");
    assertThat(Files.readAllBytes(out.resolve("atlas.json"))).isNotEqualTo(before);
    assertThatThrownBy(() -> atlas(run(), List.of(run()), "overwrite", "true"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("holds no atlas.json");
    assertThatThrownBy(() -> CamAtlas.open(session(), data.toString()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("holds no tables");
  }

  @Test
  public void wrongSettingsAreAllNamed() {
    assertThatThrownBy(
            () -> atlas(root.resolve("x"), List.of(), "examples", "-1", "truth", "boxes.txt"))
        .isInstanceOfSatisfying(
            SettingsException.class,
            e ->
                assertThat(e.problems())
                    .anyMatch(problem -> problem.startsWith("from is missing"))
                    .anyMatch(problem -> problem.startsWith("truth is boxes.txt; its kind")));
  }
}

package io.camatlas.ml;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.regexp_extract;
import static org.apache.spark.sql.functions.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.camatlas.config.ExplainOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.Option;
import io.camatlas.config.SettingsException;
import io.camatlas.demo.DemoDataset;
import io.camatlas.demo.DemoModel;
import io.camatlas.demo.DemoSettings;
import io.camatlas.model.NetworkPool;
import io.camatlas.setup.ExplainSetup;
import io.camatlas.spark.SparkSuite;
import io.camatlas.spark.explain.ExplainJob;
import io.camatlas.spark.results.ExplanationStruct;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.Trigger;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.MetadataBuilder;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** The stage on real scenes, a real network and a real Spark in this JVM. */
public class SmoothGradCamTest extends SparkSuite {
  @ClassRule public static final TemporaryFolder FOLDER = new TemporaryFolder();

  private static Path root;
  private static String scenes;
  private static String model;

  @BeforeClass
  public static void drawScenes() throws IOException {
    root = FOLDER.getRoot().toPath();
    DemoDataset.write(root.resolve("data"), DemoSettings.audit(1, 3));
    scenes = root.resolve("data/images").toString();
    model = DemoModel.copyTo(root.resolve("model")).toString();
  }

  private static SmoothGradCam stage() {
    return new SmoothGradCam().setModel(model).setSamples(2).setOutputCol("cam");
  }

  /** The scenes as files, with the class that their folder names. */
  private Dataset<Row> files() {
    return session()
        .read()
        .format("binaryFile")
        .option("recursiveFileLookup", "true")
        .load(scenes)
        .withColumn("label", regexp_extract(col("path"), "images/([^/]*)/", 1));
  }

  private static List<Row> sorted(Dataset<Row> rows) {
    return rows.orderBy("path").collectAsList();
  }

  @Test
  public void findsWhatTheJobFinds() throws IOException {
    Map<String, String> given = new LinkedHashMap<>();
    given.put("model", model);
    given.put("images", scenes);
    given.put("out", root.resolve("job").toString());
    given.put("samples", "2");
    given.put("targets", "label,predicted,top-2");
    given.put("method", "smooth-grad-cam++,grad-cam");
    given.put("filters", "3,5");
    given.put("per-filter", "true");
    new ExplainJob(
            session(),
            ExplainSetup.resolve(
                new GivenSettings(ExplainOptions.ALL, given, List.of()),
                FOLDER.newFolder().toPath()),
            new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8))
        .run();
    Map<String, Row> table = new HashMap<>();
    session()
        .read()
        .parquet(root.resolve("job/explanations").toString())
        .collectAsList()
        .forEach(row -> table.put(key(row.getAs("sha256"), row), row));

    List<Row> rows =
        sorted(
            stage()
                .setLabelCol("label")
                .setTargets("label,predicted,top-2")
                .setMethod("smooth-grad-cam++,grad-cam")
                .setFilters("3,5")
                .setPerFilter(true)
                .transform(files().repartition(3)));

    assertThat(rows).hasSize(10);
    assertThat(table.values().stream().filter(row -> row.getAs("probabilities") != null))
        .hasSameSizeAs(rows);
    int compared = 0;
    for (Row row : rows) {
      Row found = row.getAs("cam");
      assertThat(found.<Row>getAs("failure")).isNull();
      List<Row> explanations = found.getList(found.fieldIndex("explanations"));
      for (Row explanation : explanations) {
        Row expected = table.get(key(found.getAs("sha256"), explanation));
        assertSameFields(explanation, expected);
        assertSameFields(found, expected);
        compared++;
      }
    }
    assertThat(compared).isEqualTo(table.size()).isGreaterThan(20);
  }

  private static String key(String sha256, Row explanation) {
    return sha256 + explanation.getAs("target") + explanation.getAs("rule");
  }

  private static void assertSameFields(Row struct, Row expected) {
    for (String name : struct.schema().fieldNames()) {
      if (!name.equals("explanations") && !name.equals("failure")) {
        // In the table, the first row of an image has them for all.
        if (!name.equals("probabilities") || expected.getAs(name) != null) {
          assertThat(struct.<Object>getAs(name)).as(name).isEqualTo(expected.getAs(name));
        }
        assertThat(struct.schema().apply(name).dataType().asNullable())
            .as(name)
            .isEqualTo(expected.schema().apply(name).dataType().asNullable());
      }
    }
  }

  @Test
  public void nothingDependsOnPartitions() {
    SmoothGradCam stage = stage();
    List<Row> one = sorted(stage.transform(files().coalesce(1)));
    List<Row> seven = sorted(stage.transform(files().repartition(7)));
    assertThat(one).hasSize(10).isEqualTo(seven);
  }

  @Test
  public void pixelsGiveWhatTheFileGives() throws IOException {
    Path pictures = FOLDER.newFolder("png").toPath();
    try (Stream<Path> walk = Files.walk(Path.of(scenes))) {
      for (Path scene : walk.filter(Files::isRegularFile).sorted().limit(3).toList()) {
        ImageIO.write(
            ImageIO.read(scene.toFile()),
            "png",
            pictures.resolve(scene.getFileName() + ".png").toFile());
      }
    }
    SmoothGradCam stage = stage().setMethod("grad-cam++").setNoShortcut(true);
    Dataset<Row> files =
        stage.transform(session().read().format("binaryFile").load(pictures.toString()));
    Dataset<Row> pixels =
        stage
            .setInputCol("image")
            .transform(session().read().format("image").load(pictures.toString()))
            .withColumn("path", col("image.origin"));
    List<Row> fromFiles = found(files);
    List<Row> fromPixels = found(pixels);
    assertThat(fromFiles).hasSize(3).allMatch(row -> row.getAs("failure") == null);
    assertThat(fromPixels).isEqualTo(fromFiles);
    assertThat(
            pixels
                .select(
                    col("cam.sha256")
                        .equalTo(org.apache.spark.sql.functions.sha2(col("image.data"), 256)))
                .distinct()
                .collectAsList())
        .containsExactly(RowFactory.create(true));
  }

  /** What was found, in the order of the paths; without the hash of the bytes it was found in. */
  private static List<Row> found(Dataset<Row> rows) {
    return rows.withColumn("cam", col("cam").withField("sha256", lit("any")))
        .orderBy("path")
        .select("cam.*")
        .collectAsList();
  }

  @Test
  public void pixelsMayBeGreyOrHaveAlpha() {
    byte[] grey = new byte[32 * 32];
    byte[] bgr = new byte[3 * 32 * 32];
    byte[] bgra = new byte[4 * 32 * 32];
    for (int i = 0; i < grey.length; i++) {
      grey[i] = (byte) (i % 251);
      for (int c = 0; c < 3; c++) {
        bgr[3 * i + c] = grey[i];
        bgra[4 * i + c] = grey[i];
      }
      bgra[4 * i + 3] = (byte) i;
    }
    Dataset<Row> rows =
        session()
            .createDataFrame(
                List.of(
                    pixels("1", 32, 32, 1, 0, grey),
                    pixels("2", 32, 32, 3, 16, bgr),
                    pixels("3", 32, 32, 4, 24, bgra),
                    pixels("4", 32, 32, 3, 21, bgr),
                    pixels("5", 32, 31, 3, 16, bgr),
                    pixels("6", -1, -1, -1, -1, new byte[0])),
                new StructType()
                    .add("path", DataTypes.StringType)
                    .add("image", io.camatlas.spark.input.ImageColumn.PIXELS));
    List<Row> all = found(stage().setInputCol("image").setMethod("grad-cam++").transform(rows));
    assertThat(all.get(0)).isEqualTo(all.get(1)).isEqualTo(all.get(2));
    assertThat(all.subList(3, 6))
        .extracting(row -> row.<Row>getAs("failure"))
        .extracting(failure -> failure.getString(0) + ": " + failure.getString(1))
        .containsExactly("decode: undecodable", "decode: undecodable", "read: not an image");
  }

  private static Row pixels(
      String path, int height, int width, int channels, int mode, byte[] data) {
    return RowFactory.create(path, RowFactory.create(path, height, width, channels, mode, data));
  }

  @Test
  public void badImagesAreRowsAndOtherColumnsStay() {
    Dataset<Row> files =
        files()
            .withColumn("n", col("path").substr(-5, 1))
            .orderBy("path")
            .coalesce(1)
            .withColumn(
                "content",
                when(col("label").equalTo("fish"), lit("no image".getBytes(StandardCharsets.UTF_8)))
                    .when(col("label").equalTo("key"), lit(null))
                    .otherwise(col("content")));
    Dataset<Row> explained = stage().setImageIdCol("path").transform(files);
    assertThat(explained.drop("cam").collectAsList()).isEqualTo(files.collectAsList());
    assertThat(explained.columns()).startsWith(files.columns()).endsWith("cam");
    assertThat(explained.schema().apply("cam").dataType()).isEqualTo(ExplanationStruct.SCHEMA);
    Map<String, Row> byLabel = new HashMap<>();
    explained.collectAsList().forEach(row -> byLabel.put(row.getAs("label"), row.getAs("cam")));
    assertThat(byLabel).hasSize(10);
    byLabel.forEach(
        (label, found) -> {
          Row failure = found.getAs("failure");
          if (label.equals("fish")) {
            assertThat(failure.getString(0)).isEqualTo("decode");
            assertThat(failure.getString(1)).isEqualTo("not an image");
          } else if (label.equals("key")) {
            assertThat(failure.toString())
                .isEqualTo("[read,cannot be read,Column 'content' is null.]");
          } else {
            assertThat(failure).isNull();
          }
          assertThat(found.<Object>getAs("explanations") == null).isEqualTo(failure != null);
        });
  }

  @Test
  public void labelsMayBeIndices() {
    Dataset<Row> files =
        files()
            .limit(1)
            .withColumn("name", lit("cup"))
            .withColumn("text", lit("3"))
            .withColumn("number", lit(3.0))
            .withColumn("unknown", lit(99))
            .coalesce(1);
    for (String column : List.of("text", "number", "name", "unknown")) {
      Row found =
          stage()
              .setLabelCol(column)
              .setTargets("label,predicted")
              .setMethod("grad-cam")
              .transform(files)
              .head()
              .getAs("cam");
      if (column.equals("unknown")) {
        assertThat(found.<Integer>getAs("label_index")).isNull();
        assertThat(found.<Boolean>getAs("correct")).isNull();
      } else {
        assertThat(found.<Integer>getAs("label_index")).as(column).isEqualTo(3);
      }
    }
  }

  @Test
  public void savedPipelinesGiveTheSame() throws IOException {
    Path saved = root.resolve("pipeline");
    SmoothGradCam stage = stage().setSigma(0.2).setSeed(7).setTargets("top-2");
    PipelineModel pipeline = new Pipeline().setStages(new PipelineStage[] {stage}).fit(files());
    pipeline.write().overwrite().save(saved.toString());
    PipelineModel loaded = PipelineModel.load(saved.toString());
    assertThat(sorted(loaded.transform(files()))).isEqualTo(sorted(pipeline.transform(files())));

    stage.write().overwrite().save(root.resolve("stage").toString());
    SmoothGradCam again = SmoothGradCam.load(root.resolve("stage").toString());
    assertThat(again.uid()).isEqualTo(stage.uid());
    assertThat(again.getSigma()).isEqualTo(0.2);
    assertThat(again.getSeed()).isEqualTo(7);
    assertThat(again.explainParams()).isEqualTo(stage.explainParams());
  }

  @Test
  public void copiesTakeOtherParameters() {
    SmoothGradCam stage = stage();
    Dataset<Row> files = files().limit(2).coalesce(1);
    Dataset<Row> other =
        stage.transform(files, new ParamMap().put(stage.method(), "grad-cam,layer-cam"));
    Row found = other.head().getAs("cam");
    assertThat(found.getList(found.fieldIndex("explanations"))).hasSize(2);
    assertThat(stage.getMethod()).isEqualTo("smooth-grad-cam++");
    assertThat(stage.copy(new ParamMap()).explainParams()).isEqualTo(stage.explainParams());
  }

  @Test
  public void streamsGiveWhatBatchesGive() throws Exception {
    Path table = root.resolve("stream-input");
    Dataset<Row> files = files().withColumn("at", col("modificationTime"));
    files.repartition(4).write().parquet(table.toString());
    SmoothGradCam stage = stage();
    Dataset<Row> stream =
        stage.transform(
            session()
                .readStream()
                .schema(files.schema())
                .option("maxFilesPerTrigger", 2)
                .parquet(table.toString())
                .withWatermark("at", "1 hour"));
    assertThat(stream.isStreaming()).isTrue();
    assertThat(stream.schema().apply("at").metadata().contains("spark.watermarkDelayMs")).isTrue();
    StreamingQuery query =
        stream
            .writeStream()
            .format("memory")
            .queryName("explained")
            .trigger(Trigger.AvailableNow())
            .start();
    query.awaitTermination(120_000);
    assertThat(query.exception().isEmpty()).isTrue();
    assertThat(sorted(session().table("explained"))).isEqualTo(sorted(stage.transform(files)));
  }

  @Test
  public void whatIsSaidOfOtherColumnsStays() {
    Metadata said = new MetadataBuilder().putString("unit", "µm").build();
    StructType schema =
        new StructType()
            .add("content", DataTypes.BinaryType)
            .add("odd `na.me", DataTypes.createMapType(DataTypes.StringType, DataTypes.DateType))
            .add(new StructField("scale", DataTypes.createDecimalType(9, 3), false, said));
    Dataset<Row> rows =
        session()
            .createDataFrame(
                List.of(
                    RowFactory.create(
                        new byte[0],
                        Map.of("taken", java.sql.Date.valueOf("1899-12-31")),
                        new java.math.BigDecimal("1.250"))),
                schema);
    Dataset<Row> explained = stage().transform(rows);
    assertThat(explained.drop("cam").schema()).isEqualTo(rows.schema());
    assertThat(explained.drop("cam").collectAsList()).isEqualTo(rows.collectAsList());
    assertThat(stage().transformSchema(rows.schema())).isEqualTo(explained.schema());
  }

  @Test
  public void theModelIsPreparedOnceAndLeavesNoFiles() throws IOException {
    List<String> before = temporaryFiles();
    SmoothGradCam stage = stage().setLayer("features.12");
    stage.transform(files()).count();
    Object prepared = stage.prepared();
    stage.transform(files().limit(3)).collectAsList();
    int networks = NetworkPool.size();
    SmoothGradCam copy = stage.copy(new ParamMap());
    copy.transform(files()).collectAsList();
    assertThat(copy.prepared()).isSameAs(stage.prepared()).isSameAs(prepared);
    assertThat(NetworkPool.size()).isEqualTo(networks);
    copy.setSamples(3).transform(files());
    assertThat(copy.prepared()).isNotSameAs(prepared);
    List<String> left = temporaryFiles();
    left.removeAll(before);
    assertThat(left).isEmpty();
  }

  private static List<String> temporaryFiles() throws IOException {
    try (Stream<Path> list = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return new ArrayList<>(
          list.map(Path::toString).filter(name -> name.contains("/camatlas")).toList());
    }
  }

  private static List<String> problems(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    SettingsException thrown = catchThrowableOfType(SettingsException.class, call);
    assertThat(thrown).as("settings were accepted").isNotNull();
    return thrown.problems();
  }

  @Test
  public void allProblemsAreToldAtOnceAndBeforeAnyWork() {
    SmoothGradCam stage =
        stage()
            .setLayer("features.41")
            .setMethod("grad-cma")
            .setSigma(-1)
            .setBatch(0)
            .setTargets("label")
            .setDevice("gpu")
            .setInputCol("contents");
    assertThat(problems(() -> stage.transform(files())))
        .anyMatch(p -> p.startsWith("inputCol is 'contents'") && p.contains("'content'"))
        .anyMatch(p -> p.startsWith("targets holds label, but labelCol is empty"))
        .anyMatch(p -> p.contains("sigma is -1.0"))
        .anyMatch(p -> p.contains("method is 'grad-cma'") && p.contains("'grad-cam'"))
        .anyMatch(p -> p.contains("batch is 0"))
        .anyMatch(p -> p.contains("device is 'gpu'"))
        .anyMatch(p -> p.contains("No layer 'features.41'"));
    assertThat(problems(() -> new SmoothGradCam().transform(files())))
        .anyMatch(p -> p.startsWith("model is missing"));
    assertThat(problems(() -> stage().setModel("none.pt").transform(files()))).hasSize(1);
  }

  @Test
  public void columnsAreCheckedWithTheSchema() {
    StructType schema =
        new StructType()
            .add("content", DataTypes.BinaryType)
            .add("name", DataTypes.StringType)
            .add("when", DataTypes.DateType)
            .add("picture", new StructType().add("data", DataTypes.BinaryType));
    assertThat(stage().transformSchema(schema).fieldNames()).endsWith("cam").hasSize(5);
    assertThat(
            problems(
                () ->
                    stage()
                        .setInputCol("name")
                        .setLabelCol("when")
                        .setImageIdCol("nmae")
                        .setOutputCol("when")
                        .transformSchema(schema)))
        .anyMatch(p -> p.startsWith("inputCol is 'name', of type string; it must be binary"))
        .anyMatch(p -> p.startsWith("labelCol is 'when', of type date; it must be string"))
        .anyMatch(p -> p.startsWith("imageIdCol is 'nmae'") && p.contains("closest is 'name'"))
        .anyMatch(p -> p.startsWith("outputCol is 'when', which already exists"))
        .hasSize(4);
    assertThat(problems(() -> stage().setInputCol("picture").transformSchema(schema)))
        .anyMatch(p -> p.contains("struct<data:binary>"));
  }

  @Test
  public void parametersAreTheOptionsOfTheCommand() {
    SmoothGradCam stage = new SmoothGradCam();
    List<String> columns = List.of("inputCol", "outputCol", "labelCol", "imageIdCol");
    List<String> names = new ArrayList<>(columns);
    for (Option<?> option : ExplainOptions.RECIPE) {
      String name = OptionParams.parameter(option.name());
      names.add(name);
      Param<?> param = stage.getParam(name);
      assertThat(param.doc()).as(name).isEqualTo(OptionParams.help(option));
      // What only the sidecar says has no default.
      assertThat(stage.isDefined(param) ? stage.getDefault(param).get().toString() : "")
          .as(name)
          .isEqualTo(option.defaultValue());
    }
    assertThat(Arrays.stream(stage.params()).map(Param::name).toList())
        .containsExactlyInAnyOrderElementsOf(names);
    assertThat(stage.params()).allMatch(param -> !param.doc().isEmpty());
    assertThat(stage.options().keySet())
        .containsExactlyInAnyOrderElementsOf(
            ExplainOptions.RECIPE.stream().map(Option::name).toList());
  }
}

package io.camatlas.spark.results;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.camatlas.demo.DemoDataset;
import io.camatlas.demo.DemoSettings;
import io.camatlas.spark.InputException;
import io.camatlas.spark.SparkSuite;
import io.camatlas.spark.input.OriginalImages;
import io.camatlas.spark.notebook.CamAtlas;
import io.camatlas.spark.notebook.SmallDemo;
import io.camatlas.spark.results.AtlasFolder.Origin;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Images of tables, which commands after explain read as explain did. */
public class ReadAgainTest extends SparkSuite {
  @ClassRule public static final TemporaryFolder FOLDER = new TemporaryFolder();

  private final Path root = FOLDER.getRoot().toPath();
  private final Path data = root.resolve("data/images");

  /** Three images, {@code picture}, beside others that {@code preview} has. */
  private Dataset<Row> pictures;

  @Before
  public void drawScenes() throws IOException {
    session().conf().set("spark.sql.shuffle.partitions", "2");
    if (!Files.exists(data)) {
      DemoDataset.write(root.resolve("data"), DemoSettings.audit(2, 3));
    }
    Dataset<Row> files =
        session()
            .read()
            .format("binaryFile")
            .load(data + "/{cup,fish,key}/*")
            .selectExpr("regexp_extract(path, 'images/(.*)/', 1) AS label", "content", "path");
    assertThat(files.count()).isEqualTo(6);
    Dataset<Row> one = files.groupBy("label").agg(Map.of("path", "min")).toDF("label", "path");
    pictures =
        files
            .join(one, new String[] {"label", "path"})
            .select(col("label"), col("label").as("image_id"), col("content").as("picture"))
            .join(
                files
                    .join(one, new String[] {"label", "path"}, "left_anti")
                    .select(col("label"), col("content").as("preview")),
                "label")
            .select("image_id", "label", "preview", "picture");
  }

  private Origin explain(String images, String name, String... more) throws IOException {
    Path out = root.resolve(name);
    SmallDemo.explain(session(), root, Path.of(images), out, more);
    FinishedRun run = FinishedRun.read(out.toString());
    return new Origin(run.id(), run, 0);
  }

  /** What a command reads of each image, or why it cannot. */
  private Map<String, String> read(Optional<String> given, Origin... origins) throws IOException {
    Dataset<Row> images =
        List.of(origins).stream()
            .map(
                origin ->
                    origin.explanations(session()).select("image_id", "path", "sha256").distinct())
            .reduce(Dataset::unionByName)
            .orElseThrow();
    ByteArrayOutputStream console = new ByteArrayOutputStream();
    Dataset<Row> placed =
        OriginImages.placed(
            session(),
            images,
            given,
            List.of(origins),
            FOLDER.newFolder() + "/listing",
            new PrintStream(console, true, StandardCharsets.UTF_8));
    Map<String, String> read = new TreeMap<>();
    for (Row row : placed.collectAsList()) {
      String what = "read";
      try {
        OriginalImages.read(
            row,
            row.getAs("sha256"),
            session().sparkContext().hadoopConfiguration(),
            Long.MAX_VALUE,
            console.toString(StandardCharsets.UTF_8));
      } catch (OriginalImages.Unavailable e) {
        what = e.reason() + ": " + e.getMessage();
      }
      assertThat(read.put(row.getAs("image_id"), what)).isNull();
    }
    return read;
  }

  private static final Map<String, String> ALL_READ =
      Map.of("cup", "read", "fish", "read", "key", "read");

  @Test
  public void theColumnThatWasExplainedIsReadAgain() throws IOException {
    String table = root.resolve("two-columns").toString();
    pictures.write().parquet(table);
    Origin run = explain(table, "run-of-column", "content-column", "picture");
    assertThat(run.run().images()).isEqualTo(new RunEnd.Images(table, "parquet", "picture"));
    assertThat(read(Optional.empty(), run)).isEqualTo(ALL_READ);
    assertThat(read(Optional.of(table), run)).isEqualTo(ALL_READ);
    assertThat(CamAtlas.open(session(), run.run().folder()).overlay("fish").bytes()).isNotEmpty();

    String moved = root.resolve("moved").toString();
    pictures.write().parquet(moved);
    assertThat(read(Optional.of(moved), run)).isEqualTo(ALL_READ);
    String alone = root.resolve("alone").toString();
    pictures.select(col("image_id"), col("picture").as("content")).write().parquet(alone);
    assertThat(read(Optional.of(alone), run)).isEqualTo(ALL_READ);
    String others = root.resolve("others").toString();
    pictures.withColumnRenamed("picture", "photo").write().parquet(others);
    assertThatThrownBy(() -> read(Optional.of(others), run))
        .isInstanceOf(InputException.class)
        .hasMessage(
            others
                + " has several binary columns, [preview, photo], and none is called 'picture', as"
                + " the run's was; give a table or view with one of them.");
  }

  @Test
  public void otherBytesInTheColumnAreNoticed() throws IOException {
    String table = root.resolve("changes").toString();
    pictures.write().parquet(table);
    Origin run = explain(table, "run-of-changes", "content-column", "picture");
    pictures
        .withColumn("picture", concat(col("picture"), lit(new byte[] {0})))
        .coalesce(1)
        .write()
        .mode("overwrite")
        .parquet(table);
    assertThat(read(Optional.empty(), run).values())
        .allMatch(why -> why.startsWith("changed: The file's SHA-256 is "));
  }

  @Test
  public void theFormThatWasExplainedIsReadAgain() throws IOException {
    Path table = root.resolve("files");
    pictures.drop("preview").coalesce(1).write().parquet(table.toString());
    // By its name this is a glob of pictures.
    Origin run = explain(table + "/*.parquet", "run-of-form", "input-kind", "parquet");
    assertThat(read(Optional.empty(), run)).isEqualTo(ALL_READ);
    assertThat(read(Optional.of(table + "/*.parquet"), run)).isEqualTo(ALL_READ);
  }

  @Test
  public void imagesOfATableAreReadFromItWherePathsLeadElsewhere() throws IOException {
    Path files = Files.createDirectories(root.resolve("files-of-paths"));
    for (String name : List.of("cup", "fish")) {
      Files.writeString(files.resolve(name), "another");
    }
    Dataset<Row> withPaths =
        pictures
            .drop("preview")
            .withColumn("path", concat(lit(files.toUri().toString()), col("image_id")));
    String table = root.resolve("with-paths").toString();
    withPaths.write().parquet(table);
    Origin run = explain(table, "run-of-paths");
    assertThat(read(Optional.empty(), run)).isEqualTo(ALL_READ);
    assertThat(CamAtlas.open(session(), run.run().folder()).overlay("fish").bytes()).isNotEmpty();

    // One that has its picture at its path is read from there: the table may be gone.
    withPaths.where("image_id != 'key'").coalesce(1).write().mode("overwrite").parquet(table);
    Row key = pictures.where("image_id = 'key'").first();
    Files.write(files.resolve("key"), key.<byte[]>getAs("picture"));
    assertThat(read(Optional.empty(), run)).isEqualTo(ALL_READ);
    Files.delete(files.resolve("key"));
    Map<String, String> left = read(Optional.empty(), run);
    assertThat(left).containsEntry("cup", "read").containsEntry("fish", "read");
    assertThat(left.get("key")).startsWith("cannot be read: ").contains("files-of-paths/key");
  }
}

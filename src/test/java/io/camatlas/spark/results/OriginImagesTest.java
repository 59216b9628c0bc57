package io.camatlas.spark.results;

import static org.assertj.core.api.Assertions.assertThat;

import io.camatlas.image.Sha256;
import io.camatlas.spark.SparkSuite;
import io.camatlas.spark.results.AtlasFolder.Origin;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Images of an atlas of two runs, each over a table of encoded images of its own. */
public class OriginImagesTest extends SparkSuite {
  private static final StructType TABLE =
      new StructType().add("image_id", DataTypes.StringType).add("content", DataTypes.BinaryType);
  private static final StructType WANTED =
      new StructType()
          .add("image_id", DataTypes.StringType)
          .add("path", DataTypes.StringType)
          .add("sha256", DataTypes.StringType);

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private String first;
  private String second;

  @Before
  public void writeTables() {
    first = table("first", Map.of("0", "first 0", "1", "first 1"));
    second = table("second", Map.of("0", "second 0", "2", "second 2"));
  }

  private String table(String name, Map<String, String> images) {
    List<Row> rows = new ArrayList<>();
    images.forEach((id, text) -> rows.add(RowFactory.create(id, bytes(text))));
    String place = folder.getRoot() + "/" + name;
    session().createDataFrame(rows, TABLE).coalesce(1).write().parquet(place);
    return place;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static Origin origin(String images) {
    return new Origin(
        images,
        new FinishedRun(
            images,
            images,
            "",
            "",
            "m",
            "",
            List.of("a"),
            List.of(),
            "3x8x8",
            "",
            List.of("layer4"),
            Map.of(),
            List.of(new RunRule("grad-cam", Map.of())),
            Map.of("images", images),
            null,
            null),
        0);
  }

  private static Row wanted(String id, String path, String text) {
    return RowFactory.create(id, path, Sha256.of(bytes(text)));
  }

  /** What is found for each image: its content, else its path, else nothing. */
  private Map<String, String> placed(Optional<String> given, List<Row> wanted, String... sources) {
    List<Origin> origins = new ArrayList<>();
    for (String source : sources) {
      origins.add(origin(source));
    }
    Dataset<Row> found =
        OriginImages.placed(
            session(),
            session().createDataFrame(wanted, WANTED),
            given,
            origins,
            folder.getRoot() + "/listing",
            new PrintStream(said, true, StandardCharsets.UTF_8));
    Map<String, String> placed = new HashMap<>();
    for (Row row : found.collectAsList()) {
      byte[] content = row.getAs("content");
      String path = row.getAs("path");
      String what = content == null ? path : new String(content, StandardCharsets.UTF_8);
      String key = row.getAs("image_id") + " " + row.<String>getAs("sha256").substring(0, 4);
      assertThat(placed.put(key, String.valueOf(what))).as("once").isNull();
    }
    return placed;
  }

  private static String key(String id, String text) {
    return id + " " + Sha256.of(bytes(text)).substring(0, 4);
  }

  @Test
  public void tablesThatCountTheirImagesAlikeAreToldApartByContent() {
    List<Row> wanted =
        List.of(
            wanted("0", null, "first 0"),
            wanted("0", null, "second 0"),
            wanted("1", null, "first 1"),
            wanted("2", null, "second 2"));
    Map<String, String> expected =
        Map.of(
            key("0", "first 0"), "first 0",
            key("0", "second 0"), "second 0",
            key("1", "first 1"), "first 1",
            key("2", "second 2"), "second 2");
    assertThat(placed(Optional.empty(), wanted, first, second)).isEqualTo(expected);
  }

  @Test
  public void imagesThatAreGoneOrChangedAreKept() {
    List<Row> wanted =
        List.of(
            wanted("0", null, "older"), wanted("7", null, "gone"), wanted("1", null, "first 1"));
    Map<String, String> found = placed(Optional.empty(), wanted, first, second);
    assertThat(found)
        .hasSize(3)
        .containsEntry(key("7", "gone"), "null")
        .containsEntry(key("1", "first 1"), "first 1");
    assertThat(found.get(key("0", "older"))).as("to be told as changed").isEqualTo("second 0");
  }

  @Test
  public void filesStayWhereTheyWere() throws Exception {
    Path file = folder.getRoot().toPath().resolve("0.jpg");
    Files.writeString(file, "a file");
    List<Row> wanted =
        List.of(wanted("0", file.toString(), "a file"), wanted("0", null, "second 0"));
    assertThat(placed(Optional.empty(), wanted, first, second))
        .isEqualTo(Map.of(key("0", "a file"), file.toString(), key("0", "second 0"), "second 0"));
  }

  @Test
  public void aSourceThatIsGoneIsToldAndTheOtherIsRead() {
    List<Row> wanted = List.of(wanted("2", null, "second 2"), wanted("1", null, "first 1"));
    assertThat(placed(Optional.empty(), wanted, first + "-gone", second))
        .containsEntry(key("2", "second 2"), "second 2")
        .containsEntry(key("1", "first 1"), "null");
    assertThat(said.toString(StandardCharsets.UTF_8)).contains("Note: ").contains("first-gone");
  }

  @Test
  public void whereSomebodySaysTheyAreTheyAre() {
    List<Row> wanted = List.of(wanted("0", null, "second 0"));
    assertThat(placed(Optional.of(second), wanted, first))
        .isEqualTo(Map.of(key("0", "second 0"), "second 0"));
  }
}

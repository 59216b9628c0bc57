package io.camatlas.spark.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.camatlas.model.LabelSets;
import io.camatlas.spark.SparkSuite;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.ClassRule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Few rows, which the driver holds, and many, which tasks write, are listed alike. */
public class SortedListingTest extends SparkSuite {
  private static final int MANY = 20_500;

  @ClassRule public static final TemporaryFolder FOLDER = new TemporaryFolder();

  private static FoundImage image(String id, String label) {
    return FoundImage.file(id, "/in/" + id, 7L, 1_000L, label);
  }

  /** These rows, alone or beside as many others as are not few any more. */
  private static List<Row> rows(boolean many, FoundImage... own) {
    List<Row> rows = new ArrayList<>();
    for (FoundImage one : own) {
      rows.add(one.toRow());
    }
    IntStream.range(0, many ? MANY : 0)
        .forEach(i -> rows.add(image("m%05d".formatted(i), "m").toRow()));
    Collections.shuffle(rows, new Random(1));
    return rows;
  }

  private SortedListing.Listed list(List<Row> rows, Optional<LabelSets> labels, String... indexed)
      throws IOException {
    return SortedListing.of(
        new ImageForm.Request(
            session(),
            List.of(),
            labels,
            false,
            ContentColumn.asked(Optional.empty()),
            FOLDER.newFolder().getPath()),
        session().createDataFrame(rows, FoundImage.SCHEMA).repartition(3),
        List.of(indexed),
        "`images` x",
        "holds no files");
  }

  private static List<String> ids(SortedListing.Listed listed) {
    return listed.rows().collectAsList().stream()
        .map(row -> row.getString(0))
        .filter(id -> !id.matches("m\\d+"))
        .toList();
  }

  @Test
  public void rowsComeInTheOrderOfSparksTexts() throws IOException {
    // In UTF-16 the second of these is before the first.
    List<String> ordered = List.of("B", "a", "a/b", "\uff5e", "\ud83d\ude00");
    for (boolean many : new boolean[] {false, true}) {
      SortedListing.Listed listed =
          list(
              rows(many, ordered.stream().map(id -> image(id, null)).toArray(FoundImage[]::new)),
              Optional.empty());
      assertThat(ids(listed)).containsExactlyElementsOf(ordered);
      assertThat(listed.count()).isEqualTo(listed.rows().count());
      assertThat(listed.labels()).isEqualTo(many ? java.util.Set.of("m") : java.util.Set.of());
    }
  }

  @Test
  public void whatASourceSaysOfAnImageIsKept() throws IOException {
    Row[] boxes = {RowFactory.create(0.0, 1.0, 2.0, 3.0)};
    FoundImage full =
        new FoundImage("x", "/in/x", 7L, 1_000L, "cat", boxes, "/in/mask", null, null)
            .withMetadata(Map.of("site", "north"));
    for (boolean many : new boolean[] {false, true}) {
      Row row =
          list(rows(many, full), Optional.empty())
              .rows()
              .where("image_id = 'x'")
              .collectAsList()
              .get(0);
      ListedImage found = ImagesTable.fromRow(row);
      assertThat(found.label()).isEqualTo("cat");
      assertThat(found.bytes()).isEqualTo(7L);
      assertThat(found.mask()).isEqualTo("/in/mask");
      assertThat(found.metadata()).isEqualTo(Map.of("site", "north"));
      assertThat(ImagesTable.boxes(row)).hasSize(1);
      assertThat(ImagesTable.boxes(row).get(0).y1()).isEqualTo(3.0);
    }
  }

  @Test
  public void labelsAreNamesOrIndicesOrSeveral() throws IOException {
    for (boolean many : new boolean[] {false, true}) {
      assertThat(
              list(rows(many, image("x", "1"), image("y", "cat")), Optional.empty(), "m", "dog")
                  .labels())
          .contains("dog", "cat")
          .doesNotContain("1");
      assertThat(
              list(
                      rows(many, image("x", "cat| ?dog"), image("y", "")),
                      Optional.of(LabelSets.USUAL))
                  .labels())
          .contains("cat", "dog")
          .hasSize(many ? 3 : 2);
    }
  }

  @Test
  public void wrongRowsAreNamed() {
    for (boolean many : new boolean[] {false, true}) {
      assertThatThrownBy(
              () -> list(rows(many, image("x", null), image("x", "b")), Optional.empty()))
          .hasMessageStartingWith("image_id 'x' appears twice in `images`");
      assertThatThrownBy(
              () ->
                  list(
                      rows(many, image("x", null), image(null, "b"), image(null, "c")),
                      Optional.empty()))
          .hasMessage("`images` x has a row without an image_id.");
      assertThatThrownBy(
              () ->
                  list(
                      rows(many, image("x", null), FoundImage.wrong("names no file in row 3.")),
                      Optional.empty()))
          .hasMessage("`images` x names no file in row 3.");
    }
    assertThatThrownBy(() -> list(List.of(), Optional.empty()))
        .hasMessage("`images` x holds no files.");
  }

  @Test
  public void muchMetadataIsNotHeld() throws IOException {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      rows.add(
          image("m%05d".formatted(i), "m")
              .withMetadata(Map.of("text", "x".repeat(50_000)))
              .toRow());
    }
    SortedListing.Listed listed = list(rows, Optional.empty());
    assertThat(listed.count()).isEqualTo(600);
    assertThat(listed.rows().inputFiles()).isNotEmpty();
    assertThat(list(rows(false, image("x", null)), Optional.empty()).rows().inputFiles()).isEmpty();
  }
}

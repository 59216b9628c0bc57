package io.camatlas.spark.truth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.camatlas.config.TruthKind;
import io.camatlas.spark.InputException;
import io.camatlas.spark.SparkSuite;
import io.camatlas.spark.results.AnnotatedImage.Candidate;
import io.camatlas.spark.results.ExplanationRows;
import io.camatlas.spark.results.ExplanationsTable;
import io.camatlas.truth.TruthException;
import io.camatlas.truth.TruthObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which annotation belongs to which image. */
class TruthSourceTest {
  private static final StructType IMAGES =
      new StructType()
          .add(ExplanationsTable.IMAGE_ID, DataTypes.StringType)
          .add(ExplanationsTable.PATH, DataTypes.StringType);

  private static SparkSession spark;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    spark = SparkSuite.session();
  }

  private static Row image(String id) {
    return RowFactory.create(id, "file:/data/images/" + id);
  }

  /** Names of the objects of each image that has an annotation. */
  private static Map<String, List<String>> objects(TruthChoice choice, Row... images) {
    Map<String, List<String>> found = new TreeMap<>();
    for (Row row :
        TruthSource.join(
                spark, spark.createDataFrame(List.of(images), IMAGES), choice, List.of("cat"))
            .collectAsList()) {
      String id = row.getString(0);
      List<Candidate> candidates = new ArrayList<>();
      if (!row.isNullAt(row.fieldIndex(ExplanationRows.ANNOTATIONS))) {
        row.<Row>getList(row.fieldIndex(ExplanationRows.ANNOTATIONS))
            .forEach(one -> candidates.add(TruthSource.candidate(one)));
      }
      TruthSource.of(candidates, id, row.getString(1))
          .ifPresent(
              truth ->
                  found.put(id, truth.objects().stream().map(TruthObject::className).toList()));
    }
    return found;
  }

  private TruthChoice voc() {
    return new TruthChoice(folder.resolve("truth").toString(), TruthKind.VOC, false);
  }

  private void voc(String file, String image, String object) throws IOException {
    Path xml = folder.resolve("truth").resolve(file);
    Files.createDirectories(xml.getParent());
    Files.writeString(
        xml,
        ("<annotation><filename>%s</filename><object><name>%s</name><bndbox><xmin>1</xmin>"
                + "<ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></bndbox></object></annotation>")
            .formatted(image, object));
  }

  /** One object of class cat for each image that is named. */
  private TruthChoice coco(String... images) throws IOException {
    List<String> listed = new ArrayList<>();
    List<String> annotations = new ArrayList<>();
    for (int i = 0; i < images.length; i++) {
      listed.add("{\"id\": %d, \"file_name\": \"%s\"}".formatted(i, images[i]));
      annotations.add(
          "{\"id\": %d, \"image_id\": %d, \"category_id\": 1, \"bbox\": [0, 0, %d, 1]}"
              .formatted(i, i, i + 1));
    }
    Path file =
        Files.writeString(
            folder.resolve("coco.json"),
            "{\"images\": %s, \"annotations\": %s, \"categories\": [{\"id\": 1, \"name\": \"cat\"}]}"
                .formatted(listed, annotations));
    return new TruthChoice(file.toString(), TruthKind.COCO, false);
  }

  @Test
  void foldersOfVocFilesTellImagesOfOneNameApart() throws Exception {
    voc("train/0001.xml", "0001.jpg", "cat");
    voc("val/0001.xml", "0001.jpg", "dog");
    voc("0001.xml", "0001.jpg", "cow");
    assertThat(
            objects(
                voc(),
                image("train/0001.jpg"),
                image("val/0001.jpg"),
                image("0001.jpg"),
                image("val/0002.jpg")))
        .isEqualTo(
            Map.of(
                "train/0001.jpg", List.of("cat"),
                "val/0001.jpg", List.of("dog"),
                "0001.jpg", List.of("cow")));
  }

  /** The image beside it is not annotated. */
  @Test
  void anAnnotationBelongsToTheImageThatItFitsBest() throws Exception {
    voc("labels/cats/0001.xml", "0001.jpg", "cat");
    voc("labels/cows/0001.xml", "0001.jpg", "cow");
    assertThat(
            objects(voc(), image("cats/0001.jpg"), image("dogs/0001.jpg"), image("cows/0001.jpg")))
        .isEqualTo(Map.of("cats/0001.jpg", List.of("cat"), "cows/0001.jpg", List.of("cow")));
  }

  @Test
  void foldersThatDoNotAgreeAreNoMatter() throws Exception {
    voc("Annotations/0001.xml", "0001.jpg", "cat");
    assertThat(objects(voc(), image("JPEGImages/0001.jpg")))
        .isEqualTo(Map.of("JPEGImages/0001.jpg", List.of("cat")));
  }

  @Test
  void annotationsThatFitEquallyWellAreRefused() throws Exception {
    voc("train/0001.xml", "0001.jpg", "cat");
    voc("val/0001.xml", "0001.jpg", "dog");
    assertThatThrownBy(() -> objects(voc(), image("all/0001.jpg")))
        .isInstanceOf(TruthException.class)
        .hasMessage(
            "The annotations 'train/0001.xml' and 'val/0001.xml' fit it equally well, and differ."
                + " Let the right one name more of the image's path, or leave the other out.");
    voc("val/0001.xml", "0001.jpg", "cat");
    assertThat(objects(voc(), image("all/0001.jpg")))
        .isEqualTo(Map.of("all/0001.jpg", List.of("cat")));
  }

  @Test
  void anAnnotationOfTwoImagesIsRefused() throws Exception {
    TruthChoice choice = coco("0001.jpg");
    assertThatThrownBy(() -> objects(choice, image("b/0001.jpg"), image("a/0001.jpg")))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "`truth` "
                + choice.place()
                + ": the annotation '0001.jpg' fits the images a/0001.jpg and b/0001.jpg, and cannot"
                + " belong to both. Let annotations name more of the path of their image, or explain"
                + " only images that were annotated.");
    assertThat(objects(coco("a/0001.jpg", "b/0001.jpg"), image("a/0001.jpg"), image("b/0001.jpg")))
        .hasSize(2);
    assertThat(objects(coco("a/0001.jpg"), image("a/0001.jpg"), image("b/0001.jpg")))
        .containsOnlyKeys("a/0001.jpg");
    assertThat(objects(coco("a/0001.jpg", "0001.jpg"), image("a/0001.jpg"), image("b/0001.jpg")))
        .containsOnlyKeys("a/0001.jpg", "b/0001.jpg");
  }

  /** The same file under two names. */
  @Test
  void anImageOfTwoRowsIsOne() throws Exception {
    TruthChoice choice = coco("0001.jpg");
    assertThat(
            objects(
                choice,
                RowFactory.create("one", "file:/data/a/0001.jpg"),
                RowFactory.create("two", "file:/data/a/0001.jpg")))
        .containsOnlyKeys("one", "two");
    assertThat(
            objects(
                choice,
                RowFactory.create("0001.jpg", "file:/data/a/0001.jpg"),
                RowFactory.create("0001.jpg", null)))
        .containsOnlyKeys("0001.jpg");
  }

  @Test
  void aWholeNameFitsBetterThanItsEnd() throws Exception {
    assertThat(objects(coco("0001.jpg"), image("b/0001.jpg"), image("0001.jpg")))
        .containsOnlyKeys("0001.jpg");
    assertThat(objects(coco("0001.jpg"), image("b/0001.png"), image("b/0001.jpg")))
        .containsOnlyKeys("b/0001.jpg");
  }

  @Test
  void imagesWithoutObjectsMayShareAName() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("empty.json"),
            """
            {"images": [{"id": 1, "file_name": "0001.jpg"}, {"id": 2, "file_name": "2.jpg"}],
             "annotations": [{"id": 1, "image_id": 2, "category_id": 1, "bbox": [0, 0, 1, 1]}],
             "categories": [{"id": 1, "name": "cat"}]}
            """);
    assertThat(
            objects(
                new TruthChoice(file.toString(), TruthKind.COCO, false),
                image("a/0001.jpg"),
                image("b/0001.jpg")))
        .isEqualTo(Map.of("a/0001.jpg", List.of(), "b/0001.jpg", List.of()));
  }

  @Test
  void theExtensionDecidesLast() throws Exception {
    TruthChoice choice = coco("0001.png", "0001.jpg", "0002");
    assertThat(Stream.of("0001.png", "0001.jpg").map(id -> box(choice, id)))
        .containsExactly(1.0, 2.0);
    assertThat(box(choice, "0002.jpg")).isEqualTo(3);
  }

  /** A manifest's ids may be numbers that are names of other files. */
  @Test
  void thePathIsAskedBeforeTheId() throws Exception {
    TruthChoice choice = coco("0001.jpg", "0002.jpg");
    assertThat(box(choice, RowFactory.create("0001", "file:/data/0002.jpg"))).isEqualTo(2);
    assertThat(box(choice, RowFactory.create("0001", "file:/data/other.jpg"))).isEqualTo(1);
    assertThat(
            box(
                coco("x/other.jpg", "y/0001.jpg"),
                RowFactory.create("y/0001", "file:/data/other.jpg")))
        .as("annotations of the path's name that do not fit")
        .isEqualTo(2);
  }

  private static double box(TruthChoice choice, String id) {
    return box(choice, image(id));
  }

  private static double box(TruthChoice choice, Row image) {
    Row row =
        TruthSource.join(
                spark, spark.createDataFrame(List.of(image), IMAGES), choice, List.of("cat"))
            .head();
    List<Candidate> candidates =
        row.<Row>getList(row.fieldIndex(ExplanationRows.ANNOTATIONS)).stream()
            .map(TruthSource::candidate)
            .toList();
    return TruthSource.of(candidates, image.getString(0), image.getString(1))
        .orElseThrow()
        .objects()
        .get(0)
        .x1();
  }

  /** As an audit asks, before it explains anything. */
  @Test
  void whatIsWrongWithAnnotationsIsToldWithoutImages() {
    String gone = folder.resolve("boxes.csv").toString();
    TruthChoice choice = new TruthChoice(gone, TruthKind.CSV, false);
    assertThatThrownBy(() -> TruthSource.check(SparkSuite.session(), choice, List.of("cup")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("which does not exist");
  }
}

package io.camatlas.truth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.camatlas.image.Box;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CocoTruthTest {
  /** Annotations first, so that nothing may depend on the order of sections. */
  private static final String FILE =
      """
      {"info": {"year": 2014, "lists": [1, [2]]},
       "annotations": [
        {"id": 1, "image_id": 7, "category_id": 18, "bbox": [10, 20, 30, 40.5], "iscrowd": 0,
         "segmentation": [[10, 20, 40, 20, 40, 60.5]], "area": 1},
        {"id": 2, "image_id": 7, "category_id": 1, "bbox": [0, 0, 3, 2], "iscrowd": 1,
         "segmentation": {"size": [2, 3], "counts": [1, 2, 3]}},
        {"id": 3, "image_id": 7, "category_id": 1, "bbox": [0, 0, 10, 10],
         "segmentation": {"size": [10, 10], "counts": "56X130"}},
        {"id": 4, "image_id": 7, "category_id": 18, "bbox": [1, 2, 3, 4]}],
       "images": [{"id": 7, "file_name": "a.jpg", "width": 100, "height": 80},
                  {"id": 8, "file_name": "b/c.jpg"}],
       "categories": [{"id": 1, "name": "person"}, {"id": 18, "name": "dog"}]}
      """;

  private static Map<String, GroundTruth> read(String json) {
    return CocoTruth.read(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void boxesMasksAndCrowdsAreRead() {
    Map<String, GroundTruth> truth = read(FILE);
    assertThat(truth).containsOnlyKeys("a.jpg", "b/c.jpg");
    assertThat(truth.get("b/c.jpg").objects()).isEmpty();
    assertThat(truth.get("a.jpg").objects())
        .containsExactly(
            TruthObject.of(
                "dog",
                new Box(10, 20, 40, 60.5),
                new Mask.Polygons(List.of(new double[] {10, 20, 40, 20, 40, 60.5}))),
            new TruthObject(
                "person", 0, 0, 3, 2, new Mask.RunLengths(3, 2, new int[] {1, 2, 3}), false, true),
            TruthObject.of(
                "person",
                new Box(0, 0, 10, 10),
                new Mask.RunLengths(10, 10, new int[] {5, 6, 40, 9, 40})),
            TruthObject.of("dog", new Box(1, 2, 4, 6)));
    assertThat(truth.get("a.jpg").ofClass("dog")).hasSize(2);
    assertThat(truth.get("a.jpg").ofClass("Dog")).isEmpty();
  }

  @Test
  void theSizeOfThePictureIsKept() {
    GroundTruth truth = read(FILE).get("a.jpg");
    assertThat(truth.width()).isEqualTo(100);
    assertThat(truth.height()).isEqualTo(80);
    for (String no : List.of("0", "null", "\"100\"", "1e10", "99.5")) {
      assertThat(read(FILE.replace("\"width\": 100", "\"width\": " + no)).get("a.jpg"))
          .as(no)
          .isEqualTo(new GroundTruth(truth.objects()));
    }
    assertThat(read(FILE).get("b/c.jpg")).isEqualTo(new GroundTruth(List.of()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "category_id": 1, "bbox": [0, 0, 3 | "category_id": 5, "bbox": [0, 0, 3 | annotations[1] (id 2) refers to the category 5, which is not listed. Correct the file.
          "image_id": 7, "category_id": 18, "bbox": [1, 2 | "image_id": 9, "category_id": 18, "bbox": [1, 2 | annotations[3] (id 4) refers to the image 9, which is not listed. Correct the file.
          [1, 2, 3, 4] | [1, 2, 3] | annotations[3] (id 4) has a bbox of 3 numbers; x, y, width and height are needed. Correct the file.
          [1, 2, 3, 4] | [1, 2, "3", 4] | annotations[3] (id 4) has "3" in bbox; it must be a number. Correct the file.
          [1, 2, 3, 4] | [1, 2, -3, 4] | annotations[3] (id 4): The box (1.0, 2.0, -2.0, 6.0) must be finite, left before right and top before bottom. Correct the annotation.
          [1, 2, 3, 4] | null | annotations[3] (id 4) has no list of numbers in bbox; one is needed. Correct the file.
          "image_id": 7, "category_id": 18, "bbox": [1, 2 | "category_id": 18, "bbox": [1, 2 | annotations[3] (id 4) has image_id ''; it must be a whole number. Correct the file.
          40, 60.5]] | 40]] | annotations[0] (id 1): A polygon has 5 numbers; it must have x and y of at least 3 corners. Correct the annotation.
          "size": [2, 3] | "size": [2] | annotations[1] (id 2) has a segmentation.size of 1 numbers; height and width are needed. Correct the file.
          "counts": [1, 2, 3] | "counts": [1, 2] | annotations[1] (id 2): Run lengths cover 3 pixels; a mask of 3x2 needs 6. Correct the annotation.
          56X130 | 56X1 | annotations[2] (id 3): Run lengths cover 51 pixels; a mask of 10x10 needs 100. Correct the annotation.
          "id": 8, | "id": 7, | images[1] has the id 7, which is already taken; ids must be unique. Correct the file.
          b/c.jpg | a.jpg | Two images have the file_name 'a.jpg'; it must be unique. Correct the file.
          "name": "person" | "name": 3 | categories[0] has name '3'; it must be a string. Correct the file.
          "annotations" | "annotation" | The COCO file has 2 images and no list of annotations; it must have lists of both. Give the instances file.
          """)
  void damageIsNamed(String part, String damaged, String message) {
    assertThat(FILE).contains(part);
    assertThatExceptionOfType(TruthException.class)
        .isThrownBy(() -> read(FILE.replace(part, damaged)))
        .withMessage(message);
  }

  @Test
  void textThatIsNoSuchJsonIsNamed() {
    assertThatExceptionOfType(TruthException.class)
        .isThrownBy(() -> read("[1, 2]"))
        .withMessage(
            "The COCO file is not a JSON object; it must have images, annotations and categories."
                + " Give another file.");
    assertThatExceptionOfType(TruthException.class)
        .isThrownBy(() -> read("{\"images\": [{\"id\": 1,, }"))
        .withMessageContaining("is cut off or damaged at line 1, column");
    assertThatExceptionOfType(TruthException.class).isThrownBy(() -> read(""));
  }

  @Test
  void everyTruncationIsAnError() {
    String file = FILE.strip();
    for (int length = 0; length < file.length(); length++) {
      String cut = file.substring(0, length);
      assertThatExceptionOfType(TruthException.class).isThrownBy(() -> read(cut));
    }
  }
}

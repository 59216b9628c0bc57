package io.camatlas.truth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.camatlas.image.Box;
import java.io.StringReader;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CsvTruthTest {
  private static Map<String, GroundTruth> read(String text) {
    return CsvTruth.read(new StringReader(text));
  }

  @Test
  void imageNetListsObjectsInOneField() {
    Map<String, GroundTruth> truth =
        read("ImageId,PredictionString\nn1_10,n1 240 170 260 240 n2 1 2 3 4 \nn1_11,n1 0 0 5 5\n");
    assertThat(truth).containsOnlyKeys("n1_10", "n1_11");
    assertThat(truth.get("n1_10").objects())
        .containsExactly(
            TruthObject.of("n1", new Box(240, 170, 260, 240)),
            TruthObject.of("n2", new Box(1, 2, 3, 4)));
  }

  @Test
  void linesWithoutHeaderAreBoxes() {
    Map<String, GroundTruth> truth =
        read("val/1.jpg,1,2,3,4.5\r\nval/2.jpg,0,0,1,1\r\n\r\nval/1.jpg,5,6,7,8");
    assertThat(truth.keySet()).containsExactly("val/1.jpg", "val/2.jpg");
    assertThat(truth.get("val/1.jpg").objects())
        .containsExactly(
            TruthObject.of("", new Box(1, 2, 3, 4.5)), TruthObject.of("", new Box(5, 6, 7, 8)));
  }

  @Test
  void headerNamesColumnsInAnyOrder() {
    TruthObject expected = TruthObject.of("cat", new Box(1, 2, 4, 6));
    assertThat(read("label,y1,x1,y0,x0,Path\ncat,6,4,2,1,a.jpg").get("a.jpg").objects())
        .containsExactly(expected);
    assertThat(read("file,xmin,ymin,xmax,ymax,class\na.jpg,1,2,4,6,cat").get("a.jpg").objects())
        .containsExactly(expected);
    assertThat(
            read("\ufefffilename,note,x,y,width,height,class\na.jpg,,1,2,3,4,cat")
                .get("a.jpg")
                .objects())
        .containsExactly(expected);
  }

  /** As TensorFlow's and Roboflow's lists have it. */
  @Test
  void widthAndHeightBesideCornersAreThePictures() {
    String header = "filename,width,height,class,xmin,ymin,xmax,ymax\n";
    GroundTruth truth = read(header + "a,640,480,cat,1,2,30,40\na,640,480,cat,5,6,7,8").get("a");
    assertThat(truth.width()).isEqualTo(640);
    assertThat(truth.height()).isEqualTo(480);
    assertThat(truth.objects()).hasSize(2);
    // Those of a box, in pixels or as shares, and none.
    for (String size : List.of("29,38", "29.5,38", "0.2,0.3", ",", "0,0")) {
      assertThat(read(header + "a," + size + ",cat,1,2,30,40").get("a"))
          .as(size)
          .isEqualTo(new GroundTruth(List.of(TruthObject.of("cat", new Box(1, 2, 30, 40)))));
    }
    // One box may cover the picture.
    assertThat(read(header + "a,64,48,x,0,0,64,48\na,64,48,x,1,2,3,4").get("a").width())
        .isEqualTo(64);
    assertThatExceptionOfType(TruthException.class)
        .isThrownBy(() -> read(header + "a,640,480,x,1,2,30,40\na,480,640,x,1,2,30,40"))
        .withMessage(
            "Line 3 says that image 'a' is 480x640, but a line before says 640x480; both must"
                + " agree. Correct the line.");
  }

  @Test
  void maskIsAPathAndMayBeEmpty() {
    String text = "image_id,x0,y0,x1,y1,mask\na,0,0,1,1,m/a.png\nb,0,0,1,1,\n";
    assertThat(read(text).get("a").objects().get(0).mask())
        .contains(new Mask.Png("m/a.png", Mask.Value255.OBJECT));
    assertThat(read(text).get("b").objects().get(0).mask()).isEmpty();
    assertThat(
            CsvTruth.read(new StringReader(text), Mask.Value255.IGNORE)
                .get("a")
                .objects()
                .get(0)
                .mask())
        .contains(new Mask.Png("m/a.png", Mask.Value255.IGNORE));
  }

  @Test
  void quotedFieldsHoldCommasQuotesAndLines() {
    Map<String, GroundTruth> truth =
        read("path,x0,y0,x1,y1,class\n\"a, \"\"b\"\".jpg\",1,2,3,4,\"one\ntwo\"\n");
    assertThat(truth.get("a, \"b\".jpg").objects())
        .containsExactly(TruthObject.of("one\ntwo", new Box(1, 2, 3, 4)));
  }

  @Test
  void headerAloneIsNoImage() {
    assertThat(read("path,x0,y0,x1,y1\n")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          '' | The CSV file is empty; it must have a header or boxes. Give another file.
          pathh,x0,y0,x1,y1;a,1,2,3,4 | Line 1 has no image column (pathh, x0, y0, x1, y1); one of path, image_id, file, filename is needed; closest is 'path'. Rename the column.
          path,x0,y0,x1;a,1,2,3 | Line 1 has no box (path, x0, y0, x1); x0,y0,x1,y1 or xmin,ymin,xmax,ymax or x,y,width,height are needed. Add the columns.
          a,1,2,3,4;b,1,2,3 | Line 2 has 4 fields but the first has 5; all must have the same number. Correct the line.
          a,1,2,3,4;;b,1,2,x,4 | Line 3 has 'x' in place of a coordinate; it must be a number. Correct the line.
          a,1,2,3,4;b,1,2,NaN,4 | Line 2 has 'NaN' in place of a coordinate; it must be a number. Correct the line.
          a,1,2,3,4;b,3,2,1,4 | Line 2: The box (3.0, 2.0, 1.0, 4.0) must be finite, left before right and top before bottom. Correct the annotation.
          a,1,2,3,4; ,1,2,3,4 | Line 2 names no image; every line must. Correct the line.
          ImageId,PredictionString;a,n1 1 2 3 | Line 2 has 4 words in PredictionString; each object needs five, class x0 y0 x1 y1. Correct the line.
          ImageId,PredictionString;a,n1 1 2 3 n2 | Line 2 has 'n2' in place of a coordinate; it must be a number. Correct the line.
          path,x0,y0,x1,y1;"a,1,2,3,4 | Line 2 opens a quote that is not closed. Correct the line.
          path,x0,y0,x1,y1;"a"b,1,2,3,4 | Line 2 has 'b' next to a quoted field, or a quote inside an unquoted one; double the quote and quote the field.
          path,x0,y0,x1,y1;a"b,1,2,3,4 | Line 2 has '"' next to a quoted field, or a quote inside an unquoted one; double the quote and quote the field.
          """)
  void damageIsNamed(String lines, String message) {
    assertThatExceptionOfType(TruthException.class)
        .isThrownBy(() -> read(lines.replace(';', '\n')))
        .withMessage(message);
  }
}

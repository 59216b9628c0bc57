package io.camatlas.truth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.camatlas.image.Box;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VocTruthTest {
  private static final String FILE =
      """
      <annotation>
        <folder>VOC2007</folder>
        <filename>000005.jpg</filename>
        <size><width>500</width><height>375</height><depth>3</depth></size>
        <object>
          <name>chair</name><pose>Rear</pose><truncated>0</truncated><difficult>0</difficult>
          <bndbox><xmin>263</xmin><ymin>211</ymin><xmax>324</xmax><ymax>339</ymax></bndbox>
        </object>
        <object>
          <part><name>head</name>
            <bndbox><xmin>9</xmin><ymin>9</ymin><xmax>10</xmax><ymax>10</ymax></bndbox></part>
          <name>person</name><difficult>1</difficult>
          <bndbox><xmax>2.5</xmax><xmin>1</xmin><ymin>1</ymin><ymax>500</ymax></bndbox>
        </object>
      </annotation>
      """;

  private static Map.Entry<String, GroundTruth> read(String xml) {
    return VocTruth.read(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void pixelsFromOneWithBothEndsBecomeEdges() {
    Map.Entry<String, GroundTruth> truth = read(FILE);
    assertThat(truth.getKey()).isEqualTo("000005.jpg");
    assertThat(truth.getValue().objects())
        .containsExactly(
            TruthObject.of("chair", new Box(262, 210, 324, 339)),
            new TruthObject("person", 0, 0, 2.5, 500, null, true, false));
  }

  @Test
  void theSizeOfThePictureIsKept() {
    assertThat(read(FILE).getValue().width()).isEqualTo(500);
    assertThat(read(FILE).getValue().height()).isEqualTo(375);
    // Tools that do not know the size write such files.
    for (String no : List.of("<width>0</width>", "<width></width>", "<width>x</width>", "")) {
      GroundTruth truth = read(FILE.replace("<width>500</width>", no)).getValue();
      assertThat(truth.width()).as(no).isZero();
      assertThat(truth.height()).as(no).isZero();
      assertThat(truth.objects()).hasSize(2);
    }
    assertThat(read(FILE.replace("500</width>", "500.0</width>")).getValue().width())
        .isEqualTo(500);
  }

  @Test
  void imageWithoutObjectsIsEmpty() {
    assertThat(read("<annotation><filename>a.jpg</filename></annotation>").getValue().objects())
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          <xmin>263</xmin> | <xmin>abc</xmin> | Object 1 of '000005.jpg' has <xmin> 'abc'; it must be a number. Correct the file.
          <xmin>263</xmin> | '' | Object 1 of '000005.jpg' has no <xmin>, or an empty one; a value is needed. Correct the file.
          <xmin>263</xmin> | <xmin>400</xmin> | Object 1 of '000005.jpg': The box (399.0, 210.0, 324.0, 339.0) must be finite, left before right and top before bottom. Correct the annotation.
          <name>person</name> | '' | Object 2 of '000005.jpg' has no <name>, or an empty one; a value is needed. Correct the file.
          <filename>000005.jpg</filename> | '' | The file has no <filename>, or an empty one; a value is needed. Correct the file.
          """)
  void damageIsNamed(String part, String damaged, String message) {
    assertThat(FILE).contains(part);
    assertThatExceptionOfType(TruthException.class)
        .isThrownBy(() -> read(FILE.replace(part, damaged)))
        .withMessage(message);
  }

  @Test
  void missingBoxAndOtherFilesAreNamed() {
    assertThatExceptionOfType(TruthException.class)
        .isThrownBy(() -> read(FILE.replace("bndbox", "box")))
        .withMessage(
            "Object 1 of '000005.jpg' has no <bndbox>; every object must have one. Correct the"
                + " file.");
    assertThatExceptionOfType(TruthException.class)
        .isThrownBy(() -> read("<html/>"))
        .withMessage(
            "The root of the XML file is <html>; Pascal VOC has <annotation>. Give another file.");
  }

  @Test
  void everyTruncationIsAnError() {
    String file = FILE.strip();
    for (int length = 0; length < file.length(); length++) {
      String cut = file.substring(0, length);
      assertThatExceptionOfType(TruthException.class)
          .isThrownBy(() -> read(cut))
          .withMessageContaining("The XML file is rejected at line");
    }
  }

  @Test
  void externalEntitiesAreNotRead(@TempDir Path folder) throws Exception {
    Path secret = Files.writeString(folder.resolve("secret.txt"), "do not read me");
    String attack =
        "<?xml version=\"1.0\"?><!DOCTYPE annotation [<!ENTITY x SYSTEM \""
            + secret.toUri()
            + "\">]>"
            + FILE.replace("chair", "&x;");
    assertThatExceptionOfType(TruthException.class)
        .isThrownBy(() -> read(attack))
        .withMessageStartingWith("The XML file is rejected at line 1, column")
        .withMessageContaining("DOCTYPE")
        .withMessageEndingWith("Correct the file; it must not have a document type.");
  }

  @Test
  void entitiesThatMultiplyAreNotExpanded() {
    String attack =
        "<!DOCTYPE annotation [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;\">]>"
            + FILE.replace("chair", "&b;");
    assertThatExceptionOfType(TruthException.class).isThrownBy(() -> read(attack));
  }
}

package io.camatlas.truth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.camatlas.image.Box;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class MaskTest {
  /** Rows of 0, 1 and 2. */
  private static String drawn(Mask mask, int width, int height, MaskFiles files) {
    byte[] grid = mask.rasterise(width, height, files);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < grid.length; i++) {
      text.append(i > 0 && i % width == 0 ? " " : "").append(grid[i]);
    }
    return text.toString();
  }

  private static String drawn(Mask mask, int width, int height) {
    return drawn(mask, width, height, MaskFiles.NONE);
  }

  @Test
  void polygonShowsPixelsWhoseCentreItHolds() {
    Mask rectangle = new Mask.Polygons(List.of(new double[] {1, 0.4, 3, 0.4, 3, 1.6, 1, 1.6}));
    assertThat(drawn(rectangle, 4, 3)).isEqualTo("0110 0110 0000");
    // Centres lie right of and above the diagonal, those on it belong to what is to their right.
    Mask triangle = new Mask.Polygons(List.of(new double[] {0, 0, 4, 0, 4, 4}));
    assertThat(drawn(triangle, 4, 4)).isEqualTo("1111 0111 0011 0001");
  }

  @Test
  void polygonsUniteAndMayLeaveTheImage() {
    Mask two =
        new Mask.Polygons(
            List.of(
                new double[] {-5, -5, 1, -5, 1, 9, -5, 9},
                new double[] {2, 1, 99, 1, 99, 2, 2, 2}));
    assertThat(drawn(two, 4, 2)).isEqualTo("1000 1011");
  }

  @Test
  void polygonThatCrossesItselfIsEvenOdd() {
    // Twice around the same square covers it twice: nothing is left.
    Mask twice =
        new Mask.Polygons(List.of(new double[] {0, 0, 2, 0, 2, 2, 0, 2, 0, 0, 2, 0, 2, 2, 0, 2}));
    assertThat(drawn(twice, 2, 2)).isEqualTo("00 00");
  }

  @Test
  void runsGoDownTheColumns() {
    assertThat(drawn(new Mask.RunLengths(3, 2, new int[] {1, 2, 3}), 3, 2)).isEqualTo("010 100");
  }

  @Test
  void compressedRunsAreFiveBitGroupsAndDifferences() {
    // 5, 6, 40, 9 and 40 of 10x10. 5 and 6 are one group: '5', '6'. 40 = 8 + 32 * 1 is 8 with the
    // bit for more, 40, then 1: 'X', '1'. The fourth is 9 - 6 = 3: '3'. The fifth is 40 - 40: '0'.
    Mask mask = Mask.RunLengths.ofCompressed(10, 10, "56X130");
    assertThat(mask).isEqualTo(new Mask.RunLengths(10, 10, new int[] {5, 6, 40, 9, 40}));
    // A fourth count below the second: 4 - 6 = -2 is 30, sign in the group's highest bit: 'N'.
    assertThat(Mask.RunLengths.ofCompressed(10, 10, "56X1N5"))
        .isEqualTo(new Mask.RunLengths(10, 10, new int[] {5, 6, 40, 4, 45}));
  }

  @Test
  void damagedRunsAreErrors() {
    assertThatExceptionOfType(TruthException.class)
        .isThrownBy(() -> Mask.RunLengths.ofCompressed(10, 10, "56X"))
        .withMessage(
            "Compressed run lengths are cut off or damaged at character 3 of 3. Export the"
                + " annotation again.");
    assertThatExceptionOfType(TruthException.class)
        .isThrownBy(() -> Mask.RunLengths.ofCompressed(10, 10, "5!"))
        .withMessageContaining("at character 1 of 2");
    assertThatExceptionOfType(TruthException.class)
        .isThrownBy(() -> Mask.RunLengths.ofCompressed(10, 10, "ooooooooo"))
        .withMessageContaining("at character 7 of 9");
    assertThatExceptionOfType(TruthException.class)
        .isThrownBy(() -> new Mask.RunLengths(2, 2, new int[] {3}))
        .withMessage("Run lengths cover 3 pixels; a mask of 2x2 needs 4. Correct the annotation.");
    assertThatExceptionOfType(TruthException.class)
        .isThrownBy(() -> new Mask.RunLengths(2, 2, new int[] {5, -1}))
        .withMessage("A run length is -1; it must be at least 0. Correct the annotation.");
  }

  @Test
  void damagedPolygonsAreErrors() {
    assertThatExceptionOfType(TruthException.class)
        .isThrownBy(() -> new Mask.Polygons(List.of(new double[] {1, 2, 3, 4})))
        .withMessage(
            "A polygon has 4 numbers; it must have x and y of at least 3 corners. Correct the"
                + " annotation.");
    assertThatExceptionOfType(TruthException.class)
        .isThrownBy(() -> new Mask.Polygons(List.of(new double[] {1, 2, 3, 4, 5, Double.NaN})))
        .withMessageContaining("the coordinate NaN");
  }

  private static byte[] png(BufferedImage image) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(image, "png", bytes);
    return bytes.toByteArray();
  }

  @Test
  void pngOfGreyValuesMayIgnore255() throws IOException {
    BufferedImage image = new BufferedImage(3, 1, BufferedImage.TYPE_BYTE_GRAY);
    image.getRaster().setSamples(0, 0, 3, 1, 0, new int[] {0, 1, 255});
    byte[] file = png(image);
    assertThat(drawn(new Mask.Png("a.png", Mask.Value255.OBJECT), 3, 1, path -> file))
        .isEqualTo("011");
    assertThat(drawn(new Mask.Png("a.png", Mask.Value255.IGNORE), 3, 1, path -> file))
        .isEqualTo("012");
  }

  @Test
  void pngWithPaletteIsReadByIndex() throws IOException {
    // As in Pascal VOC: 255 is a pale colour, and 0, black, is not the only dark one.
    byte[] red = new byte[256];
    byte[] green = new byte[256];
    byte[] blue = new byte[256];
    red[255] = (byte) 224;
    green[255] = (byte) 224;
    blue[255] = (byte) 192;
    IndexColorModel palette = new IndexColorModel(8, 256, red, green, blue);
    BufferedImage image = new BufferedImage(3, 1, BufferedImage.TYPE_BYTE_INDEXED, palette);
    image.getRaster().setSamples(0, 0, 3, 1, 0, new int[] {0, 1, 255});
    byte[] file = png(image);
    assertThat(drawn(new Mask.Png("a.png", Mask.Value255.IGNORE), 3, 1, path -> file))
        .isEqualTo("012");
  }

  @Test
  void pngOfColoursShowsWhereAnyChannelIsNotZero() throws IOException {
    BufferedImage image = new BufferedImage(3, 1, BufferedImage.TYPE_INT_ARGB);
    image.setRGB(0, 0, 0xff000000);
    image.setRGB(1, 0, 0xff000100);
    image.setRGB(2, 0, 0xffffffff);
    byte[] file = png(image);
    assertThat(drawn(new Mask.Png("a.png", Mask.Value255.OBJECT), 3, 1, path -> file))
        .isEqualTo("011");
  }

  @Test
  void pngThatCannotBeUsedIsAnError() throws IOException {
    Mask mask = new Mask.Png("m/a.png", Mask.Value255.OBJECT);
    assertThatExceptionOfType(TruthException.class)
        .isThrownBy(() -> mask.rasterise(2, 2, MaskFiles.NONE))
        .withMessage(
            "The mask 'm/a.png' cannot be read: no folder of masks was given. Check the path and"
                + " the folder of masks.");
    assertThatExceptionOfType(TruthException.class)
        .isThrownBy(() -> mask.rasterise(2, 2, path -> new byte[] {1, 2, 3}))
        .withMessageContaining("The mask 'm/a.png' cannot be decoded as a PNG file");
    byte[] whole = png(new BufferedImage(3, 1, BufferedImage.TYPE_BYTE_GRAY));
    assertThatExceptionOfType(TruthException.class)
        .isThrownBy(() -> mask.rasterise(2, 2, path -> whole))
        .withMessage(
            "The mask 'm/a.png' is 3x1 but the image is 2x2; both must agree. Use the image that"
                + " was annotated.");
    // The pixels end 21 bytes before the file does: checksums, and the chunk that marks the end.
    for (int length = 0; length < whole.length - 21; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatExceptionOfType(TruthException.class)
          .isThrownBy(() -> mask.rasterise(3, 1, path -> cut));
    }
  }

  @Test
  void groundTruthSurvivesSerialization() throws Exception {
    GroundTruth truth =
        new GroundTruth(
            List.of(
                TruthObject.of(
                    "cat",
                    new Box(0, 0, 2, 2),
                    new Mask.Polygons(List.of(new double[] {0, 0, 2, 0, 2, 2}))),
                TruthObject.of(
                    "dog", new Box(0, 0, 2, 2), new Mask.RunLengths(2, 2, new int[] {1, 3})),
                TruthObject.of("cow", new Box(0, 0, 2, 2), new Mask.Png("p", Mask.Value255.IGNORE)),
                TruthObject.of("", new Box(0, 0, 2, 2))));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(truth);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertThat(in.readObject()).isEqualTo(truth).hasSameHashCodeAs(truth);
    }
  }
}

package io.camatlas.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.camatlas.image.Box;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class OverlayTest {

  private static final Caption CAPTION =
      new Caption("tench", "tench", 0.973, "tench", "layer4.1", "Smooth Grad-CAM++");

  private final Overlay overlay = new Overlay();

  @Test
  void originalIsOnTheLeftPixelForPixel() {
    int width = 300;
    int height = 240;
    byte[] rgb = noise(width, height);
    OverlayRequest request =
        new OverlayRequest(
            width, height, rgb, lowerLeft(whole(width, height)), OverlayMarks.NONE, CAPTION);
    BufferedImage picture = overlay.draw(request);
    Overlay.Layout layout = overlay.layout(request);
    for (int i = 0; i < width * height; i += 7) {
      int expected =
          Byte.toUnsignedInt(rgb[3 * i]) << 16
              | Byte.toUnsignedInt(rgb[3 * i + 1]) << 8
              | Byte.toUnsignedInt(rgb[3 * i + 2]);
      assertThat(
              picture.getRGB(layout.photoLeft() + i % width, layout.panelsTop() + i / width)
                  & 0xffffff)
          .isEqualTo(expected);
    }
  }

  @Test
  void hotCellInTheLowerLeftGlowsInTheLowerLeft() {
    OverlayRequest request = grey(320, 240, lowerLeft(whole(320, 240)), OverlayMarks.NONE);
    Probe probe = new Probe(overlay, request);
    // The centre of cell (6,0) of 7x7, where the heat is the palette's last colour.
    Color hot = probe.overlayAt(320 * 0.5 / 7, 240 * 6.5 / 7);
    Color last = new Color(HeatPalette.INFERNO.rgb(1));
    assertThat(distance(hot, last)).isLessThan(distance(hot, new Color(0x808080)));
    assertThat(probe.overlayAt(320 * 6.5 / 7, 240 * 6.5 / 7)).isEqualTo(new Color(0x808080));
    assertThat(probe.overlayAt(320 * 0.5 / 7, 240 * 0.5 / 7)).isEqualTo(new Color(0x808080));
    assertThat(probe.overlayAt(320 * 6.5 / 7, 240 * 0.5 / 7)).isEqualTo(new Color(0x808080));
    assertThat(probe.photoAt(320 * 0.5 / 7, 240 * 6.5 / 7)).isEqualTo(new Color(0x808080));
  }

  @Test
  void heatFollowsTheCrop() {
    // The same map over the right half: its lower left is the middle of the lower edge.
    OverlayRequest request =
        grey(400, 300, lowerLeft(new Box(200, 0, 400, 300)), OverlayMarks.NONE);
    Probe probe = new Probe(overlay, request);
    Color hot = probe.overlayAt(200 + 200 * 0.5 / 7, 300 * 6.5 / 7);
    assertThat(distance(hot, new Color(HeatPalette.INFERNO.rgb(1)))).isLessThan(60);
  }

  @Test
  void outsideOfTheCropIsDimmed() {
    OverlayRequest request =
        grey(
            400,
            300,
            new PlacedMap(new float[49], 7, 7, new Box(50, -20, 350, 280)),
            OverlayMarks.NONE);
    Probe probe = new Probe(overlay, request);
    assertThat(probe.overlayAt(49, 10).getRed()).isLessThan(0x40);
    assertThat(probe.overlayAt(351, 10).getRed()).isLessThan(0x40);
    assertThat(probe.overlayAt(100, 281).getRed()).isLessThan(0x40);
    assertThat(probe.overlayAt(51, 10)).isEqualTo(new Color(0x808080));
    assertThat(probe.overlayAt(349, 1)).isEqualTo(new Color(0x808080));
    assertThat(probe.photoAt(10, 10)).isEqualTo(new Color(0x808080));
  }

  @Test
  void heatGrowsWithTheValueAndLeavesColdPlacesClear() {
    double before = -1;
    for (double share = 0; share <= 1; share += 0.01) {
      double opacity = Panels.opacity(share);
      assertThat(opacity).isBetween(before, 0.75);
      before = opacity;
    }
    assertThat(Panels.opacity(0.03)).isZero();
    assertThat(Panels.opacity(0.1)).isLessThan(0.1);
    assertThat(Panels.opacity(1)).isGreaterThan(0.6);
  }

  @Test
  void boxesLieWhereTheyWereAskedFor() {
    OverlayMarks marks =
        new OverlayMarks(
            Optional.empty(),
            List.of(new Box(40, 60, 200, 160)),
            List.of(new Box(100, 20, 300, 220)));
    Probe probe = new Probe(overlay, grey(320, 240, blank(320, 240), marks));
    for (double[] on : new double[][] {{40, 110}, {200, 80}, {70, 60}, {120, 160}}) {
      assertThat(distance(probe.overlayAt(on[0], on[1]), Overlay.PARTS)).isLessThan(60);
    }
    assertThat(probe.overlayAt(46, 110)).isEqualTo(new Color(0x808080));
    // A dark line under bright dashes.
    boolean bright = false;
    boolean dark = false;
    for (int y = 30; y < 60; y++) {
      Color colour = probe.overlayAt(300, y);
      bright |= colour.getRed() > 0xe0;
      dark |= colour.getRed() < 0x30;
    }
    assertThat(bright).isTrue();
    assertThat(dark).isTrue();
    assertThat(probe.photoAt(40, 110)).isEqualTo(new Color(0x808080));
  }

  @Test
  void boxAroundTheWholeImageHasAllItsLines() {
    OverlayMarks marks =
        new OverlayMarks(Optional.empty(), List.of(new Box(-5, -5, 325, 245)), List.of());
    Probe probe = new Probe(overlay, grey(320, 240, blank(320, 240), marks));
    assertThat(distance(probe.overlayAt(1.5, 100), Overlay.PARTS)).isLessThan(60);
    assertThat(distance(probe.overlayAt(318, 100), Overlay.PARTS)).isLessThan(60);
    assertThat(distance(probe.overlayAt(100, 238), Overlay.PARTS)).isLessThan(60);
  }

  @Test
  void peakIsMarked() {
    OverlayMarks marks =
        new OverlayMarks(Optional.of(new PixelPoint(250, 70)), List.of(), List.of());
    Probe probe = new Probe(overlay, grey(320, 240, blank(320, 240), marks));
    assertThat(probe.overlayAt(250, 70)).isEqualTo(Color.WHITE);
  }

  @Test
  void marksDoNotLeaveThePanel() {
    OverlayMarks marks =
        new OverlayMarks(
            Optional.of(new PixelPoint(0, 120)),
            List.of(new Box(-300, -300, -100, -100)),
            List.of(new Box(-50, 50, 1000, 100)));
    Probe probe = new Probe(overlay, grey(320, 240, blank(320, 240), marks));
    for (int y = 0; y < 240; y++) {
      assertThat(probe.overlayAt(-1, y)).isEqualTo(Color.WHITE);
      assertThat(probe.photoAt(319, y)).isEqualTo(new Color(0x808080));
    }
  }

  @Test
  void scaleRunsFromTheLastColourDownToTheFirst() {
    OverlayRequest request = grey(320, 240, lowerLeft(whole(320, 240)), OverlayMarks.NONE);
    BufferedImage picture = overlay.draw(request);
    Overlay.Layout layout = overlay.layout(request);
    int x = layout.scaleLeft() + 5;
    assertThat(new Color(picture.getRGB(x, layout.panelsTop())))
        .isEqualTo(new Color(HeatPalette.INFERNO.rgb(1)));
    assertThat(new Color(picture.getRGB(x, layout.panelsTop() + 239)))
        .isEqualTo(new Color(HeatPalette.INFERNO.rgb(0)));
  }

  @Test
  void smallImagesAreEnlargedByWholeFactors() {
    byte[] rgb = new byte[2 * 3];
    rgb[0] = (byte) 255;
    rgb[5] = (byte) 255;
    OverlayRequest request =
        new OverlayRequest(2, 1, rgb, blank(2, 1), OverlayMarks.NONE, Caption.NONE);
    BufferedImage picture = overlay.withoutText().draw(request);
    Overlay.Layout layout = overlay.withoutText().layout(request);
    int y = layout.panelsTop() + 50;
    assertThat(new Color(picture.getRGB(layout.photoLeft(), y))).isEqualTo(Color.RED);
    assertThat(new Color(picture.getRGB(layout.photoLeft() + 111, y))).isEqualTo(Color.RED);
    assertThat(new Color(picture.getRGB(layout.photoLeft() + 112, y))).isEqualTo(Color.BLUE);
    assertThat(new Color(picture.getRGB(layout.photoLeft() + 223, y))).isEqualTo(Color.BLUE);
  }

  @Test
  void largeImagesAreReducedByAveraging() {
    int width = 3200;
    int height = 4;
    byte[] rgb = new byte[3 * width * height];
    for (int i = 0; i < width * height; i++) {
      // Black and white columns in turn: each pixel of the panel covers one of both.
      Arrays.fill(rgb, 3 * i, 3 * i + 3, (byte) (i % 2 == 0 ? 0 : 255));
    }
    OverlayRequest request =
        new OverlayRequest(
            width, height, rgb, blank(width, height), OverlayMarks.NONE, Caption.NONE);
    BufferedImage picture = overlay.draw(request);
    Overlay.Layout layout = overlay.layout(request);
    assertThat(picture.getWidth()).isLessThan(3400);
    for (int x = 0; x < 1600; x += 100) {
      assertThat(new Color(picture.getRGB(layout.photoLeft() + x, layout.panelsTop() + 1)))
          .isEqualTo(new Color(0x808080));
    }
  }

  @Test
  void extremeShapesAreDrawn() {
    for (int[] size : new int[][] {{1, 1}, {5000, 20}, {20, 5000}, {1, 3000}, {32, 32}}) {
      OverlayMarks marks =
          new OverlayMarks(
              Optional.of(new PixelPoint(0.5, 0.5)),
              List.of(whole(size[0], size[1])),
              List.of(whole(size[0], size[1])));
      OverlayRequest request = grey(size[0], size[1], lowerLeft(whole(size[0], size[1])), marks);
      BufferedImage picture = overlay.draw(request);
      assertThat(picture.getWidth()).isBetween(400, 3500);
      assertThat(picture.getHeight()).isBetween(100, 1800);
    }
  }

  @Test
  void blankMapSaysSo() {
    OverlayRequest request = grey(320, 240, blank(320, 240), OverlayMarks.NONE);
    BufferedImage said = overlay.draw(request);
    Overlay.Layout layout = overlay.layout(request);
    // Where the machine has no fonts, nothing can be said.
    if (Lettering.ofSize(12).isPresent()) {
      int x = layout.overlayLeft() + 160;
      boolean note = false;
      for (int y = 100; y < 140; y++) {
        note |= new Color(said.getRGB(x, layout.panelsTop() + y)).getRed() < 0x40;
      }
      assertThat(note).isTrue();
    }
    assertThat(new Color(said.getRGB(layout.overlayLeft() + 5, layout.panelsTop() + 5)))
        .isEqualTo(new Color(0x808080));
  }

  @Test
  void withoutFontsThePictureHasNoText() {
    OverlayRequest request =
        grey(
            320,
            240,
            lowerLeft(whole(320, 240)),
            new OverlayMarks(
                Optional.of(new PixelPoint(20, 220)), List.of(whole(320, 240)), List.of()));
    BufferedImage silent = overlay.withoutText().draw(request);
    assertThat(silent.getHeight()).isLessThanOrEqualTo(240 + 2 * 14);
    Overlay.Layout layout = overlay.withoutText().layout(request);
    assertThat(layout.panelsTop()).isEqualTo(14);
  }

  @Test
  void longCaptionsAreWrappedAndShortened() {
    String longName = "yellow lady's slipper, ".repeat(20);
    OverlayRequest request =
        new OverlayRequest(
            224,
            224,
            new byte[3 * 224 * 224],
            blank(224, 224),
            OverlayMarks.NONE,
            new Caption(longName, longName, 0.5, longName, longName, "Grad-CAM"));
    OverlayRequest quiet =
        new OverlayRequest(
            224, 224, new byte[3 * 224 * 224], blank(224, 224), OverlayMarks.NONE, Caption.NONE);
    assertThat(overlay.draw(request).getWidth()).isEqualTo(overlay.draw(quiet).getWidth());
    assertThat(overlay.draw(request).getHeight()).isLessThan(400);
  }

  @Test
  void sameRequestGivesTheSameBytes() throws IOException {
    OverlayRequest request =
        new OverlayRequest(
            300,
            200,
            noise(300, 200),
            lowerLeft(new Box(20, -10, 260, 230)),
            new OverlayMarks(
                Optional.of(new PixelPoint(40, 180)),
                List.of(new Box(20, 150, 90, 200)),
                List.of(new Box(10, 10, 280, 190))),
            CAPTION);
    byte[] png = overlay.png(request);
    assertThat(new Overlay().png(request)).isEqualTo(png);
    BufferedImage read = ImageIO.read(new ByteArrayInputStream(png));
    BufferedImage drawn = overlay.draw(request);
    assertThat(read.getWidth()).isEqualTo(drawn.getWidth());
    assertThat(read.getRGB(100, 100)).isEqualTo(drawn.getRGB(100, 100));
  }

  @Test
  void unknownPartsOfTheCaptionAreLeftOut() {
    assertThat(Caption.NONE.entries()).isEmpty();
    assertThat(new Caption("", "cat", 0.5, "", "layer4", "").entries())
        .containsExactly(Map.entry("predicted", "cat (50 %)"), Map.entry("layer", "layer4"));
    assertThat(new Caption("", "cat", Double.NaN, "", "", "").entries())
        .containsEntry("predicted", "cat");
  }

  @Test
  void badRequestsAreNamed() {
    assertThatThrownBy(
            () ->
                new OverlayRequest(
                    2, 2, new byte[11], blank(2, 2), OverlayMarks.NONE, Caption.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Image has 11 bytes; 2 x 2 pixels need 12, and both sides must be at least 1.");
    assertThatThrownBy(() -> new PixelPoint(Double.NaN, 1))
        .hasMessage("Point is (NaN, 1.0); both coordinates must be finite.");
    assertThatThrownBy(() -> new PlacedMap(new float[] {-1}, 1, 1, whole(1, 1)))
        .hasMessageContaining("is -1.0");
  }

  private static Box whole(int width, int height) {
    return new Box(0, 0, width, height);
  }

  private static PlacedMap blank(int width, int height) {
    return new PlacedMap(new float[49], 7, 7, whole(width, height));
  }

  private static PlacedMap lowerLeft(Box covered) {
    float[] values = new float[49];
    values[6 * 7] = 2.5f;
    return new PlacedMap(values, 7, 7, covered);
  }

  private static OverlayRequest grey(int width, int height, PlacedMap map, OverlayMarks marks) {
    byte[] rgb = new byte[3 * width * height];
    Arrays.fill(rgb, (byte) 0x80);
    return new OverlayRequest(width, height, rgb, map, marks, CAPTION);
  }

  private static byte[] noise(int width, int height) {
    byte[] rgb = new byte[3 * width * height];
    new Random(11).nextBytes(rgb);
    return rgb;
  }

  private static double distance(Color a, Color b) {
    return Math.abs(a.getRed() - b.getRed()) / 3.0
        + Math.abs(a.getGreen() - b.getGreen()) / 3.0
        + Math.abs(a.getBlue() - b.getBlue()) / 3.0;
  }

  /** Colours at places given in pixels of an original that is shown pixel for pixel. */
  private static final class Probe {
    private final BufferedImage picture;
    private final Overlay.Layout layout;

    Probe(Overlay overlay, OverlayRequest request) {
      picture = overlay.withoutText().draw(request);
      layout = overlay.withoutText().layout(request);
    }

    Color photoAt(double x, double y) {
      return new Color(picture.getRGB(layout.photoLeft() + (int) x, layout.panelsTop() + (int) y));
    }

    Color overlayAt(double x, double y) {
      return new Color(
          picture.getRGB(layout.overlayLeft() + (int) Math.floor(x), layout.panelsTop() + (int) y));
    }
  }
}

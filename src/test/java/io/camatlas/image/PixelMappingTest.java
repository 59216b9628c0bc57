package io.camatlas.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PixelMappingTest {
  private static final Preprocessing IMAGENET = Preprocessing.IMAGENET;

  @Test
  void imagenetCropOfALandscapeIsItsMiddle() {
    PixelMapping mapping = IMAGENET.mapping(500, 375);

    // Resized to 341x256, cropped from column 58 (58.5 rounded to even) and row 16.
    assertThat(mapping).isEqualTo(new PixelMapping(500, 375, 341, 256, 58, 16, 224, 224));
    assertThat(mapping.toOriginalX(0)).isCloseTo(58 * 500 / 341.0, within(1e-9));
    assertThat(mapping.toOriginalY(224)).isCloseTo(240 * 375 / 256.0, within(1e-9));
  }

  @Test
  void thereAndBackIsIdentity() {
    Random random = new Random(5);
    for (int i = 0; i < 1000; i++) {
      PixelMapping mapping = IMAGENET.mapping(1 + random.nextInt(3000), 1 + random.nextInt(3000));
      double x = 300 * random.nextDouble() - 40;
      double y = 300 * random.nextDouble() - 40;
      assertThat(mapping.toInputX(mapping.toOriginalX(x))).isCloseTo(x, within(1e-9));
      assertThat(mapping.toInputY(mapping.toOriginalY(y))).isCloseTo(y, within(1e-9));
    }
  }

  @Test
  void boxDrawnInTheOriginalComesBackWithinOneInputPixel() {
    Random random = new Random(6);
    for (int i = 0; i < 60; i++) {
      int width = 230 + random.nextInt(500);
      int height = 230 + random.nextInt(500);
      PixelMapping mapping = IMAGENET.mapping(width, height);
      // Somewhere inside what the crop shows, in whole pixels.
      Box seen = mapping.toOriginal(new Box(4, 4, 220, 220));
      int x0 = (int) Math.ceil(seen.x0() + random.nextDouble() * seen.width() / 3);
      int y0 = (int) Math.ceil(seen.y0() + random.nextDouble() * seen.height() / 3);
      int x1 = (int) (seen.x1() - random.nextDouble() * seen.width() / 3);
      int y1 = (int) (seen.y1() - random.nextDouble() * seen.height() / 3);
      byte[] rgb = new byte[3 * width * height];
      for (int y = y0; y < y1; y++) {
        Arrays.fill(rgb, 3 * (y * width + x0), 3 * (y * width + x1), (byte) 255);
      }

      Box found = brighterThanHalf(new RgbImage(width, height, rgb));
      Box back = mapping.toOriginal(found);

      double column = (double) width / mapping.resizedWidth();
      double row = (double) height / mapping.resizedHeight();
      assertThat(back.x0()).isCloseTo(x0, within(column));
      assertThat(back.x1()).isCloseTo(x1, within(column));
      assertThat(back.y0()).isCloseTo(y0, within(row));
      assertThat(back.y1()).isCloseTo(y1, within(row));
      assertThat(mapping.toInput(new Box(x0, y0, x1, y1)).iou(found)).isGreaterThan(0.9);
    }
  }

  @Test
  void boxesAreClippedToThePicture() {
    Preprocessing padded =
        new Preprocessing(
            new Resize.None(),
            Interpolation.BILINEAR,
            ResizeAs.PILLOW_12,
            new Crop.Center(20, 20),
            ChannelOrder.GRAY,
            List.of(0.0),
            List.of(1.0));
    PixelMapping mapping = padded.mapping(10, 40); // padded by 5 columns, cropped by 10 rows

    assertThat(mapping.toOriginal(new Box(0, 0, 20, 20))).isEqualTo(new Box(0, 10, 10, 30));
    assertThat(mapping.toOriginal(new Box(0, 0, 4, 20)).area()).isZero();
    assertThat(mapping.toInput(new Box(0, 0, 10, 40))).isEqualTo(new Box(5, 0, 15, 20));
    assertThat(mapping.toInput(new Box(0, 35, 10, 40)).area()).isZero();
  }

  @Test
  void overlapOfBoxesIsIntersectionOverUnion() {
    Box box = new Box(0, 0, 4, 2);

    assertThat(box.area()).isEqualTo(8);
    assertThat(box.intersection(new Box(2, 1, 6, 3))).isEqualTo(new Box(2, 1, 4, 2));
    assertThat(box.iou(new Box(2, 1, 6, 3))).isCloseTo(2.0 / 14, within(1e-12));
    assertThat(box.iou(box)).isEqualTo(1);
    assertThat(box.intersection(new Box(10, 10, 12, 12)).area()).isZero();
    assertThat(box.iou(new Box(10, 10, 12, 12))).isZero();
    assertThat(new Box(1, 1, 1, 1).iou(new Box(1, 1, 1, 1))).isZero();
  }

  @Test
  void boxInsideOutIsRefused() {
    assertThatThrownBy(() -> new Box(3, 0, 2, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "The box is (3.0, 0.0, 2.0, 1.0); it must be finite, left before right and top before"
                + " bottom. Swap its corners.");
    assertThatThrownBy(() -> new Box(0, 0, Double.NaN, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** Where the input is brighter than the middle, as a box of whole pixels. */
  private static Box brighterThanHalf(RgbImage image) {
    Preprocessing steps =
        new Preprocessing(
            IMAGENET.resize(),
            IMAGENET.interpolation(),
            ResizeAs.PILLOW_12,
            IMAGENET.crop(),
            ChannelOrder.GRAY,
            List.of(0.0),
            List.of(1.0));
    float[] input = new float[steps.inputLength()];
    steps.apply(image, input, 0);
    int x0 = 224;
    int y0 = 224;
    int x1 = 0;
    int y1 = 0;
    for (int i = 0; i < input.length; i++) {
      if (input[i] > 0.5f) {
        x0 = Math.min(x0, i % 224);
        x1 = Math.max(x1, i % 224 + 1);
        y0 = Math.min(y0, i / 224);
        y1 = Math.max(y1, i / 224 + 1);
      }
    }
    return new Box(x0, y0, x1, y1);
  }
}

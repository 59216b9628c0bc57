package io.camatlas.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RetouchTest {
  private static final Box PLACE = new Box(2, 1, 5, 4);

  private static RgbImage noise(int width, int height, long seed) {
    byte[] rgb = new byte[3 * width * height];
    new Random(seed).nextBytes(rgb);
    return new RgbImage(width, height, rgb);
  }

  private static int at(RgbImage image, int x, int y, int c) {
    return image.rgb()[3 * (y * image.width() + x) + c] & 0xff;
  }

  /** Everything outside of the place is as it was. */
  private static void assertOnlyInside(RgbImage changed, RgbImage image, Box place) {
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < image.width(); x++) {
        boolean inside = x >= place.x0() && x < place.x1() && y >= place.y0() && y < place.y1();
        if (!inside) {
          for (int c = 0; c < 3; c++) {
            assertThat(at(changed, x, y, c)).isEqualTo(at(image, x, y, c));
          }
        }
      }
    }
  }

  @Test
  void thePlaceGetsTheMeanColourOfTheWholePicture() {
    byte[] rgb = new byte[3 * 8 * 6];
    java.util.Arrays.fill(rgb, (byte) 10);
    // One white pixel of 48, inside the place.
    int white = 3 * (2 * 8 + 3);
    rgb[white] = rgb[white + 1] = rgb[white + 2] = (byte) 255;
    RgbImage image = new RgbImage(8, 6, rgb);
    RgbImage filled = Retouch.filledWithMean(image, List.of(PLACE));
    // (47 * 10 + 255) / 48 = 15.1
    assertThat(at(filled, 3, 2, 0)).isEqualTo(15);
    assertThat(at(filled, 2, 1, 1)).isEqualTo(15);
    assertOnlyInside(filled, image, PLACE);
  }

  @Test
  void aPlaceOfEqualSizeIsPastedAsItIs() {
    RgbImage image = noise(8, 6, 1);
    RgbImage other = noise(10, 9, 2);
    RgbImage pasted = Retouch.pasted(image, List.of(PLACE), other, List.of(new Box(6, 5, 9, 8)));
    for (int y = 0; y < 3; y++) {
      for (int x = 0; x < 3; x++) {
        assertThat(at(pasted, 2 + x, 1 + y, 1)).isEqualTo(at(other, 6 + x, 5 + y, 1));
      }
    }
    assertOnlyInside(pasted, image, PLACE);
  }

  @Test
  void aBlurLeavesNoDetailAndTakesInWhatSurrounds() {
    int side = 64;
    byte[] rgb = new byte[3 * side * side];
    java.util.Arrays.fill(rgb, (byte) 100);
    Box place = new Box(16, 16, 48, 48);
    for (int y = 28; y < 36; y++) {
      for (int x = 28; x < 36; x++) {
        for (int c = 0; c < 3; c++) {
          rgb[3 * (y * side + x) + c] = (byte) 255;
        }
      }
    }
    RgbImage image = new RgbImage(side, side, rgb);
    RgbImage blurred = Retouch.blurred(image, List.of(place));
    assertOnlyInside(blurred, image, place);
    int least = 255;
    int most = 0;
    for (int y = 16; y < 48; y++) {
      for (int x = 16; x < 48; x++) {
        least = Math.min(least, at(blurred, x, y, 0));
        most = Math.max(most, at(blurred, x, y, 0));
      }
    }
    // A square of 64 pixels and 155 levels under a Gaussian of sigma 16 adds at most 6.2 levels.
    assertThat(most).isBetween(101, 108);
    assertThat(least).isGreaterThanOrEqualTo(99);
  }

  @Test
  void whatLiesBeyondThePictureIsLeftOut() {
    RgbImage image = noise(8, 6, 3);
    Box beyond = new Box(-5, 4, 3, 20);
    assertOnlyInside(Retouch.filledWithMean(image, List.of(beyond)), image, beyond);
    assertThat(Retouch.holds(image, List.of(beyond))).isFalse();
    assertThat(Retouch.holds(image, List.of(PLACE))).isTrue();
    Box away = new Box(8, 0, 12, 6);
    assertThat(Retouch.holds(image, List.of(away))).isFalse();
    assertThat(Retouch.blurred(image, List.of(away))).isEqualTo(image);
  }
}

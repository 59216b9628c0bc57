package io.camatlas.causes;

import static org.assertj.core.api.Assertions.assertThat;

import io.camatlas.image.ChannelOrder;
import io.camatlas.image.Crop;
import io.camatlas.image.Interpolation;
import io.camatlas.image.Preprocessing;
import io.camatlas.image.Resize;
import io.camatlas.image.ResizeAs;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What networks are shown that has no content; what they do then is tested with experiments. */
class HabitProbeTest {
  private static final int SIDE = 32;
  private static final int UNIFORM = 16;

  private static List<float[]> blank(Resize resize, Crop crop) {
    return HabitProbe.blank(
        new Preprocessing(
            resize,
            Interpolation.BILINEAR,
            ResizeAs.PILLOW_12,
            crop,
            ChannelOrder.RGB,
            List.of(0.0, 0.0, 0.0),
            List.of(1.0, 1.0, 1.0)));
  }

  /** The share of a picture's pixels that are black, as around one that is too small. */
  private static double black(float[] picture) {
    int pixels = SIDE * SIDE;
    int black = 0;
    for (int i = 0; i < pixels; i++) {
      black += picture[i] == 0 && picture[pixels + i] == 0 && picture[2 * pixels + i] == 0 ? 1 : 0;
    }
    return (double) black / pixels;
  }

  /** The share of neighbours in a row that are alike. */
  private static double alike(float[] picture) {
    int alike = 0;
    for (int row = 0; row < SIDE; row++) {
      for (int x = 1; x < SIDE; x++) {
        alike += picture[row * SIDE + x] == picture[row * SIDE + x - 1] ? 1 : 0;
      }
    }
    return (double) alike / (SIDE * (SIDE - 1));
  }

  @Test
  void noiseFillsAnInputForWhichPicturesAreNotResized() {
    List<float[]> pictures = blank(new Resize.None(), new Crop.Center(SIDE, SIDE));
    List<float[]> noise = pictures.subList(UNIFORM, pictures.size());
    assertThat(noise).hasSize(16).allMatch(picture -> picture.length == 3 * SIDE * SIDE);
    assertThat(noise).allSatisfy(picture -> assertThat(black(picture)).isLessThan(0.05));
    // Noise of four sizes in turn.
    for (int i = 0; i < noise.size(); i++) {
      double expected = 1 - 1.0 / (1 << (i % 4));
      assertThat(alike(noise.get(i))).as("picture %d", i).isBetween(expected - 0.1, expected + 0.1);
    }
  }

  @Test
  void pictureThatIsResizedFillsItToo() {
    assertThat(blank(new Resize.Exact(SIDE, SIDE), new Crop.None()).subList(UNIFORM, 2 * UNIFORM))
        .allSatisfy(picture -> assertThat(black(picture)).isLessThan(0.05));
  }

  @Test
  void uniformColoursReachFromBlackToWhite() {
    List<float[]> colours =
        blank(new Resize.None(), new Crop.Center(SIDE, SIDE)).subList(0, UNIFORM);
    assertThat(colours).allSatisfy(picture -> assertThat(alike(picture)).isEqualTo(1));
    assertThat(black(colours.get(0))).isEqualTo(1);
    assertThat(colours.get(UNIFORM / 2 - 1)).containsOnly(1f);
  }
}

package io.camatlas.causes;

import static org.assertj.core.api.Assertions.assertThat;

import io.camatlas.image.Detail;
import io.camatlas.localize.FractionBox;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Pictures with blobs anywhere, on a background that is brighter at the top in one class. */
class FixedPatternTest {
  private static final int SIDE = 112;
  private static final Detail.Cells CELLS = Detail.Cells.of(1, SIDE, SIDE);

  private interface Mark {
    void draw(float[] picture);
  }

  private static void fill(float[] picture, int left, int top, int width, int height) {
    for (int y = top; y < top + height; y++) {
      for (int x = left; x < left + width; x++) {
        picture[y * SIDE + x] = 200;
      }
    }
  }

  /**
   * Details of pictures.
   *
   * @param share of the pictures that have the mark
   * @param brighter how much brighter the top is than the bottom
   */
  private static DetailSums pictures(
      long seed, int n, double share, double brighter, boolean centred, Mark mark) {
    Random random = new Random(seed);
    DetailSums sums = DetailSums.none(CELLS.values());
    for (int i = 0; i < n; i++) {
      float[] picture = new float[SIDE * SIDE];
      for (int y = 0; y < SIDE; y++) {
        for (int x = 0; x < SIDE; x++) {
          picture[y * SIDE + x] =
              (float) (100 + brighter * (SIDE - y) / SIDE + 20 * random.nextGaussian());
        }
      }
      for (int blob = 0; blob < 4; blob++) {
        fill(picture, random.nextInt(SIDE - 20), random.nextInt(SIDE - 20), 20, 20);
      }
      if (centred) {
        fill(picture, 40, 40, 30, 30);
      }
      if (i < share * n) {
        mark.draw(picture);
      }
      sums = sums.with(Detail.of(picture, SIDE, SIDE, CELLS));
    }
    return sums;
  }

  private static final DetailSums OTHERS = pictures(1, 200, 0, 0, false, picture -> {});

  private static Optional<FixedPattern> found(double share, Mark mark) {
    return FixedPattern.in(pictures(2, 60, share, 0, false, mark), OTHERS, CELLS).apart();
  }

  @Test
  void aMarkInACornerIsFoundWhereItIs() {
    FixedPattern pattern = found(0.6, picture -> fill(picture, 8, 90, 24, 12)).orElseThrow();
    assertThat(pattern.n()).isEqualTo(60);
    assertThat(pattern.z()).isGreaterThan(6);
    assertThat(pattern.place().boxes()).hasSize(1);
    FractionBox box = pattern.place().boxes().get(0);
    // All of it, and no more than three cells beside it.
    assertThat(box.x0()).isBetween(8.0 / SIDE - 3.0 / 56, 8.0 / SIDE);
    assertThat(box.x1()).isBetween(32.0 / SIDE, 32.0 / SIDE + 3.0 / 56);
    assertThat(box.y0()).isBetween(90.0 / SIDE - 3.0 / 56, 90.0 / SIDE);
    assertThat(box.y1()).isBetween(102.0 / SIDE, 102.0 / SIDE + 3.0 / 56);
  }

  @Test
  void anObjectInTheMiddleHidesNoFaintMark() {
    Mark faint =
        picture -> {
          for (int y = 90; y < 102; y++) {
            for (int x = 8; x < 32; x++) {
              picture[y * SIDE + x] += 25;
            }
          }
        };
    FixedPattern pattern =
        FixedPattern.in(pictures(2, 60, 1, 0, true, faint), OTHERS, CELLS).apart().orElseThrow();
    assertThat(pattern.place().boxes()).hasSize(1);
    assertThat(pattern.place().boxes().get(0).y0()).isGreaterThan(0.7);
    // Of the mark, and not of the object, whose means are as many as 30 standard errors apart.
    assertThat(pattern.z()).isBetween(5.0, 25.0);
  }

  /** A bar through which two fifths of what is there are seen. */
  private static void halfTransparent(float[] picture) {
    for (int y = 48; y < 60; y++) {
      for (int x = 40; x < 72; x++) {
        picture[y * SIDE + x] = 0.4f * picture[y * SIDE + x] + 0.6f * 255;
      }
    }
  }

  @Test
  void aMarkAcrossTheMiddleIsFoundAndAnObjectThereIsNot() {
    DetailSums marked = pictures(2, 60, 0.8, 0, false, FixedPatternTest::halfTransparent);
    assertThat(FixedPattern.in(marked, OTHERS, CELLS).apart()).isEmpty();
    FixedPattern pattern = FixedPattern.in(marked, OTHERS, CELLS).inTheMiddle().orElseThrow();
    assertThat(pattern.inTheMiddle()).isTrue();
    FractionBox box = pattern.place().boxes().get(0);
    assertThat(box.y0()).isBetween(0.35, 48.0 / SIDE);
    assertThat(box.y1()).isBetween(60.0 / SIDE, 0.61);
    assertThat(pattern.place().area()).isBetween(0.03, 0.1);
    // Of 60 pictures' objects in the middle, none lies or shines quite as another does.
    Random random = new Random(3);
    DetailSums objects =
        pictures(
            4,
            60,
            1,
            0,
            false,
            picture -> {
              int side = 20 + random.nextInt(20);
              int left = 40 + random.nextInt(16) - side / 4;
              int top = 40 + random.nextInt(16) - side / 4;
              for (int y = top; y < top + side; y++) {
                for (int x = left; x < left + side; x++) {
                  picture[y * SIDE + x] += (float) (40 + 10 * random.nextGaussian());
                }
              }
            });
    assertThat(FixedPattern.in(objects, OTHERS, CELLS).apart()).isEmpty();
    assertThat(FixedPattern.in(objects, OTHERS, CELLS).inTheMiddle()).isEmpty();
  }

  /**
   * The fringes of a mark, on whatever is behind it, are all the surer the more pictures there are.
   */
  @Test
  void aMarkBesideTheMiddleIsFoundInManyPictures() {
    DetailSums marked = pictures(2, 1000, 1, 0, false, picture -> fill(picture, 46, 82, 20, 12));
    FixedPattern pattern =
        FixedPattern.in(marked, pictures(1, 1000, 0, 0, false, picture -> {}), CELLS)
            .apart()
            .orElseThrow();
    assertThat(pattern.place().boxes().get(0).y0()).isGreaterThan(0.66);
  }

  /** The rim of a plate, say, with little in it that is always the same. */
  @Test
  void whatGoesAroundTheMiddleIsNoPattern() {
    Mark ring =
        picture -> {
          for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
              double radius = Math.hypot(x - SIDE / 2, y - SIDE / 2);
              if (radius > 40 && radius < 44) {
                picture[y * SIDE + x] += 60;
              }
            }
          }
        };
    DetailSums plates = pictures(2, 1000, 1, 0, false, ring);
    assertThat(FixedPattern.in(plates, OTHERS, CELLS).apart()).isEmpty();
    assertThat(FixedPattern.in(plates, OTHERS, CELLS).inTheMiddle()).isPresent();
  }

  @Test
  void strokesWithGapsAreOneMark() {
    Mark text =
        picture -> {
          for (int stroke = 0; stroke < 8; stroke++) {
            fill(picture, 8 + 10 * stroke, 92, 2, 14);
          }
        };
    FixedPattern pattern = found(0.8, text).orElseThrow();
    assertThat(pattern.place().boxes()).hasSize(1);
    FractionBox box = pattern.place().boxes().get(0);
    assertThat(box.x0()).isLessThan(0.08);
    assertThat(box.x1()).isBetween(0.68, 0.76);
    assertThat(pattern.inTheMiddle()).isFalse();
  }

  /** Nobody may say that the pictures have nothing in common then. */
  @Test
  void whatIsTooLargeForAMarkIsToldOf() {
    Mark band =
        picture -> {
          for (int y = SIDE - 26; y < SIDE - 2; y += 6) {
            for (int x = 2; x < SIDE - 3; x += 6) {
              fill(picture, x, y, 3, 3);
            }
          }
        };
    FixedPattern.Found large = FixedPattern.in(pictures(2, 60, 0.8, 0, false, band), OTHERS, CELLS);
    assertThat(large.apart()).isEmpty();
    assertThat(large.isLarge()).isTrue();
    assertThat(FixedPattern.in(pictures(3, 60, 0, 0, false, none -> {}), OTHERS, CELLS).isLarge())
        .isFalse();
  }

  @Test
  void aFrameIsFoundAsFourRectangles() {
    FixedPattern pattern =
        found(
                0.8,
                picture -> {
                  fill(picture, 0, 0, SIDE, 4);
                  fill(picture, 0, SIDE - 4, SIDE, 4);
                  fill(picture, 0, 0, 4, SIDE);
                  fill(picture, SIDE - 4, 0, 4, SIDE);
                })
            .orElseThrow();
    assertThat(pattern.place().boxes()).hasSize(4);
    assertThat(pattern.place().area()).isBetween(0.14, 0.4);
  }

  @Test
  void chanceASkyAndWhatLiesInTheMiddleAreNoPatterns() {
    Mark none = picture -> {};
    for (int seed = 10; seed < 16; seed++) {
      assertThat(FixedPattern.in(pictures(seed, 40, 0, 0, false, none), OTHERS, CELLS).apart())
          .isEmpty();
    }
    assertThat(FixedPattern.in(pictures(3, 60, 0, 60, false, none), OTHERS, CELLS).apart())
        .isEmpty();
    assertThat(FixedPattern.in(pictures(4, 60, 0, 0, true, none), OTHERS, CELLS).apart()).isEmpty();
  }

  @Test
  void aClassThatLacksWhatOthersHaveHasNoPattern() {
    DetailSums marked = pictures(6, 60, 1, 0, false, picture -> fill(picture, 8, 90, 24, 12));
    assertThat(FixedPattern.in(pictures(7, 60, 0, 0, false, picture -> {}), marked, CELLS).apart())
        .isEmpty();
    assertThat(FixedPattern.in(marked, OTHERS, CELLS).apart()).isPresent();
  }

  @Test
  void fewPicturesSayNothing() {
    Mark mark = picture -> fill(picture, 8, 90, 24, 12);
    int few = FixedPattern.FEWEST - 1;
    assertThat(FixedPattern.in(pictures(2, few, 1, 0, false, mark), OTHERS, CELLS).apart())
        .isEmpty();
    assertThat(FixedPattern.in(OTHERS, pictures(2, few, 1, 0, false, mark), CELLS).apart())
        .isEmpty();
  }

  @Test
  void sumsAddUpAndComeApart() {
    DetailSums a = pictures(5, 5, 0, 0, false, picture -> {});
    DetailSums back = a.and(OTHERS).without(OTHERS);
    assertThat(back.n()).isEqualTo(5);
    for (int i = 0; i < CELLS.values(); i++) {
      assertThat(back.mean(i)).isCloseTo(a.mean(i), org.assertj.core.data.Offset.offset(1e-9));
      assertThat(back.variance(i))
          .isCloseTo(a.variance(i), org.assertj.core.data.Offset.offset(1e-6));
    }
  }

  @Test
  void aPlainPictureHasNoDetailAndAMarkHas() {
    float[] picture = new float[SIDE * SIDE];
    java.util.Arrays.fill(picture, 7);
    assertThat(Detail.of(picture, SIDE, SIDE, CELLS)).containsOnly(0);
    fill(picture, 8, 8, 8, 8);
    float[] detail = Detail.of(picture, SIDE, SIDE, CELLS);
    assertThat(detail[5 * 56 + 5]).isGreaterThan(100);
    assertThat(detail[40 * 56 + 40]).isEqualTo(0);
  }
}

package io.camatlas.truth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.camatlas.image.Box;
import io.camatlas.image.PixelMapping;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Cases that can be worked out on paper. */
class TruthEvaluationTest {
  /**
   * Enlarged to 8x8 the columns read the map at -0.375, -0.125, 0.125, ... so that the first cell
   * weighs u = 1, 1, 7/8, 5/8, 3/8, 1/8, 0, 0, and pixel (y,x) is u[y] u[x].
   */
  private static final float[] CORNER = {1, 0, 0, 0};

  private static PixelMapping square(int side) {
    return new PixelMapping(side, side, side, side, 0, 0, side, side);
  }

  private static TruthEvaluation.Result measured(
      float[] map, int height, int width, PixelMapping mapping, TruthObject... objects) {
    return new TruthEvaluation(List.of(objects), mapping, MaskFiles.NONE)
        .measure(map, height, width);
  }

  private static TruthObject box(double x0, double y0, double x1, double y1) {
    return TruthObject.of("thing", new Box(x0, y0, x1, y1));
  }

  @Test
  void energyIsTheShareOfTheEnlargedMapInsideTheBox() {
    TruthEvaluation.Result result = measured(CORNER, 2, 2, square(8), box(0, 0, 4, 4));
    // The u add up to 4, of which 3.5 in the first four: 3.5² of 4².
    assertThat(result.energy()).isEqualTo(12.25 / 16);
    assertThat(result.coverage()).isEqualTo(0.25);
  }

  @Test
  void overlappingBoxesCountOnce() {
    TruthEvaluation.Result result =
        measured(CORNER, 2, 2, square(8), box(0, 0, 4, 4), box(0, 0, 4, 4), box(2, 2, 4, 4));
    assertThat(result.energy()).isEqualTo(12.25 / 16);
    assertThat(result.coverage()).isEqualTo(0.25);
  }

  @Test
  void uniformMapHasTheEnergyOfItsCoverage() {
    TruthEvaluation.Result result =
        measured(new float[] {3, 3, 3, 3}, 2, 2, square(8), box(1, 1, 6, 4));
    assertThat(result.energy()).isEqualTo(result.coverage()).isEqualTo(15.0 / 64);
  }

  @Test
  void boxGrowsAsTheThresholdFalls() {
    byte[] hits = measured(CORNER, 2, 2, square(8), box(0, 0, 4, 4)).boxHits();
    // Truth: corners 0 and 4, 25 pixels. The first row decides how far the outline reaches:
    // u * 255 truncated is 31 at column 5, 95 at 4, 159 at 3, 223 at 2, and 255 before.
    byte[] expected = new byte[255];
    Arrays.fill(expected, 0, 31, (byte) 7); // to corner 6: 25/49 = 0.51
    Arrays.fill(expected, 31, 95, (byte) 7); // to corner 5: 25/36 = 0.69
    Arrays.fill(expected, 95, 159, (byte) 15); // to corner 4: 1
    Arrays.fill(expected, 159, 223, (byte) 7); // to corner 3: 16/25 = 0.64
    Arrays.fill(expected, 223, 255, (byte) 2); // to corner 2: 9/25 = 0.36
    assertThat(hits).isEqualTo(expected);
  }

  @Test
  void anyOutlineMayHitWhereTheLargestMisses() {
    // One cell a pixel. Above 0.5 lie 3x3 pixels at the left and 2x2 at the right.
    float[] map = new float[64];
    for (int i = 0; i < 64; i++) {
      boolean left = i % 8 < 3 && i / 8 < 3;
      boolean right = i % 8 >= 5 && i % 8 < 7 && i / 8 >= 5 && i / 8 < 7;
      map[i] = left || right ? 1 : 0;
    }
    byte[] hits = measured(map, 8, 8, square(8), box(5, 5, 7, 7)).boxHits();
    // The smaller one's corners are 5 and 7, like the truth's; the larger one misses.
    assertThat(hits).containsOnly(14);
    // Several truths: the best counts.
    hits = measured(map, 8, 8, square(8), box(5, 5, 7, 7), box(0, 0, 3, 3)).boxHits();
    assertThat(hits).containsOnly(15);
  }

  @Test
  void pointHitsLessThanFifteenPixelsAway() {
    // The peak is pixel (0,0).
    assertThat(measured(CORNER, 2, 2, square(100), box(14, 0, 30, 9)).peakHit()).isTrue();
    assertThat(measured(CORNER, 2, 2, square(100), box(15, 0, 30, 9)).peakHit()).isFalse();
    // A circle: 10² + 10² = 200 is less than 225, 11² + 11² = 242 is not.
    assertThat(measured(CORNER, 2, 2, square(100), box(10, 10, 30, 30)).peakHit()).isTrue();
    assertThat(measured(CORNER, 2, 2, square(100), box(11, 11, 30, 30)).peakHit()).isFalse();
  }

  @Test
  void centreIsMeasuredBesideIt() {
    // The centre is pixel 50; boxes end with pixel 36 or 35.
    assertThat(measured(CORNER, 2, 2, square(100), box(0, 0, 37, 100)).centreHit()).isTrue();
    assertThat(measured(CORNER, 2, 2, square(100), box(0, 0, 36, 100)).centreHit()).isFalse();
  }

  @Test
  void pointIsCarriedToTheOriginal() {
    // Halved, then 25 columns cut off: the plane's first pixel shows column (0.5 + 25) * 2 = 51.
    PixelMapping mapping = new PixelMapping(200, 100, 100, 50, 25, 0, 50, 50);
    assertThat(measured(CORNER, 2, 2, mapping, box(65, 0, 90, 9)).peakHit()).isTrue();
    assertThat(measured(CORNER, 2, 2, mapping, box(66, 0, 90, 9)).peakHit()).isFalse();
  }

  @Test
  void maskDecidesWhereThereIsOne() {
    // The box starts at the peak, the mask 20 pixels to the right.
    Mask mask = new Mask.Polygons(List.of(new double[] {20, 0, 30, 0, 30, 30, 20, 30}));
    TruthObject object = TruthObject.of("thing", new Box(0, 0, 30, 30), mask);
    assertThat(measured(CORNER, 2, 2, square(100), object).peakHit()).isFalse();
    Mask near = new Mask.Polygons(List.of(new double[] {14, 0, 30, 0, 30, 30, 14, 30}));
    object = TruthObject.of("thing", new Box(0, 0, 30, 30), near);
    assertThat(measured(CORNER, 2, 2, square(100), object).peakHit()).isTrue();
  }

  @Test
  void blankMapMissesAndHasNoEnergy() {
    TruthEvaluation.Result result = measured(new float[4], 2, 2, square(8), box(0, 0, 8, 8));
    assertThat(result.blank()).isTrue();
    assertThat(result.peakHit()).isFalse();
    assertThat(result.centreHit()).isTrue();
    assertThat(result.energy()).isNaN();
    assertThat(result.boxHits()).containsOnly(0);
  }

  @Test
  void flatMapGuessesThePixelInTheCornerAsPublished() {
    float[] flat = {1, 1, 1, 1};
    assertThat(measured(flat, 2, 2, square(8), box(4, 4, 8, 8)).boxHits()).containsOnly(0);
    // The truth shrinks to that pixel: IoU 1.
    assertThat(measured(flat, 2, 2, square(8), box(0, 0, 0.9, 0.9)).boxHits()).containsOnly(15);
  }

  @Test
  void pixelsAreCountedByScoreOnTheObjectAndBesideIt() {
    // Column-major runs: the left column, of scores 1 and 0.25, is the object.
    Mask mask = new Mask.RunLengths(2, 2, new int[] {0, 2, 2});
    TruthObject object = TruthObject.of("thing", new Box(0, 0, 1, 2), mask);
    TruthEvaluation.Result result = measured(new float[] {4, 2, 1, 0}, 2, 2, square(2), object);
    int[] expectedObject = new int[1001];
    expectedObject[1000] = 1;
    expectedObject[250] = 1;
    int[] expectedBackground = new int[1001];
    expectedBackground[500] = 1;
    expectedBackground[0] = 1;
    assertThat(result.pixels().object()).isEqualTo(expectedObject);
    assertThat(result.pixels().background()).isEqualTo(expectedBackground);
    // Falling: precision 1 for the first half of the recall, 2 of 3 for the second.
    assertThat(TruthState.EMPTY.add(result).pxap()).isCloseTo(0.5 * 1 + 0.5 * 2 / 3, within(1e-15));
  }

  @Test
  void everyBinHoldsItsOwnStart() {
    for (int bin = 0; bin < 1000; bin++) {
      assertThat(PixelScores.bin(bin * 0.001)).isEqualTo(bin);
      assertThat(PixelScores.bin(Math.nextDown((bin + 1) * 0.001))).isEqualTo(bin);
    }
    assertThat(PixelScores.bin(Math.nextDown(1.0))).isEqualTo(999);
    assertThat(PixelScores.bin(1)).isEqualTo(1000);
  }

  @Test
  void crowdIsNeitherObjectNorBackgroundNorABox() {
    Mask left = new Mask.RunLengths(2, 2, new int[] {0, 2, 2});
    Mask right = new Mask.RunLengths(2, 2, new int[] {2, 2});
    TruthObject object = TruthObject.of("thing", new Box(0, 0, 1, 2), left);
    TruthObject crowd = new TruthObject("thing", 1, 0, 2, 2, right, false, true);
    TruthEvaluation.Result result =
        measured(new float[] {4, 2, 1, 0}, 2, 2, square(2), object, crowd);
    assertThat(result.coverage()).isEqualTo(0.5);
    assertThat(Arrays.stream(result.pixels().object()).sum()).isEqualTo(2);
    assertThat(Arrays.stream(result.pixels().background()).sum()).isZero();
  }

  @Test
  void oneObjectWithoutMaskLeavesPixelsUnknown() {
    Mask left = new Mask.RunLengths(2, 2, new int[] {0, 2, 2});
    TruthObject object = TruthObject.of("thing", new Box(0, 0, 1, 2), left);
    TruthEvaluation.Result result =
        measured(new float[] {4, 2, 1, 0}, 2, 2, square(2), object, box(1, 1, 2, 2));
    assertThat(result.pixels()).isNull();
  }

  @Test
  void objectOutsideTheCropIsOnlyCounted() {
    PixelMapping mapping = new PixelMapping(16, 8, 16, 8, 8, 0, 8, 8);
    TruthEvaluation.Result both =
        measured(CORNER, 2, 2, mapping, box(0, 0, 8, 8), box(8, 0, 12, 4));
    assertThat(both.croppedOut()).isEqualTo(1);
    assertThat(both.measured()).isTrue();
    assertThat(both.coverage()).isEqualTo(0.25);
    TruthEvaluation.Result none = measured(CORNER, 2, 2, mapping, box(0, 0, 8, 8));
    assertThat(none.croppedOut()).isEqualTo(1);
    assertThat(none.measured()).isFalse();
  }

  @Test
  void nothingToMeasureAgainstIsAnError() {
    TruthObject crowd = new TruthObject("thing", 0, 0, 2, 2, null, false, true);
    assertThatExceptionOfType(TruthException.class)
        .isThrownBy(() -> measured(CORNER, 2, 2, square(8), crowd))
        .withMessage(
            "There is no object to measure against (1 crowds); at least 1 is needed. Leave this"
                + " image out.");
  }

  @Test
  void maskOfAnotherSizeIsAnError() {
    Mask mask = new Mask.RunLengths(2, 2, new int[] {0, 2, 2});
    TruthObject object = TruthObject.of("thing", new Box(0, 0, 1, 2), mask);
    assertThatExceptionOfType(TruthException.class)
        .isThrownBy(() -> measured(CORNER, 2, 2, square(8), object))
        .withMessage(
            "Run lengths is 2x2 but the image is 8x8; both must agree. Use the image that was"
                + " annotated.");
  }

  @Test
  void negativeSaliencyIsAnError() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> measured(new float[] {0, -1, 0, 0}, 2, 2, square(8), box(0, 0, 4, 4)))
        .withMessageContaining("Map value at index 1 (row 0, column 1) is -1.0");
  }
}

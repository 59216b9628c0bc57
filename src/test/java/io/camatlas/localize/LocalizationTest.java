package io.camatlas.localize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Random;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class LocalizationTest {

  private static final Offset<Double> ROUNDING = within(1e-12);

  @Test
  void uniformMapPrefersNoPlace() {
    float[] map = new float[100 * 100];
    Arrays.fill(map, 0.3f);
    Localization seen = Localization.of(map, 100, 100);
    assertThat(seen.empty()).isFalse();
    assertThat(seen.peak().row()).isZero();
    assertThat(seen.peak().column()).isZero();
    assertThat(seen.peak().value()).isEqualTo(0.3f);
    assertThat(seen.mass().centreX()).isCloseTo(0.5, ROUNDING);
    assertThat(seen.mass().centreY()).isCloseTo(0.5, ROUNDING);
    assertThat(seen.mass().spread()).isCloseTo(Math.sqrt(1 / 6.0), within(1e-4));
    assertThat(seen.mass().entropyNats()).isCloseTo(Math.log(10_000), ROUNDING);
    assertThat(seen.mass().gini()).isCloseTo(0, ROUNDING);
    assertThat(seen.area().from20()).isEqualTo(1);
    assertThat(seen.area().from50()).isEqualTo(1);
    assertThat(seen.area().parts50()).isEqualTo(1);
    assertThat(seen.area().largestPart()).isEqualTo(FractionBox.WHOLE);
    assertThat(seen.area().allParts()).isEqualTo(FractionBox.WHOLE);
    assertThat(seen.mass().border()).isCloseTo(0.36, ROUNDING);
    assertThat(seen.mass().corners()).isCloseTo(0.16, ROUNDING);
    assertThat(seen.mass().middle()).isCloseTo(0.25, ROUNDING);
  }

  @Test
  void singleHotCellIsAsConcentratedAsCanBe() {
    float[] map = new float[7 * 7];
    map[1 * 7 + 5] = 4;
    Localization seen = Localization.of(map, 7, 7);
    assertThat(seen.peak().row()).isEqualTo(1);
    assertThat(seen.peak().column()).isEqualTo(5);
    assertThat(seen.peak().value()).isEqualTo(4);
    assertThat(seen.mass().centreX()).isCloseTo(5.5 / 7, ROUNDING);
    assertThat(seen.mass().centreY()).isCloseTo(1.5 / 7, ROUNDING);
    assertThat(seen.mass().spread()).isCloseTo(0, ROUNDING);
    assertThat(seen.mass().entropyNats()).isZero();
    assertThat(seen.mass().gini()).isCloseTo(48.0 / 49, ROUNDING);
    assertThat(seen.area().from20()).isCloseTo(1 / 49.0, ROUNDING);
    assertThat(seen.area().from50()).isCloseTo(1 / 49.0, ROUNDING);
    assertThat(seen.area().parts50()).isEqualTo(1);
    // Cell column 5 is fine columns 50 to 59 of 70. Along the peak's own row, where the vertical
    // weight is 0.95, the weight reaches 0.5 while the distance is at most 1 - 0.5/0.95 = 0.4737
    // cells: the fine columns at distance 0.05, 0.15, 0.25, 0.35, 0.45 on both sides.
    assertThat(seen.area().largestPart().x0()).isCloseTo(50 / 70.0, ROUNDING);
    assertThat(seen.area().largestPart().x1()).isCloseTo(60 / 70.0, ROUNDING);
    assertThat(seen.area().largestPart().y0()).isCloseTo(10 / 70.0, ROUNDING);
    assertThat(seen.area().largestPart().y1()).isCloseTo(20 / 70.0, ROUNDING);
    assertThat(seen.area().allParts()).isEqualTo(seen.area().largestPart());
    assertThat(seen.mass().border()).isZero();
    // The cell covers x from 5/7 to 6/7 and y from 1/7 to 2/7; the centre ends at x = 0.75 and
    // starts at y = 0.25; the corner starts at x = 0.8 and ends at y = 0.2.
    assertThat(seen.mass().middle()).isCloseTo((5.25 - 5) * (2 - 1.75), ROUNDING);
    assertThat(seen.mass().corners()).isCloseTo((6 - 5.6) * (1.4 - 1), ROUNDING);
  }

  @Test
  void twoHotCellsFarApartAreTwoParts() {
    float[] map = new float[8 * 8];
    map[1 * 8 + 1] = 1;
    map[6 * 8 + 6] = 0.8f;
    Localization seen = Localization.of(map, 8, 8);
    assertThat(seen.area().parts50()).isEqualTo(2);
    assertThat(seen.peak().row()).isEqualTo(1);
    assertThat(seen.area().largestPart().x1()).isLessThan(0.3);
    assertThat(seen.area().largestPart().y1()).isLessThan(0.3);
    assertThat(seen.area().allParts().x0()).isEqualTo(seen.area().largestPart().x0());
    assertThat(seen.area().allParts().x1()).isGreaterThan(0.8);
    assertThat(seen.area().allParts().y1()).isGreaterThan(0.8);
    // 5/9 of the way from the fainter cell to the brighter one.
    assertThat(seen.mass().centreX()).isCloseTo((1.5 + 6.5 * 0.8) / 1.8 / 8, within(1e-7));
    // Two masses of shares 5/9 and 4/9, apart by 5/8 in each direction.
    assertThat(seen.mass().spread()).isCloseTo(Math.sqrt(2 * 25 / 64.0 * 20 / 81), within(1e-7));
    double bright = 5 / 9.0;
    double faint = 4 / 9.0;
    assertThat(seen.mass().entropyNats())
        .isCloseTo(-bright * Math.log(bright) - faint * Math.log(faint), within(1e-7));
  }

  @Test
  void equalPartsAreMetInRowMajorOrder() {
    float[] map = new float[8 * 8];
    map[6 * 8 + 1] = 1;
    map[1 * 8 + 6] = 1;
    Localization seen = Localization.of(map, 8, 8);
    assertThat(seen.peak().row()).isEqualTo(1);
    assertThat(seen.peak().column()).isEqualTo(6);
    assertThat(seen.area().largestPart().y1()).isLessThan(0.3);
    assertThat(seen.area().largestPart().x0()).isGreaterThan(0.7);
  }

  @Test
  void blankMapHasNoPeakNoBoxAndNoCentre() {
    Localization seen = Localization.of(new float[49], 7, 7);
    assertThat(seen.empty()).isTrue();
    assertThat(seen.peak().row()).isEqualTo(-1);
    assertThat(seen.peak().column()).isEqualTo(-1);
    assertThat(seen.peak().value()).isZero();
    assertThat(seen.area().parts50()).isZero();
    assertThat(seen.area().largestPart()).isNull();
    assertThat(seen.area().allParts()).isNull();
    assertThat(
            new double[] {
              seen.mass().centreX(),
              seen.mass().centreY(),
              seen.mass().spread(),
              seen.mass().entropyNats(),
              seen.mass().gini(),
              seen.area().from20(),
              seen.area().from50(),
              seen.mass().border(),
              seen.mass().corners(),
              seen.mass().middle()
            })
        .containsOnly(Double.NaN);
  }

  @Test
  void oneCellIsTheWholePicture() {
    Localization seen = Localization.of(new float[] {2}, 1, 1);
    assertThat(seen.peak().row()).isZero();
    assertThat(seen.mass().centreX()).isEqualTo(0.5);
    assertThat(seen.mass().centreY()).isEqualTo(0.5);
    assertThat(seen.mass().spread()).isZero();
    assertThat(seen.mass().entropyNats()).isZero();
    assertThat(seen.mass().gini()).isZero();
    assertThat(seen.area().from50()).isEqualTo(1);
    assertThat(seen.area().parts50()).isEqualTo(1);
    assertThat(seen.area().largestPart()).isEqualTo(FractionBox.WHOLE);
    assertThat(seen.mass().border()).isCloseTo(0.36, ROUNDING);
    assertThat(seen.mass().corners()).isCloseTo(0.16, ROUNDING);
    assertThat(seen.mass().middle()).isCloseTo(0.25, ROUNDING);
  }

  @Test
  void singleRowSpansTheWholeHeight() {
    Localization seen = Localization.of(new float[] {0, 0, 3, 1}, 1, 4);
    assertThat(seen.peak().column()).isEqualTo(2);
    assertThat(seen.mass().centreX()).isCloseTo((3 * 2.5 + 3.5) / 4 / 4, ROUNDING);
    assertThat(seen.mass().centreY()).isEqualTo(0.5);
    // Deviations from the centre 2.75 are 0.25 and 0.75 cells of a quarter each.
    assertThat(seen.mass().spread()).isCloseTo(Math.sqrt((3 * 0.0625 + 0.5625) / 4) / 4, ROUNDING);
    // 0, 0, 1, 3 ascending with weights -3, -1, 1, 3 over 4 * 4.
    assertThat(seen.mass().gini()).isCloseTo(10 / 16.0, ROUNDING);
    assertThat(seen.area().from20()).isEqualTo(0.5);
    assertThat(seen.area().from50()).isEqualTo(0.25);
    assertThat(seen.area().parts50()).isEqualTo(1);
    assertThat(seen.area().largestPart().y0()).isZero();
    assertThat(seen.area().largestPart().y1()).isEqualTo(1);
    // 64 fine columns, 16 a cell. Rising from 0 at 1.5 cells to 3 at 2.5, the map passes 1.5 at 2;
    // falling to 1 at 3.5, it passes 1.5 at 3.25.
    assertThat(seen.area().largestPart().x0()).isEqualTo(2 / 4.0);
    assertThat(seen.area().largestPart().x1()).isEqualTo(3.25 / 4);
  }

  @Test
  void singleColumnIsTheSingleRowTurned() {
    Localization row = Localization.of(new float[] {0, 1, 5, 0, 4}, 1, 5);
    Localization column = Localization.of(new float[] {0, 1, 5, 0, 4}, 5, 1);
    assertThat(column.peak().row()).isEqualTo(row.peak().column());
    assertThat(column.mass().centreY()).isEqualTo(row.mass().centreX());
    assertThat(column.area().parts50()).isEqualTo(row.area().parts50()).isEqualTo(2);
    assertThat(column.area().largestPart().y0()).isEqualTo(row.area().largestPart().x0());
    assertThat(column.mass().border()).isCloseTo(row.mass().border(), ROUNDING);
  }

  @Test
  void agreesWithLiteralFormulasOnRandomMaps() {
    Random random = new Random(20260101);
    for (int round = 0; round < 300; round++) {
      int height = 1 + random.nextInt(20);
      int width = 1 + random.nextInt(20);
      float[] map = randomMap(random, height * width);
      Localization seen = Localization.of(map, height, width);
      if (seen.empty()) {
        assertThat(map).containsOnly(0);
        continue;
      }
      assertThat(seen.mass().entropyNats()).isCloseTo(literalEntropy(map), within(1e-10));
      assertThat(seen.mass().gini()).isCloseTo(literalGini(map), within(1e-10));
      assertThat(seen.mass().spread() * seen.mass().spread())
          .isCloseTo(literalSpreadSquared(map, height, width), within(1e-12));
      assertThat(seen.area().from20()).isEqualTo(literalArea(map, 0.2));
      assertThat(seen.area().from50()).isEqualTo(literalArea(map, 0.5));
      LiteralParts parts = LiteralParts.of(map, height, width);
      assertThat(seen.area().parts50()).isEqualTo(parts.count);
      assertBox(seen.area().largestPart(), parts.largest, parts.factor, height, width);
      assertBox(seen.area().allParts(), parts.all, parts.factor, height, width);
    }
  }

  @Test
  void mapsLargerThanTheKeptBuffersAreMeasuredToo() {
    int side = 600;
    float[] map = new float[side * side];
    map[300 * side + 450] = 1;
    map[300 * side + 451] = 1;
    map[10 * side + 20] = 1;
    Localization seen = Localization.of(map, side, side);
    assertThat(seen.area().parts50()).isEqualTo(2);
    assertThat(seen.area().largestPart())
        .isEqualTo(new FractionBox(450.0 / side, 300.0 / side, 452.0 / side, 301.0 / side));
  }

  @Test
  void scalingTheMapChangesOnlyThePeakValue() {
    Random random = new Random(5);
    float[] map = randomMap(random, 14 * 14);
    float[] scaled = new float[map.length];
    for (int i = 0; i < map.length; i++) {
      scaled[i] = map[i] * 1024;
    }
    assertThat(Localization.of(scaled, 14, 14))
        .usingRecursiveComparison()
        .ignoringFields("peak.value")
        .isEqualTo(Localization.of(map, 14, 14));
  }

  @Test
  void tinyAndHugeValuesStayFinite() {
    for (float value : new float[] {Float.MIN_VALUE, Float.MAX_VALUE}) {
      float[] map = new float[49];
      map[24] = value;
      map[25] = value;
      Localization seen = Localization.of(map, 7, 7);
      assertThat(seen.area().parts50()).isEqualTo(1);
      assertThat(seen.mass().entropyNats()).isCloseTo(Math.log(2), ROUNDING);
      assertThat(seen.mass().gini()).isCloseTo(47 / 49.0, ROUNDING);
    }
  }

  @Test
  void measuringLeavesTheMapAsItIs() {
    float[] map = {3, 1, 2, 0};
    Localization.of(map, 2, 2);
    assertThat(map).containsExactly(3, 1, 2, 0);
  }

  @Test
  void badValuesAreNamedWithTheirPlace() {
    assertThatThrownBy(() -> Localization.of(new float[] {0, 1, 2, 3, -0.5f, 1}, 2, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Map value at index 4 (row 1, column 1) is -0.5; saliency must be finite and at least"
                + " 0.");
    assertThatThrownBy(() -> Localization.of(new float[] {Float.NaN}, 1, 1))
        .hasMessageContaining("index 0 (row 0, column 0) is NaN");
    assertThatThrownBy(() -> Localization.of(new float[] {0, Float.POSITIVE_INFINITY}, 2, 1))
        .hasMessageContaining("index 1 (row 1, column 0) is Infinity");
  }

  @Test
  void wrongLengthsAreNamed() {
    assertThatThrownBy(() -> Localization.of(new float[48], 7, 7))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Map has 48 values; [7,7] needs 49.");
    assertThatThrownBy(() -> Localization.of(new float[0], 65536, 65536))
        .hasMessage("Map has 0 values; [65536,65536] needs 4294967296.");
    assertThatThrownBy(() -> Localization.of(new float[0], 0, 7))
        .hasMessage("Map is [0,7]; height and width must be at least 1.");
  }

  /** Smooth blobs, noise, ties and zeros in turn, so that the number of parts varies. */
  private static float[] randomMap(Random random, int cells) {
    float[] map = new float[cells];
    int kind = random.nextInt(3);
    for (int i = 0; i < cells; i++) {
      map[i] =
          switch (kind) {
            case 0 -> random.nextFloat();
            case 1 -> random.nextInt(4) / 4f;
            default -> Math.max(0, (float) random.nextGaussian() - 1.5f);
          };
    }
    return map;
  }

  private static double literalEntropy(float[] map) {
    double total = sum(map);
    return IntStream.range(0, map.length)
        .mapToDouble(i -> map[i] / total)
        .filter(p -> p > 0)
        .map(p -> -p * Math.log(p))
        .sum();
  }

  private static double literalGini(float[] map) {
    double differences = 0;
    for (float a : map) {
      for (float b : map) {
        differences += Math.abs((double) a - b);
      }
    }
    return differences / (2.0 * map.length * sum(map));
  }

  private static double literalSpreadSquared(float[] map, int height, int width) {
    double total = sum(map);
    double x = 0;
    double y = 0;
    double squares = 0;
    for (int r = 0; r < height; r++) {
      for (int c = 0; c < width; c++) {
        double p = map[r * width + c] / total;
        double cx = (c + 0.5) / width;
        double cy = (r + 0.5) / height;
        x += p * cx;
        y += p * cy;
        squares += p * (cx * cx + cy * cy);
      }
    }
    return squares - x * x - y * y;
  }

  private static double literalArea(float[] map, double share) {
    double maximum = 0;
    for (float value : map) {
      maximum = Math.max(maximum, value);
    }
    int cells = 0;
    for (float value : map) {
      cells += value >= share * maximum ? 1 : 0;
    }
    return (double) cells / map.length;
  }

  private static double sum(float[] map) {
    double total = 0;
    for (float value : map) {
      total += value;
    }
    return total;
  }

  private static void assertBox(
      FractionBox box, int[] topLeftBottomRight, int factor, int height, int width) {
    assertThat(box.y0()).isCloseTo(topLeftBottomRight[0] / (double) (height * factor), ROUNDING);
    assertThat(box.x0()).isCloseTo(topLeftBottomRight[1] / (double) (width * factor), ROUNDING);
    assertThat(box.y1())
        .isCloseTo((topLeftBottomRight[2] + 1) / (double) (height * factor), ROUNDING);
    assertThat(box.x1())
        .isCloseTo((topLeftBottomRight[3] + 1) / (double) (width * factor), ROUNDING);
  }

  /** Upsampling by the formula at every cell, and a flood fill with labels. */
  private static final class LiteralParts {
    final int factor;
    final int count;
    final int[] largest;
    final int[] all;

    private LiteralParts(int factor, int count, int[] largest, int[] all) {
      this.factor = factor;
      this.count = count;
      this.largest = largest;
      this.all = all;
    }

    static LiteralParts of(float[] map, int height, int width) {
      int factor = 1;
      while (Math.max(height, width) * factor < 64) {
        factor++;
      }
      int fineHeight = height * factor;
      int fineWidth = width * factor;
      float maximum = 0;
      for (float value : map) {
        maximum = Math.max(maximum, value);
      }
      boolean[][] hot = new boolean[fineHeight][fineWidth];
      for (int y = 0; y < fineHeight; y++) {
        for (int x = 0; x < fineWidth; x++) {
          hot[y][x] = bilinear(map, height, width, y, x, factor) >= 0.5 * maximum;
        }
      }
      int count = 0;
      int largestCells = 0;
      int[] largest = {};
      int[] all = {Integer.MAX_VALUE, Integer.MAX_VALUE, -1, -1};
      for (int y = 0; y < fineHeight; y++) {
        for (int x = 0; x < fineWidth; x++) {
          if (hot[y][x]) {
            count++;
            int[] box = {y, x, y, x};
            int cells = flood(hot, y, x, box);
            if (cells > largestCells) {
              largestCells = cells;
              largest = box;
            }
            widen(all, box[0], box[1]);
            widen(all, box[2], box[3]);
          }
        }
      }
      return new LiteralParts(factor, count, largest, all);
    }

    private static float bilinear(float[] map, int height, int width, int y, int x, int factor) {
      float sy = Math.min(Math.max((y + 0.5f) / factor - 0.5f, 0), height - 1);
      float sx = Math.min(Math.max((x + 0.5f) / factor - 0.5f, 0), width - 1);
      int top = (int) sy;
      int left = (int) sx;
      int bottom = Math.min(top + 1, height - 1);
      int right = Math.min(left + 1, width - 1);
      float ty = sy - top;
      float tx = sx - left;
      float upper =
          map[top * width + left] + tx * (map[top * width + right] - map[top * width + left]);
      float lower =
          map[bottom * width + left]
              + tx * (map[bottom * width + right] - map[bottom * width + left]);
      return upper + ty * (lower - upper);
    }

    private static int flood(boolean[][] hot, int y, int x, int[] box) {
      Deque<int[]> pending = new ArrayDeque<>();
      pending.push(new int[] {y, x});
      hot[y][x] = false;
      int cells = 0;
      while (!pending.isEmpty()) {
        int[] cell = pending.pop();
        cells++;
        widen(box, cell[0], cell[1]);
        for (int dy = -1; dy <= 1; dy++) {
          for (int dx = -1; dx <= 1; dx++) {
            int ny = cell[0] + dy;
            int nx = cell[1] + dx;
            if (ny >= 0 && ny < hot.length && nx >= 0 && nx < hot[0].length && hot[ny][nx]) {
              hot[ny][nx] = false;
              pending.push(new int[] {ny, nx});
            }
          }
        }
      }
      return cells;
    }

    private static void widen(int[] box, int y, int x) {
      box[0] = Math.min(box[0], y);
      box[1] = Math.min(box[1], x);
      box[2] = Math.max(box[2], y);
      box[3] = Math.max(box[3], x);
    }
  }
}

package io.camatlas.localize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RegionTest {

  private static final Offset<Double> ROUNDING = within(1e-12);

  @Test
  void areasAreAsDocumented() {
    assertThat(Region.TOP_LEFT.area()).isCloseTo(0.04, ROUNDING);
    assertThat(Region.BOTTOM_RIGHT.area()).isCloseTo(0.04, ROUNDING);
    assertThat(Region.CORNERS.area()).isCloseTo(0.16, ROUNDING);
    assertThat(Region.BORDER.area()).isCloseTo(0.36, ROUNDING);
    assertThat(Region.CENTRE.area()).isCloseTo(0.25, ROUNDING);
  }

  @ParameterizedTest
  @EnumSource
  void uniformMapOfAnyResolutionGivesTheArea(Region region) {
    for (int height : new int[] {1, 2, 3, 7, 10, 14, 33}) {
      for (int width : new int[] {1, 2, 5, 7, 10, 28}) {
        float[] map = new float[height * width];
        Arrays.fill(map, 0.7f);
        assertThat(region.mass(map, height, width)).isCloseTo(region.area(), ROUNDING);
      }
    }
  }

  /** Each cell cut into 20x20 points, of which those inside are counted. */
  @ParameterizedTest
  @EnumSource
  void agreesWithCountingPointsOfAFineGrid(Region region) {
    Random random = new Random(region.name().hashCode());
    int height = 5;
    int width = 8;
    float[] map = new float[height * width];
    for (int i = 0; i < map.length; i++) {
      map[i] = random.nextFloat();
    }
    int points = 20;
    double inside = 0;
    double total = 0;
    for (int r = 0; r < height * points; r++) {
      for (int c = 0; c < width * points; c++) {
        double y = (r + 0.5) / (height * points);
        double x = (c + 0.5) / (width * points);
        double mass = map[r / points * width + c / points];
        total += mass;
        if (isInside(region, x, y)) {
          inside += mass;
        }
      }
    }
    assertThat(region.mass(map, height, width)).isCloseTo(inside / total, within(1e-9));
  }

  private static boolean isInside(Region region, double x, double y) {
    boolean left = x < 0.2;
    boolean right = x > 0.8;
    boolean top = y < 0.2;
    boolean bottom = y > 0.8;
    return switch (region) {
      case TOP_LEFT -> top && left;
      case TOP_RIGHT -> top && right;
      case BOTTOM_LEFT -> bottom && left;
      case BOTTOM_RIGHT -> bottom && right;
      case CORNERS -> (top || bottom) && (left || right);
      case BORDER -> Math.min(Math.min(x, 1 - x), Math.min(y, 1 - y)) < 0.1;
      case CENTRE -> Math.max(Math.abs(x - 0.5), Math.abs(y - 0.5)) < 0.25;
    };
  }

  @Test
  void eachCornerSeesItsOwnCellOnly() {
    float[] map = new float[100];
    map[90] = 2;
    assertThat(Region.BOTTOM_LEFT.mass(map, 10, 10)).isEqualTo(1);
    assertThat(Region.CORNERS.mass(map, 10, 10)).isEqualTo(1);
    assertThat(Region.BORDER.mass(map, 10, 10)).isEqualTo(1);
    assertThat(Region.BOTTOM_RIGHT.mass(map, 10, 10)).isZero();
    assertThat(Region.TOP_LEFT.mass(map, 10, 10)).isZero();
    assertThat(Region.CENTRE.mass(map, 10, 10)).isZero();
  }

  @Test
  void blankMapHasNoShares() {
    assertThat(Region.BORDER.mass(new float[4], 2, 2)).isNaN();
  }

  @Test
  void badMapsAreRefused() {
    assertThatThrownBy(() -> Region.BORDER.mass(new float[] {-1}, 1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is -1.0");
    assertThatThrownBy(() -> Region.BORDER.mass(new float[3], 2, 2))
        .hasMessage("Map has 3 values; [2,2] needs 4.");
  }
}

package io.camatlas.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import org.junit.jupiter.api.Test;

class MapPictureTest {
  private static int rgb(BufferedImage picture, int x, int y) {
    return picture.getRGB(x, y) & 0xffffff;
  }

  @Test
  void cellsAreSquaresAndTheFirstRowIsOnTop() {
    BufferedImage picture = MapPicture.draw(new double[][] {{0, 2, 4}, {1, 1, 0}});
    assertThat(picture.getWidth()).isEqualTo(3 * 74);
    assertThat(picture.getHeight()).isEqualTo(2 * 74);
    assertThat(rgb(picture, 221, 0)).isEqualTo(HeatPalette.VIRIDIS.rgb(1));
    assertThat(rgb(picture, 221, 74)).isEqualTo(HeatPalette.VIRIDIS.rgb(0));
    assertThat(rgb(picture, 73, 147)).isEqualTo(HeatPalette.VIRIDIS.rgb(0.25));
    assertThat(rgb(picture, 74, 73)).isEqualTo(HeatPalette.VIRIDIS.rgb(0.5));
  }

  @Test
  void aBlankMapIsDark() {
    BufferedImage picture = MapPicture.draw(new double[][] {{0}});
    assertThat(rgb(picture, 100, 100)).isEqualTo(HeatPalette.VIRIDIS.rgb(0));
  }

  @Test
  void aMapWithoutCellsIsRefused() {
    assertThatThrownBy(() -> MapPicture.draw(new double[0][]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no cells");
  }
}

package io.camatlas.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HeatPaletteTest {

  static Stream<HeatPalette> palettes() {
    return Stream.of(HeatPalette.INFERNO, HeatPalette.VIRIDIS);
  }

  @Test
  void endsAreThePublishedColours() {
    assertThat(HeatPalette.INFERNO.rgb(0)).isEqualTo(0x000004);
    assertThat(HeatPalette.INFERNO.rgb(1)).isEqualTo(0xfcffa4);
    assertThat(HeatPalette.VIRIDIS.rgb(0)).isEqualTo(0x440154);
    assertThat(HeatPalette.VIRIDIS.rgb(1)).isEqualTo(0xfde725);
  }

  @Test
  void valuesOutsideTheRangeTakeItsEnds() {
    HeatPalette palette = HeatPalette.INFERNO;
    assertThat(palette.rgb(-3)).isEqualTo(palette.rgb(0));
    assertThat(palette.rgb(7)).isEqualTo(palette.rgb(1));
    assertThat(palette.rgb(Double.POSITIVE_INFINITY)).isEqualTo(palette.rgb(1));
    assertThat(palette.rgb(Double.NEGATIVE_INFINITY)).isEqualTo(palette.rgb(0));
    assertThat(palette.rgb(Double.NaN)).isEqualTo(palette.rgb(0));
  }

  @ParameterizedTest
  @MethodSource("palettes")
  void lightnessRisesAllTheWay(HeatPalette palette) {
    double before = -1;
    for (int shade = 0; shade < 256; shade++) {
      double lightness = lightness(palette.rgb(shade / 255.0));
      // Eight bits a channel leave the darkest shades a jitter of a fraction of one L* unit.
      assertThat(lightness).isGreaterThan(before - 0.15);
      before = Math.max(before, lightness);
    }
  }

  @ParameterizedTest
  @MethodSource("palettes")
  void lightnessRisesEvenly(HeatPalette palette) {
    double darkest = lightness(palette.rgb(0));
    double lightest = lightness(palette.rgb(1));
    assertThat(lightest - darkest).isGreaterThan(70);
    for (double share = 0; share <= 1; share += 0.1) {
      double even = darkest + share * (lightest - darkest);
      // The palettes are even in CAM02-UCS, a newer measure of lightness, so near even in L*.
      assertThat(lightness(palette.rgb(share))).isCloseTo(even, within(7.0));
    }
  }

  /** CIE 1976 L* of an sRGB colour under D65. */
  private static double lightness(int rgb) {
    double y =
        0.2126 * linear(rgb >> 16 & 0xff)
            + 0.7152 * linear(rgb >> 8 & 0xff)
            + 0.0722 * linear(rgb & 0xff);
    return y > 216.0 / 24389 ? 116 * Math.cbrt(y) - 16 : y * 24389 / 27;
  }

  private static double linear(int channel) {
    double value = channel / 255.0;
    return value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4);
  }
}

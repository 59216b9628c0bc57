package io.camatlas.report;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A perceptually uniform colour for every value between 0 and 1.
 *
 * <p>Equal steps of the value look like equal steps of colour, and lightness increases throughout,
 * so the order of values survives colour blindness and black-and-white printing. Rainbow palettes
 * such as jet have neither property and show edges where the map has none.
 */
public final class HeatPalette {

  /** Black through purple and orange to pale yellow: stands out on photographs. */
  public static final HeatPalette INFERNO = load("inferno");

  /** Dark blue through green to yellow: for charts on a light page. */
  public static final HeatPalette VIRIDIS = load("viridis");

  private static final int SHADES = 256;

  private final String name;
  private final int[] shades;

  private HeatPalette(String name, int[] shades) {
    this.name = name;
    this.shades = shades;
  }

  /**
   * The colour of a value.
   *
   * @param share the value's share of the maximum; below 0 counts as 0, above 1 as 1, NaN as 0
   * @return sRGB as {@code 0xRRGGBB}
   */
  public int rgb(double share) {
    double clamped = Math.max(0, Math.min(1, share));
    return shades[(int) Math.round(clamped * (SHADES - 1))];
  }

  @Override
  public String toString() {
    return name;
  }

  private static HeatPalette load(String name) {
    String resource = name + ".palette";
    try (InputStream in = HeatPalette.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("Resource '%s' is missing.".formatted(resource));
      }
      int[] shades =
          new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))
              .lines()
              .filter(line -> !line.startsWith("#"))
              .flatMap(line -> Arrays.stream(line.split(" ", -1)))
              .mapToInt(shade -> Integer.parseInt(shade, 16))
              .toArray();
      if (shades.length != SHADES) {
        throw new IllegalStateException(
            "Palette '%s' has %d colours; it must have %d.".formatted(name, shades.length, SHADES));
      }
      return new HeatPalette(name, shades);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

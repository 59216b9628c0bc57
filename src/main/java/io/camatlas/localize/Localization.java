package io.camatlas.localize;

import java.io.Serializable;
import java.util.Arrays;

/**
 * Measurements of where a network looked, from one saliency map.
 *
 * <p>Positions, lengths and areas are fractions of the map's extent, as described for the package.
 * A map whose maximum is zero is <i>blank</i>: a valid answer (no evidence for the class at this
 * layer), whose {@code empty} is true, whose peak value and parts are 0, whose peak cell is -1,
 * whose boxes are null, and whose other measurements are NaN.
 *
 * <p>No measurement changes when the whole map is multiplied by a positive number, except the
 * peak's value (and up to rounding).
 *
 * @param empty whether the map is zero everywhere
 * @param peak the maximum
 * @param mass how the map's mass is spread
 * @param area size and boxes of the hot cells
 */
public record Localization(boolean empty, Peak peak, Mass mass, Area area) implements Serializable {

  /**
   * The maximum.
   *
   * @param row its row; on ties, the first in row-major order; -1 if empty
   * @param column its column; -1 if empty
   * @param value in the map's own unit
   */
  public record Peak(int row, int column, double value) implements Serializable {}

  /**
   * How the map's mass is spread.
   *
   * @param centreX centre of mass from left to right, each cell's mass at its centre
   * @param centreY centre of mass from top to bottom
   * @param spread root mean square distance of the mass from its centre, in units of the extent: 0
   *     for a single hot cell, sqrt(1/6) = 0.408 for a uniform map of many cells, at most sqrt(1/2)
   * @param entropyNats Shannon entropy {@code -sum p ln p} of the map normalised to sum one, in
   *     nats: 0 for a single hot cell, ln(h·w) for a uniform map
   * @param gini Gini coefficient of the n = h·w cells, {@code sum_ij |x_i - x_j| / (2 n sum_i
   *     x_i)}: 0 for a uniform map, (n-1)/n for a single hot cell
   * @param border share of the mass in {@link Region#BORDER}; 0.36 for a uniform map
   * @param corners share of the mass in {@link Region#CORNERS}; 0.16 for a uniform map
   * @param middle share of the mass in {@link Region#CENTRE}; 0.25 for a uniform map
   */
  public record Mass(
      double centreX,
      double centreY,
      double spread,
      double entropyNats,
      double gini,
      double border,
      double corners,
      double middle)
      implements Serializable {}

  /**
   * Size and boxes of the hot cells. Parts and boxes are measured on the map upsampled bilinearly
   * (corners not aligned, edges clamped) by the smallest integer factor that brings its longer side
   * to at least 64 cells, and cells touching by a side or a corner are connected. On the native
   * grid of a common network, 7x7 cells over 224 pixels, a box could only move in steps of 32
   * pixels.
   *
   * @param from20 share of the map's cells at or above 20 % of the maximum
   * @param from50 share of the map's cells at or above 50 % of the maximum
   * @param parts50 connected parts at or above 50 % of the maximum
   * @param largestPart box around the part with the most cells; on ties, the first in row-major
   *     order; null if and only if empty
   * @param allParts box around all parts; null if and only if empty
   */
  public record Area(
      double from20, double from50, int parts50, FractionBox largestPart, FractionBox allParts)
      implements Serializable {}

  private static final double NONE = Double.NaN;

  /** The measurements of every blank map. */
  private static final Localization BLANK =
      new Localization(
          true,
          new Peak(-1, -1, 0),
          new Mass(NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE),
          new Area(NONE, NONE, 0, null, null));

  /**
   * Checks that boxes are present exactly when the map is not blank.
   *
   * @throws IllegalArgumentException if they are not
   */
  public Localization {
    if (empty != (area.largestPart == null) || empty != (area.allParts == null)) {
      throw new IllegalArgumentException(
          "Boxes are %s and %s but empty is %s; a map has both boxes or is blank."
              .formatted(area.largestPart, area.allParts, empty));
    }
  }

  /**
   * Measures a map.
   *
   * @param map saliency {@code [height,width]}, row-major, row 0 on top; not modified
   * @param height rows, at least 1
   * @param width columns, at least 1
   * @throws IllegalArgumentException if the length is not {@code height * width}, or a value is
   *     negative or not finite
   */
  public static Localization of(float[] map, int height, int width) {
    SaliencyRule.require(map, height, width);
    int peak = 0;
    double total = 0;
    for (int i = 0; i < map.length; i++) {
      total += map[i];
      if (map[i] > map[peak]) {
        peak = i;
      }
    }
    float maximum = map[peak];
    if (maximum == 0) {
      return BLANK;
    }
    Centre centre = Centre.of(map, height, width, total);
    ConnectedParts parts = ConnectedParts.aboveHalf(map, height, width, maximum);
    return new Localization(
        false,
        new Peak(peak / width, peak % width, maximum),
        new Mass(
            centre.x,
            centre.y,
            centre.spread,
            entropyNats(map, total),
            gini(map, total),
            Region.BORDER.mass(map, height, width, total),
            Region.CORNERS.mass(map, height, width, total),
            Region.CENTRE.mass(map, height, width, total)),
        new Area(
            areaAtLeast(map, 0.2 * maximum),
            areaAtLeast(map, 0.5 * maximum),
            parts.count(),
            parts.largest(),
            parts.all()));
  }

  private record Centre(double x, double y, double spread) {

    static Centre of(float[] map, int height, int width, double total) {
      double sumX = 0;
      double sumY = 0;
      for (int r = 0; r < height; r++) {
        double rowMass = 0;
        for (int c = 0; c < width; c++) {
          double mass = map[r * width + c];
          rowMass += mass;
          sumX += mass * (c + 0.5);
        }
        sumY += rowMass * (r + 0.5);
      }
      double x = sumX / total / width;
      double y = sumY / total / height;
      // A second pass, since the mean of squares minus the squared mean loses small spreads.
      double squares = 0;
      for (int r = 0; r < height; r++) {
        double dy = (r + 0.5) / height - y;
        for (int c = 0; c < width; c++) {
          double dx = (c + 0.5) / width - x;
          squares += map[r * width + c] * (dx * dx + dy * dy);
        }
      }
      return new Centre(x, y, Math.sqrt(squares / total));
    }
  }

  private static double entropyNats(float[] map, double total) {
    double entropy = 0;
    for (float value : map) {
      if (value > 0) {
        double share = value / total;
        entropy -= share * Math.log(share);
      }
    }
    // Rounding must not raise a uniform map above the bound that callers divide by.
    return Math.min(entropy, Math.log(map.length));
  }

  /** The pairwise sum in the definition, as a weighted sum over the values in ascending order. */
  private static double gini(float[] map, double total) {
    float[] ascending = map.clone();
    Arrays.sort(ascending);
    int n = ascending.length;
    double weighted = 0;
    for (int i = 0; i < n; i++) {
      weighted += (2.0 * i + 1 - n) * ascending[i];
    }
    return Math.max(0, weighted / (n * total));
  }

  private static double areaAtLeast(float[] map, double threshold) {
    int cells = 0;
    for (float value : map) {
      if (value >= threshold) {
        cells++;
      }
    }
    return (double) cells / map.length;
  }
}

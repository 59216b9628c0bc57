package io.camatlas.report;

import io.camatlas.image.Box;
import io.camatlas.localize.SaliencyRule;

/**
 * A saliency map and the part of the original image that it covers.
 *
 * @param values saliency {@code [height,width]}, row-major, row 0 on top; not copied
 * @param height rows
 * @param width columns
 * @param covered the rectangle that the map covers, which is the network's crop; extends beyond the
 *     image if that was padded
 */
public record PlacedMap(float[] values, int height, int width, Box covered) {

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if the length is not {@code height * width}, or a value is
   *     negative or not finite
   */
  public PlacedMap {
    SaliencyRule.require(values, height, width);
  }

  /** The largest value; 0 for a blank map. */
  public float maximum() {
    float maximum = 0;
    for (float value : values) {
      maximum = Math.max(maximum, value);
    }
    return maximum;
  }
}

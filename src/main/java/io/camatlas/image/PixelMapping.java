package io.camatlas.image;

import java.io.Serializable;

/**
 * Where the network's input lies in the original image: x_original = x_input · scaleX + offsetX.
 *
 * @param scaleX original pixels for each input pixel, positive
 * @param scaleY likewise downwards
 * @param offsetX original x of the input's left edge; negative where the crop was padded
 * @param offsetY original y of the input's upper edge
 * @param width of the original, in pixels
 * @param height of the original, in pixels
 */
public record PixelMapping(
    double scaleX, double scaleY, double offsetX, double offsetY, int width, int height)
    implements Serializable {

  /** Input to original; may lie outside the image where the crop was padded. */
  public double toOriginalX(double x) {
    return x * scaleX + offsetX;
  }

  /** Input to original; may lie outside the image where the crop was padded. */
  public double toOriginalY(double y) {
    return y * scaleY + offsetY;
  }

  /** Original to input; may lie outside the input where the crop has cut it away. */
  public double toInputX(double x) {
    return (x - offsetX) / scaleX;
  }

  /** Original to input; may lie outside the input where the crop has cut it away. */
  public double toInputY(double y) {
    return (y - offsetY) / scaleY;
  }

  /** A box of the input in pixels of the original, clipped to the image. */
  public Box toOriginal(Box input) {
    return new Box(
        clip(toOriginalX(input.x0()), width),
        clip(toOriginalY(input.y0()), height),
        clip(toOriginalX(input.x1()), width),
        clip(toOriginalY(input.y1()), height));
  }

  /** A box of the original in pixels of the input, not clipped. */
  public Box toInput(Box original) {
    return new Box(
        toInputX(original.x0()),
        toInputY(original.y0()),
        toInputX(original.x1()),
        toInputY(original.y1()));
  }

  private static double clip(double value, int size) {
    return Math.max(0, Math.min(size, value));
  }
}

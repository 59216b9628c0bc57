package io.camatlas.image;

/**
 * Where the network's input plane lies in the original picture. Continuous coordinates: pixel i
 * covers [i, i + 1), so a pixel's centre is at i + 0.5.
 *
 * @param width columns of the upright original
 * @param height rows of the upright original
 * @param resizedWidth columns after resizing, before cropping
 * @param resizedHeight rows after resizing, before cropping
 * @param left column of the resized picture at the input's left edge; negative where the crop is
 *     wider and padded
 * @param top row of the resized picture at the input's top edge; negative where the crop is higher
 *     and padded
 * @param inputWidth columns of the input plane
 * @param inputHeight rows of the input plane
 */
public record PixelMapping(
    int width,
    int height,
    int resizedWidth,
    int resizedHeight,
    int left,
    int top,
    int inputWidth,
    int inputHeight) {
  public PixelMapping {
    if (Math.min(width, height) < 1
        || Math.min(resizedWidth, resizedHeight) < 1
        || Math.min(inputWidth, inputHeight) < 1) {
      throw new IllegalArgumentException(
          "The mapping goes from %dx%d over %dx%d to %dx%d; every side must be at least 1."
              .formatted(width, height, resizedWidth, resizedHeight, inputWidth, inputHeight));
    }
  }

  /**
   * The mapping with a given {@link #view}.
   *
   * @param width columns of the upright original
   * @param height rows of the upright original
   * @param view the whole input in original pixels
   */
  public static PixelMapping ofView(
      int width, int height, Box view, int inputWidth, int inputHeight) {
    int resizedWidth = Math.toIntExact(Math.round(inputWidth * width / view.width()));
    int resizedHeight = Math.toIntExact(Math.round(inputHeight * height / view.height()));
    return new PixelMapping(
        width,
        height,
        resizedWidth,
        resizedHeight,
        Math.toIntExact(Math.round(view.x0() * resizedWidth / width)),
        Math.toIntExact(Math.round(view.y0() * resizedHeight / height)),
        inputWidth,
        inputHeight);
  }

  /** Original column of an input column; outside the picture where the input is padding. */
  public double toOriginalX(double xInput) {
    return (xInput + left) * width / resizedWidth;
  }

  /** Original row of an input row; outside the picture where the input is padding. */
  public double toOriginalY(double yInput) {
    return (yInput + top) * height / resizedHeight;
  }

  /** The whole input in original pixels; extends beyond the picture where the crop is padded. */
  public Box view() {
    return new Box(
        toOriginalX(0), toOriginalY(0), toOriginalX(inputWidth), toOriginalY(inputHeight));
  }

  /** Input column of an original column; outside the input if it was cropped away. */
  public double toInputX(double xOriginal) {
    return xOriginal * resizedWidth / width - left;
  }

  /** Input row of an original row; outside the input if it was cropped away. */
  public double toInputY(double yOriginal) {
    return yOriginal * resizedHeight / height - top;
  }

  /**
   * The part of the original that a box in the input shows; empty if the box covers only padding.
   */
  public Box toOriginal(Box input) {
    return clipped(
        toOriginalX(input.x0()),
        toOriginalY(input.y0()),
        toOriginalX(input.x1()),
        toOriginalY(input.y1()),
        width,
        height);
  }

  /** The part of the input that shows a box of the original; empty if it was cropped away. */
  public Box toInput(Box original) {
    return clipped(
        toInputX(original.x0()),
        toInputY(original.y0()),
        toInputX(original.x1()),
        toInputY(original.y1()),
        inputWidth,
        inputHeight);
  }

  private static Box clipped(double x0, double y0, double x1, double y1, int width, int height) {
    return new Box(clip(x0, width), clip(y0, height), clip(x1, width), clip(y1, height));
  }

  private static double clip(double value, int most) {
    return Math.max(0, Math.min(value, most));
  }
}

package io.camatlas.truth;

import io.camatlas.image.Box;
import java.io.Serializable;
import java.util.Optional;

/**
 * One annotated object, in pixels of the upright original.
 *
 * @param className as spelled in the file; empty if it names none
 * @param x0 left edge
 * @param y0 top edge
 * @param x1 right edge
 * @param y1 bottom edge
 * @param maskOrNull its pixels; null if only the box is known
 * @param difficult whether it is marked as hard to recognise (Pascal VOC); counts like every other
 *     object unless the caller leaves it out
 * @param crowd whether this is a region of many objects (COCO): its box is never searched for, and
 *     its pixels are neither object nor background
 */
public record TruthObject(
    String className,
    double x0,
    double y0,
    double x1,
    double y1,
    Mask maskOrNull,
    boolean difficult,
    boolean crowd)
    implements Serializable {

  /**
   * @throws TruthException if the box is not finite or is inside out
   */
  public TruthObject {
    if (className == null) {
      throw new TruthException("An object's class is null; use an empty string if there is none.");
    }
    if (!(x0 <= x1 && y0 <= y1 && Double.isFinite(x1 - x0) && Double.isFinite(y1 - y0))) {
      throw new TruthException(
          "The box (%s, %s, %s, %s) must be finite, left before right and top before bottom. Correct the annotation."
              .formatted(x0, y0, x1, y1));
    }
  }

  /** An object with a box, and with a mask unless that is null. */
  public static TruthObject of(String className, Box box, Mask maskOrNull) {
    return new TruthObject(
        className, box.x0(), box.y0(), box.x1(), box.y1(), maskOrNull, false, false);
  }

  /**
   * An object of which only the mask is known; its box is the smallest around the mask's pixels.
   *
   * @param width of the upright original
   * @param height of the upright original
   * @return empty if the mask shows no object: every pixel is background or ignored
   * @throws TruthException if the mask cannot be drawn
   */
  public static Optional<TruthObject> ofMask(
      String className, Mask mask, int width, int height, MaskFiles files) {
    byte[] pixels = mask.rasterise(width, height, files);
    int left = width;
    int right = 0;
    int top = height;
    int bottom = 0;
    for (int i = 0; i < pixels.length; i++) {
      if (pixels[i] == Mask.OBJECT) {
        left = Math.min(left, i % width);
        right = Math.max(right, i % width + 1);
        top = Math.min(top, i / width);
        bottom = Math.max(bottom, i / width + 1);
      }
    }
    return left >= right
        ? Optional.empty()
        : Optional.of(of(className, new Box(left, top, right, bottom), mask));
  }

  /** An object of which only the box is known. */
  public static TruthObject of(String className, Box box) {
    return of(className, box, null);
  }

  public Box box() {
    return new Box(x0, y0, x1, y1);
  }

  public Optional<Mask> mask() {
    return Optional.ofNullable(maskOrNull);
  }
}

package io.camatlas.image;

import java.io.Serializable;

/** The size that a picture gets before it is cropped. */
public sealed interface Resize extends Serializable {
  /** The longest side that can be requested. */
  int LONGEST = 2047;

  /** Width and height of the resized picture. */
  record Size(int width, int height) {}

  /** The size of a {@code width} by {@code height} picture after resizing. */
  Size of(int width, int height);

  /** Leaves the picture as it is. */
  record None() implements Resize {
    @Override
    public Size of(int width, int height) {
      return new Size(width, height);
    }
  }

  /**
   * Keeps the aspect ratio, as torchvision's {@code Resize(size)} does.
   *
   * @param size the shorter side afterwards, in pixels; 1 to {@value #LONGEST}
   */
  record ShorterSide(int size) implements Resize {
    public ShorterSide {
      requireSide("resize", size);
    }

    @Override
    public Size of(int width, int height) {
      int shorter = Math.min(width, height);
      // Python divides in floating point and cuts off the fraction.
      double longer = (double) ((long) size * Math.max(width, height)) / shorter;
      if (longer > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            "A %dx%d picture resized to a shorter side of %d is %.0f pixels long, more than a Java array can hold. Skip it."
                .formatted(width, height, size, longer));
      }
      return width <= height ? new Size(size, (int) longer) : new Size((int) longer, size);
    }
  }

  /**
   * Ignores the aspect ratio, as torchvision's {@code Resize((height, width))} does.
   *
   * @param height rows afterwards; 1 to {@value #LONGEST}
   * @param width columns afterwards; 1 to {@value #LONGEST}
   */
  record Exact(int height, int width) implements Resize {
    public Exact {
      requireSide("resize height", height);
      requireSide("resize width", width);
    }

    @Override
    public Size of(int oldWidth, int oldHeight) {
      return new Size(width, height);
    }
  }

  private static void requireSide(String name, int pixels) {
    if (pixels < 1 || pixels > LONGEST) {
      throw new IllegalArgumentException(
          "%s is %d; it must be from 1 to %d pixels.".formatted(name, pixels, LONGEST));
    }
  }
}

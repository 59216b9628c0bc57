package io.camatlas.image;

import java.io.Serializable;

/** How an image is resized before it is cropped. */
public sealed interface Resize extends Serializable {
  /** Left as it is. */
  record None() implements Resize {
    @Override
    public int width(int width, int height) {
      return width;
    }

    @Override
    public int height(int width, int height) {
      return height;
    }
  }

  /** The shorter side gets this size, the longer one follows, rounded down, as torchvision does. */
  record Shorter(int size) implements Resize {
    public Shorter {
      require(size);
    }

    @Override
    public int width(int width, int height) {
      return width <= height ? size : (int) ((double) size * width / height);
    }

    @Override
    public int height(int width, int height) {
      return width <= height ? (int) ((double) size * height / width) : size;
    }
  }

  /** Exactly this size, whatever becomes of the proportions. */
  record Exact(int toHeight, int toWidth) implements Resize {
    public Exact {
      require(toHeight);
      require(toWidth);
    }

    @Override
    public int width(int width, int height) {
      return toWidth;
    }

    @Override
    public int height(int width, int height) {
      return toHeight;
    }
  }

  /** Width after resizing an image of the given size. */
  int width(int width, int height);

  /** Height after resizing an image of the given size. */
  int height(int width, int height);

  private static void require(int size) {
    if (size < 1 || size > 8192) {
      throw new IllegalArgumentException(
          "resize is " + size + " pixels; it must be from 1 to 8192.");
    }
  }
}

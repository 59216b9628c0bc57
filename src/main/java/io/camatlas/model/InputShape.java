package io.camatlas.model;

import java.io.Serializable;

/**
 * Shape of one image as the network takes it.
 *
 * @param channels C
 * @param height H, in pixels
 * @param width W, in pixels
 */
public record InputShape(int channels, int height, int width) implements Serializable {
  public InputShape {
    if (channels < 1 || height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "input shape is "
              + channels
              + "x"
              + height
              + "x"
              + width
              + "; channels, height and width must be at least 1.");
    }
  }

  /**
   * Reads {@code 3x224x224}.
   *
   * @throws IllegalArgumentException naming the text and the form
   */
  public static InputShape parse(String text) {
    String[] parts = text.split("[x,]");
    try {
      if (parts.length == 3) {
        return new InputShape(
            Integer.parseInt(parts[0].strip()),
            Integer.parseInt(parts[1].strip()),
            Integer.parseInt(parts[2].strip()));
      }
    } catch (NumberFormatException e) {
      throw badForm(text, e);
    }
    throw badForm(text, null);
  }

  private static IllegalArgumentException badForm(String text, Exception cause) {
    return new IllegalArgumentException(
        "input shape is '" + text + "'; it must be channels, height and width, as 3x224x224.",
        cause);
  }

  /** Numbers in one image, C·H·W. */
  public int elements() {
    return channels * height * width;
  }

  @Override
  public String toString() {
    return channels + "x" + height + "x" + width;
  }
}

package io.camatlas.image;

import java.io.Serializable;

/** The part of the resized picture that the network sees. */
public sealed interface Crop extends Serializable {
  /** All of it. */
  record None() implements Crop {}

  /**
   * The centre, as in torchvision's {@code CenterCrop}: a smaller picture is padded with zeros
   * (black).
   *
   * @param height rows of the input; 1 to {@value Resize#LONGEST}
   * @param width columns of the input; 1 to {@value Resize#LONGEST}
   */
  record Center(int height, int width) implements Crop {
    public Center {
      if (Math.min(height, width) < 1 || Math.max(height, width) > Resize.LONGEST) {
        throw new IllegalArgumentException(
            "crop is %dx%d; both sides must be from 1 to %d pixels."
                .formatted(height, width, Resize.LONGEST));
      }
    }

    /**
     * Where a crop of this length starts in a picture of that length; negative where it starts in
     * padding.
     */
    static int start(int length, int crop) {
      return crop > length
          ? -((crop - length) / 2)
          : (int) Math.rint((length - crop) / 2.0); // Python also rounds halves to even.
    }
  }
}

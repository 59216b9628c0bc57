package io.camatlas.truth;

import java.io.Serializable;
import java.util.List;

/**
 * The annotations of one image.
 *
 * @param objects in the file's order; may be empty
 * @param width of the picture that was annotated, in pixels; 0 if the file does not say
 * @param height of the same; 0 if and only if the width is
 */
public record GroundTruth(List<TruthObject> objects, int width, int height)
    implements Serializable {
  public GroundTruth {
    objects = List.copyOf(objects);
    if (width < 1 || height < 1) {
      width = 0;
      height = 0;
    }
  }

  /** Annotations of a picture of unknown size. */
  public GroundTruth(List<TruthObject> objects) {
    this(objects, 0, 0);
  }

  /** The objects of one class; the name must match exactly. */
  public List<TruthObject> ofClass(String className) {
    return objects.stream().filter(object -> object.className().equals(className)).toList();
  }

  /**
   * Checks that objects lie where the annotations say; those of a larger picture would be somewhere
   * else, or outside.
   *
   * @param imageWidth columns of the upright original
   * @param imageHeight its rows
   * @throws TruthException if the file says that the picture has another size
   */
  public void requireSize(int imageWidth, int imageHeight) {
    if (width == 0 || (width == imageWidth && height == imageHeight)) {
      return;
    }
    boolean isTurned = width == imageHeight && height == imageWidth;
    throw new TruthException(
        (isTurned
                ? "The annotations say that the image is %dx%d but upright it is %dx%d; both must agree. Its objects may have been marked before it was turned as its EXIF says: turn them, too."
                : "The annotations say that the image is %dx%d but it is %dx%d; both must agree. Use the image that was annotated, or bring its objects to the size of this one.")
            .formatted(width, height, imageWidth, imageHeight));
  }

  /** A number of pixels that a file states; 0 if it is no such number. */
  static int pixels(double stated) {
    return stated >= 1 && stated <= Integer.MAX_VALUE && stated == Math.rint(stated)
        ? (int) stated
        : 0;
  }
}

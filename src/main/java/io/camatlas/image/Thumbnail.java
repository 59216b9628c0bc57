package io.camatlas.image;

/** Small pictures for people to look at. */
public final class Thumbnail {
  /** High enough that JPEG blocks do not show, low enough to store thousands of pictures. */
  private static final int QUALITY = 82;

  private Thumbnail() {}

  /**
   * Shrinks a picture so that its longer side is at most {@code longest}; smaller pictures are
   * returned unchanged.
   *
   * @param image upright
   * @param longest pixels, at least 1
   */
  public static RgbImage of(RgbImage image, int longest) {
    int longer = Math.max(image.width(), image.height());
    if (longer <= longest) {
      return image;
    }
    double scale = (double) longest / longer;
    return OpenCv.resized(
        image,
        0,
        0,
        image.width(),
        image.height(),
        (int) Math.max(1, Math.round(image.width() * scale)),
        (int) Math.max(1, Math.round(image.height() * scale)));
  }

  /** The picture as a JPEG file. */
  public static byte[] jpeg(RgbImage image) {
    return OpenCv.jpeg(image, QUALITY);
  }
}

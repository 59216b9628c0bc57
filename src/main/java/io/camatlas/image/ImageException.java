package io.camatlas.image;

/** Thrown if a file cannot be read as a picture. The image is skipped; the run continues. */
public final class ImageException extends Exception {
  private final ImageProblem reason;

  /** For readers of files, which may reject a file before it is decoded. */
  public ImageException(ImageProblem reason, String message) {
    super(message);
    this.reason = reason;
  }

  ImageException(ImageProblem reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** What kind of problem it is, for counting. */
  public ImageProblem reason() {
    return reason;
  }

  static ImageException truncated(ImageFormat format, long size, long needed) {
    return new ImageException(
        ImageProblem.TRUNCATED,
        "The %s file has %d bytes but should have at least %d; it was cut off. Fetch it again."
            .formatted(format, size, needed));
  }

  static ImageException undecodable(ImageFormat format, String why) {
    return new ImageException(
        ImageProblem.UNDECODABLE,
        "The %s file cannot be decoded: %s. Fetch it again, or convert it to PNG or JPEG."
            .formatted(format, why));
  }
}

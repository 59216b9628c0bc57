package io.camatlas.image;

/** A file that cannot be read as a picture. The dataset loses one row; the run goes on. */
public final class ImageException extends Exception {
  private final ImageProblem reason;

  /** For readers of files, which may refuse one before it is decoded. */
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
        "The %s file has %d bytes but goes on to byte %d at least; it was cut off. Fetch it again."
            .formatted(format, size, needed));
  }

  static ImageException undecodable(ImageFormat format, String why) {
    return new ImageException(
        ImageProblem.UNDECODABLE,
        "The %s file cannot be decoded: %s. Fetch it again, or convert it to PNG or JPEG."
            .formatted(format, why));
  }
}

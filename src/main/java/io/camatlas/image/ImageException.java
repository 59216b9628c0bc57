package io.camatlas.image;

/** A file that gives no image. */
public final class ImageException extends Exception {
  private static final long serialVersionUID = 1L;

  private final ImageProblem reason;

  public ImageException(ImageProblem reason, String message) {
    super(message);
    this.reason = reason;
  }

  public ImageException(ImageProblem reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** What is wrong, for counting. */
  public ImageProblem reason() {
    return reason;
  }
}

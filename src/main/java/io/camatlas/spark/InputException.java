package io.camatlas.spark;

/** Thrown if a job cannot use the images or the folder for results; nothing has been written. */
public final class InputException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public InputException(String message) {
    super(message);
  }

  public InputException(String message, Throwable cause) {
    super(message, cause);
  }
}

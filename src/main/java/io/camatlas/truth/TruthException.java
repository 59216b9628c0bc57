package io.camatlas.truth;

/**
 * Thrown if annotations cannot be read or used; the message names the place, the rule and the
 * remedy.
 */
public final class TruthException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public TruthException(String message) {
    super(message);
  }

  public TruthException(String message, Throwable cause) {
    super(message, cause);
  }
}

package io.camatlas.truth;

/** Annotations that cannot be read or used; the message says where, which rule, what to do. */
public final class TruthException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public TruthException(String message) {
    super(message);
  }

  public TruthException(String message, Throwable cause) {
    super(message, cause);
  }
}

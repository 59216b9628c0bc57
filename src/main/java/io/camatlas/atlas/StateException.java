package io.camatlas.atlas;

/** Thrown if rows or states do not belong together or were written by another version. */
public final class StateException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  public StateException(String message) {
    super(message);
  }
}

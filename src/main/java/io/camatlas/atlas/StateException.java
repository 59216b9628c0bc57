package io.camatlas.atlas;

/** Rows or states that cannot belong together, or that were written by another version. */
public final class StateException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  public StateException(String message) {
    super(message);
  }
}

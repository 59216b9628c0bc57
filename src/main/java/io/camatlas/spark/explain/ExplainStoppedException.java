package io.camatlas.spark.explain;

/** A run that stopped before its end; what was committed is kept. */
public final class ExplainStoppedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ExplainStoppedException(Throwable cause) {
    super(cause);
  }
}

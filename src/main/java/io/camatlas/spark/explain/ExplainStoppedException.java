package io.camatlas.spark.explain;

/** Thrown if a run stopped before its end; committed results are kept. */
public final class ExplainStoppedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ExplainStoppedException(Throwable cause) {
    super(cause);
  }
}

package io.camatlas.model;

/** A pass that did not call a layer which is to be explained. */
public final class LayerSkippedException extends NetworkException {
  private static final long serialVersionUID = 1L;

  LayerSkippedException(String message) {
    super(message, null);
  }
}

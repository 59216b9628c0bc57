package io.camatlas.model;

/** A network that fails while it runs; the message holds the engine's. */
public final class NetworkException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public NetworkException(String message, Throwable cause) {
    super(message, cause);
  }
}

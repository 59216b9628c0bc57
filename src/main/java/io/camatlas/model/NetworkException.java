package io.camatlas.model;

import ai.djl.engine.EngineException;

/** A network that fails while it runs; the message holds the engine's. */
public class NetworkException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public NetworkException(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * What the engine said, as a {@link DeviceMemoryException} where the device had no memory.
   *
   * @param what was done
   */
  public static NetworkException of(String what, EngineException e) {
    String message = what + ": " + Network.firstLines(e);
    return DeviceMemoryException.isMeantBy(e)
        ? new DeviceMemoryException(message, e)
        : new NetworkException(message, e);
  }
}

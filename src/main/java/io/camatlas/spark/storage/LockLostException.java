package io.camatlas.spark.storage;

import java.io.IOException;

/** Thrown if another driver has taken over the folder that this one was writing to. */
public final class LockLostException extends IOException {
  private static final long serialVersionUID = 1L;

  LockLostException(String message) {
    super(message);
  }
}

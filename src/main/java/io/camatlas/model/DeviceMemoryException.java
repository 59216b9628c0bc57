package io.camatlas.model;

import ai.djl.engine.EngineException;
import java.util.List;
import java.util.Locale;

/** A pass for which the device has no memory; a smaller batch may go. */
public final class DeviceMemoryException extends NetworkException {
  private static final long serialVersionUID = 1L;

  /** PyTorch's words on CUDA, on the CPU, and those of the C++ library. */
  private static final List<String> WORDS =
      List.of(
          "out of memory",
          "can't allocate memory",
          "not enough memory",
          "bad_alloc",
          "cublas_status_alloc_failed",
          "cudnn_status_alloc_failed");

  /**
   * @param cause what PyTorch threw; null if it was not asked
   */
  public DeviceMemoryException(String message, Throwable cause) {
    super(message, cause);
  }

  static boolean isMeantBy(EngineException e) {
    String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    return WORDS.stream().anyMatch(message::contains);
  }
}

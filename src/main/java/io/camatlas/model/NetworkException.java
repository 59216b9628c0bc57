package io.camatlas.model;

import ai.djl.engine.EngineException;

/** A network that fails while it runs; the message holds the engine's. */
public class NetworkException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private static final String FAST_ATTENTION =
      ". The archive was traced without gradients, so that attention became one operation that has"
          + " none. Call torch.backends.mha.set_fastpath_enabled(False) before tracing, as"
          + " jobs/export_model.py does, trace with gradients, or script the model.";

  private static final String OF_16_BITS =
      " If the archive's own weights have 16 bits, export it with model.float(), or with"
          + " jobs/export_model.py; `precision` rounds them.";

  public NetworkException(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * What the engine said, as a {@link DeviceMemoryException} where the device had no memory.
   *
   * @param what was done
   */
  public static NetworkException of(String what, EngineException e) {
    String said = Network.firstLines(e);
    String message = what + ": " + said + remedy(said);
    return DeviceMemoryException.isMeantBy(e)
        ? new DeviceMemoryException(message, e)
        : new NetworkException(message, e);
  }

  private static String remedy(String said) {
    if (isOfFastAttention(said)) {
      return FAST_ATTENTION;
    }
    return said.contains("Half") || said.contains("BFloat16") ? OF_16_BITS : "";
  }

  private static boolean isOfFastAttention(String said) {
    return said.contains("_native_multi_head_attention")
        || said.contains("_transformer_encoder_layer_fwd");
  }
}

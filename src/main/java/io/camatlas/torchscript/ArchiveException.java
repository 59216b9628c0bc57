package io.camatlas.torchscript;

/** A model archive, or a layer of it, that cannot be used; the message says what to do instead. */
public final class ArchiveException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ArchiveException(String message) {
    super(message);
  }

  public ArchiveException(String message, Throwable cause) {
    super(message, cause);
  }
}

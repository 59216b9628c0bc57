package io.camatlas.cli;

/** A command that is done, but not with as many images as it should be. */
final class TooManyFailuresException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TooManyFailuresException(String message) {
    super(message);
  }
}

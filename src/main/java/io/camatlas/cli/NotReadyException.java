package io.camatlas.cli;

import java.util.List;

/** A place where a run would not work. */
final class NotReadyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NotReadyException(List<String> gaps) {
    super(
        "a run would not work here:"
            + System.lineSeparator()
            + "  "
            + String.join(System.lineSeparator() + "  ", gaps));
  }
}

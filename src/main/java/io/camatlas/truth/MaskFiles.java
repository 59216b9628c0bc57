package io.camatlas.truth;

import java.io.IOException;

/** Reads mask files, so that callers can use any file system. */
@FunctionalInterface
public interface MaskFiles {
  /** For annotations whose masks are not files: every request fails. */
  MaskFiles NONE =
      path -> {
        throw new IOException("no folder of masks was given");
      };

  /**
   * The bytes of one PNG file.
   *
   * @param path as the annotation gives it
   * @throws IOException if it cannot be read
   */
  byte[] read(String path) throws IOException;
}

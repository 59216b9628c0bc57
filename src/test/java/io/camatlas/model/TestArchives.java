package io.camatlas.model;

import java.nio.file.Path;

/** Where the exported archives lie. */
public final class TestArchives {
  private TestArchives() {}

  /** A file of the folder that export_fixtures.py fills. */
  public static Path file(String name) {
    return Path.of("src/test/resources/io/camatlas/torchscript/models").resolve(name);
  }
}

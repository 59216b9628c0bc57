package io.camatlas.report.site;

import java.io.IOException;

/** Where the files of a site go, and where its pictures are. */
public interface SiteFiles {
  /** Writes a file; the name is relative, with slashes. */
  void write(String name, byte[] bytes) throws IOException;

  /** Reads a file that has been written. */
  byte[] read(String name) throws IOException;
}

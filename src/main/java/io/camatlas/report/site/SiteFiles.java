package io.camatlas.report.site;

import java.io.IOException;

/** Writes the files of a site and reads them back. */
public interface SiteFiles {
  /** Writes a file; the name is a relative path with slashes. */
  void write(String name, byte[] bytes) throws IOException;

  /** Reads a file that was written before. */
  byte[] read(String name) throws IOException;
}

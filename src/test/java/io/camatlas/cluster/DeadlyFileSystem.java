package io.camatlas.cluster;

import java.io.IOException;
import java.net.URI;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/** This machine's files, one of which takes with it the process that opens it. */
public final class DeadlyFileSystem extends RawLocalFileSystem {
  static final String NAME = "deadly.jpg";

  @Override
  public URI getUri() {
    return URI.create("deadly:///");
  }

  @Override
  public String getScheme() {
    return "deadly";
  }

  @Override
  public FSDataInputStream open(Path path, int buffer) throws IOException {
    if (path.getName().equals(NAME)) {
      // As the kernel does to a process that has taken too much memory.
      Runtime.getRuntime().halt(137);
    }
    return super.open(path, buffer);
  }
}

package io.camatlas.spark.storage;

import io.camatlas.image.ImageException;
import io.camatlas.image.ImageProblem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Reads files from any Hadoop file system. */
public final class HadoopFiles {
  private HadoopFiles() {}

  /**
   * Reads a whole file.
   *
   * @throws ImageException if it is larger than {@code maxBytes}; it is not read then
   */
  public static byte[] read(String path, Configuration hadoop, long maxBytes)
      throws IOException, ImageException {
    Path file = new Path(path);
    FileSystem files = file.getFileSystem(hadoop);
    FileStatus status = files.getFileStatus(file);
    if (status.getLen() > maxBytes) {
      throw new ImageException(
          ImageProblem.TOO_MANY_BYTES,
          path
              + " has "
              + status.getLen()
              + " bytes; at most "
              + maxBytes
              + " are read. Raise --max-bytes to read it.");
    }
    byte[] bytes = new byte[(int) status.getLen()];
    try (FSDataInputStream in = files.open(file)) {
      in.readFully(0, bytes);
    }
    return bytes;
  }

  /** Copies a file to this machine; it goes when this JVM ends. */
  public static java.nio.file.Path copyToLocal(String path, Configuration hadoop) {
    Path file = new Path(path);
    try (FSDataInputStream in = file.getFileSystem(hadoop).open(file)) {
      java.nio.file.Path local = Files.createTempFile("camatlas-", ".pt");
      local.toFile().deleteOnExit();
      Files.copy(in, local, StandardCopyOption.REPLACE_EXISTING);
      return local;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot copy " + path + " to this machine", e);
    }
  }
}

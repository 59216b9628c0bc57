package io.camatlas.spark.storage;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * A file sent to every executor, so that no shared folder is needed.
 *
 * <p>It is sent in parts, so it can be larger than one array, or than the memory of a machine.
 * Spark moves parts to disk when memory is short, and drops them once nothing refers to them.
 *
 * @param parts the file's bytes, in order
 */
public record BroadcastFile(List<Broadcast<byte[]>> parts) implements Serializable {
  private static final int PART_BYTES = 16 << 20;

  public BroadcastFile {
    parts = List.copyOf(parts);
  }

  /** Hands a file to Spark; the file may be deleted afterwards. */
  public static BroadcastFile of(Path file, SparkContext spark) throws IOException {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark);
    List<Broadcast<byte[]>> parts = new ArrayList<>();
    try (InputStream in = Files.newInputStream(file)) {
      for (byte[] part = in.readNBytes(PART_BYTES);
          part.length > 0;
          part = in.readNBytes(PART_BYTES)) {
        parts.add(context.broadcast(part));
      }
    }
    return new BroadcastFile(parts);
  }

  /** A copy for this machine; nothing is written until {@link Copy#get} is called. */
  public Copy copy() {
    return new Copy(this);
  }

  /** A copy on this machine, deleted on close. Not thread-safe. */
  public static final class Copy implements Supplier<Path>, AutoCloseable {
    private final BroadcastFile file;
    private Path written;

    private Copy(BroadcastFile file) {
      this.file = file;
    }

    @Override
    public Path get() {
      try {
        if (written == null) {
          written = Files.createTempFile("camatlas-", ".pt");
          // In case the JVM ends before close is called.
          written.toFile().deleteOnExit();
          try (OutputStream out = Files.newOutputStream(written)) {
            for (Broadcast<byte[]> part : file.parts) {
              out.write(part.value());
            }
          }
        }
        return written;
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot write the model to a temporary file", e);
      }
    }

    @Override
    public void close() {
      if (written != null) {
        try {
          Files.deleteIfExists(written);
        } catch (IOException e) {
          // It is deleted when this JVM ends.
        }
      }
    }
  }
}

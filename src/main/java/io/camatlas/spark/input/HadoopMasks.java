package io.camatlas.spark.input;

import io.camatlas.image.ImageException;
import io.camatlas.spark.storage.HadoopFiles;
import io.camatlas.truth.MaskFiles;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;

/**
 * Masks on any Hadoop file system.
 *
 * @param hadoop says how file systems are reached
 */
public record HadoopMasks(Configuration hadoop) implements MaskFiles {
  private static final long MOST_BYTES = 256L << 20;

  @Override
  public byte[] read(String path) throws IOException {
    try {
      return HadoopFiles.read(path, hadoop, MOST_BYTES);
    } catch (ImageException e) {
      throw new IOException(e);
    }
  }
}

package io.camatlas.spark.pack;

import io.camatlas.spark.input.InputKind;
import java.util.Optional;

/**
 * One pack job, checked.
 *
 * @param images folder, glob, manifest, shards or table
 * @param inputKind what it is
 * @param contentColumn column of encoded images, where a table has several binary ones
 * @param out folder of the table
 * @param overwrite whether a table that is there may be replaced
 * @param rowGroupMegabytes of images in a row group, which is what Spark can split by; 1 to 1024
 * @param fileMegabytes of images in a file, about; at least a row group
 * @param maxBytes larger files are named, but not packed
 */
public record PackJobSettings(
    String images,
    InputKind inputKind,
    Optional<String> contentColumn,
    String out,
    boolean overwrite,
    int rowGroupMegabytes,
    int fileMegabytes,
    long maxBytes) {

  public PackJobSettings {
    if (rowGroupMegabytes < 1 || rowGroupMegabytes > 1024) {
      throw new IllegalArgumentException(
          "row-group-mb is " + rowGroupMegabytes + "; it must be from 1 to 1024.");
    }
    if (fileMegabytes < rowGroupMegabytes) {
      throw new IllegalArgumentException(
          "file-mb is "
              + fileMegabytes
              + "; it must be at least row-group-mb, "
              + rowGroupMegabytes
              + ".");
    }
    if (maxBytes < 1) {
      throw new IllegalArgumentException("max-bytes is " + maxBytes + "; it must be at least 1.");
    }
  }
}

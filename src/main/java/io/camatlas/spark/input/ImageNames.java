package io.camatlas.spark.input;

import org.apache.hadoop.fs.Path;

/** Names images by their path relative to the input's folder. */
final class ImageNames {
  private final String prefix;

  /**
   * @param root the input's folder, with its file system
   */
  ImageNames(Path root) {
    String base = root.toUri().getPath();
    this.prefix = base.endsWith("/") ? base : base + "/";
  }

  /** The path relative to the root; the whole path if the file is elsewhere. */
  String id(Path file) {
    String path = file.toUri().getPath();
    return path.startsWith(prefix) ? path.substring(prefix.length()) : path;
  }

  /** The first folder of a name, which names the class; null if there is none. */
  static String folderOf(String id) {
    int slash = id.indexOf('/');
    return slash > 0 ? id.substring(0, slash) : null;
  }
}

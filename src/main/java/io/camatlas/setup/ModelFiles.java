package io.camatlas.setup;

import io.camatlas.model.ModelCard;
import io.camatlas.spark.storage.HadoopFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Finds models, sidecars and lists of classes on this machine, or on any Hadoop file system, from
 * which they are copied once.
 */
final class ModelFiles {
  private static final Map<String, Optional<Path>> COPIES = new ConcurrentHashMap<>();

  private ModelFiles() {}

  /** A local file with the contents of the given file: itself if it is local, else a copy. */
  static Path local(String file) {
    if (!isElsewhere(file)) {
      return Path.of(file.startsWith("file:") ? java.net.URI.create(file).getPath() : file);
    }
    return copy(file)
        .orElseThrow(() -> new IllegalArgumentException("There is no file " + file + "."));
  }

  /** The model's sidecar as a local file, if it has one. */
  static Optional<Path> sidecar(String model) {
    if (!isElsewhere(model)) {
      return Optional.of(ModelCard.sidecarOf(local(model))).filter(Files::exists);
    }
    int name = model.lastIndexOf('/') + 1;
    return copy(model.substring(0, name) + ModelCard.sidecarOf(Path.of(model.substring(name))));
  }

  private static boolean isElsewhere(String file) {
    return file.matches("[A-Za-z][A-Za-z0-9+.-]+:/.*") && !file.startsWith("file:");
  }

  private static Optional<Path> copy(String file) {
    return COPIES.computeIfAbsent(
        file,
        wanted -> {
          try {
            return HadoopFiles.copyWithName(wanted);
          } catch (IOException e) {
            throw new UncheckedIOException("Cannot copy " + wanted + " to this machine: " + e, e);
          }
        });
  }

  /**
   * A text that changes whenever a local file is rewritten; for other files just the name, since
   * they are copied once.
   */
  static String version(String file) throws IOException {
    if (file.isEmpty() || isElsewhere(file) || !Files.exists(local(file))) {
      return file;
    }
    return file + " " + Files.size(local(file)) + " " + Files.getLastModifiedTime(local(file));
  }
}

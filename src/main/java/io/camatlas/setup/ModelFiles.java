package io.camatlas.setup;

import io.camatlas.model.ModelCard;
import io.camatlas.spark.storage.HadoopFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Finds models, sidecars and lists of classes on this machine, or on any Hadoop file system, from
 * which they are copied again only if they have been rewritten.
 */
final class ModelFiles {
  /** By {@link #version}: a notebook's JVM outlives many versions of a model. */
  private static final Map<String, Path> COPIES = new HashMap<>();

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
    try {
      Optional<String> version = HadoopFiles.version(file);
      return version.isEmpty() ? Optional.empty() : Optional.of(copy(file, version.get()));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot copy " + file + " to this machine: " + e, e);
    }
  }

  private static synchronized Path copy(String file, String version) throws IOException {
    Path copy = COPIES.get(version);
    if (copy == null) {
      copy = HadoopFiles.copyWithName(file);
      COPIES.put(version, copy);
    }
    return copy;
  }

  /** A text that changes whenever a file is rewritten; just the name if there is no such file. */
  static String version(String file) throws IOException {
    if (file.isEmpty()) {
      return file;
    }
    if (isElsewhere(file)) {
      return HadoopFiles.version(file).orElse(file);
    }
    return Files.exists(local(file))
        ? file + " " + Files.size(local(file)) + " " + Files.getLastModifiedTime(local(file))
        : file;
  }
}

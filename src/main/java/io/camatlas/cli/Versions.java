package io.camatlas.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Properties;

/** What {@code --version} prints. */
final class Versions {
  private Versions() {}

  static String text() {
    return "CamAtlas " + own() + "\nSpark    " + spark() + "\nPyTorch  " + pytorch() + "\n";
  }

  private static String own() {
    String version = Versions.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  /** The version of Spark on the class path, else the one that the launch script found. */
  private static String spark() {
    return resource("/spark-version-info.properties", "version")
        .orElseGet(() -> System.getProperty("camatlas.spark", "not found; set SPARK_HOME"));
  }

  /** The version of the libraries that the environment names, else of the bundled ones. */
  private static String pytorch() {
    String named = System.getenv().getOrDefault("PYTORCH_VERSION", "");
    return named.isEmpty()
        ? resource("/pytorch-engine.properties", "pytorch_version").orElse("not found")
        : named;
  }

  private static Optional<String> resource(String name, String key) {
    try (InputStream in = Versions.class.getResourceAsStream(name)) {
      Properties properties = new Properties();
      if (in != null) {
        properties.load(in);
      }
      return Optional.ofNullable(properties.getProperty(key));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

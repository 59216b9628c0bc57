package io.camatlas.explain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What runs while a GPU works must not make it wait. DJL's operations with a number copy it from
 * the host, and a GPU finishes all its work before it takes a copy; so numbers come from {@link
 * io.camatlas.cam.Scalars}.
 */
class DeviceNumbersTest {
  private static final Path SOURCES =
      Path.of(System.getProperty("camatlas.project", "."), "src", "main", "java", "io", "camatlas");

  /** An operation whose only argument is a number or is cast to one. */
  private static final Pattern OPERATION =
      Pattern.compile(
          "\\.(mul|add|sub|div|pow|maximum|minimum|eq|neq|gt|gte|lt|lte)i?\\("
              + "(-?[0-9][0-9a-fx.]*[fFlLdD]?|\\((float|double|int|long)\\)[^()]*(\\([^()]*\\))?)\\)");

  @Test
  void nothingBetweenPassesCopiesNumbersToTheDevice() throws IOException {
    List<String> found = new ArrayList<>();
    for (String folder : List.of("cam", "explain")) {
      try (Stream<Path> files = Files.walk(SOURCES.resolve(folder))) {
        for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
          String text = Files.readString(file);
          // Only what works on arrays of the device.
          if (text.contains("ai.djl.ndarray.NDArray")) {
            OPERATION
                .matcher(text)
                .results()
                .forEach(match -> found.add(file.getFileName() + ": " + match.group()));
          }
        }
      }
    }
    assertThat(found).isEmpty();
  }
}

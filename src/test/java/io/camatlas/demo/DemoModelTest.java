package io.camatlas.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoModelTest {
  @Test
  void archiveAndSidecarComeWithTheJarAndAreSmall(@TempDir Path dir) throws IOException {
    Path model = DemoModel.copyTo(dir.resolve("new"));
    assertThat(model.getFileName()).hasToString("model.pt");
    assertThat(Files.size(model)).isBetween(100_000L, 3_000_000L);
    try (ZipFile zip = new ZipFile(model.toFile())) {
      assertThat(zip.stream().map(e -> e.getName())).anyMatch(n -> n.endsWith("/data.pkl"));
    }
    assertThat(model.resolveSibling("model.json")).isNotEmptyFile();
  }

  @Test
  void sidecarNamesTheClassesOfThePictures(@TempDir Path dir) throws IOException {
    String sidecar = Files.readString(DemoModel.copyTo(dir).resolveSibling("model.json"));
    String classes =
        DemoDataset.classes().stream()
            .map(c -> "\"" + c + "\"")
            .collect(Collectors.joining(",", "[", "]"));
    assertThat(sidecar.replaceAll("\\s", ""))
        .contains("\"classes\":" + classes)
        .contains("\"layer\":\"features.")
        .contains("\"scores\":\"logits\"");
  }

  @Test
  void olderCopiesAreReplaced(@TempDir Path dir) throws IOException {
    Files.writeString(dir.resolve("model.json"), "old");
    DemoModel.copyTo(dir);
    assertThat(dir.resolve("model.json")).content().startsWith("{");
  }
}

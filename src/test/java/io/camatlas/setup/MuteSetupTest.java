package io.camatlas.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.camatlas.config.GivenSettings;
import io.camatlas.config.MuteOptions;
import io.camatlas.config.SettingsException;
import io.camatlas.demo.DemoModel;
import io.camatlas.model.ModelCard;
import io.camatlas.torchscript.ArchiveException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MuteSetupTest {
  @TempDir Path folder;

  private Path model;

  @BeforeEach
  void copyModel() throws IOException {
    model = DemoModel.copyTo(folder.resolve("model"));
  }

  private MuteSetup.Muted mute(String... flags) throws IOException {
    Map<String, String> given = new LinkedHashMap<>();
    given.put("model", model.toString());
    for (int i = 0; i < flags.length; i += 2) {
      given.put(flags[i], flags[i + 1]);
    }
    return MuteSetup.write(new GivenSettings(MuteOptions.ALL, given, List.of()));
  }

  private List<String> problems(String... flags) {
    SettingsException thrown = catchThrowableOfType(SettingsException.class, () -> mute(flags));
    assertThat(thrown).isNotNull();
    return thrown.problems(name -> name);
  }

  private String file(String name) {
    return folder.resolve(name).toString();
  }

  private List<String> files() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(one -> one.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void archiveAndSidecarAreWrittenAndNothingElse() throws IOException {
    MuteSetup.Muted muted = mute("maps", "53, 27,34", "out", file("muted.pt"));
    assertThat(muted.what()).isEqualTo("feature maps 53, 27 and 34");
    assertThat(muted.notes()).isEmpty();
    assertThat(muted.model().layer().path()).isEqualTo("features.14");
    assertThat(files()).containsExactly("model", "muted.json", "muted.pt");
    ModelCard card = ModelCard.read(folder.resolve("muted.json"));
    assertThat(card.name()).isEqualTo("camatlas-demo-vgg (muted)");
    assertThat(card.classes()).hasSize(10);
    assertThat(card.changes()).hasSize(1);
    assertThat(problems("maps", "1", "out", file("muted.pt")).get(0))
        .contains("is there already; name another file, or set overwrite");
    mute("maps", "1", "out", file("muted.pt"), "overwrite", "true");
    assertThat(ModelCard.read(folder.resolve("muted.json")).changes().get(0))
        .contains("feature map 1 of layer");
  }

  @Test
  void whatIsToBeMutedIsSaidOnce() {
    assertThat(problems("out", file("m.pt")))
        .containsExactly("Neither maps nor component is set; say what is to be muted.");
    assertThat(problems("maps", "1", "component", file("none.json"), "out", file("m.pt")))
        .hasSize(2)
        .anyMatch(problem -> problem.contains("both set"))
        .anyMatch(problem -> problem.contains("which does not exist"));
    assertThat(problems("maps", "1,1", "out", file("m.pt")).get(0)).contains("twice");
    assertThat(problems("maps", "-1", "out", file("m.pt")).get(0)).contains("count from 0");
  }

  @Test
  void aComponentThatCannotBeReadSaysWhy() throws IOException {
    Map<String, String> wrong =
        Map.of(
            "{", "no JSON",
            "[1, 2]", "no list 'direction'",
            "{\"direction\": []}", "no list 'direction'",
            "{\"direction\": [1, \"2\"]}", "holds \"2\" in place 1",
            "{\"direction\": [1], \"at\": \"x\"}", "'at' is \"x\"",
            "{\"direction\": [1], \"att\": 3}", "key 'att' is not known",
            "{\"direction\": [0, 0]}", "length 0.0",
            "{\"direction\": [1]} more", "no JSON");
    for (Map.Entry<String, String> one : wrong.entrySet()) {
      Files.writeString(folder.resolve("c.json"), one.getKey());
      List<String> problems = problems("component", file("c.json"), "out", file("m.pt"));
      assertThat(problems).as(one.getKey()).hasSize(1);
      assertThat(problems.get(0)).contains(one.getValue());
    }
    assertThat(problems("component", folder.toString(), "out", file("m.pt")).get(0))
        .contains("which is no file");
    assertThat(problems("component", file("none"), "out", file("no/m.pt"))).hasSize(2);
    Files.writeString(folder.resolve("c.json"), "{\"direction\": [1, 2]}");
    assertThatThrownBy(() -> mute("component", file("c.json"), "out", file("m.pt")))
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining("a direction of 2 numbers, but layer 'features.14' has 112");
    assertThat(files()).containsExactly("c.json", "model");
  }

  @Test
  void noFileThatItIsMadeFromIsReplaced() throws IOException {
    Files.createSymbolicLink(folder.resolve("alias"), folder.resolve("model"));
    for (String out : List.of("model/model.pt", "alias/model.pt", "model/model.other")) {
      assertThat(problems("maps", "1", "out", file(out), "overwrite", "true").get(0))
          .as(out)
          .contains("from which it is made");
    }
    Files.writeString(folder.resolve("c.json"), "{\"direction\": [1]}");
    assertThat(
            problems("component", file("c.json"), "out", file("c.pt"), "overwrite", "true").get(0))
        .contains("c.json, from which it is made");
    Files.createDirectory(folder.resolve("d.json"));
    assertThat(problems("maps", "1", "out", file("d.pt"), "overwrite", "true").get(0))
        .contains("is a folder");
  }
}

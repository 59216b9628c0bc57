package io.camatlas.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.camatlas.config.FaithfulnessOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.SettingsException;
import io.camatlas.demo.DemoModel;
import io.camatlas.image.Sha256;
import io.camatlas.model.ModelCard;
import io.camatlas.spark.faithfulness.FaithfulnessJobSettings;
import io.camatlas.spark.results.ExplanationsTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FaithfulnessSetupTest {
  @TempDir Path folder;
  private Path model;
  private Path run;

  @BeforeEach
  void writeRun() throws IOException {
    model = DemoModel.copyTo(folder.resolve("model"));
    run = Files.createDirectories(folder.resolve("run/explanations")).getParent();
    writeRun(Sha256.of(model));
  }

  private void writeRun(String sha256) throws IOException {
    ModelCard card = ModelCard.read(ModelCard.sidecarOf(model));
    Map<String, Object> about =
        Map.of(
            "sha256",
            sha256,
            "classes",
            card.classes(),
            "preprocessing",
            card.preprocessing().toString(),
            "layers",
            List.of(Map.of("path", "features.14", "call", 0, "calls", 1)));
    Map<String, Object> json =
        Map.of(
            "tables",
            Map.of("explanations", ExplanationsTable.VERSION),
            "rules",
            List.of(Map.of("method", "smooth-grad-cam++", "parameters", Map.of())),
            "model",
            about,
            "settings",
            Map.of(
                "model", model.toString(),
                "entry", "forward",
                "layer", "",
                "samples", "8",
                "max-pixels", "1000",
                "later-setting", "x"));
    new ObjectMapper().writeValue(run.resolve("run.json").toFile(), json);
  }

  private FaithfulnessJobSettings resolve(Map<String, String> more) {
    Map<String, String> flags = new LinkedHashMap<>();
    flags.put("from", run.toString());
    flags.put("out", folder.resolve("out").toString());
    flags.putAll(more);
    return FaithfulnessSetup.resolve(
        new GivenSettings(FaithfulnessOptions.ALL, flags, List.of()), folder);
  }

  private List<String> problems(Map<String, String> more) {
    SettingsException thrown = catchThrowableOfType(SettingsException.class, () -> resolve(more));
    assertThat(thrown).as("settings were accepted").isNotNull();
    return thrown.problems();
  }

  @Test
  void theModelIsUsedAsTheRunDid() {
    FaithfulnessJobSettings settings = resolve(Map.of());
    assertThat(settings.scoring().forwardsPerImage()).isEqualTo(300);
    assertThat(settings.scoring().sample()).isEqualTo(50);
    assertThat(settings.scoring().batch()).isEqualTo(16);
    assertThat(settings.card().classes()).hasSize(10);
    assertThat(settings.model().plan().layers().get(0).path()).isEqualTo("features.14");
    assertThat(settings.limits().maxPixels()).isEqualTo(1000);
    assertThat(settings.images()).isEmpty();
  }

  @Test
  void allProblemsAreToldAtOnce() {
    assertThat(
            problems(
                Map.of(
                    "from", folder.resolve("nowhere").toString(),
                    "out", "",
                    "sample", "0",
                    "device", "gpu",
                    "overwrite", "yes")))
        .anyMatch(p -> p.startsWith("out is missing"))
        .contains("sample is 0; it must be at least 1.")
        .anyMatch(p -> p.startsWith("device is 'gpu'"))
        .contains("overwrite is 'yes'; it must be true or false.")
        .contains(
            "from is "
                + folder.resolve("nowhere")
                + ", which does not exist; give the folder that 'camatlas explain' wrote.");
    assertThat(problems(Map.of("steps", "1")))
        .containsExactly("steps is 1; it must be from 2 to 10000.");
    assertThat(problems(Map.of("batch", "5000")))
        .containsExactly("batch is 5000; it must be from 1 to 4096.");
    assertThat(problems(Map.of("partitions", "-1")))
        .containsExactly("partitions is -1; it must be from 0 to 1000000.");
  }

  @Test
  void anotherModelIsRefusedWithBothHashes() throws IOException {
    String other = "0".repeat(64);
    String found = Sha256.of(model);
    writeRun(other);
    assertThat(problems(Map.of()))
        .containsExactly(
            "The model "
                + model
                + " has SHA-256 "
                + found
                + ", but the run "
                + run
                + " explained the one with "
                + other
                + "; set model to that file.");
  }

  @Test
  void aModelThatHasMovedKeepsItsSidecar() throws IOException {
    Path moved = folder.resolve("moved.pt");
    Files.move(model, moved);
    assertThat(problems(Map.of()))
        .containsExactly(
            "The run's model is '"
                + model
                + "', which does not exist or cannot be read; set model to where the file is"
                + " now.");
    assertThat(problems(Map.of("model", folder.resolve("x.pt").toString())))
        .containsExactly(
            "model is " + folder.resolve("x.pt") + ", which does not exist or cannot be read.");
    FaithfulnessJobSettings settings = resolve(Map.of("model", moved.toString()));
    assertThat(settings.modelPath()).isEqualTo(moved.toString());
    assertThat(settings.card().preprocessing().inputWidth()).isEqualTo(112);
  }

  @Test
  void aSidecarThatHasChangedIsRefused() throws IOException {
    Path sidecar = ModelCard.sidecarOf(model);
    String text = Files.readString(sidecar);
    Files.writeString(sidecar, text.replace("\"anchor\"", "\"hook\""));
    assertThat(problems(Map.of()))
        .singleElement()
        .asString()
        .startsWith("The classes are now 10 (hook, balloon,")
        .contains("but the run's were 10 (anchor, balloon,");
    Files.delete(sidecar);
    assertThat(problems(Map.of()))
        .singleElement()
        .asString()
        .startsWith(
            "Images would now be prepared with resized to shorter side 256 (bilinear, as Pillow 12)")
        .contains("restore the sidecar beside the model");
  }

  @Test
  void aFolderThatIsNoExplainRunIsRefused() throws IOException {
    Files.delete(run.resolve("explanations"));
    assertThat(problems(Map.of()))
        .singleElement()
        .asString()
        .contains("which is not a result of 'camatlas explain'");
    Files.writeString(run.resolve("run.json"), "{");
    assertThat(problems(Map.of())).singleElement().asString().contains("its run.json is not JSON");
  }
}

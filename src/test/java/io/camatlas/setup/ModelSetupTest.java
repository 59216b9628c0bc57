package io.camatlas.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.camatlas.config.GivenSettings;
import io.camatlas.config.ModelOptions;
import io.camatlas.config.SettingsException;
import io.camatlas.demo.DemoModel;
import io.camatlas.image.ChannelOrder;
import io.camatlas.image.Crop;
import io.camatlas.image.Preprocessing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelSetupTest {
  private static final String BGR =
      "{\"input\": {\"channels\": \"bgr\", \"crop\": 8, \"mean\": [0.1, 0.2, 0.3], \"std\": [0.4, 0.5, 0.6]}}";

  @TempDir Path folder;
  private Path model;

  @BeforeEach
  void copyModel() throws IOException {
    model = DemoModel.copyTo(folder);
  }

  private GivenSettings given(String sidecar, Map<String, String> more) throws IOException {
    Path file = folder.resolve("other.json");
    Files.writeString(file, sidecar);
    Map<String, String> flags = new LinkedHashMap<>(more);
    flags.put("model", model.toString());
    flags.put("sidecar", file.toString());
    return new GivenSettings(ModelOptions.ALL, flags, List.of());
  }

  private Preprocessing preprocessing(String sidecar, Map<String, String> more) throws IOException {
    return ModelSetup.open(given(sidecar, more)).orElseThrow().card().preprocessing();
  }

  private String problem(String sidecar, Map<String, String> more) throws IOException {
    GivenSettings given = given(sidecar, more);
    assertThat(ModelSetup.open(given)).isEmpty();
    return String.join(
        "\n", catchThrowableOfType(SettingsException.class, given::check).problems());
  }

  @Test
  void anotherOrderOfTheColoursNeedsMeanAndStdInThatOrder() throws IOException {
    assertThat(problem(BGR, Map.of("channels", "rgb")))
        .contains("channels is rgb")
        .contains("set mean and std in the order red, green, blue.");
    assertThat(problem(BGR, Map.of("channels", "rgb", "mean", "0.1,0.2,0.3")))
        .contains("channels is rgb");
    assertThat(problem("{}", Map.of("channels", "bgr")))
        .contains("channels is bgr")
        .contains("set mean and std in the order blue, green, red.");
    Preprocessing turned =
        preprocessing(BGR, Map.of("channels", "rgb", "mean", "0.3,0.2,0.1", "std", "0.6,0.5,0.4"));
    assertThat(turned.order()).isEqualTo(ChannelOrder.RGB);
    assertThat(turned.mean()).containsExactly(0.3, 0.2, 0.1);
    assertThat(preprocessing(BGR, Map.of("channels", "bgr")).std()).containsExactly(0.4, 0.5, 0.6);
  }

  @Test
  void exactResizeLeavesOutACropThatIsLarger() throws IOException {
    Preprocessing small = preprocessing("{}", Map.of("resize", "128x240"));
    assertThat(small.crop()).isEqualTo(new Crop.None());
    assertThat(small.inputHeight()).isEqualTo(128);
    assertThat(small.inputWidth()).isEqualTo(240);
    Crop kept = new Crop.Center(224, 224);
    assertThat(preprocessing("{}", Map.of("resize", "256x256")).crop()).isEqualTo(kept);
    assertThat(preprocessing("{}", Map.of("resize", "128x128", "crop", "224")).crop())
        .isEqualTo(kept);
  }

  @Test
  void shorterSideBelowTheCropIsRefused() throws IOException {
    assertThat(problem("{}", Map.of("resize", "128")))
        .contains("resize is 128, but the crop is 224x224")
        .contains("set crop");
    String framed = "{\"input\": {\"resize\": 6, \"crop\": 8}}";
    assertThat(preprocessing(framed, Map.of("interpolation", "bicubic")).crop())
        .isEqualTo(new Crop.Center(8, 8));
    assertThat(preprocessing("{}", Map.of("resize", "128", "crop", "224")).crop())
        .isEqualTo(new Crop.Center(224, 224));
  }
}

package io.camatlas.spark.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.camatlas.config.ExplainOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.Option;
import io.camatlas.config.Scope;
import io.camatlas.config.Settings;
import io.camatlas.demo.DemoModel;
import io.camatlas.setup.ExplainSetup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.commons.lang3.SerializationUtils;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What changes an explanation makes another run; what does not, goes on with the same. */
class RunIdentityTest {
  /** Another value of each option of one image's explanation, given beside {@link #BASE}. */
  private static final Map<String, String> OTHERS =
      Map.ofEntries(
          Map.entry("entry", "forward"),
          Map.entry("classes", "names.txt"),
          Map.entry("scores", "probabilities"),
          Map.entry("resize", "132x132"),
          Map.entry("crop", "200"),
          Map.entry("interpolation", "bicubic"),
          Map.entry("resize-as", "pillow-13"),
          Map.entry("mean", "0.1,0.2,0.3"),
          Map.entry("std", "0.1,0.2,0.3"),
          Map.entry("layer", "features.9"),
          Map.entry("layout", "channels-last"),
          Map.entry("targets", "top-2"),
          Map.entry("method", "grad-cam"),
          Map.entry("samples", "3"),
          Map.entry("sigma", "0.2"),
          Map.entry("noise-scale", "absolute"),
          Map.entry("seed", "1"),
          Map.entry("score", "exp"),
          Map.entry("numerator", "paper"),
          Map.entry("alpha", "normalized"),
          Map.entry("filters", "3,5"),
          Map.entry("per-filter", "true"),
          Map.entry("subset", "1:2,3:5"),
          Map.entry("region", "true"),
          Map.entry("precision", "float64"),
          Map.entry("max-pixels", "1000"),
          Map.entry("label-separator", ";"),
          Map.entry("empty-label", "nothing"),
          Map.entry("other-labels", "ignore"),
          Map.entry("uncertain-labels", "present"),
          Map.entry("missing-labels", "absent"),
          Map.entry("probabilities", "5"),
          Map.entry("max-bytes", "1000"));

  private static final Map<String, String> BASE =
      Map.of("samples", "2", "filters", "3", "subset", "1:2,3:4");

  @TempDir static Path folder;

  private static Path model;

  @BeforeAll
  static void copyModel() throws IOException {
    model = DemoModel.copyTo(folder);
    Files.writeString(folder.resolve("names.txt"), "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n");
  }

  private static String id(Map<String, String> more) {
    Map<String, String> flags = new LinkedHashMap<>(BASE);
    flags.put("model", model.toString());
    flags.put("images", folder.toString());
    flags.put("out", folder.resolve("out").toString());
    flags.putAll(more);
    flags.computeIfPresent("classes", (name, file) -> folder.resolve(file).toString());
    GivenSettings given = new GivenSettings(ExplainOptions.ALL, flags, List.of());
    return RunIdentity.of(ExplainSetup.resolve(given, folder).recipe()).id();
  }

  @Test
  void eachSettingOfAnExplanationMakesAnotherRun() {
    String base = id(Map.of());
    Map<String, String> same = new LinkedHashMap<>();
    OTHERS.forEach(
        (name, value) -> {
          String other = id(Map.of(name, value));
          if (other.equals(base)) {
            same.put(name, other);
          }
        });
    // The archive has one method, which is also the one that is called where none is named.
    assertThat(same.keySet()).isSubsetOf("entry");
  }

  @Test
  void pixelsThatAreReadMakeAnotherRun() {
    Map<String, String> flags = new LinkedHashMap<>();
    flags.put("model", "src/test/resources/io/camatlas/model/segmentation/unet.pt");
    flags.put("resize", "32x48");
    flags.put("crop", "none");
    String base = id(flags);
    flags.put("score-over", "picture");
    assertThat(id(flags)).isNotEqualTo(base);
  }

  @Test
  void settingsThatNeedAnotherModelOrRuleMakeAnotherRun() {
    Map<String, String> planes = Map.of("mean", "0.1,0.2,0.3", "std", "0.1,0.2,0.3");
    Map<String, String> turned = new LinkedHashMap<>(planes);
    turned.put("channels", "bgr");
    assertThat(id(turned)).isNotEqualTo(id(planes));
    assertThat(id(Map.of("scores", "multi-label", "threshold", "0.3")))
        .isNotEqualTo(id(Map.of("scores", "multi-label")));
    Map<String, String> flags = new LinkedHashMap<>(Map.of("method", "occlusion", "filters", ""));
    String base = id(flags);
    flags.put("patch", "2");
    assertThat(id(flags)).isNotEqualTo(base);
    Map<String, String> pixels =
        new LinkedHashMap<>(Map.of("method", "integrated-gradients", "filters", "", "layer", ""));
    String usual = id(pixels);
    pixels.put("path-steps", "20");
    assertThat(id(pixels)).isNotEqualTo(usual);
    pixels.put("path-steps", "50");
    assertThat(id(pixels)).isEqualTo(usual);
    pixels.put("pixel-grid", "20");
    assertThat(id(pixels)).isNotEqualTo(usual);
  }

  @Test
  void occlusionWeighsNoFeatureMaps() {
    assertThatThrownBy(() -> id(Map.of("method", "occlusion", "filters", "3")))
        .hasMessageContaining("filters chooses feature maps, but occlusion weighs none");
  }

  @Test
  void rulesOfPixelsNeedNoLayer() {
    Map<String, String> pixels =
        new LinkedHashMap<>(Map.of("method", "saliency", "filters", "", "layer", "features.9"));
    assertThatThrownBy(() -> id(pixels))
        .hasMessageContaining("layer is features.9, but saliency explains the image's pixels");
    pixels.put("method", "saliency,grad-cam");
    String both = id(pixels);
    pixels.put("layer", "(input)");
    assertThatThrownBy(() -> id(pixels)).hasMessageContaining("layer names the network's input");
    pixels.put("layer", "features.9");
    pixels.put("method", "grad-cam");
    assertThat(id(pixels)).isNotEqualTo(both);
    // The grid has 56 rows; that of the layer has fewer.
    pixels.put("method", "saliency");
    pixels.remove("layer");
    pixels.put("subset", "55:55");
    id(pixels);
    pixels.put("subset", "56:1");
    assertThatThrownBy(() -> id(pixels)).hasMessageContaining("56");
  }

  @Test
  void settingsCanBeSentToTasks() {
    Map<String, String> flags = new LinkedHashMap<>(OTHERS);
    flags.put("model", model.toString());
    flags.put("images", folder.toString());
    flags.put("out", folder.toString());
    flags.put("max-failures", "3");
    Settings settings = Settings.of(ExplainOptions.ALL, flags);
    Settings sent = SerializationUtils.roundtrip(settings);
    assertThat(sent.texts()).isEqualTo(settings.texts());
    for (Option<?> option : ExplainOptions.ALL) {
      assertThat(sent.optional(option).toString()).isEqualTo(settings.optional(option).toString());
    }
  }

  @Test
  void eachSuchSettingIsTriedHere() {
    TreeSet<String> known = new TreeSet<>();
    for (Option<?> option : ExplainOptions.ALL) {
      if (option.scope() == Scope.PER_IMAGE) {
        known.add(option.name());
      }
    }
    // Files of the same content are one model; of the demo's one output, none can be named; the
    // shortcut makes a difference behind linear heads only, and then to the rule's parameters.
    known.removeAll(
        List.of("model", "sidecar", "output", "no-shortcut", "allow-random", "score-over"));
    // Tried below, since they need another model, or another rule.
    known.removeAll(List.of("threshold", "patch", "path-steps", "pixel-grid", "channels"));
    assertThat(OTHERS.keySet()).containsAll(known);
  }

  @Test
  void wherePlacesAndJobsDifferTheRunGoesOn() {
    String base = id(Map.of());
    assertThat(id(Map.of("batch", "3", "decoders", "2", "device", "cpu"))).isEqualTo(base);
    assertThat(id(Map.of("partitions", "7", "overlays", "1", "retry-failures", "true")))
        .isEqualTo(base);
    assertThat(id(Map.of("out", folder.resolve("elsewhere").toString()))).isEqualTo(base);
    assertThat(base).matches("r[0-9a-f]{12}");
  }
}

package io.camatlas.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.camatlas.torchscript.ArchiveException;
import io.camatlas.torchscript.LayerTree;
import io.camatlas.torchscript.ModelEntry;
import io.camatlas.torchscript.TorchScriptArchive;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Networks that are easily probed wrongly say what they say unprobed, or are refused with words.
 */
class AdversarialNetworksTest {
  private static final InputShape INPUT = new InputShape(3, 32, 32);

  @TempDir Path folder;

  private static TorchScriptArchive archive(String name) throws IOException {
    return TorchScriptArchive.open(TestArchives.file("adversarial/" + name + ".pt"));
  }

  private PreparedModel prepare(String name, boolean allowRandom, String... layers)
      throws IOException {
    TorchScriptArchive archive = archive(name);
    LayerTree tree = LayerTree.of(archive);
    List<LayerName> names = new ArrayList<>();
    for (String layer : layers) {
      names.add(LayerName.parse(layer, tree::contains));
    }
    return PreparedModel.prepare(
        archive,
        ModelEntry.FORWARD,
        names,
        List.of(),
        INPUT,
        Precision.FLOAT32,
        allowRandom,
        folder);
  }

  private PreparedModel prepare(String name, String... layers) throws IOException {
    return prepare(name, false, layers);
  }

  /** The largest difference between the probed model's scores and its own, of single images. */
  private static double difference(PreparedModel model) {
    try (Network network = Network.load(model.file(), Device.cpu());
        NDManager manager = network.newManager()) {
      NoiseImages images = new NoiseImages(INPUT, 17);
      int rows = model.plan().check().oneByOne() ? 1 : 3;
      NDArray some = images.next(manager, rows);
      float[] probed = network.forward(model.plan(), some).scores().toFloatArray();
      double most = 0;
      for (int i = 0; i < rows; i++) {
        float[] own = network.scores(some.get(i + ":" + (i + 1))).toFloatArray();
        for (int c = 0; c < own.length; c++) {
          most = Math.max(most, Math.abs(own[c] - probed[i * own.length + c]));
        }
      }
      return most;
    }
  }

  @ParameterizedTest
  @CsvSource({
    "tutorial-scripted, conv2, PLANAR",
    "tutorial-traced, conv2, PLANAR",
    "strided-scripted, conv, PLANAR",
    "strided-traced, conv, PLANAR",
  })
  void codeThatNeedsPlanarMemoryGetsIt(String name, String layer, Layout layout)
      throws IOException {
    PreparedModel model = prepare(name, layer);
    assertThat(model.plan().check().layout()).isEqualTo(layout);
    assertThat(difference(model)).isLessThan(1e-5);
  }

  @ParameterizedTest
  @CsvSource({
    "plain-scripted, conv",
    "plain-traced, stem",
    "by-form-alone-scripted, conv",
    "hash-name-traced, branch#2",
    "identity-shortcut-scripted, conv",
    "complex-scripted, conv",
    "dynamic-head-scripted, stem",
    "tokens-scripted, patches",
    "channels-last-scripted, patches",
  })
  void layersThatCanBeProbedGiveTheModelsOwnScores(String name, String layer) throws IOException {
    if (name.startsWith("dynamic")) {
      assertThatThrownBy(() -> prepare(name, layer))
          .isInstanceOf(ArchiveException.class)
          .hasMessageContaining("quantised");
      return;
    }
    PreparedModel model = prepare(name, layer);
    assertThat(difference(model)).isLessThan(1e-5);
    ScoreCheck check = model.plan().check();
    assertThat(check.oneByOne()).isFalse();
    assertThat(check.random()).isFalse();
    assertThat(check.difference()).isLessThan(1e-5);
  }

  @ParameterizedTest
  @CsvSource({
    "identity-shortcut-scripted, stem",
    "identity-shortcut-scripted, shortcut",
    "identity-shortcut-traced, stem",
    "dropout-shortcut-scripted, shortcut",
    "dropout-shortcut-traced, stem",
    "dropout-shortcut-traced, shortcut",
    "complex-scripted, spectrum",
  })
  void layersWhoseTapWouldChangeTheScoresAreRefusedOrRight(String name, String layer)
      throws IOException {
    try {
      assertThat(difference(prepare(name, layer))).isLessThan(1e-5);
    } catch (NetworkException e) {
      assertThat(e).hasMessageContaining("complex numbers");
    } catch (ArchiveException e) {
      assertThat(e)
          .hasMessageContaining("Layer '" + layer + "' cannot be probed")
          .hasMessageContaining("of the largest score")
          .hasMessageContaining("Choose a layer before or behind it");
    }
  }

  @Test
  void complexLayersAreRefusedWhereverTheyAre() {
    assertThatThrownBy(() -> prepare("complex-scripted", "conv", "spectrum"))
        .hasMessageContaining("complex numbers");
  }

  @ParameterizedTest
  @CsvSource({
    "one-at-a-time-scripted, conv",
    "mixed-batch-scripted, conv",
    "mixed-batch-traced, conv",
    "skipping-scripted, conv",
    "nested-else-scripted, c",
    "while-bright-scripted, conv",
  })
  void modelsThatTakeOneImageGetOne(String name, String layer) throws IOException {
    PreparedModel model = prepare(name, layer);
    assertThat(model.plan().check().oneByOne()).isTrue();
    assertThat(model.notes(ScoreKind.LOGITS))
        .anyMatch(note -> note.contains("one image at a time"));
    assertThat(difference(model)).isLessThan(1e-5);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "always-dropout-scripted",
        "always-dropout-traced",
        "jitter-traced",
        "stochastic-depth-scripted",
      })
  void randomModelsAreRefusedUnlessAllowed(String name) throws IOException {
    assertThatThrownBy(() -> prepare(name, "conv"))
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining("different scores in two passes")
        .hasMessageContaining("`allow-random`");
    PreparedModel model = prepare(name, true, "conv");
    assertThat(model.plan().check().random()).isTrue();
    assertThat(model.notes(ScoreKind.LOGITS)).anyMatch(note -> note.contains("`allow-random`"));
  }

  /** It drops a branch of one image in seven, so a dozen passes show nothing one time in seven. */
  @RepeatedTest(10)
  void rareRandomnessIsFoundEachTime() {
    assertThatThrownBy(() -> prepare("stochastic-depth-scripted", "conv"))
        .hasMessageContaining("different scores in two passes");
  }

  @Test
  void layersThatAnImageSkipsFailForThatImageAlone() throws IOException {
    PreparedModel model = prepare("skipping-scripted", "extra");
    try (Network network = Network.load(model.file(), Device.cpu());
        NDManager manager = network.newManager()) {
      NDArray dark = manager.ones(new ai.djl.ndarray.types.Shape(1, 3, 32, 32)).mul(-2);
      assertThatThrownBy(() -> network.forward(model.plan(), dark))
          .isInstanceOf(LayerSkippedException.class)
          .hasMessageContaining("'extra' was not called for this image");
      assertThat(network.forward(model.plan(), dark.neg()).scores().size()).isEqualTo(5);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "softmax-scripted, PROBABILITIES",
    "softmax-traced, PROBABILITIES",
    "log-softmax-scripted, LOG_PROBABILITIES",
    "log-softmax-traced, LOG_PROBABILITIES",
    "plain-scripted, LOGITS",
  })
  void scoresThatAddUpToOneAreNoticed(String name, ScoreKind kind) throws IOException {
    PreparedModel model = prepare(name, "conv");
    assertThat(model.plan().check().scores()).isEqualTo(kind);
    assertThat(model.notes(kind)).isEmpty();
    if (kind != ScoreKind.LOGITS) {
      assertThat(model.notes(ScoreKind.LOGITS))
          .singleElement()
          .asString()
          .contains(
              "`scores` to " + kind.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "channels-last-scripted, blocks.0.norm",
    "channels-last-traced, blocks.0.norm",
    "channels-last-traced, norm",
  })
  void outputsWithFeatureMapsLastAreRead(String name, String layer) throws IOException {
    ProbedLayer probed = prepare(name, layer).plan().layers().get(0);
    assertThat(probed.layout()).isEqualTo(GridLayout.CHANNELS_LAST);
    assertThat(List.of(probed.maps(), probed.height(), probed.width()))
        .containsExactly(16, INPUT.height() / 4, INPUT.width() / 4);
  }

  /** Behind its patches, nothing leads from one token to another, and only the first is read. */
  @ParameterizedTest
  @ValueSource(strings = {"tokens-scripted", "tokens-traced"})
  void layersThatTheScoresDoNotDependOnAreNoDefault(String name) throws IOException {
    TorchScriptArchive archive = archive(name);
    assertThatThrownBy(() -> PreparedModel.suggestedLayer(archive, ModelEntry.FORWARD, INPUT))
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining("a grid that the scores depend on");
    assertThatThrownBy(() -> prepare(name, "blocks.1"))
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining("'blocks.1' does not influence the scores through its grid")
        .hasMessageContaining("before the network's last attention");
  }

  @Test
  void oneNameForTwoModulesHooksAndDoublesAreRefused() {
    assertThatThrownBy(() -> prepare("either-module-scripted", "a"))
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining("'a' is called by a line of code that calls another layer");
    assertThatThrownBy(() -> prepare("either-module-scripted", "b"))
        .hasMessageContaining("'b' is called by a line");
    assertThatThrownBy(() -> prepare("hooked-scripted", "hooked"))
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining("has a forward hook");
    assertThatThrownBy(() -> prepare("plain-scripted", "relu", "relu#1"))
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining("twice");
  }

  @Test
  void gradientsOfSixteenBitsDoNotOverflow() throws IOException {
    List<float[]> found = new ArrayList<>();
    for (Precision precision : List.of(Precision.FLOAT32, Precision.FLOAT16)) {
      PreparedModel model =
          PreparedModel.prepare(
              archive("overflowing-scripted"),
              ModelEntry.FORWARD,
              List.of(LayerName.parse("conv")),
              INPUT,
              precision,
              folder);
      try (Network network = Network.load(model.file(), Device.cpu(), precision);
          NDManager manager = network.newManager()) {
        NDArray image = new NoiseImages(INPUT, 5).next(manager, 1);
        found.add(
            network
                .forward(model.plan(), image)
                .gradients(new int[] {1}, true)
                .get(0)
                .toFloatArray());
      }
    }
    double most = 0;
    for (float gradient : found.get(0)) {
      most = Math.max(most, Math.abs(gradient));
    }
    assertThat(most).isGreaterThan(64);
    for (int i = 0; i < found.get(0).length; i++) {
      assertThat((double) found.get(1)[i]).isCloseTo(found.get(0)[i], within(0.02 * most));
    }
  }

  /** One that is hardly ever out of 0 to 1 is told from a probability by extreme images. */
  @ParameterizedTest
  @CsvSource({
    "one-probability, MULTI_LABEL_PROBABILITIES, MULTI_LABEL",
    "one-logit, LOGITS, MULTI_LABEL_PROBABILITIES",
    "one-near-logit, LOGITS, MULTI_LABEL_PROBABILITIES",
  })
  void aSingleScoreIsALogitOrAProbability(String name, ScoreKind found, ScoreKind wrong)
      throws IOException {
    PreparedModel model = prepare(name + "-scripted", "conv");
    assertThat(model.plan().classes()).isEqualTo(1);
    assertThat(model.plan().check().scores()).isEqualTo(found);
    boolean probability = found == ScoreKind.MULTI_LABEL_PROBABILITIES;
    assertThat(model.notes(probability ? found : ScoreKind.MULTI_LABEL)).isEmpty();
    assertThat(model.notes(wrong))
        .singleElement()
        .asString()
        .contains(probability ? "lies from 0 to 1" : "do not lie from 0 to 1")
        .contains("set `scores` to " + (probability ? found.text() : ScoreKind.MULTI_LABEL.text()));
  }

  /** Its noisy copies would be normalised twice, and another pass would give other scores. */
  @ParameterizedTest
  @ValueSource(strings = {"in-place-input-scripted", "in-place-input-traced"})
  void aNetworkMayNormaliseItsInputInPlace(String name) throws IOException {
    PreparedModel model = prepare(name, "conv");
    assertThat(model.plan().check().random()).isFalse();
    assertThat(difference(model)).isLessThan(1e-5);
  }

  /** The traced code hands on what the layer returned, the scripted code its input. */
  @ParameterizedTest
  @ValueSource(strings = {"identity-shortcut-scripted", "relu6-shortcut-scripted"})
  void aLayerThatChangesATensorWithOtherUsesIsRefused(String name) throws IOException {
    assertThatThrownBy(() -> prepare(name, "act"))
        .isInstanceOf(ArchiveException.class)
        .hasMessageStartingWith("Layer 'act' changes its input in place")
        .hasMessageContaining("set its inplace to False");
    assertThat(difference(prepare("identity-shortcut-traced", "act"))).isLessThan(1e-5);
  }
}

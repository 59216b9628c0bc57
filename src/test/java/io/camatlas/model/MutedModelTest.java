package io.camatlas.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.training.ParameterStore;
import io.camatlas.TestScale;
import io.camatlas.torchscript.ArchiveException;
import io.camatlas.torchscript.ModelEntry;
import io.camatlas.torchscript.Muting;
import io.camatlas.torchscript.TorchScriptArchive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MutedModelTest {
  private static final String SHARED_CLASSES = "resnet18-scripted.pt";

  @TempDir Path folder;

  static Stream<ZeroedMapsTest.Case> cases() throws IOException {
    return ZeroedMapsTest.cases().stream();
  }

  /** As an application loads it, without a probe. */
  private static float[] plainScores(Path archive, int size, int images) throws Exception {
    float[] pixels = new float[images * 3 * size * size];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) Math.sin(0.37 * (i % (3 * size * size)));
    }
    try (Model model = Model.newInstance("muted", Device.cpu(), "PyTorch")) {
      model.load(archive);
      PtSymbolBlock block = (PtSymbolBlock) model.getBlock();
      NDArray input = model.getNDManager().create(pixels, new Shape(images, 3, size, size));
      ParameterStore store = new ParameterStore(model.getNDManager(), false);
      return block.forward(store, new NDList(input), false).get(0).toFloatArray();
    }
  }

  private MutedModel mute(String archive, String layer, Muting muting, InputShape input, String out)
      throws IOException {
    return mute(TestArchives.file(archive), layer, muting, input, out);
  }

  private MutedModel mute(Path archive, String layer, Muting muting, InputShape input, String out)
      throws IOException {
    return MutedModel.write(
        TorchScriptArchive.open(archive),
        ModelEntry.FORWARD,
        layer,
        muting,
        input,
        folder.resolve(out),
        folder);
  }

  /** Else a run would not go on with an archive that was made once more. */
  @Test
  void theSameArchiveHasTheSameBytesWheneverItIsWritten() throws Exception {
    mute(
        SHARED_CLASSES,
        "layer4",
        new Muting.FeatureMaps(List.of(1)),
        new InputShape(3, 64, 64),
        "one.pt");
    try (ZipFile zip = new ZipFile(folder.resolve("one.pt").toFile())) {
      assertThat(Collections.list(zip.entries()))
          .extracting(ZipEntry::getTimeLocal)
          .containsOnly(LocalDateTime.of(1980, 2, 1, 0, 0));
      assertThat(Collections.list(zip.entries())).allMatch(entry -> entry.getExtra() == null);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theArchiveScoresLikeANetworkWhoseFiltersAreZero(ZeroedMapsTest.Case one) throws Exception {
    InputShape input = new InputShape(3, one.size(), one.size());
    MutedModel muted =
        mute(one.archive(), one.layer(), new Muting.FeatureMaps(one.maps()), input, "muted.pt");
    assertThat(muted.scoreDifference().orElseThrow()).isLessThan(1e-4);
    float[] scores = plainScores(folder.resolve("muted.pt"), one.size(), 2);
    int classes = one.after().length;
    ZeroedMapsTest.assertClose(Arrays.copyOf(scores, classes), one.after());
    ZeroedMapsTest.assertClose(Arrays.copyOfRange(scores, classes, 2 * classes), one.after());
  }

  static Stream<ProbeGoldenTest.Fixture> fixtures() throws IOException {
    List<ProbeGoldenTest.Fixture> all = ProbeGoldenTest.probedFixtures().toList();
    return TestScale.FULL ? all.stream() : all.stream().filter(one -> all.indexOf(one) % 20 == 0);
  }

  /** Of every kind of archive; what comes out is compared where it is written. */
  @ParameterizedTest
  @MethodSource("fixtures")
  void everyProbedLayerCanBeMuted(ProbeGoldenTest.Fixture fixture) throws IOException {
    List<String> layers = fixture.layers();
    // The calls of a shared activation may differ in their feature maps; see the next test.
    String layer = layers.get(layers.contains(layers.get(0) + "#1") ? layers.size() - 1 : 0);
    MutedModel muted =
        MutedModel.write(
            TorchScriptArchive.open(fixture.file()),
            fixture.modelEntry(),
            layer.replaceFirst("#\\d+$", ""),
            new Muting.FeatureMaps(List.of(0)),
            fixture.input(),
            folder.resolve("muted.pt"),
            folder);
    assertThat(muted.difference()).isLessThan(1e-4);
    assertThat(muted.images()).isPositive();
  }

  @ParameterizedTest
  @ValueSource(strings = {"registers-scripted.pt", "registers-traced.pt"})
  void aDirectionIsProjectedOutOfAllTokens(String archive) throws IOException {
    InputShape input = new InputShape(3, 16, 24);
    float[] direction = new float[12];
    for (int k = 0; k < direction.length; k++) {
      direction[k] = k - 4.5f;
    }
    MutedModel muted =
        mute(archive, "blocks.0", new Muting.Direction("ramp", direction, 0.2), input, "a.pt");
    assertThat(muted.layer().layout().text()).isEqualTo("tokens:3+4x6");
    assertThat(muted.difference()).isLessThan(1e-5);
    // Along one axis, to zero, it is that feature map set to zero, also in the class token.
    float[] axis = new float[12];
    axis[5] = 1;
    mute(archive, "blocks.0", new Muting.Direction("axis", axis, 0), input, "b.pt");
    MutedModel zero = mute(archive, "blocks.0", new Muting.FeatureMaps(List.of(5)), input, "c.pt");
    assertThat(zero.scoreDifference().orElseThrow()).isLessThan(1e-5);
    assertThat(zero.difference()).isLessThan(1e-5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"scripted", "traced"})
  void aLayerWhoseCallsHaveDifferentFeatureMapsIsRefused(String kind) {
    assertThatThrownBy(
            () ->
                mute(
                    "relu-three-times-" + kind + ".pt",
                    "relu",
                    new Muting.FeatureMaps(List.of(0)),
                    new InputShape(3, 8, 8),
                    "muted.pt"))
        .hasMessage(
            "Layer 'relu' returns [4, 8, 8] in call 1 of 3, and 6 feature maps in another; all calls"
                + " of a layer are muted, so they must have the same feature maps. Choose a layer"
                + " that is called once.");
  }

  @Test
  void onlyCodeIsWrittenAnew() throws IOException {
    mute(
        SHARED_CLASSES,
        "layer3.0",
        new Muting.FeatureMaps(List.of(7)),
        new InputShape(3, 64, 64),
        "muted.pt");
    try (ZipFile before = new ZipFile(TestArchives.file(SHARED_CLASSES).toFile());
        ZipFile after = new ZipFile(folder.resolve("muted.pt").toFile())) {
      for (ZipEntry entry : Collections.list(before.entries())) {
        String name = entry.getName();
        if (name.contains("/code/")) {
          continue;
        }
        assertThat(after.getInputStream(after.getEntry(name)).readAllBytes())
            .as(name)
            .isEqualTo(before.getInputStream(entry).readAllBytes());
      }
    }
  }

  @Test
  void aMutedArchiveCanBeMutedAgain() throws Exception {
    InputShape input = new InputShape(3, 64, 64);
    mute(SHARED_CLASSES, "layer3", new Muting.FeatureMaps(List.of(0, 5)), input, "one.pt");
    mute(folder.resolve("one.pt"), "layer3", new Muting.FeatureMaps(List.of(6)), input, "both.pt");
    mute(SHARED_CLASSES, "layer3", new Muting.FeatureMaps(List.of(6, 5, 0)), input, "once.pt");
    assertThat(plainScores(folder.resolve("both.pt"), 64, 1))
        .isEqualTo(plainScores(folder.resolve("once.pt"), 64, 1));
    // Another layer of a class that is muted already, in another module.
    mute(folder.resolve("one.pt"), "layer2.0", new Muting.FeatureMaps(List.of(1)), input, "2.pt");
    assertThat(plainScores(folder.resolve("2.pt"), 64, 1))
        .isNotEqualTo(plainScores(folder.resolve("one.pt"), 64, 1));
  }

  @Test
  void aDirectionIsProjectedOut() throws Exception {
    InputShape input = new InputShape(3, 64, 64);
    Random random = new Random(4);
    float[] direction = new float[12];
    for (int k = 0; k < direction.length; k++) {
      direction[k] = (float) random.nextGaussian();
    }
    MutedModel muted =
        mute(SHARED_CLASSES, "layer4", new Muting.Direction("noise", direction, 0.2), input, "a");
    assertThat(muted.difference()).isLessThan(1e-5);
    assertThat(muted.scoreDifference()).isEmpty();
    // Along one axis, to zero, it is that feature map set to zero.
    float[] axis = new float[12];
    axis[3] = 2;
    mute(SHARED_CLASSES, "layer4", new Muting.Direction("axis", axis, 0), input, "b.pt");
    mute(SHARED_CLASSES, "layer4", new Muting.FeatureMaps(List.of(3)), input, "c.pt");
    float[] projected = plainScores(folder.resolve("b.pt"), 64, 1);
    float[] zero = plainScores(folder.resolve("c.pt"), 64, 1);
    for (int i = 0; i < zero.length; i++) {
      assertThat((double) projected[i]).isCloseTo(zero[i], within(1e-4));
    }
  }

  @Test
  void whatCannotBeMutedIsRefused() {
    InputShape input = new InputShape(3, 64, 64);
    Muting three = new Muting.FeatureMaps(List.of(3));
    assertThatThrownBy(() -> mute(SHARED_CLASSES, "layer9", three, input, "x"))
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining("No layer 'layer9'");
    assertThatThrownBy(() -> mute(SHARED_CLASSES, "fc", three, input, "x"))
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining("[N,C,h,w]");
    assertThatThrownBy(
            () -> mute(SHARED_CLASSES, "layer4", new Muting.FeatureMaps(List.of(12)), input, "x"))
        .isInstanceOf(ArchiveException.class)
        .hasMessage("`maps` contains 12, but layer 'layer4' has 12 feature maps, 0 to 11.");
    assertThatThrownBy(
            () ->
                mute(
                    SHARED_CLASSES,
                    "layer4",
                    new Muting.Direction("d", new float[] {1}, 0),
                    input,
                    "x"))
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining("a direction of 1 numbers, but layer 'layer4' has 12");
    assertThat(folder.resolve("x")).doesNotExist();
    assertThatThrownBy(() -> new Muting.Direction("d", new float[3], 0))
        .hasMessageContaining("of length 0.0");
  }

  @Test
  void theSidecarSaysWhatWasDoneAndKeepsTheRest() throws IOException {
    Path sidecar = folder.resolve("model.json");
    Files.writeString(
        sidecar,
        "{\"name\": \"net\", \"classes\": [\"a\", \"b\"], \"input\": {\"resize\": [99, 99]}}");
    ModelCard card = ModelCard.read(sidecar);
    ModelChange change = new ModelChange("layer4", "feature maps 3 and 4", "0123456789abcdef", "1");
    Path after = folder.resolve("muted.json");
    Files.writeString(after, change.sidecar(Optional.of(sidecar), card));
    ModelCard muted = ModelCard.read(after);
    assertThat(muted.name()).isEqualTo("net (muted)");
    assertThat(muted.classes()).isEqualTo(card.classes());
    assertThat(muted.preprocessing()).isEqualTo(card.preprocessing());
    List<String> expected = new ArrayList<>();
    expected.add(
        "the model was changed: feature maps 3 and 4 of layer layer4 are muted; it was made"
            + " from the archive with SHA-256 0123456789ab.");
    assertThat(muted.changes()).isEqualTo(expected);
    Files.writeString(after, change.sidecar(Optional.of(after), muted));
    assertThat(ModelCard.read(after).changes()).hasSize(2);
    assertThat(ModelCard.read(after).name()).isEqualTo("net (muted)");
  }
}

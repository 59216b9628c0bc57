package io.camatlas.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.camatlas.TestScale;
import io.camatlas.torchscript.ArchiveException;
import io.camatlas.torchscript.LayerTree;
import io.camatlas.torchscript.ModelEntry;
import io.camatlas.torchscript.TorchScriptArchive;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** That activations and gradients equal autograd's is shown by {@link ProbeGoldenTest}. */
class GridLayoutTest {
  private static final InputShape PHOTO = new InputShape(3, 224, 224);

  @TempDir Path folder;

  private static GridLayout of(InputShape input, List<long[]> grids, Long... output) {
    return GridLayout.of("Block", List.of(output), input, grids).orElse(null);
  }

  private static GridLayout layout(String text) {
    return GridLayout.parse(text);
  }

  @Test
  void tokensAreThoseOfThePatchesAndFewOthers() {
    List<long[]> patches = List.of(new long[] {14, 14});
    assertThat(of(PHOTO, patches, 1L, 197L, 768L)).isEqualTo(layout("tokens:1+14x14"));
    assertThat(of(PHOTO, patches, 1L, 196L, 768L)).isEqualTo(layout("tokens:14x14"));
    assertThat(of(PHOTO, patches, 1L, 201L, 768L)).isEqualTo(layout("tokens:5+14x14"));
    assertThat(of(PHOTO, patches, 197L, 1L, 768L)).isEqualTo(layout("tokens-first:1+14x14"));
    // Halved thrice, as 56 by 56 patches are on their way.
    assertThat(of(PHOTO, List.of(new long[] {56, 56}), 1L, 49L, 768L))
        .isEqualTo(layout("tokens:7x7"));
    InputShape wide = new InputShape(3, 96, 160);
    assertThat(of(wide, List.of(new long[] {6, 10}), 1L, 61L, 8L))
        .isEqualTo(layout("tokens:1+6x10"));
    assertThat(of(wide, List.of(), 1L, 61L, 8L)).isEqualTo(layout("tokens:1+6x10"));
  }

  @Test
  void whatIsNoGridHasNoLayout() {
    List<long[]> patches = List.of(new long[] {14, 14});
    for (long tokens : new long[] {8, 9, 21, 53, 64, 69, 77, 1024}) {
      assertThat(of(PHOTO, patches, 1L, tokens, 512L)).as("%d tokens", tokens).isNull();
    }
    assertThat(of(PHOTO, patches, 1L, 1L, 768L)).isNull();
    assertThat(of(PHOTO, patches, 1L, 768L)).isNull();
    assertThat(of(PHOTO, patches, 1L, 3L, 196L, 4L, 4L)).isNull();
    assertThat(of(PHOTO, patches)).isNull();
  }

  @Test
  void fourDimensionsAreTheGridThatHasTheInputsProportions() {
    assertThat(of(PHOTO, List.of(), 1L, 512L, 7L, 7L)).isEqualTo(GridLayout.CHANNELS_FIRST);
    assertThat(of(PHOTO, List.of(), 1L, 7L, 7L, 768L)).isEqualTo(GridLayout.CHANNELS_LAST);
  }

  @Test
  void convolutionsTellWhichDimensionsAreTheGrid() {
    List<long[]> patches = List.of(new long[] {56, 56});
    assertThat(of(PHOTO, patches, 1L, 56L, 56L, 60L)).isEqualTo(GridLayout.CHANNELS_LAST);
    assertThat(of(PHOTO, patches, 1L, 60L, 56L, 56L)).isEqualTo(GridLayout.CHANNELS_FIRST);
    assertThat(of(PHOTO, patches, 1L, 28L, 28L, 30L)).isEqualTo(GridLayout.CHANNELS_LAST);
  }

  @Test
  void tensorsOfAnAttentionAreUnlikelyGrids() {
    List<long[]> patches = List.of(new long[] {14, 14});
    for (List<Long> output :
        List.of(
            List.of(1L, 12L, 197L, 64L), List.of(1L, 3L, 196L, 196L), List.of(1L, 9L, 1L, 1L))) {
      assertThat(GridLayout.CHANNELS_FIRST.isLikely("LayerNorm", output, PHOTO, patches))
          .as(output.toString())
          .isFalse();
    }
    for (List<Long> output : List.of(List.of(1L, 12L, 14L, 14L), List.of(1L, 12L, 6L, 6L))) {
      assertThat(GridLayout.CHANNELS_FIRST.isLikely("Sequential", output, PHOTO, patches))
          .as(output.toString())
          .isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "channels-first",
        "channels-last",
        "tokens:1+14x14",
        "tokens:7x7",
        "tokens-first:5+6x10"
      })
  void textsAreReadAsTheyAreWritten(String text) {
    assertThat(layout(text).text()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "tokens", "tokens:0x7", "tokens:1+14", "tokens:-1+7x7", "NCHW"})
  void othersAreRefused(String text) {
    assertThatThrownBy(() -> layout(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("layout");
  }

  @ParameterizedTest
  @CsvSource({
    "vision-transformer, 32x32, encoder.layers.encoder_layer_1.ln_1, tokens:1+4x4, true, false",
    "swin-transformer, 32x32, permute, channels-first, false, true",
    "registers, 16x24, blocks.1.norm1, tokens:3+4x6, true, false",
    "joined, 16x24, norm, tokens:3+4x6, true, true",
    "merged, 16x16, norm, tokens:2x2, true, true",
    "tokens-first, 16x16, blocks.1.norm, tokens-first:1+4x4, true, false",
  })
  void theDefaultIsTheLastLayerWhoseGridCounts(
      String network,
      String size,
      String layer,
      String layout,
      boolean ofTokens,
      boolean linearHead)
      throws IOException {
    InputShape input = InputShape.parse("3x" + size);
    List<String> kinds = TestScale.of(List.of("scripted"), List.of("traced", "scripted"));
    for (String kind : kinds) {
      TorchScriptArchive archive =
          TorchScriptArchive.open(TestArchives.file(network + "-" + kind + ".pt"));
      DefaultLayer found =
          PreparedModel.outputs(LayerTree.of(archive), ModelEntry.FORWARD, input)
              .suggested()
              .orElseThrow();
      assertThat(found.name().text()).isEqualTo(layer);
      assertThat(found.reason() == DefaultLayer.Reason.LAST_TOKENS).isEqualTo(ofTokens);
      PreparedModel model =
          PreparedModel.prepare(archive, ModelEntry.FORWARD, List.of(found.name()), input, folder);
      assertThat(model.plan().layers().get(0).layout()).isEqualTo(layout(layout));
      assertThat(model.plan().layers().get(0).hasLinearHead()).isEqualTo(linearHead);
    }
  }

  private PreparedModel prepare(String layer, String layout) throws IOException {
    return PreparedModel.prepare(
        TorchScriptArchive.open(TestArchives.file("registers-scripted.pt")),
        ModelEntry.FORWARD,
        List.of(LayerName.parse(layer)),
        List.of(layout(layout)),
        new InputShape(3, 16, 24),
        Precision.FLOAT32,
        false,
        folder);
  }

  @Test
  void whatIsToldIsUsedAndChecked() throws IOException {
    ProbedLayer told = prepare("blocks.0", "tokens:7+5x4").plan().layers().get(0);
    assertThat(List.of(told.maps(), told.height(), told.width())).containsExactly(12, 5, 4);
    assertThatThrownBy(() -> prepare("blocks.0", "tokens:1+4x6"))
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining("returns [1, 27, 12]")
        .hasMessageContaining("not `layout` tokens:1+4x6");
    assertThatThrownBy(() -> prepare("blocks.0", "channels-last"))
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining("not `layout` channels-last");
    assertThatThrownBy(() -> prepare("blocks.1", "tokens:3+4x6"))
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining("only through the tokens before it");
  }

  @Test
  void attentionThatWasTracedAsOneOperationSaysHowToExportIt() throws IOException {
    TorchScriptArchive archive =
        TorchScriptArchive.open(TestArchives.file("fast-attention-traced.pt"));
    InputShape input = new InputShape(3, 32, 32);
    assertThatThrownBy(() -> PreparedModel.suggestedLayer(archive, ModelEntry.FORWARD, input))
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining("set_fastpath_enabled(False)");
    // What layers return is known all the same.
    PreparedModel.Outputs outputs =
        PreparedModel.outputs(LayerTree.of(archive), ModelEntry.FORWARD, input);
    assertThat(outputs.shapes()).isNotEmpty();
    assertThat(outputs.layouts()).anyMatch(Optional::isPresent);
    assertThat(outputs.suggested()).isEmpty();
    assertThat(outputs.problem()).contains("set_fastpath_enabled(False)");
  }

  /** A later layer's gradient is that of zeros added to it: the same as if it were alone. */
  @Test
  void severalLayersOfSeveralLayoutsShareAPass() throws IOException {
    TorchScriptArchive archive =
        TorchScriptArchive.open(TestArchives.file("registers-scripted.pt"));
    InputShape input = new InputShape(3, 16, 24);
    List<LayerName> names =
        List.of(
            LayerName.parse("blocks.1.norm1"),
            LayerName.parse("patches"),
            LayerName.parse("blocks.0"));
    PreparedModel together =
        PreparedModel.prepare(archive, ModelEntry.FORWARD, names, input, folder);
    float[] first = gradient(together, 0);
    PreparedModel alone =
        PreparedModel.prepare(archive, ModelEntry.FORWARD, names.subList(0, 1), input, folder);
    assertThat(first).containsExactly(gradient(alone, 0), offset(1e-6f));
  }

  private static float[] gradient(PreparedModel model, int layer) {
    try (Network network = Network.load(model.file(), Device.cpu());
        NDManager manager = network.newManager()) {
      NDArray images = new NoiseImages(model.plan().input(), 9).next(manager, 2);
      return network
          .forward(model.plan(), images)
          .gradients(new int[] {1, 2}, true)
          .get(layer)
          .toFloatArray();
    }
  }

  /**
   * Behind a linear head, what a feature map adds to a score is its activations times gradients.
   */
  @ParameterizedTest
  @CsvSource({
    "merged-scripted.pt, norm, 16x16",
    "joined-scripted.pt, norm, 16x24",
    "swin-transformer-scripted.pt, norm, 32x32"
  })
  void featureMapsOfTokensAreScaled(String file, String layer, String size) throws IOException {
    PreparedModel model =
        PreparedModel.prepare(
            TorchScriptArchive.open(TestArchives.file(file)),
            ModelEntry.FORWARD,
            List.of(LayerName.parse(layer)),
            InputShape.parse("3x" + size),
            folder);
    int maps = model.plan().layers().get(0).maps();
    int target = 3;
    try (Network network = Network.load(model.file(), Device.cpu());
        NDManager manager = network.newManager()) {
      NDArray images = new NoiseImages(model.plan().input(), 9).next(manager, 2);
      Network.ForwardPass pass = network.forward(model.plan(), images);
      float[] plain = pass.scores().get(":," + target).toFloatArray();
      NDArray gradients = pass.gradients(new int[] {target, target}, true).get(0);
      float[] parts = gradients.mul(pass.activations(0)).sum(new int[] {2, 3}).toFloatArray();
      float[] factors = new float[2 * maps];
      Random random = new Random(3);
      for (int i = 0; i < factors.length; i++) {
        // A class token is scaled as well, but is no part of the gradient.
        factors[i] = file.startsWith("joined") ? 1 : random.nextFloat();
      }
      float[] scaled =
          network
              .scaled(model.plan(), 0, images, manager.create(factors, new Shape(2, maps)))
              .get(":," + target)
              .toFloatArray();
      for (int image = 0; image < 2; image++) {
        double expected = plain[image];
        for (int k = 0; k < maps; k++) {
          expected += (factors[image * maps + k] - 1) * parts[image * maps + k];
        }
        assertThat((double) scaled[image]).isCloseTo(expected, within(1e-5));
      }
    }
  }
}

package io.camatlas.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

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
import java.util.Arrays;
import java.util.List;
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
    // Halved twice, as 56 by 56 patches are on their way.
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
    assertThat(of(PHOTO, patches, 1L, 77L, 512L)).isNull();
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
      assertThat(found.ofTokens()).isEqualTo(ofTokens);
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
        .isInstanceOf(NetworkException.class)
        .hasMessageContaining("set_fastpath_enabled(False)");
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

  /** To take a feature map of tokens away is to take it from every token. */
  @ParameterizedTest
  @CsvSource({
    "registers-scripted.pt, blocks.0, 16x24",
    "tokens-first-scripted.pt, blocks.0, 16x16"
  })
  void featureMapsOfTokensAreScaled(String file, String layer, String size) throws IOException {
    PreparedModel model =
        PreparedModel.prepare(
            TorchScriptArchive.open(TestArchives.file(file)),
            ModelEntry.FORWARD,
            List.of(LayerName.parse(layer)),
            InputShape.parse("3x" + size),
            folder);
    try (Network network = Network.load(model.file(), Device.cpu());
        NDManager manager = network.newManager()) {
      NDArray images = new NoiseImages(model.plan().input(), 9).next(manager, 2);
      float[] plain = network.scores(images).toFloatArray();
      NDArray ones = manager.ones(new Shape(2, model.plan().layers().get(0).maps()));
      assertThat(network.scaled(model.plan(), 0, images, ones).toFloatArray())
          .containsExactly(plain, offset(1e-5f));
      NDArray zeros = ones.mul(0);
      float[] none = network.scaled(model.plan(), 0, images, zeros).toFloatArray();
      // Nothing of the image is left behind the layer.
      assertThat(Arrays.copyOfRange(none, 0, 10))
          .containsExactly(Arrays.copyOfRange(none, 10, 20), offset(1e-6f));
      assertThat(none).isNotEqualTo(plain);
    }
  }
}

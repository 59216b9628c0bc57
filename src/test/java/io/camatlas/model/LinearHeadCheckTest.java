package io.camatlas.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import io.camatlas.torchscript.ModelEntry;
import io.camatlas.torchscript.TorchScriptArchive;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Claims of linearity against gradients; what heads are called says what they are. */
class LinearHeadCheckTest {
  private static final double TOLERANCE = Precision.FLOAT32.gradientTolerance();

  @TempDir Path folder;

  private PreparedModel prepared(String method) throws IOException {
    return PreparedModel.prepare(
        TorchScriptArchive.open(TestArchives.file("side-paths-scripted.pt")),
        new ModelEntry(method, Optional.empty()),
        List.of(LayerName.parse("layer")),
        List.of(),
        new InputShape(3, 8, 8),
        Precision.FLOAT32,
        true,
        folder);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gated_in_place",
        "slice_assigned",
        "appended",
        "updated",
        "picked_local",
        "size_of_range",
        "kept_in_object",
        "buffer_stored_late",
        "buffer_counted",
        "told_by_module",
        "scaled_at_random",
        "swapped_when_bright",
      })
  void wrongClaimIsDropped(String method) throws IOException {
    PreparedModel model = prepared(method);
    ProbedLayer layer = model.plan().layers().get(0);
    assertThat(layer.hasLinearHead()).isFalse();
    ProbePlan claim = model.plan().withLayers(List.of(layer.withNonlinearity("")));
    try (Network network = Network.load(model.file(), Device.cpu())) {
      assertThat(LinearHeadCheck.confirmed(network, claim, TOLERANCE).layers())
          .extracting(ProbedLayer::nonlinearity)
          .containsExactly(LinearHeadCheck.CONTRADICTION);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"forward", "affine_shifted_in_place", "affine_appended", "affine_image_in_place"})
  void rightClaimIsConfirmed(String method) throws IOException {
    assertThat(prepared(method).plan().layers()).allMatch(ProbedLayer::hasLinearHead);
  }

  /** Gradients are compared at the call that is meant, too. */
  @Test
  void theLastOfSeveralCallsHasALinearHead() throws IOException {
    List<ProbedLayer> layers =
        PreparedModel.prepare(
                TorchScriptArchive.open(TestArchives.file("resnet18-traced.pt")),
                ModelEntry.FORWARD,
                List.of(
                    LayerName.parse("layer4.1.relu"),
                    LayerName.parse("layer4.1.relu#1"),
                    LayerName.parse("layer4.1")),
                List.of(),
                new InputShape(3, 64, 64),
                Precision.FLOAT32,
                true,
                folder)
            .plan()
            .layers();
    assertThat(layers).extracting(ProbedLayer::hasLinearHead).containsExactly(true, false, true);
    assertThat(layers.get(1).nonlinearity()).contains("relu");
  }

  /** Beside other images the gradients would differ, so that it must get none. */
  @Test
  void affineHeadsThatMixABatchGetOneImageAtATime() throws IOException {
    PreparedModel model = prepared("affine_but_mixed");
    assertThat(model.plan().check().oneByOne()).isTrue();
    assertThat(model.plan().layers()).allMatch(ProbedLayer::hasLinearHead);
  }
}

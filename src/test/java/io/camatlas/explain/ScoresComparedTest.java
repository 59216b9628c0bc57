package io.camatlas.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.camatlas.model.ProbePlan;
import io.camatlas.model.ScoreCheck;
import io.camatlas.model.ScoresDifferException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The first images of a run are compared on the device that explains them. */
class ScoresComparedTest {
  @TempDir Path folder;

  @Test
  void theFirstGroupIsComparedAndNoOther() throws Exception {
    try (LoadedNetwork network =
            LoadedNetwork.fixture("relu-three-times-traced.pt", "relu", 32, folder);
        Explainer explainer = network.explainer(LoadedNetwork.settings(0, 4))) {
      assertThat(explainer.compared().images()).isZero();
      LoadedNetwork.all(explainer.explain(LoadedNetwork.pictures(10).iterator()));
      assertThat(explainer.compared().images()).isEqualTo(4);
      assertThat(explainer.compared().difference())
          .isLessThanOrEqualTo(network.prepared.plan().check().tolerance());
    }
  }

  @Test
  void aDifferenceStopsTheRunInsteadOfFailingImages() throws Exception {
    try (LoadedNetwork network =
        LoadedNetwork.fixture("relu-three-times-traced.pt", "relu", 32, folder)) {
      ProbePlan plan = network.prepared.plan();
      ScoreCheck check = plan.check();
      // No difference is small enough.
      ScoreCheck strict =
          new ScoreCheck(
              check.layout(),
              check.oneByOne(),
              check.random(),
              check.images(),
              check.difference(),
              -1,
              check.scores(),
              check.rounding());
      ProbePlan doubtful =
          new ProbePlan(
              plan.input(), plan.classes(), plan.pixels(), plan.layers(), strict, plan.canary());
      try (Explainer explainer =
          new Explainer(
              network.network, doubtful, network.card, LoadedNetwork.settings(0, 4), null)) {
        List<ImageInput> pictures = LoadedNetwork.pictures(2);
        assertThatThrownBy(() -> LoadedNetwork.all(explainer.explain(pictures.iterator())))
            .isInstanceOf(ScoresDifferException.class)
            .hasMessageContaining("maps would explain another model");
      }
    }
  }

  /** It dims a batch that is bright: no branch of its code says so, and noise is never bright. */
  @ParameterizedTest
  @CsvSource({"0, 1", "0, 3", "1, 3", "4, 5"})
  void scoresThatDependOnOtherImagesOrThePaddingStopTheRun(int bright, int images)
      throws Exception {
    try (LoadedNetwork network =
            LoadedNetwork.fixture("adversarial/dimmed-traced.pt", "conv", 32, folder);
        Explainer explainer = network.explainer(LoadedNetwork.settings(0, 8))) {
      assertThat(network.prepared.plan().check().oneByOne()).isFalse();
      List<ImageInput> pictures = new ArrayList<>(LoadedNetwork.pictures(images));
      byte[] white = LoadedNetwork.plain(0xFFFFFF);
      pictures.set(bright, LoadedNetwork.input("white", () -> white));
      assertThatThrownBy(() -> LoadedNetwork.all(explainer.explain(pictures.iterator())))
          .isInstanceOf(ScoresDifferException.class)
          .hasMessageContaining("other scores among others than by itself")
          .hasMessageContaining("Set `batch` to 1");
    }
  }

  @Test
  void imagesByThemselvesAreAllowedToDecide() throws Exception {
    try (LoadedNetwork network =
            LoadedNetwork.fixture("adversarial/dimmed-traced.pt", "conv", 32, folder);
        Explainer explainer = network.explainer(LoadedNetwork.settings(0, 1))) {
      byte[] white = LoadedNetwork.plain(0xFFFFFF);
      List<ImageInput> pictures = new ArrayList<>(LoadedNetwork.pictures(2));
      pictures.add(LoadedNetwork.input("white", () -> white));
      assertThat(LoadedNetwork.all(explainer.explain(pictures.iterator())))
          .allMatch(ImageOutcome.Explained.class::isInstance);
    }
  }
}

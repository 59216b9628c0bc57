package io.camatlas.explain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Networks that PyTorch's allocator really refuses memory. */
class DeviceMemoryTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 7, 40})
  void smallerBatchesExplainWhatTheWholeBatchCannot(int samples) throws IOException {
    try (LoadedNetwork loaded = hungry("hungry-from-five-rows-scripted.pt")) {
      Explainer explainer = loaded.explainer(LoadedNetwork.settings(samples, 16));
      List<ImageInput> pictures = LoadedNetwork.pictures(21);
      List<ImageOutcome> outcomes = LoadedNetwork.all(explainer.explain(pictures.iterator()));
      assertThat(explainer.batch()).isEqualTo(4);
      assertThat(outcomes)
          .usingRecursiveComparison()
          .isEqualTo(loaded.explain(LoadedNetwork.settings(samples, 4), pictures));
      assertThat(outcomes).hasOnlyElementsOfType(ImageOutcome.Explained.class).hasSize(21);
    }
  }

  @Test
  void anImageThatNoBatchIsSmallEnoughForIsSkippedAlone() throws IOException {
    try (LoadedNetwork loaded = hungry("hungry-for-bright-images-scripted.pt")) {
      List<ImageInput> pictures = new ArrayList<>();
      for (int i = 0; i < 7; i++) {
        byte[] file = LoadedNetwork.plain(i == 4 ? 0xffffff : 0x101010 * i);
        pictures.add(LoadedNetwork.input("picture-" + i, () -> file));
      }
      Explainer explainer = loaded.explainer(LoadedNetwork.settings(0, 4));
      List<ImageOutcome> outcomes = LoadedNetwork.all(explainer.explain(pictures.iterator()));
      assertThat(explainer.batch()).isEqualTo(4);
      assertThat(outcomes.stream().map(ImageOutcome::image))
          .containsExactlyElementsOf(pictures.stream().map(ImageInput::image).toList());
      ImageOutcome.Skipped skipped = (ImageOutcome.Skipped) outcomes.remove(4);
      assertThat(skipped.stage()).isEqualTo(ImageOutcome.Stage.FORWARD);
      assertThat(skipped.reason()).isEqualTo("out of memory");
      assertThat(skipped.detail()).contains("can't allocate memory");
      assertThat(outcomes).hasOnlyElementsOfType(ImageOutcome.Explained.class);
    }
  }

  private LoadedNetwork hungry(String archive) throws IOException {
    return LoadedNetwork.fixture(archive, "body.conv2", 8, folder);
  }
}

package io.camatlas.spark.executor;

import static org.assertj.core.api.Assertions.assertThat;

import io.camatlas.explain.ImageOutcome;
import io.camatlas.explain.NamedImage;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FailuresInARowTest {
  private static final NamedImage IMAGE = new NamedImage("a", "a.jpg", Optional.empty());

  private static ImageOutcome failed(ImageOutcome.Stage stage) {
    return new ImageOutcome.Skipped(IMAGE, stage, "network failed", "");
  }

  @Test
  void onlyTheNetworksFailuresCountAndAnExplanationBeginsAnew() {
    FailuresInARow failures = new FailuresInARow(3);
    ImageOutcome network = failed(ImageOutcome.Stage.FORWARD);
    assertThat(failures.reached(network)).isFalse();
    assertThat(failures.reached(network)).isFalse();
    assertThat(failures.reached(new ImageOutcome.Explained(IMAGE, null, null, java.util.List.of())))
        .isFalse();
    assertThat(failures.reached(network)).isFalse();
    assertThat(failures.reached(failed(ImageOutcome.Stage.DECODE))).isFalse();
    assertThat(failures.reached(network)).isFalse();
    assertThat(failures.reached(network)).isTrue();
    assertThat(failures.reached(network)).isFalse();
  }
}

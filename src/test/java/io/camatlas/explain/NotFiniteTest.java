package io.camatlas.explain;

import static org.assertj.core.api.Assertions.assertThat;

import io.camatlas.image.Preprocessing;
import io.camatlas.model.ModelCard;
import io.camatlas.model.Precision;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of an image whose numbers overflow. */
class NotFiniteTest {
  private static final String REMEDY =
      "`precision` is float16, whose largest number is 65,504; set it to bfloat16 or" + " float32.";

  @TempDir Path folder;

  @Test
  void theMessageNamesThePrecision() throws Exception {
    assertThat(skipped(Precision.FLOAT16, 1e-7).detail())
        .isEqualTo("The model returned NaN. " + REMEDY);
    assertThat(skipped(Precision.FLOAT32, 1e-38).detail())
        .isEqualTo("The model returned NaN. `precision` is float32.");
  }

  @Test
  void whatIsFoundIsNamed() {
    float[] finite = {0, -1, Float.MAX_VALUE};
    float[] infinite = {0, Float.NEGATIVE_INFINITY};
    float[] nan = {Float.NaN, 1};
    assertThat(NotFinite.in(finite)).isEmpty();
    assertThat(NotFinite.in(finite, infinite)).contains("infinity");
    assertThat(NotFinite.in(nan, finite)).contains("NaN");
    assertThat(NotFinite.in(nan, infinite)).contains("NaN and infinity");
  }

  /** The only image's outcome if its pixels are divided by so small a number. */
  private ImageOutcome.Skipped skipped(Precision precision, double std) throws Exception {
    try (LoadedNetwork loaded =
        LoadedNetwork.fixture("relu-three-times-traced.pt", "relu", 32, precision, folder)) {
      Preprocessing usual = loaded.card.preprocessing();
      ModelCard card =
          new ModelCard(
              loaded.card.name(),
              loaded.card.classes(),
              loaded.card.layer(),
              loaded.card.scores(),
              new Preprocessing(
                  usual.resize(),
                  usual.interpolation(),
                  usual.resizeAs(),
                  usual.crop(),
                  usual.order(),
                  usual.mean(),
                  List.of(std, std, std)));
      try (Explainer explainer =
          new Explainer(
              loaded.network, loaded.prepared.plan(), card, LoadedNetwork.settings(0, 1), null)) {
        List<ImageOutcome> outcomes =
            LoadedNetwork.all(explainer.explain(LoadedNetwork.pictures(1).iterator()));
        assertThat(outcomes).singleElement().isInstanceOf(ImageOutcome.Skipped.class);
        return (ImageOutcome.Skipped) outcomes.get(0);
      }
    }
  }
}

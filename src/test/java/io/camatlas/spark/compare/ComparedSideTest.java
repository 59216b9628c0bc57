package io.camatlas.spark.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.camatlas.spark.results.AtlasFolder.Origin;
import io.camatlas.spark.results.FinishedRun;
import io.camatlas.spark.results.RunRule;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ComparedSideTest {
  private static ComparedSide side(String method, String targets, Map<String, String> parameters) {
    FinishedRun run =
        new FinishedRun(
            "run",
            "id",
            "2026-01-01T00:00:00Z",
            "2026-01-01T00:00:00Z",
            "net",
            "ab",
            List.of("cup"),
            List.of(),
            "3,8,8",
            "",
            List.of("layer4"),
            Map.of(),
            List.of(new RunRule(method, parameters)),
            Map.of("targets", targets),
            null,
            null);
    return new ComparedSide("run", List.of(new Origin("id", run, 0)), "layer4");
  }

  @Test
  void settingsThatMakeOtherMapsAreTold() {
    ComparedSide one =
        side("grad-cam++", "predicted", Map.of("samples", "8", "seed", "1", "neurons", "all"));
    ComparedSide other =
        side("grad-cam++", "label", Map.of("samples", "2", "seed", "2", "filters", "[3]"));
    assertThat(one.settingsUnlike(other))
        .containsExactly(
            "filters is not set and [3]",
            "neurons is all and not set",
            "samples is 8 and 2",
            "targets is predicted and label");
    assertThat(one.settingsUnlike(one)).isEmpty();
  }

  /** Another seed gives other noise; the closed form follows from the layer. */
  @Test
  void seedsAndWhatFollowsFromTheLayerAreNot() {
    assertThat(
            side("grad-cam", "predicted", Map.of("seed", "1", "gradients", "closed form"))
                .settingsUnlike(side("grad-cam", "predicted", Map.of("seed", "2"))))
        .isEmpty();
  }

  @Test
  void whatOnlyOneMethodHasIsNot() {
    assertThat(
            side("grad-cam", "predicted", Map.of("neurons", "all"))
                .settingsUnlike(
                    side("smooth-grad-cam", "label", Map.of("neurons", "3:5", "samples", "8"))))
        .containsExactly("neurons is all and 3:5", "targets is predicted and label");
  }
}

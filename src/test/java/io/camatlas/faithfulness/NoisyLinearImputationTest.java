package io.camatlas.faithfulness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Beside Quantus; written by sanity_oracle.py. */
class NoisyLinearImputationTest {
  private static float[] floats(JsonNode node) {
    float[] values = new float[node.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) node.get(i).asDouble();
    }
    return values;
  }

  @Test
  void pixelsAreThoseOfQuantus() throws IOException {
    JsonNode cases =
        new ObjectMapper().readTree(Path.of("src/test/resources/golden/road.json").toFile());
    assertThat(cases).hasSize(3);
    for (JsonNode one : cases) {
      int height = one.get("height").asInt();
      int width = one.get("width").asInt();
      boolean[] removed = new boolean[height * width];
      one.get("removed").forEach(place -> removed[place.asInt()] = true);
      float[] filled =
          NoisyLinearImputation.of(floats(one.get("pixels")), height, width, removed, null);
      float[] expected = floats(one.get("filled"));
      assertThat(filled).hasSameSizeAs(expected);
      for (int i = 0; i < filled.length; i++) {
        assertThat(filled[i]).as("number %d", i).isCloseTo(expected[i], within(1e-4f));
      }
    }
  }

  @Test
  void largePicturesAreSolvedAndNoiseIsSmall() {
    int side = 224;
    float[] slope = new float[3 * side * side];
    for (int i = 0; i < slope.length; i++) {
      slope[i] = (i / side % side) / 100f - 1;
    }
    boolean[] removed = new boolean[side * side];
    // All but the outermost rows: a slope between them is its own mean everywhere.
    Arrays.fill(removed, side, side * (side - 1), true);
    float[] filled = NoisyLinearImputation.of(slope, side, side, removed, new SplittableRandom(3));
    double squares = 0;
    for (int i = 0; i < slope.length; i++) {
      squares += Math.pow(filled[i] - slope[i], 2);
      if (!removed[i % removed.length]) {
        assertThat(filled[i]).isEqualTo(slope[i]);
      }
    }
    double spread = Math.sqrt(squares / (3 * (side - 2) * side));
    assertThat(spread).isCloseTo(NoisyLinearImputation.NOISE, within(1e-3));
  }

  @Test
  void nothingAndEverything() {
    float[] pixels = {1, 2, 3, 4};
    assertThat(NoisyLinearImputation.of(pixels, 2, 2, new boolean[4], null)).isEqualTo(pixels);
    boolean[] all = {true, true, true, true};
    assertThatThrownBy(() -> NoisyLinearImputation.of(pixels, 2, 2, all, null))
        .hasMessageContaining("All pixels are removed");
  }
}

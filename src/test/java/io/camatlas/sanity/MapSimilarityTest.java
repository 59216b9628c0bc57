package io.camatlas.sanity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Beside Quantus and NumPy; written by sanity_oracle.py. */
class MapSimilarityTest {
  private static float[] floats(JsonNode node) {
    float[] values = new float[node.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) node.get(i).asDouble();
    }
    return values;
  }

  @Test
  void numbersAreThoseOfQuantus() throws IOException {
    JsonNode cases =
        new ObjectMapper().readTree(Path.of("src/test/resources/golden/sanity.json").toFile());
    assertThat(cases).hasSize(12);
    for (JsonNode one : cases) {
      float[] a = floats(one.get("a"));
      float[] b = floats(one.get("b"));
      assertThat(MapSimilarity.ranks(a, b).orElseThrow())
          .isCloseTo(one.get("spearman").asDouble(), within(1e-6));
      assertThat(MapSimilarity.values(a, b).orElseThrow())
          .isCloseTo(one.get("pearson").asDouble(), within(1e-6));
      assertThat(MapSimilarity.entropy(a)).isCloseTo(one.get("entropy").asDouble(), within(1e-6));
      assertThat(MapSimilarity.distance(a, b).orElseThrow())
          .isCloseTo(one.get("distance").asDouble(), within(1e-6));
    }
  }

  @Test
  void aMapThatIsTheSameEverywhereHasNoCorrelation() {
    float[] flat = {1, 1, 1, 1};
    float[] other = {1, 2, 3, 4};
    assertThat(MapSimilarity.ranks(flat, other)).isEmpty();
    assertThat(MapSimilarity.values(other, flat)).isEmpty();
    assertThat(MapSimilarity.entropy(flat)).isZero();
    assertThat(MapSimilarity.distance(other, new float[4]).orElseThrow()).isCloseTo(1, within(0.0));
    assertThat(MapSimilarity.distance(new float[4], other)).isEmpty();
  }
}

package io.camatlas.explain;

import static org.assertj.core.api.Assertions.assertThat;

import io.camatlas.explain.BatchCalibration.Found;
import io.camatlas.explain.BatchCalibration.Tried;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchCalibrationTest {
  private static final long PLENTY = 8L << 30;

  @TempDir Path folder;

  @Test
  void takesTheSmallestThatIsNearlyTheFastest() throws IOException {
    Found found = find("resnet18-traced.pt", "layer3", PLENTY);
    assertThat(found.tried()).hasSizeGreaterThanOrEqualTo(3);
    assertThat(found.tried()).extracting(Tried::batch).startsWith(1, 2, 4);
    double best = found.tried().stream().mapToDouble(Tried::rowsPerSecond).max().orElseThrow();
    for (Tried tried : found.tried()) {
      assertThat(tried.bytes()).isPositive();
      if (tried.batch() < found.batch()) {
        assertThat(tried.rowsPerSecond()).isLessThan(0.95 * best);
      } else if (tried.batch() == found.batch()) {
        assertThat(tried.rowsPerSecond()).isGreaterThanOrEqualTo(0.95 * best);
      }
    }
  }

  @Test
  void memoryIsBounded() throws IOException {
    Found none = find("resnet18-traced.pt", "layer3", 0);
    assertThat(none.batch()).isEqualTo(1);
    assertThat(none.end()).startsWith("passes of 1 take ");
    long some = 64L << 20;
    Found bounded = find("vgg11-traced.pt", "features.18", some);
    assertThat(bounded.tried()).allMatch(tried -> tried.bytes() <= some);
  }

  private Found find(String archive, String layer, long memory) throws IOException {
    try (LoadedNetwork loaded = LoadedNetwork.fixture(archive, layer, 64, folder)) {
      ExplainSettings settings = LoadedNetwork.settings(4, 8);
      return new BatchCalibration(loaded.network, loaded.prepared.plan(), settings).find(memory);
    }
  }
}

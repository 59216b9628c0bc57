package io.camatlas.explain;

import static org.assertj.core.api.Assertions.assertThat;

import io.camatlas.explain.LayoutCalibration.Found;
import io.camatlas.model.Layout;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayoutCalibrationTest {
  @TempDir Path folder;

  @Test
  void channelsLastUnlessItIsClearlySlower() {
    assertThat(new Found(0.8, 1).layout()).isEqualTo(Layout.CHANNELS_LAST);
    assertThat(new Found(1.05, 1).layout()).isEqualTo(Layout.CHANNELS_LAST);
    assertThat(new Found(1.2, 1).layout()).isEqualTo(Layout.PLANAR);
    assertThat(Found.UNKNOWN.layout()).isEqualTo(Layout.CHANNELS_LAST);
  }

  @Test
  void passesInBothLayoutsAreTimed() throws IOException {
    try (LoadedNetwork loaded = LoadedNetwork.fixture("resnet18-traced.pt", "layer3", 64, folder)) {
      Found found =
          LayoutCalibration.find(
              loaded.network, loaded.prepared.plan(), LoadedNetwork.settings(2, 4));
      assertThat(found.channelsLast()).isPositive();
      assertThat(found.planar()).isPositive().isFinite();
    }
  }
}

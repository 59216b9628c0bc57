package io.camatlas.spark.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.camatlas.model.DeviceChoice;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class TaskGpuTest {
  @Test
  void addressesAreNumbersOrPlacesAmongVisibleDevices() {
    assertThat(TaskGpu.index("3", null)).isEqualTo(3);
    assertThat(TaskGpu.index("MIG-b", "MIG-a, MIG-b")).isEqualTo(1);
    assertThatThrownBy(() -> TaskGpu.index("MIG-c", "MIG-a,MIG-b"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("'MIG-c'")
        .hasMessageContaining("CUDA_VISIBLE_DEVICES is MIG-a,MIG-b");
    assertThatThrownBy(() -> TaskGpu.index("GPU-1f2e", null))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("CUDA_VISIBLE_DEVICES is not set");
  }

  @Test
  void tasksOfOneProcessTakeTurnsWithItsGpus() {
    assertThat(LongStream.range(0, 8).map(task -> TaskGpu.turn(task, 4)))
        .containsExactly(0L, 1L, 2L, 3L, 0L, 1L, 2L, 3L);
    assertThat(TaskGpu.turn(5, 1)).isEqualTo(DeviceChoice.NONE);
    assertThat(TaskGpu.turn(5, 0)).isEqualTo(DeviceChoice.NONE);
  }
}

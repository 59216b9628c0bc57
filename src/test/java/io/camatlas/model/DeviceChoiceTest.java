package io.camatlas.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeviceChoiceTest {
  @TempDir Path folder;

  @Test
  void autoFallsBackToTheCpuOnlyWhereNoGpuWasGiven() {
    assertThat(DeviceChoice.AUTO.device(DeviceChoice.NONE, 0)).isEqualTo(Device.cpu());
    assertThat(DeviceChoice.AUTO.device(DeviceChoice.NONE, 2)).isEqualTo(Device.gpu(0));
    assertThat(DeviceChoice.AUTO.device(1, 2)).isEqualTo(Device.gpu(1));
    assertThat(DeviceChoice.CPU.device(1)).isEqualTo(Device.cpu());
    assertThatThrownBy(() -> DeviceChoice.AUTO.device(0, 0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("`device` is auto, and Spark gave this task GPU 0")
        .hasMessageContaining("sees no GPU here")
        .hasMessageContaining("set `device` to cpu");
    assertThatThrownBy(() -> DeviceChoice.CUDA.device(DeviceChoice.NONE, 0))
        .hasMessageContaining("a GPU is needed");
    assertThatThrownBy(() -> DeviceChoice.AUTO.device(3, 2)).hasMessageContaining("sees 2 GPUs");
  }

  @Test
  void whatWasLookedForIsTold() {
    assertThat(NativeEngine.lookedFor(Map.of())).contains("None of PYTORCH_LIBRARY_PATH");
    assertThat(NativeEngine.lookedFor(Map.of("PYTORCH_LIBRARY_PATH", folder.toString())))
        .contains("PYTORCH_LIBRARY_PATH is " + folder, "that folder has no libtorch.so");
    assertThat(NativeEngine.lookedFor(Map.of("PYTORCH_LIBRARY_PATH", "/nowhere/at/all")))
        .contains("that folder does not exist");
    assertThat(
            NativeEngine.causes(
                new IllegalStateException(
                    "Failed to load", new UnsatisfiedLinkError("libcudart.so.12: not found"))))
        .isEqualTo("Failed to load; libcudart.so.12: not found");
  }

  @Test
  void aDeviceWithOtherScoresIsNoticed() throws Exception {
    PreparedModel model =
        PreparedModel.prepare(
            io.camatlas.torchscript.TorchScriptArchive.open(
                TestArchives.file("adversarial/plain-scripted.pt")),
            io.camatlas.torchscript.ModelEntry.FORWARD,
            java.util.List.of(LayerName.parse("conv")),
            new InputShape(3, 32, 32),
            folder);
    Canary canary = model.plan().canary();
    try (Network network = Network.load(model.file(), Device.cpu())) {
      assertThat(canary.check(network, model.plan().input())).isLessThan(1e-6);
      java.util.List<Float> others = new java.util.ArrayList<>(canary.scores());
      others.set(0, others.get(0) + 1);
      Canary wrong = new Canary(others, canary.tolerance());
      assertThatThrownBy(() -> wrong.check(network, model.plan().input()))
          .isInstanceOf(ScoresDifferException.class)
          .hasMessageContaining("the device, its driver or its libraries are at fault");
    }
  }
}

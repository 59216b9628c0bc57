package io.camatlas.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.camatlas.torchscript.ArchiveException;
import io.camatlas.torchscript.ModelEntry;
import io.camatlas.torchscript.TorchScriptArchive;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Networks that compute with 16 bits, against the same networks with 32. */
class PrecisionTest {
  private static final int ROWS = 3;
  private static final InputShape INPUT = new InputShape(3, 64, 64);

  @TempDir Path folder;
  private boolean firstIsTooBright;

  /** Bits of the mantissa and the depth of the networks bound what may differ. */
  @ParameterizedTest
  @CsvSource({
    "resnet18-traced.pt,layer3.1,layer4.1,FLOAT16,0.06",
    "resnet18-scripted.pt,layer3.1,layer4.1,FLOAT16,0.06",
    "resnet18-scripted.pt,layer3.1,layer4.1,BFLOAT16,0.2",
    "densenet121-traced.pt,features.denseblock3,features.denseblock4,FLOAT16,0.06",
    "densenet121-traced.pt,features.denseblock3,features.denseblock4,BFLOAT16,0.2",
    "convnext_tiny-scripted.pt,features.5,features.7,FLOAT16,0.06",
    "efficientnet_b0-traced.pt,features.1,features.2,BFLOAT16,0.3",
    "googlenet-traced.pt,inception4e,inception5b,FLOAT16,0.06",
    "residual-scripted-torch1.13.pt,layer1,layer2,FLOAT16,0.06",
  })
  void outputsAndGradientsComeIn32BitsAndAreNear(
      String archive, String first, String last, Precision precision, float tolerance)
      throws IOException {
    float[][] exact = run(archive, first, last, Precision.FLOAT32);
    float[][] rounded = run(archive, first, last, precision);
    for (int part = 0; part < exact.length; part++) {
      double difference = 0;
      double size = 0;
      for (int i = 0; i < exact[part].length; i++) {
        difference += Math.pow(rounded[part][i] - exact[part][i], 2);
        size += Math.pow(exact[part][i], 2);
      }
      assertThat(Math.sqrt(difference / size))
          .as("relative difference of part " + part)
          .isLessThan(tolerance)
          // The network has to have computed with what was asked for.
          .isGreaterThan(1e-5);
    }
  }

  /** Such an image has no gradients whatever they are multiplied by; the others have theirs. */
  @Test
  void anImageThatOverflowsDoesNotChangeTheOthers() throws IOException {
    // Its activation is a product, whose derivative at infinity is no number.
    String archive = "efficientnet_b0-traced.pt";
    float[][] usual = run(archive, "features.1", "features.2", Precision.FLOAT16);
    firstIsTooBright = true;
    float[][] beside = run(archive, "features.1", "features.2", Precision.FLOAT16);
    boolean overflows = false;
    for (int part = 0; part < usual.length; part++) {
      int row = usual[part].length / ROWS;
      for (int i = 0; i < row && part >= 3; i++) {
        overflows |= !Float.isFinite(beside[part][i]);
      }
      assertThat(Arrays.copyOfRange(beside[part], row, usual[part].length))
          .isEqualTo(Arrays.copyOfRange(usual[part], row, usual[part].length));
    }
    assertThat(overflows).as("gradients of the first image overflow").isTrue();
  }

  /**
   * In float16 its variances are infinite, so that it returns its bias whatever the image shows.
   */
  @Test
  void statisticsBeyondTheRangeAreFoundAlthoughAllIsFinite() throws IOException {
    assertThatThrownBy(() -> wideNorm(Precision.FLOAT16))
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining("`precision` is float16")
        .hasMessageContaining("where rounding explains 2.0 %")
        .hasMessageContaining("to bfloat16 or float32");
    ScoreCheck check = wideNorm(Precision.BFLOAT16).plan().check();
    assertThat(check.rounding()).isBetween(1e-5, Precision.BFLOAT16.scoreTolerance());
    for (Precision exact : List.of(Precision.FLOAT32, Precision.FLOAT64)) {
      assertThat(wideNorm(exact).plan().check().rounding()).isZero();
    }
  }

  private PreparedModel wideNorm(Precision precision) throws IOException {
    return PreparedModel.prepare(
        TorchScriptArchive.open(TestArchives.file("adversarial/wide-norm-scripted.pt")),
        ModelEntry.FORWARD,
        List.of(LayerName.parse("conv")),
        new InputShape(3, 32, 32),
        precision,
        folder);
  }

  @Test
  void scoresThatStillTellImagesApartAreNotRefused() {
    List<float[]> exact = List.of(new float[] {1, 2}, new float[] {3, -4});
    RoundedScores near =
        RoundedScores.between(exact, List.of(new float[] {1.5f, 2}, new float[] {3, -4}));
    assertThat(near.difference()).isEqualTo(0.125);
    // 0.5 squared, of 1 + 1 and 9 + 9.
    assertThat(near.share()).isEqualTo(Math.sqrt(0.25 / 20));
    assertThatCode(() -> near.require(Precision.FLOAT16)).doesNotThrowAnyException();
    RoundedScores constant =
        RoundedScores.between(exact, List.of(new float[] {2, -1}, new float[] {2, -1}));
    assertThat(constant.share()).isEqualTo(1);
    assertThatThrownBy(() -> constant.require(Precision.BFLOAT16))
        .hasMessageContaining("off by 75 %")
        .hasMessageContaining("Set `precision` to float32.");
  }

  @Test
  void tf32IsForGpusWhoseLibrariesWereTold() {
    Map<String, String> asked = Precision.TF32.environment();
    assertThat(Precision.TF32.check(true, asked)).isEmpty();
    assertThatThrownBy(() -> Precision.TF32.check(false, asked))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("`precision` is tf32")
        .hasMessageContaining("`precision` to float32");
    assertThatThrownBy(() -> Precision.TF32.check(true, Map.of()))
        .hasMessageContaining("TORCH_ALLOW_TF32_CUBLAS_OVERRIDE=1");
    assertThat(Precision.FLOAT32.check(true, Map.of())).get().asString().contains("tf32");
    assertThat(Precision.FLOAT32.check(true, Precision.FLOAT32.environment())).isEmpty();
    assertThat(Precision.FLOAT32.check(false, Map.of())).isEmpty();
    assertThat(Precision.FLOAT16.check(false, Map.of())).isEmpty();
  }

  private float[][] run(String archive, String first, String last, Precision precision)
      throws IOException {
    PreparedModel model =
        PreparedModel.prepare(
            TorchScriptArchive.open(TestArchives.file(archive)),
            ModelEntry.FORWARD,
            List.of(LayerName.parse(first), LayerName.parse(last)),
            INPUT,
            precision,
            folder);
    float[] pixels = new float[ROWS * INPUT.elements()];
    Random random = new Random(1);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) random.nextGaussian();
    }
    if (firstIsTooBright) {
      Arrays.fill(pixels, 0, INPUT.elements(), 1e38f);
    }
    Network.prepareThread(1);
    try (Network network = Network.load(model.file(), Device.cpu(), precision);
        NDManager manager = network.newManager()) {
      NDArray images =
          manager.create(pixels, new Shape(ROWS, INPUT.channels(), INPUT.height(), INPUT.width()));
      Network.ForwardPass pass = network.forward(model.plan(), images);
      List<NDArray> gradients = pass.gradients(new int[] {0, 1, 2}, true);
      List<NDArray> parts =
          List.of(
              pass.scores(),
              pass.activations(0),
              pass.activations(1),
              gradients.get(0),
              gradients.get(1));
      assertThat(parts).extracting(NDArray::getDataType).containsOnly(DataType.FLOAT32);
      return parts.stream().map(NDArray::toFloatArray).toArray(float[][]::new);
    }
  }
}

package io.camatlas.faithfulness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.camatlas.model.InputShape;
import io.camatlas.model.ScoreKind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FaithfulnessScorerTest {
  private static final SaliencyGrid EVEN = new SaliencyGrid(new float[] {1}, 1, 1);

  /** Batches that the toy network was shown. */
  private final List<Integer> batches = new ArrayList<>();

  /** Says for class 0 the mean of the image's values, for class 1 the rest. */
  private FaithfulnessScorer meanNetwork(InputShape input, int steps, int batch) {
    return new FaithfulnessScorer(
        () -> NDManager.newBaseManager(Device.cpu(), "PyTorch"),
        images -> {
          batches.add((int) images.getShape().get(0));
          NDArray mean = images.reshape(images.getShape().get(0), -1).mean(new int[] {1}, true);
          return NDArrays.concat(new NDList(mean, mean.mul(-1).add(1)), 1);
        },
        input,
        ScoreKind.PROBABILITIES,
        new FaithfulnessSettings(1, steps, batch, 0));
  }

  @Test
  void fourPixelsAsOnPaper() {
    float[] image = {0.8f, 0.4f, 0.2f, 0};
    SaliencyGrid map = new SaliencyGrid(new float[] {4, 0, 2, 1}, 2, 2);
    ScoredImage scored =
        meanNetwork(new InputShape(1, 2, 2), 4, 16).score(image, 0, map, EVEN, EVEN);
    assertThat(scored.probability()).isCloseTo(0.35, within(1e-6));
    Faithfulness found = scored.maps().get(MapKind.EXPLANATION);
    // The map is 1, 0, 1/2, 1/4: it leaves (0.8 + 0.1) / 4 = 0.225.
    assertThat(found.averageDrop()).isCloseTo((0.35 - 0.225) / 0.35, within(1e-6));
    assertThat(found.increase()).isZero();
    // Pixels go in the order 0, 2, 3, 1: 1.4/4, 0.6/4, 0.4/4, 0.4/4, 0.
    assertThat(found.deletionAuc()).isCloseTo((0.35 / 2 + 0.15 + 0.1 + 0.1 + 0) / 4, within(1e-6));
    // Blurred, with a and b the kernel's middle and the place beside it.
    double a = 0.09398206326843248;
    double b = 0.09348938844291409;
    double b0 = a * a * 0.8 + a * b * (0.4 + 0.2);
    double b1 = a * a * 0.4 + a * b * 0.8 + b * b * 0.2;
    double b2 = a * a * 0.2 + a * b * 0.8 + b * b * 0.4;
    double b3 = b * b * 0.8 + a * b * (0.4 + 0.2);
    double blurred = (b0 + b1 + b2 + b3) / 4;
    double one = (0.8 + b1 + b2 + b3) / 4;
    double two = (0.8 + b1 + 0.2 + b3) / 4;
    double three = (0.8 + b1 + 0.2 + 0) / 4;
    assertThat(found.insertionAuc())
        .isCloseTo((blurred / 2 + one + two + three + 0.35 / 2) / 4, within(1e-6));
  }

  @Test
  void anEvenMapTakesPixelsByRowsAndDropsNothing() {
    float[] image = {0.8f, 0.4f, 0.2f, 0};
    Faithfulness even =
        meanNetwork(new InputShape(1, 2, 2), 4, 16)
            .score(image, 0, EVEN, EVEN, EVEN)
            .maps()
            .get(MapKind.CENTRE);
    assertThat(even.averageDrop()).isZero();
    assertThat(even.increase()).isZero();
    // By rows: 1.4/4, 0.6/4, 0.2/4, 0, 0.
    assertThat(even.deletionAuc()).isCloseTo((0.35 / 2 + 0.15 + 0.05) / 4, within(1e-6));
  }

  @Test
  void whatRaisesTheProbabilityIsAnIncreaseWithoutADrop() {
    // Class 1 has 1 - mean, and any map that dims lowers the mean.
    float[] image = {0.8f, 0.4f, 0.2f, 0};
    SaliencyGrid map = new SaliencyGrid(new float[] {4, 0, 2, 1}, 2, 2);
    Faithfulness found =
        meanNetwork(new InputShape(1, 2, 2), 4, 16)
            .score(image, 1, map, EVEN, EVEN)
            .maps()
            .get(MapKind.EXPLANATION);
    assertThat(found.averageDrop()).isZero();
    assertThat(found.increase()).isEqualTo(1);
  }

  @Test
  void aProbabilityOfZeroHasNoDropAndIsNotCounted() {
    Faithfulness none = Faithfulness.of(0, 0.5, 0.1, 0.2);
    assertThat(none.averageDrop()).isNaN();
    assertThat(none.increase()).isEqualTo(1);
    FaithfulnessMoments both =
        FaithfulnessMoments.EMPTY.with(none).with(Faithfulness.of(0.5, 0.25, 0.3, 0.4));
    assertThat(both.averageDrop().count()).isEqualTo(1);
    assertThat(both.averageDrop().mean()).isEqualTo(0.5);
    assertThat(both.increase().count()).isEqualTo(2);
    assertThat(both.insertionAuc().mean()).isCloseTo(0.2, within(1e-12));
    assertThat(FaithfulnessMoments.EMPTY.merge(both)).isEqualTo(both);
  }

  @Test
  void everyBatchGivesTheSameAndHoldsNoMoreThanItsRows() {
    InputShape input = new InputShape(3, 8, 6);
    float[] image = new float[input.elements()];
    for (int i = 0; i < image.length; i++) {
      image[i] = (i * 37 % 101) / 100f;
    }
    SaliencyGrid map = new SaliencyGrid(new float[] {0, 1, 5, 2, 0, 3}, 3, 2);
    SaliencyGrid random = SaliencyGrid.random(4, "0123456789abcdef", 3, 2);
    SaliencyGrid centre = SaliencyGrid.centre(3, 2);
    ScoredImage expected = meanNetwork(input, 10, 1000).score(image, 0, map, random, centre);
    int forwards = new FaithfulnessSettings(1, 10, 1, 0).forwardsPerImage();
    assertThat(forwards).isEqualTo(3 + 3 * (1 + 2 * 9));
    assertThat(expected.forwards()).isEqualTo(forwards);
    for (int batch : new int[] {1, 7, 16}) {
      batches.clear();
      ScoredImage scored = meanNetwork(input, 10, batch).score(image, 0, map, random, centre);
      assertThat(batches.stream().mapToInt(rows -> rows).sum()).isEqualTo(forwards);
      assertThat(batches).allMatch(rows -> rows <= batch);
      for (MapKind kind : MapKind.values()) {
        Faithfulness found = scored.maps().get(kind);
        Faithfulness other = expected.maps().get(kind);
        assertThat(found.averageDrop()).isCloseTo(other.averageDrop(), within(1e-6));
        assertThat(found.increase()).isEqualTo(other.increase());
        assertThat(found.insertionAuc()).isCloseTo(other.insertionAuc(), within(1e-6));
        assertThat(found.deletionAuc()).isCloseTo(other.deletionAuc(), within(1e-6));
      }
    }
  }

  @Test
  void scoresThatAreNotFiniteAreToldApart() {
    float[] image = {0.8f, Float.NaN, 0.2f, 0};
    ScoredImage scored =
        meanNetwork(new InputShape(1, 2, 2), 4, 16).score(image, 0, EVEN, EVEN, EVEN);
    assertThat(scored.finite()).isFalse();
    assertThat(
            meanNetwork(new InputShape(1, 2, 2), 4, 16)
                .score(new float[4], 0, EVEN, EVEN, EVEN)
                .finite())
        .isTrue();
  }

  @Test
  void wrongSettingsSayWhatIsWrong() {
    assertThatThrownBy(() -> new FaithfulnessSettings(0, 50, 16, 0))
        .hasMessage("sample is 0; it must be at least 1.");
    assertThatThrownBy(() -> new FaithfulnessSettings(1, 1, 16, 0))
        .hasMessage("steps is 1; it must be from 2 to 10000.");
    assertThatThrownBy(() -> new FaithfulnessSettings(1, 50, 0, 0))
        .hasMessage("batch is 0; it must be from 1 to 4096.");
    assertThatThrownBy(() -> meanNetwork(new InputShape(1, 2, 2), 5, 16))
        .hasMessage("steps is 5, but the input 1x2x2 has 4 pixels; take at most as many steps.");
    assertThatThrownBy(() -> new SaliencyGrid(new float[4], 2, 2))
        .hasMessage("The map is blank; it marks nothing. Leave it out.");
  }
}

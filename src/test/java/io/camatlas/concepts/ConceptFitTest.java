package io.camatlas.concepts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.camatlas.concepts.ConceptFit.Fitted;
import io.camatlas.concepts.ConceptFit.Scales;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ConceptFitTest {
  private static final int MAPS = 40;

  /** Activations of very different scales; examples have more of feature maps 3 and 7. */
  private static List<float[]> images(int count, double more, long seed) {
    Random random = new Random(seed);
    List<float[]> images = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      float[] image = new float[MAPS];
      for (int k = 0; k < MAPS; k++) {
        double size = Math.pow(10, k % 4 - 2);
        image[k] = (float) (size * (5 + random.nextGaussian() + (k == 3 || k == 7 ? more : 0)));
      }
      images.add(image);
    }
    return images;
  }

  private static Scales scales(List<float[]> images) {
    double[] mean = new double[MAPS];
    double[] deviation = new double[MAPS];
    for (int k = 0; k < MAPS; k++) {
      int map = k;
      mean[k] = images.stream().mapToDouble(image -> image[map]).average().orElseThrow();
      deviation[k] =
          Math.sqrt(
              images.stream().mapToDouble(image -> Math.pow(image[map] - mean[map], 2)).sum()
                  / (images.size() - 1));
    }
    return new Scales(mean, deviation);
  }

  @Test
  void examplesAreToldFromOthersWhateverTheScales() {
    List<float[]> others = images(200, 0, 1);
    Fitted found = new ConceptFit(scales(others)).fit(images(20, 2.5, 2), others, 0);
    assertThat(found.validation().folds()).isEqualTo(5);
    assertThat(found.validation().auroc()).isGreaterThan(0.95);
    assertThat(found.validation().accuracy()).isGreaterThan(0.85);
    double[] shown = images(300, 2.5, 3).stream().mapToDouble(found.vector()::score).toArray();
    double[] without = images(300, 0, 4).stream().mapToDouble(found.vector()::score).toArray();
    assertThat(ConceptFit.auroc(shown, without)).isGreaterThan(0.97);
    assertThat(Arrays.stream(shown).filter(one -> one >= found.vector().threshold()).count())
        .isGreaterThan(250);
    assertThat(Arrays.stream(without).filter(one -> one < found.vector().threshold()).count())
        .isGreaterThan(250);
    // The middle of what is without lies at 0, in whatever unit.
    assertThat(Arrays.stream(without).average().orElseThrow() / found.vector().threshold())
        .isCloseTo(0, within(0.2));
    ConceptVector scaled = found.vector().withScale(4);
    float[] image = images(1, 0, 5).get(0);
    assertThat(scaled.score(image)).isCloseTo(found.vector().score(image) / 4, within(1e-9));
    assertThat(scaled.threshold()).isCloseTo(found.vector().threshold() / 4, within(1e-9));
    double length = Arrays.stream(found.vector().unit()).map(one -> one * one).sum();
    assertThat(length).isCloseTo(1, within(1e-12));
  }

  @Test
  void randomExamplesAreNotToldApart() {
    List<float[]> others = images(200, 0, 1);
    ConceptFit fit = new ConceptFit(scales(others));
    double sum = 0;
    for (int i = 0; i < 20; i++) {
      sum += fit.validate(images(20, 0, 100 + i), others, 0.01, i).auroc();
    }
    assertThat(sum / 20).isCloseTo(0.5, within(0.08));
  }

  /** Two images and two feature maps, solved by hand. */
  @Test
  void theDirectionIsThatOfRidgeRegression() {
    Scales plain = new Scales(new double[] {0, 0}, new double[] {1, 1});
    ConceptVector found =
        new ConceptFit(plain).fit(List.of(new float[] {2, 1}), List.of(new float[] {0, 1}), 0.1);
    assertThat(found.unit()).containsExactly(new double[] {1, 0}, within(1e-12));
    // In the middle between the two.
    assertThat(found.score(new float[] {1, 5})).isCloseTo(found.threshold(), within(1e-12));
  }

  @Test
  void alignmentIsTheCosine() {
    ConceptPattern vector = new ConceptPattern(new double[] {0.6, 0.8});
    assertThat(vector.alignment(new float[] {3, 4})).isCloseTo(1, within(1e-7));
    assertThat(vector.alignment(new float[] {-4, 3})).isCloseTo(0, within(1e-7));
    assertThat(vector.alignment(new float[] {0, 0})).isZero();
  }

  @Test
  void thePatternPointsFromOthersToExamples() {
    ConceptPattern pattern =
        ConceptPattern.of(
            List.of(new float[] {4, 5}, new float[] {2, 5}), List.of(new float[] {0, 1}));
    assertThat(pattern.unit()).containsExactly(new double[] {0.6, 0.8}, within(1e-7));
    assertThat(pattern.at(new double[] {10, 5})).isCloseTo(10, within(1e-6));
  }

  @Test
  void equalScoresCountHalf() {
    assertThat(ConceptFit.auroc(new double[] {1, 2}, new double[] {1, 0})).isEqualTo(3.5 / 4);
    assertThat(ConceptFit.auroc(new double[] {1, 1}, new double[] {1, 1})).isEqualTo(0.5);
  }

  /** Equal means over different numbers of copies differ by rounding. */
  @Test
  void roundingIsNoPattern() {
    List<float[]> five = Collections.nCopies(5, new float[] {0.1f, 0.7f, 0.3f});
    List<float[]> many = Collections.nCopies(7, new float[] {0.1f, 0.7f, 0.3f});
    assertThatThrownBy(() -> ConceptPattern.of(five, many))
        .hasMessageContaining("nothing tells them apart");
    Scales scales = new Scales(new double[] {0.2, 0.6, 0.3}, new double[] {0.1, 0.1, 0.1});
    assertThatThrownBy(() -> new ConceptFit(scales).fit(five, many, 0.01))
        .hasMessageContaining("nothing tells them apart");
  }

  @Test
  void imagesThatAreAllAlikeTellNothing() {
    List<float[]> same = List.of(new float[] {1, 2}, new float[] {1, 2});
    ConceptFit fit = new ConceptFit(new Scales(new double[] {1, 2}, new double[] {0, 0}));
    assertThatThrownBy(() -> fit.fit(same, same, 0.1))
        .hasMessageContaining("nothing tells them apart");
    assertThatThrownBy(() -> fit.validate(same.subList(0, 1), same, 0.1, 0))
        .hasMessageContaining("at least 2 examples and 2 other images; there are 1 and 2");
  }
}

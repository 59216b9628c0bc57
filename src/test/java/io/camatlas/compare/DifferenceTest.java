package io.camatlas.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.camatlas.compare.TwoSamples.Side;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Numbers of SciPy 1.16 where a test of its own exists, else of a literal rewrite in NumPy. */
class DifferenceTest {
  private static final Offset<Double> CLOSE = within(1e-7);
  private static final float[] FROM = {.1f, .4f, .35f, .8f, .55f, .62f, .2f};
  private static final float[] WITH = {.15f, .5f, .3f, .95f, .7f, .6f, .35f};
  private static final float[] FROM_ONLY = {.2f, .25f, .3f, .1f, .15f, .4f};
  private static final float[] WITH_ONLY = {.6f, .5f, .7f, .55f, .9f};

  private static TwoSamples pairs() {
    TwoSamples samples = new TwoSamples(1);
    for (int i = 0; i < FROM.length; i++) {
      samples.addPair(new float[] {FROM[i]}, new float[] {WITH[i]});
    }
    return samples;
  }

  private static TwoSamples add(TwoSamples samples, Side side, float... values) {
    for (float value : values) {
      samples.add(side, new float[] {value});
    }
    return samples;
  }

  private static Difference means(TwoSamples samples) {
    return Difference.ofMeans(samples.component(0));
  }

  private static Difference shares(TwoSamples samples) {
    return Difference.ofShares(samples.component(0));
  }

  @Test
  void pairsAreComparedByThePairedTest() {
    Difference difference = means(pairs());
    assertThat(difference.p()).isCloseTo(0.05532352211289352, CLOSE);
    assertThat(difference.low()).isCloseTo(-0.0023712307810935945, CLOSE);
    assertThat(difference.high()).isCloseTo(0.15379979616405104, CLOSE);
    assertThat(difference.pairs()).isEqualTo(7);
  }

  @Test
  void separateSamplesAreComparedByTheLessSureOfWelchsAndStudentsTest() {
    TwoSamples samples = add(new TwoSamples(1), Side.FROM, FROM);
    Difference difference = means(add(samples, Side.WITH, .9f, .3f, .5f, .75f, .8f, .77f));
    assertThat(difference.gap()).isCloseTo(0.23857142066671733, CLOSE);
    assertThat(difference.p()).isCloseTo(0.09553264242249014, CLOSE);
    assertThat(difference.low()).isCloseTo(-0.04942891429048474, CLOSE);
    assertThat(difference.high()).isCloseTo(0.5265717556239193, CLOSE);
  }

  @Test
  void pairsAndOthersAreStrata() {
    TwoSamples samples = add(add(pairs(), Side.FROM, FROM_ONLY), Side.WITH, WITH_ONLY);
    Difference difference = means(samples);
    assertThat(difference.n()).isEqualTo(13);
    assertThat(difference.withN()).isEqualTo(12);
    assertThat(difference.gap()).isCloseTo(0.22503649258483066, CLOSE);
    assertThat(difference.p()).isCloseTo(0.0002547457154321043, CLOSE);
    assertThat(difference.low()).isCloseTo(0.13435921917168847, CLOSE);
    assertThat(difference.high()).isCloseTo(0.31571376599797285, CLOSE);
    assertThat(difference.rest().n()).isEqualTo(6);
    assertThat(difference.mean()).isCloseTo(0.34467153756940455, CLOSE);
    assertThat(difference.rest().withMean()).isCloseTo(0.65, CLOSE);
    assertThat(difference.rest().p()).isCloseTo(0.0016446950019906486, CLOSE);
  }

  /** Another choice of images is no change of the model. */
  @Test
  void fewOtherImagesAreLeftOutWhereThereArePairs() {
    TwoSamples samples = add(add(pairs(), Side.FROM, FROM_ONLY), Side.WITH, .9f, .95f);
    assertThat(means(samples)).isEqualTo(means(pairs()));
    TwoSamples shares = new TwoSamples(1);
    for (int i = 0; i < 40; i++) {
      shares.addPair(new float[] {1}, new float[] {1});
    }
    assertThat(shares(add(shares, Side.FROM, 0, 10)).p()).isEqualTo(1);
    assertThat(shares(shares).gap()).isZero();
  }

  /** The second is better on the pairs and equal on all others, which are harder. */
  @Test
  void anotherMixOfImagesIsNoDifference() {
    TwoSamples samples =
        add(add(shares(840, 10, 60, 90), Side.FROM, 10, 20), Side.WITH, 500, 1_000);
    Difference better = shares(samples);
    assertThat(better.gap()).isPositive();
    assertThat(better.low()).isPositive();
    assertThat(better.p()).isLessThan(1e-6);
    TwoSamples same = add(add(shares(900, 0, 0, 100), Side.FROM, 5, 10), Side.WITH, 500, 1_000);
    assertThat(shares(same).gap()).isCloseTo(0, CLOSE);
    assertThat(shares(same).p()).isEqualTo(1);
  }

  /** Shares of feature maps are mostly zero. */
  @Test
  void aSmallSampleOfZerosProvesNothing() {
    Random random = new Random(7);
    int wrong = 0;
    for (int run = 0; run < 200; run++) {
      TwoSamples samples = new TwoSamples(1);
      for (int i = 0; i < 525; i++) {
        float value = random.nextInt(10) == 0 ? 0.1f + 0.4f * random.nextFloat() : 0;
        samples.add(i < 20 ? Side.FROM : Side.WITH, new float[] {value});
      }
      wrong += means(samples).p() < 0.001 ? 1 : 0;
    }
    assertThat(wrong).isLessThanOrEqualTo(3);
  }

  @Test
  void thoseThatAreTheSameDoNotDiffer() {
    TwoSamples samples = new TwoSamples(1);
    for (float value : FROM) {
      samples.addPair(new float[] {value}, new float[] {value});
    }
    Difference difference = means(samples);
    assertThat(difference.p()).isEqualTo(1);
    assertThat(difference.low()).isZero();
    assertThat(difference.high()).isZero();
  }

  @Test
  void aConstantDifferenceIsAsUnlikelyAsThatAllCoinsFallAlike() {
    TwoSamples samples = new TwoSamples(1);
    for (int i = 0; i < 10; i++) {
      samples.addPair(new float[] {1}, new float[] {2});
    }
    assertThat(means(samples).p()).isEqualTo(Math.pow(2, -9));
  }

  @Test
  void fewImagesAreNotTested() {
    TwoSamples samples = add(new TwoSamples(1), Side.FROM, FROM);
    assertThat(means(add(samples, Side.WITH, 1, 2, 3, 4)).p()).isNaN();
    assertThat(means(add(new TwoSamples(1), Side.FROM, FROM)).withMean()).isNaN();
  }

  private static TwoSamples shares(int both, int lost, int won, int neither) {
    TwoSamples samples = new TwoSamples(1);
    int[] times = {both, lost, won, neither};
    for (int kind = 0; kind < times.length; kind++) {
      for (int i = 0; i < times[kind]; i++) {
        samples.addPair(
            new float[] {kind < 2 ? 1 : 0}, new float[] {kind % 2 == 0 && kind < 3 ? 1 : 0});
      }
    }
    return samples;
  }

  private static TwoSamples add(TwoSamples samples, Side side, int hits, int n) {
    for (int i = 0; i < n; i++) {
      samples.add(side, new float[] {i < hits ? 1 : 0});
    }
    return samples;
  }

  @Test
  void pairedSharesAreComparedByMcNemarsTest() {
    Difference difference = shares(shares(20, 2, 9, 9));
    assertThat(difference.mean()).isCloseTo(22 / 40., CLOSE);
    assertThat(difference.withMean()).isCloseTo(29 / 40., CLOSE);
    assertThat(difference.p()).isCloseTo(0.0654296875, CLOSE);
    assertThat(difference.low()).isCloseTo(0.014471425266821325, CLOSE);
    assertThat(difference.high()).isCloseTo(0.33552857473317865, CLOSE);
  }

  @Test
  void separateSharesAreComparedByFishersTest() {
    TwoSamples samples = add(new TwoSamples(1), Side.FROM, 3, 10);
    Difference difference = shares(add(samples, Side.WITH, 9, 11));
    assertThat(difference.p()).isCloseTo(0.02997312285237981, CLOSE);
    assertThat(difference.low()).isCloseTo(0.1666235935473206, CLOSE);
    assertThat(difference.high()).isCloseTo(0.869740042816316, CLOSE);
  }

  /** 360 images that both saw alike must not hide what 40 others did. */
  @Test
  void replacedImagesAreNotHiddenByTheSharedOnes() {
    TwoSamples samples = add(add(shares(355, 0, 0, 5), Side.FROM, 40, 40), Side.WITH, 31, 40);
    Difference difference = shares(samples);
    assertThat(difference.p())
        .isCloseTo(
            shares(add(add(new TwoSamples(1), Side.FROM, 40, 40), Side.WITH, 31, 40)).p(), CLOSE);
    assertThat(difference.p()).isLessThan(0.01);
    assertThat(difference.gap()).isCloseTo(-9 / 400., CLOSE);
    assertThat(difference.high()).isNegative();
  }

  @Test
  void pairsAndOthersTogetherSayMoreThanEither() {
    TwoSamples both = add(add(shares(20, 8, 1, 1), Side.FROM, 18, 20), Side.WITH, 12, 20);
    double together = shares(both).p();
    assertThat(together).isLessThan(shares(shares(20, 8, 1, 1)).p());
    assertThat(together)
        .isLessThan(shares(add(add(new TwoSamples(1), Side.FROM, 18, 20), Side.WITH, 12, 20)).p());
  }

  @Test
  void aClassThatIsPredictedForTheSameImagesHasNotChanged() {
    Difference same = Difference.ofCounts(new Difference.Predicted(50, 0, 0, 0, 0), 200, 200, 200);
    assertThat(same.p()).isEqualTo(1);
    Difference more = Difference.ofCounts(new Difference.Predicted(50, 1, 20, 0, 0), 200, 200, 200);
    assertThat(more.mean()).isCloseTo(51 / 200., CLOSE);
    assertThat(more.withMean()).isCloseTo(70 / 200., CLOSE);
    assertThat(more.p()).isLessThan(1e-4);
    // One more image in one of them changes nothing.
    assertThat(Difference.ofCounts(new Difference.Predicted(50, 1, 20, 0, 1), 200, 201, 200).p())
        .isEqualTo(more.p());
  }
}

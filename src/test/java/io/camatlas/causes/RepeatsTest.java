package io.camatlas.causes;

import static org.assertj.core.api.Assertions.assertThat;

import io.camatlas.image.Box;
import io.camatlas.image.Cut;
import io.camatlas.image.RgbImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RepeatsTest {
  private static final int SIDE = 300;

  /** Colours of a badge: always the same ones. */
  private static int ink(int x, int y) {
    return (x / 6 + y / 4) % 3 == 0 || (x * x / 40 + y) % 9 < 3 ? 220 : 30;
  }

  /** A picture of waves, the longer the stronger, as in photographs; others for each seed. */
  private static byte[] waves(Random random) {
    double[] sums = new double[SIDE * SIDE];
    for (int k = 0; k < 20; k++) {
      double length = 4 + 90 * random.nextDouble();
      double angle = 2 * Math.PI * random.nextDouble();
      double across = Math.cos(angle) * 2 * Math.PI / length;
      double down = Math.sin(angle) * 2 * Math.PI / length;
      double phase = 7 * random.nextDouble();
      for (int i = 0; i < sums.length; i++) {
        int row = i / SIDE;
        sums[i] += 0.5 * length * Math.sin(i % SIDE * across + row * down + phase);
      }
    }
    byte[] rgb = new byte[3 * sums.length];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) Math.max(0, Math.min(255, 128 + sums[i / 3] + 4 * random.nextGaussian()));
    }
    return rgb;
  }

  /**
   * Cuts at a point near which a badge may be.
   *
   * @param size of the badge, as a share of its own; 0 for none
   */
  private static Cut cut(Random random, double size) {
    byte[] rgb = waves(random);
    int left = 20 + random.nextInt(170);
    int top = 20 + random.nextInt(170);
    for (int y = 0; y < 60 * size; y++) {
      for (int x = 0; x < 60 * size; x++) {
        for (int c = 0; c < 3; c++) {
          rgb[3 * ((top + y) * SIDE + left + x) + c] =
              (byte) ink((int) (x / size), (int) (y / size));
        }
      }
    }
    double middle = 30 * Math.max(size, 0.5);
    double x = (left + middle + random.nextInt(17) - 8) / SIDE;
    double y = (top + middle + random.nextInt(17) - 8) / SIDE;
    return Cut.of(new RgbImage(SIDE, SIDE, rgb), new Box(0, 0, SIDE, SIDE), x, y);
  }

  @Test
  void aBadgeIsRepeatedAndPicturesAreNot() {
    Random random = new Random(1);
    List<Cut> badges = new ArrayList<>();
    List<Cut> plain = new ArrayList<>();
    List<Cut> sizes = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      badges.add(cut(random, i < 12 ? 1 : 0));
      plain.add(cut(random, 0));
      // An object is of another size in each picture.
      sizes.add(cut(random, 0.4 * Math.pow(1.08, i)));
    }
    assertThat(Repeats.of(badges).images()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    assertThat(Repeats.of(plain).images()).isEmpty();
    // Each needs at least ten others.
    assertThat(Repeats.of(badges).compared()).isEqualTo(20);
    assertThat(Repeats.of(badges.subList(0, 11)).isOfEnough()).isTrue();
    assertThat(Repeats.of(badges.subList(0, 10)).compared()).isZero();
    // A tenth is enough, three images are not.
    List<Cut> rare = new ArrayList<>(plain);
    rare.addAll(badges.subList(0, 4));
    assertThat(Repeats.of(rare).images()).contains(20, 21, 22, 23).hasSizeLessThan(6);
    assertThat(Repeats.of(rare.subList(0, 23)).images()).doesNotContain(20, 21, 22);
    assertThat(Repeats.of(sizes).images()).hasSizeLessThan(4);
  }

  @Test
  void copiesOfOnePictureAreNoRepeats() {
    Cut one = cut(new Random(2), 0);
    Repeats.Found found = Repeats.of(java.util.Collections.nCopies(20, one));
    assertThat(found.images()).isEmpty();
    assertThat(found.isOfEnough()).isFalse();
  }

  @Test
  void plainPartsAreNoRepeats() {
    List<Cut> plain = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      byte[] rgb = waves(new Random(i));
      for (int j = 0; j < 100 * 3 * SIDE; j++) {
        rgb[j] = 77;
      }
      plain.add(Cut.of(new RgbImage(SIDE, SIDE, rgb), new Box(0, 0, SIDE, SIDE), 0.5, 0.05));
    }
    assertThat(plain).allMatch(Cut::isPlain);
    assertThat(Repeats.of(plain)).isEqualTo(new Repeats.Found(20, List.of()));
    assertThat(Repeats.of(plain.subList(0, 10)).isOfEnough()).isFalse();
  }

  /** A horizon is like any other one. */
  @Test
  void singleEdgesAreNoRepeats() {
    List<Cut> edges = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Random random = new Random(i);
      byte[] rgb = new byte[3 * SIDE * SIDE];
      double slope = random.nextDouble();
      for (int j = 0; j < rgb.length; j++) {
        int pixel = j / 3;
        int row = pixel / SIDE;
        boolean above = row - SIDE / 2 < slope * (pixel % SIDE - SIDE / 2.0);
        rgb[j] = (byte) ((above ? 190 : 60) + random.nextInt(7));
      }
      edges.add(Cut.of(new RgbImage(SIDE, SIDE, rgb), new Box(0, 0, SIDE, SIDE), 0.5, 0.5));
    }
    assertThat(edges).allMatch(Cut::isPlain);
    assertThat(Repeats.of(edges).images()).isEmpty();
  }

  @Test
  void smallPicturesPaddingAndEdgesAreCutToo() {
    byte[] rgb = new byte[3 * 10 * 6];
    new Random(3).nextBytes(rgb);
    RgbImage small = new RgbImage(10, 6, rgb);
    // The network sees padding above and below.
    Cut cut = Cut.of(small, new Box(0, -2, 10, 8), 1, 0);
    assertThat(cut.part().width()).isEqualTo(24);
    Cut.Wanted wanted = new Cut.Wanted(List.of(cut));
    assertThat(wanted.areFoundIn(cut)[0]).isTrue();
    assertThat(wanted.areOfTheSamePicture(cut)[0]).isTrue();
  }

  @Test
  void aClassIsSuspectIfItStandsOut() {
    OtherImages chance = new OtherImages(200, 40, 0.4);
    OtherImages none = new OtherImages(200, 0, 1e-6);
    assertThat(new Repeats(48, 16, none).isSuspect()).isTrue();
    assertThat(new Repeats(48, 16, chance).isSuspect()).isFalse();
    assertThat(new Repeats(96, 10, none).isSuspect()).isTrue();
    assertThat(new Repeats(9, 9, none).isSuspect()).isFalse();
  }
}

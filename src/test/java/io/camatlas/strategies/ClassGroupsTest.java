package io.camatlas.strategies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.camatlas.atlas.Examples;
import io.camatlas.atlas.Trait;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClassGroupsTest {
  private static final int MAPS = 20;
  private static final int CELLS = 9;

  /** Images of a class; those with a mark respond in two more feature maps. */
  private static List<Seen> images(int n, int marked, long seed) {
    Random random = new Random(seed);
    List<Seen> images = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      boolean mark = i % (n / Math.max(1, marked)) == 0 && i / (n / Math.max(1, marked)) < marked;
      float[] map = new float[CELLS];
      float[] weights = new float[MAPS];
      float[] activations = new float[MAPS];
      for (int k = 0; k < MAPS; k++) {
        weights[k] = 0.5f + k % 3;
        activations[k] = (float) Math.abs(random.nextGaussian());
      }
      if (mark) {
        activations[3] += 9;
        activations[7] += 6;
      }
      for (int c = 0; c < CELLS; c++) {
        map[c] = random.nextFloat();
      }
      images.add(
          new Seen(
              new Examples.Image("%05d".formatted(i), null),
              "sha" + i,
              new Member(map, weights, activations),
              true,
              0.9,
              !mark,
              List.of(
                  Trait.ofMetadata("site", mark ? "north" : i % 2 == 0 ? "north" : "south"),
                  Trait.ofPicture("size", random.nextDouble()))));
    }
    return images;
  }

  private static List<Group> groups(List<Seen> images, Splitting rules, Map<String, Integer> into) {
    ClassGroups groups =
        new ClassGroups(
            rules, true, 0, (image, group, distance) -> into.put(image.image().id(), group));
    images.forEach(groups::add);
    return groups.finish();
  }

  @Test
  void aMarkOnAFifthOfTheImagesIsAStrategyOfItsOwn() {
    Map<String, Integer> numbers = new HashMap<>();
    List<Group> groups = groups(images(100, 20, 1), Splitting.INTO_STRATEGIES, numbers);
    assertThat(groups).hasSize(2);
    Group mark = groups.get(1);
    assertThat(mark.own().images()).isEqualTo(20);
    assertThat(mark.share()).isEqualTo(0.2);
    for (int i = 0; i < 100; i++) {
      assertThat(numbers.get("%05d".formatted(i))).isEqualTo(i % 5 == 0 ? 1 : 0);
    }
    assertThat(mark.featureMaps()).extracting(Group.Apart::map).startsWith(7, 3);
    assertThat(mark.difference()[3]).isCloseTo(9, within(1f));
    assertThat(mark.usual()[3]).isCloseTo(0.8f, within(0.3f));
    assertThat(mark.separation()).isGreaterThan(0.9);
    // Its peaks lie off the objects, which is odder than its small share.
    assertThat(mark.offObject()).isEqualTo(1);
    assertThat(mark.suspicion()).isCloseTo(mark.separation(), within(1e-9));
    assertThat(mark.traits().get(0).value()).isEqualTo("north");
    assertThat(mark.traits().get(0).share()).isEqualTo(1);
    assertThat(mark.traits().get(0).q()).isLessThan(0.01);
    assertThat(mark.typical())
        .hasSize(12)
        .isSortedAccordingTo((a, b) -> Double.compare(a.distance(), b.distance()));
    assertThat(groups.get(0).traits()).extracting(Group.Often::value).startsWith("south");
  }

  @Test
  void aClassWithoutStructureHasOneStrategy() {
    int split = 0;
    for (int seed = 0; seed < 20; seed++) {
      split +=
          groups(images(100, 0, seed), Splitting.INTO_STRATEGIES, new HashMap<>()).size() > 1
              ? 1
              : 0;
    }
    assertThat(split).isLessThanOrEqualTo(1);
  }

  /** They lie at one point, which their neighbours' links hardly leave. */
  @Test
  void copiesOfOnePictureAreNoGroup() {
    List<Seen> images = new ArrayList<>(images(100, 0, 1));
    Seen copied = images.get(50);
    for (int i = 0; i < 14; i++) {
      images.add(
          51,
          new Seen(
              new Examples.Image("copy-%02d".formatted(i), null),
              copied.sha256(),
              copied.member(),
              true,
              0.9,
              true,
              copied.traits()));
    }
    Map<String, Integer> numbers = new HashMap<>();
    List<Group> groups = groups(images, Splitting.INTO_STRATEGIES, numbers);
    assertThat(groups).hasSize(1);
    assertThat(groups.get(0).own().images()).isEqualTo(100);
    assertThat(numbers).hasSize(114);
  }

  /** Else a picture that is there often would make any difference a sure one. */
  @ParameterizedTest
  @ValueSource(ints = {100, ClassGroups.MOST_SPLIT + 400})
  void copiesAreAssignedButCountOnce(int n) {
    List<Seen> once = images(n, n / 5, 1);
    List<Seen> often = new ArrayList<>();
    for (Seen image : once) {
      often.add(image);
      for (int copy = 0; copy < (image.member().activations()[3] > 5 ? 9 : 0); copy++) {
        often.add(
            new Seen(
                new Examples.Image(image.image().id() + "-" + copy, null),
                image.sha256(),
                image.member(),
                true,
                0.1,
                false,
                List.of(Trait.ofMetadata("copy", "yes"))));
      }
    }
    Map<String, Integer> numbers = new HashMap<>();
    List<Group> found = groups(often, Splitting.INTO_STRATEGIES, numbers);
    assertThat(numbers).hasSize(often.size());
    assertThat(found).hasSize(2);
    Group mark = found.get(1);
    assertThat(mark.own().images()).isEqualTo(n / 5);
    assertThat(mark.own().right()).isEqualTo(n / 5);
    assertThat(mark.own().confidence()).isCloseTo(0.9, within(1e-6));
    assertThat(mark.typical()).extracting(Group.Typical::sha256).doesNotHaveDuplicates();
    assertThat(mark.traits()).extracting(Group.Often::value).doesNotContain("yes");
  }

  @Test
  void aSmallClassIsNotSplit() {
    List<Group> groups = groups(images(39, 13, 1), Splitting.INTO_STRATEGIES, new HashMap<>());
    assertThat(groups).hasSize(1);
    assertThat(groups.get(0).split()).isEmpty();
    assertThat(groups.get(0).suspicion()).isZero();
    assertThat(groups.get(0).rest().images()).isZero();
  }

  /** Beyond the limit, images are assigned to where their nearest neighbours are. */
  @Test
  void imagesThatAreNotSplitAreAssigned() {
    int n = ClassGroups.MOST_SPLIT + 400;
    Map<String, Integer> numbers = new HashMap<>();
    List<Group> groups = groups(images(n, n / 5, 4), Splitting.INTO_STRATEGIES, numbers);
    assertThat(groups).hasSize(2);
    assertThat(numbers).hasSize(n);
    for (int i = ClassGroups.MOST_SPLIT; i < n; i++) {
      assertThat(numbers.get("%05d".formatted(i))).isEqualTo(i % 5 == 0 ? 1 : 0);
    }
    assertThat(groups.get(1).own().images()).isEqualTo(n / 5);
  }

  /** What is predicted wrongly does not make a group, but belongs to one. */
  @Test
  void wrongPredictionsAreOnlyAssigned() {
    List<Seen> images = new ArrayList<>();
    for (Seen image : images(100, 20, 1)) {
      boolean mark = image.member().activations()[3] > 5;
      images.add(
          new Seen(
              image.image(), image.sha256(), image.member(), !mark, 0.9, null, image.traits()));
    }
    images.sort(Comparator.comparing(Seen::right).reversed());
    List<Group> groups = groups(images, Splitting.INTO_STRATEGIES, new HashMap<>());
    assertThat(groups).hasSize(1);
    assertThat(groups.get(0).own().images()).isEqualTo(100);
    assertThat(groups.get(0).own().accuracy()).isEqualTo(0.8);
    assertThat(groups.get(0).own().hits()).isNaN();
  }

  /** A class that is predicted far more often than it is right has groups nevertheless. */
  @Test
  void wrongPredictionsDoNotTakeThePlaceOfRightOnes() {
    List<Seen> images = new ArrayList<>(images(100, 20, 1));
    for (Seen image : images(2 * ClassGroups.MOST_SPLIT, 0, 2)) {
      images.add(
          new Seen(
              image.image(),
              image.sha256() + "-wrong",
              image.member(),
              false,
              0.9,
              null,
              List.of()));
    }
    List<Group> groups = groups(images, Splitting.INTO_STRATEGIES, new HashMap<>());
    assertThat(groups).hasSize(2);
    assertThat(groups.get(1).own().right()).isEqualTo(20);
    assertThat(groups.stream().mapToLong(group -> group.own().images()).sum())
        .isEqualTo(images.size());
  }

  /** One file under many names, such as a placeholder, is one image. */
  @Test
  void copiesDoNotTakeThePlaceOfDifferentPictures() {
    List<Seen> images = new ArrayList<>(images(100, 20, 1));
    Seen placeholder = images.get(6);
    for (int copy = 0; copy < 2 * ClassGroups.MOST_SPLIT; copy++) {
      images.add(
          6,
          new Seen(
              new Examples.Image("copy-" + copy, null),
              placeholder.sha256(),
              placeholder.member(),
              true,
              0.9,
              null,
              List.of()));
    }
    Map<String, Integer> numbers = new HashMap<>();
    List<Group> groups = groups(images, Splitting.INTO_STRATEGIES, numbers);
    assertThat(groups).hasSize(2);
    assertThat(groups.get(1).own().images()).isEqualTo(20);
    assertThat(numbers).hasSize(images.size());
  }

  /** Where few probabilities are written, those of some labels are not known. */
  @Test
  void aProbabilityThatIsNotKnownIsLeftOutOfTheMean() {
    List<Seen> images = new ArrayList<>();
    for (Seen image : images(40, 0, 1)) {
      images.add(
          new Seen(
              image.image(),
              image.sha256(),
              image.member(),
              true,
              images.size() < 30 ? Double.NaN : 0.25,
              null,
              List.of()));
    }
    List<Group> groups = groups(images, Splitting.INTO_REGIONS, new HashMap<>());
    double sum = 0;
    long known = 0;
    for (Group group : groups) {
      double mean = group.own().confidence();
      assertThat(Double.isNaN(mean) || mean == 0.25).isTrue();
      known += Double.isNaN(mean) ? 0 : 1;
      sum += group.own().images();
    }
    assertThat(sum).isEqualTo(40);
    assertThat(known).isPositive();
  }

  @Test
  void regionsAreFoundWithoutAGapBetweenThem() {
    List<Group> regions = groups(images(200, 0, 3), Splitting.INTO_REGIONS, new HashMap<>());
    assertThat(regions).hasSizeGreaterThan(3);
    assertThat(regions).allSatisfy(region -> assertThat(region.own().images()).isGreaterThan(9));
    assertThat(regions.stream().mapToLong(region -> region.own().images()).sum()).isEqualTo(200);
  }

  @Test
  void noImageGivesNoGroup() {
    assertThat(groups(List.of(), Splitting.INTO_STRATEGIES, new HashMap<>())).isEmpty();
  }

  /** Blank maps lie at one point, far from maps that are alike. */
  @Test
  void blankMapsAreNoGroup() {
    List<Seen> images = new ArrayList<>();
    Random random = new Random(5);
    for (Seen image : images(200, 0, 1)) {
      float[] map = new float[CELLS];
      if (images.size() % 7 != 0) {
        map[4] = 0.9f + 0.02f * random.nextFloat();
        map[5] = 1 - map[4];
      }
      images.add(
          new Seen(
              image.image(),
              image.sha256(),
              new Member(map, image.member().weights(), image.member().activations()),
              true,
              0.9,
              null,
              List.of()));
    }
    assertThat(groups(images, Splitting.INTO_STRATEGIES, new HashMap<>())).hasSize(1);
  }

  @Test
  void blankMapsAndDeadFeatureMapsAreNoProblem() {
    List<Seen> images = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      images.add(
          new Seen(
              new Examples.Image("" + i, null),
              "",
              new Member(new float[CELLS], new float[MAPS], new float[MAPS]),
              null,
              0.5,
              null,
              List.of()));
    }
    List<Group> groups = groups(images, Splitting.INTO_STRATEGIES, new HashMap<>());
    assertThat(groups).hasSize(1);
    assertThat(groups.get(0).own().accuracy()).isNaN();
  }
}

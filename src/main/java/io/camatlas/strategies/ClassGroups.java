package io.camatlas.strategies;

import io.camatlas.atlas.BenjaminiHochberg;
import io.camatlas.atlas.FisherTest;
import io.camatlas.atlas.Moments;
import io.camatlas.atlas.SliceColumn;
import io.camatlas.atlas.Trait;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;

/**
 * Finds the groups of one class's images. The first images are kept and split, of copies of a
 * picture one; later ones are assigned as they come, so memory does not grow with the class.
 *
 * <p>Copies are assigned, too, but groups count each picture once: tests take what they count as
 * independent.
 */
public final class ClassGroups {
  /** So many different images are split; beyond, images are assigned. */
  public static final int MOST_SPLIT = 2_000;

  /** More copies are not waited with, or one picture would fill the memory. */
  private static final int MOST_COPIES = 100_000;

  private static final int TYPICAL = 12;
  private static final int MOST_TRAITS = 128;
  private static final int TRAITS_SHOWN = 5;
  private static final int MAPS_SHOWN = 5;
  private static final double SURE = 0.05;

  private final Splitting rules;
  private final boolean onlyRight;
  private final long seed;
  private final List<Seen> first = new ArrayList<>();
  private final Map<String, Seen> different = new LinkedHashMap<>();
  private final Sink sink;
  private StrategyTree tree;

  /** The picture that was counted last. */
  private String counted = "";

  private int[] numbers;
  private Sums[] groups;
  private final TreeMap<Trait.Name, SliceColumn<GroupCell>> columns = new TreeMap<>();

  /** Receives each image with its group. */
  @FunctionalInterface
  public interface Sink {
    /**
     * An image was assigned.
     *
     * @param group its number
     * @param distance from the group's middle; NaN if the class is not split
     */
    void assigned(Seen image, int group, double distance);
  }

  /**
   * Begins a class.
   *
   * @param rules when it is split
   * @param onlyRight whether images whose label is another class are only assigned
   * @param seed of all draws
   * @param sink receives the images, in any order
   */
  public ClassGroups(Splitting rules, boolean onlyRight, long seed, Sink sink) {
    this.rules = rules;
    this.onlyRight = onlyRight;
    this.seed = seed;
    this.sink = sink;
  }

  /**
   * Adds an image; which come first depends on nothing but the images. Copies of a picture come one
   * after the other; images that are only assigned because they are wrong come last.
   */
  public void add(Seen image) {
    if (tree == null
        && !first.isEmpty()
        && isOnlyAssigned(image)
        && !isOnlyAssigned(first.get(0))) {
      split();
    }
    if (tree != null) {
      assign(image);
      return;
    }
    Seen same = different.putIfAbsent(image.sha256(), image);
    first.add(same == null ? image : image.asCopyOf(same));
    if (different.size() == MOST_SPLIT || first.size() == MOST_SPLIT + MOST_COPIES) {
      split();
    }
  }

  /** Where all are wrong, wrong ones are split after all. */
  private boolean isOnlyAssigned(Seen image) {
    return onlyRight && Boolean.FALSE.equals(image.right());
  }

  private void split() {
    // Copies of one picture lie at one point, and would be a group of their own.
    tree = StrategyTree.of(different.values().stream().map(Seen::member).toList(), rules, seed);
    different.clear();
    int[] sizes = new int[tree.size()];
    Arrays.stream(tree.leaves()).forEach(leaf -> sizes[leaf]++);
    List<Integer> order = new ArrayList<>();
    for (int leaf = 0; leaf < sizes.length; leaf++) {
      order.add(leaf);
    }
    order.sort(
        Comparator.<Integer>comparingInt(leaf -> -sizes[leaf]).thenComparingInt(leaf -> leaf));
    numbers = new int[sizes.length];
    groups = new Sums[sizes.length];
    for (int i = 0; i < groups.length; i++) {
      numbers[order.get(i)] = i;
      groups[i] = new Sums(tree.path(order.get(i)));
    }
    first.forEach(this::assign);
    first.clear();
  }

  private void assign(Seen image) {
    StrategyTree.Place place = tree.place(image.member());
    int number = numbers[place.leaf()];
    sink.assigned(image, number, place.distance());
    if (image.sha256().equals(counted)) {
      return;
    }
    counted = image.sha256();
    groups[number].add(image, place.distance());
    for (Trait trait : image.traits()) {
      columns
          .computeIfAbsent(
              trait.name(), fresh -> new SliceColumn<>(() -> new GroupCell(groups.length)))
          .add(trait, cell -> cell.add(number, trait.number()));
    }
    while (columns.size() > MOST_TRAITS) {
      columns.pollLastEntry();
    }
  }

  /** What is known of some images. */
  private static final class Sums {
    private final List<StrategyTree.Split> path;
    private long images;
    private long labelled;
    private long right;
    private Moments confidence = Moments.EMPTY;
    private long judged;
    private long onObject;
    private double[] map = {};
    private double[] weights = {};
    private double[] activations = {};

    /** The farthest first. */
    private final PriorityQueue<Group.Typical> typical =
        new PriorityQueue<>(
            Comparator.comparingDouble(Group.Typical::distance)
                .thenComparing(Group.Typical::image)
                .reversed());

    Sums(List<StrategyTree.Split> path) {
      this.path = path;
    }

    void add(Seen image, double distance) {
      if (images == 0) {
        map = new double[image.member().map().length];
        weights = new double[image.member().weights().length];
        activations = new double[weights.length];
      }
      images++;
      labelled += image.right() == null ? 0 : 1;
      right += Boolean.TRUE.equals(image.right()) ? 1 : 0;
      if (!Double.isNaN(image.confidence())) {
        confidence = confidence.with(image.confidence());
      }
      judged += image.onObject() == null ? 0 : 1;
      onObject += Boolean.TRUE.equals(image.onObject()) ? 1 : 0;
      add(map, image.member().map());
      add(weights, image.member().weights());
      add(activations, image.member().activations());
      if (!Double.isNaN(distance)) {
        typical.add(new Group.Typical(image.image(), image.sha256(), distance));
        if (typical.size() > TYPICAL) {
          typical.remove();
        }
      }
    }

    private static void add(double[] sums, float[] values) {
      for (int i = 0; i < sums.length && i < values.length; i++) {
        sums[i] += values[i];
      }
    }

    void merge(Sums other) {
      if (other.images == 0) {
        return;
      }
      map = sum(map, other.map);
      weights = sum(weights, other.weights);
      activations = sum(activations, other.activations);
      images += other.images;
      labelled += other.labelled;
      right += other.right;
      confidence = confidence.merge(other.confidence);
      judged += other.judged;
      onObject += other.onObject;
    }

    private static double[] sum(double[] one, double[] other) {
      double[] sum = other.clone();
      for (int i = 0; i < one.length; i++) {
        sum[i] += one[i];
      }
      return sum;
    }

    Group.Counts counts() {
      return new Group.Counts(
          images,
          labelled,
          right,
          confidence.meanOrNaN(),
          judged,
          onObject,
          Arrays.stream(map).map(cell -> cell / images).toArray());
    }
  }

  /** The groups, the largest of the split images first; none if there was no image. */
  public List<Group> finish() {
    if (tree == null) {
      if (first.isEmpty()) {
        return List.of();
      }
      split();
    }
    List<List<Group.Often>> often = often();
    List<Group> found = new ArrayList<>();
    for (int i = 0; i < groups.length; i++) {
      Sums rest = new Sums(List.of());
      for (int j = 0; j < groups.length; j++) {
        if (j != i) {
          rest.merge(groups[j]);
        }
      }
      found.add(
          new Group(
              i,
              groups[i].path,
              groups[i].counts(),
              rest.counts(),
              rest.images == 0 ? List.of() : apart(groups[i], rest),
              difference(groups[i], rest),
              usual(rest),
              often.get(i),
              groups[i].typical.stream()
                  .sorted(
                      Comparator.comparingDouble(Group.Typical::distance)
                          .thenComparing(Group.Typical::image))
                  .toList()));
    }
    return found;
  }

  private static float[] usual(Sums rest) {
    float[] usual = new float[rest.activations.length];
    for (int k = 0; k < usual.length; k++) {
      usual[k] = (float) (rest.activations[k] / rest.images);
    }
    return usual;
  }

  private static float[] difference(Sums own, Sums rest) {
    float[] difference = usual(rest);
    for (int k = 0; k < difference.length; k++) {
      difference[k] = (float) (own.activations[k] / own.images - difference[k]);
    }
    return difference;
  }

  private static List<Group.Apart> apart(Sums own, Sums rest) {
    int maps = own.weights.length;
    double[] gaps = new double[maps];
    double all = 0;
    for (int k = 0; k < maps; k++) {
      double weight = (own.weights[k] + rest.weights[k]) / (own.images + rest.images);
      gaps[k] = weight * (own.activations[k] / own.images - rest.activations[k] / rest.images);
      all += Math.max(0, gaps[k]);
    }
    List<Group.Apart> apart = new ArrayList<>();
    for (int k = 0; k < maps; k++) {
      if (gaps[k] > 0) {
        apart.add(
            new Group.Apart(
                k,
                gaps[k] / all,
                own.activations[k] / own.images,
                rest.activations[k] / rest.images));
      }
    }
    apart.sort(
        Comparator.comparingDouble(Group.Apart::share)
            .reversed()
            .thenComparingInt(Group.Apart::map));
    return apart.subList(0, Math.min(MAPS_SHOWN, apart.size()));
  }

  private record Tested(int group, Group.Often often) {}

  private List<List<Group.Often>> often() {
    List<Tested> tested = new ArrayList<>();
    for (Map.Entry<Trait.Name, SliceColumn<GroupCell>> entry : columns.entrySet()) {
      List<SliceColumn.Group<GroupCell>> values = entry.getValue().groups();
      long[] known = new long[groups.length];
      values.forEach(
          value -> {
            for (int i = 0; i < known.length; i++) {
              known[i] += value.cell().count(i);
            }
          });
      long all = Arrays.stream(known).sum();
      for (SliceColumn.Group<GroupCell> value : values) {
        for (int i = 0; i < known.length; i++) {
          long n = value.cell().count(i);
          long rest = value.cell().images() - n;
          long restKnown = all - known[i];
          // A value that all have tells nothing apart.
          if (known[i] > 0 && restKnown > 0 && n + rest < all) {
            double share = (double) n / known[i];
            double restShare = (double) rest / restKnown;
            tested.add(
                new Tested(
                    i,
                    new Group.Often(
                        entry.getKey(),
                        value.value(),
                        n,
                        share,
                        restShare,
                        FisherTest.p(n, known[i], rest, restKnown),
                        1)));
          }
        }
      }
    }
    double[] q = BenjaminiHochberg.q(tested.stream().mapToDouble(one -> one.often.p()).toArray());
    List<List<Group.Often>> found = new ArrayList<>();
    for (int i = 0; i < groups.length; i++) {
      found.add(new ArrayList<>());
    }
    for (int t = 0; t < q.length; t++) {
      Tested one = tested.get(t);
      Group.Often often = one.often;
      if (q[t] <= SURE && often.share() > often.restShare()) {
        found
            .get(one.group)
            .add(
                new Group.Often(
                    often.trait(),
                    often.value(),
                    often.n(),
                    often.share(),
                    often.restShare(),
                    often.p(),
                    q[t]));
      }
    }
    for (List<Group.Often> own : found) {
      own.sort(
          Comparator.<Group.Often>comparingDouble(one -> one.restShare() - one.share())
              .thenComparing(Group.Often::trait)
              .thenComparing(Group.Often::value));
    }
    return found.stream()
        .map(own -> own.subList(0, Math.min(TRAITS_SHOWN, own.size())))
        .map(List::copyOf)
        .toList();
  }
}

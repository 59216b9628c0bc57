package io.camatlas.strategies;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;

/**
 * Images of a class, split in two as long as the two are clearly apart (recursive normalised cuts,
 * Shi and Malik 2000, on the {@value #AXES} first principal axes).
 *
 * <p>Images that were not among those it was made from are assigned to the side on which most of
 * their nearest neighbours lie.
 */
public final class StrategyTree {
  private static final int AXES = 8;
  private static final int NEAREST = 5;

  /** A split is repeated on so many halves of the images, of large groups on fewer. */
  private static final int HALVES = 20;

  private static final int FEWER_HALVES = 8;
  private static final int LARGE = 500;

  /** Without structure, neighbours of as many points are cut so often. */
  private static final int DRAWS = 10;

  private static final int FEWER_DRAWS = 5;

  /** Points without structure are hardly ever cut at more than this. */
  private static final double LARGEST_EXPECTED = 0.5;

  /**
   * How a group was split.
   *
   * @param space what the two sides differ in
   * @param cut the normalised cut between them: 0 if no image of one side is among the nearest of
   *     an image of the other, 2 at most
   * @param expected the mean cut of as many points drawn from one normal distribution with the same
   *     variances; NaN if it was not needed
   * @param stability of halves of the images, how much of the less stable side is found again: mean
   *     Jaccard index with the nearest side, 0 to 1 (Hennig 2007); NaN if it was not needed
   */
  public record Split(Space space, double cut, double expected, double stability) {
    /** How clearly the two are apart: 0 as in one cloud of points, 1 if nothing links them. */
    public double separation() {
      return Math.max(0, 1 - cut / expected) * stability;
    }
  }

  private sealed interface Node {}

  private record Leaf(int number) implements Node {}

  private record Fork(
      Found found, Middle ofFirst, Middle ofSecond, Set<Integer> inSecond, Node first, Node other)
      implements Node {
    /** Where most of the nearest images are. */
    boolean isSecond(double[] at) {
      double[] distances = new double[found.points.length];
      for (int i = 0; i < distances.length; i++) {
        distances[i] = NeighbourGraph.squared(at, found.points[i]);
      }
      int[] nearest = NeighbourGraph.nearest(distances, Math.min(NEAREST, distances.length));
      int votes = 0;
      for (int i : nearest) {
        votes += found.second[i] ? 1 : 0;
      }
      return 2 * votes > nearest.length;
    }

    double distance(double[] at, boolean second) {
      Middle middle = second ? ofSecond : ofFirst;
      return middle.spread > 0
          ? Math.sqrt(NeighbourGraph.squared(at, middle.at)) / middle.spread
          : 0;
    }
  }

  /**
   * The middle of a side.
   *
   * @param spread root mean square distance from it
   */
  private record Middle(double[] at, double spread) {
    static Middle of(double[][] points, boolean[] second, boolean side) {
      double[] at = new double[points[0].length];
      int n = 0;
      for (int i = 0; i < points.length; i++) {
        if (second[i] == side) {
          n++;
          for (int k = 0; k < at.length; k++) {
            at[k] += points[i][k];
          }
        }
      }
      for (int k = 0; k < at.length; k++) {
        at[k] /= n;
      }
      double sum = 0;
      for (int i = 0; i < points.length; i++) {
        sum += second[i] == side ? NeighbourGraph.squared(points[i], at) : 0;
      }
      return new Middle(at, Math.sqrt(sum / n));
    }
  }

  private final Splitting rules;
  private final Random random;
  private final List<List<Split>> paths = new ArrayList<>();
  private final int[] leafOf;
  private final IdentityHashMap<Member, Integer> fitted = new IdentityHashMap<>();
  private final Node root;

  private StrategyTree(List<Member> members, Splitting rules, long seed) {
    this.rules = rules;
    this.random = new Random(seed);
    this.leafOf = new int[members.size()];
    List<Integer> all = new ArrayList<>();
    for (int i = 0; i < members.size(); i++) {
      all.add(i);
      fitted.put(members.get(i), i);
    }
    this.root = grow(members, all, List.of());
  }

  /**
   * Splits images.
   *
   * @param members the images, in an order that depends on nothing but them; at least one
   * @param seed of the halves
   */
  public static StrategyTree of(List<Member> members, Splitting rules, long seed) {
    return new StrategyTree(members, rules, seed);
  }

  /** Number of groups, at least 1. */
  public int size() {
    return paths.size();
  }

  /** The splits that lead to a group, the first first; none if there is one group only. */
  public List<Split> path(int leaf) {
    return paths.get(leaf);
  }

  /** The group of each image that the tree was made from. */
  public int[] leaves() {
    return leafOf.clone();
  }

  /**
   * Where an image lies.
   *
   * @param leaf its group
   * @param distance from the group's middle in units of the root mean square distance of its
   *     images, along the axes of the split that led to it; NaN without a split
   */
  public record Place(int leaf, double distance) {}

  /** The group of an image, whether or not the tree was made from it. */
  public Place place(Member member) {
    Integer known = fitted.get(member);
    Node node = root;
    double distance = Double.NaN;
    while (node instanceof Fork fork) {
      double[] at = fork.found.axes.coordinates(fork.found.vector.apply(member));
      boolean second = known == null ? fork.isSecond(at) : fork.inSecond.contains(leafOf[known]);
      distance = fork.distance(at, second);
      node = second ? fork.other : fork.first;
    }
    return new Place(((Leaf) node).number, distance);
  }

  private Node grow(List<Member> members, List<Integer> own, List<Split> path) {
    Optional<Found> best =
        path.size() < rules.depth()
            ? best(own.stream().map(members::get).toList())
            : Optional.empty();
    if (best.isEmpty()) {
      Leaf leaf = new Leaf(paths.size());
      paths.add(path);
      own.forEach(i -> leafOf[i] = leaf.number);
      return leaf;
    }
    Found found = best.get();
    List<Integer> first = new ArrayList<>();
    List<Integer> other = new ArrayList<>();
    for (int i = 0; i < own.size(); i++) {
      (found.second[i] ? other : first).add(own.get(i));
    }
    List<Split> longer = new ArrayList<>(path);
    longer.add(found.split);
    Node firstNode = grow(members, first, List.copyOf(longer));
    int from = paths.size();
    Node otherNode = grow(members, other, List.copyOf(longer));
    Set<Integer> inSecond = new HashSet<>();
    for (int leaf = from; leaf < paths.size(); leaf++) {
      inSecond.add(leaf);
    }
    return new Fork(
        found,
        Middle.of(found.points, found.second, false),
        Middle.of(found.points, found.second, true),
        inSecond,
        firstNode,
        otherNode);
  }

  private record Found(
      Split split,
      Function<Member, float[]> vector,
      PrincipalAxes axes,
      double[][] points,
      boolean[] second) {}

  private Optional<Found> best(List<Member> members) {
    Found best = null;
    for (Space space : rules.spaces()) {
      Optional<Found> found = split(members, space);
      if (found.isPresent()
          && (best == null || found.get().split.separation() > best.split.separation())) {
        best = found.get();
      }
    }
    return Optional.ofNullable(best);
  }

  private Optional<Found> split(List<Member> members, Space space) {
    int fewest = rules.least(members.size());
    if (members.size() < Math.max(rules.smallest(), 2 * fewest)) {
      return Optional.empty();
    }
    Function<Member, float[]> vector = space.in(members);
    PrincipalAxes axes =
        PrincipalAxes.of(members.stream().map(vector).toArray(float[][]::new), AXES);
    // All are alike.
    if (axes.axes().length == 0) {
      return Optional.empty();
    }
    double[][] points =
        members.stream()
            .map(member -> axes.coordinates(vector.apply(member)))
            .toArray(double[][]::new);
    Optional<NeighbourGraph.Sides> sides = new NeighbourGraph(points).cut(fewest);
    if (sides.isEmpty()) {
      return Optional.empty();
    }
    double cut = sides.get().cut();
    boolean[] second = sides.get().second();
    if (space == Space.MAPS && isOfBlankMaps(members, second)) {
      return Optional.empty();
    }
    double least = rules.leastSeparation();
    if (!(least > 0)) {
      // Regions need not be apart.
      return Optional.of(
          new Found(new Split(space, cut, Double.NaN, Double.NaN), vector, axes, points, second));
    }
    if (cut > (1 - least) * LARGEST_EXPECTED) {
      return Optional.empty();
    }
    double expected = expected(points, fewest);
    if (cut > (1 - least) * expected) {
      return Optional.empty();
    }
    Split split = new Split(space, cut, expected, stability(points, second));
    return split.separation() < least
        ? Optional.empty()
        : Optional.of(new Found(split, vector, axes, points, second));
  }

  /**
   * Whether most maps of one side are blank: these lie at one point, as copies do, and say nothing
   * of where the network looks.
   */
  private static boolean isOfBlankMaps(List<Member> members, boolean[] second) {
    int[] blank = new int[2];
    int[] all = new int[2];
    for (int i = 0; i < second.length; i++) {
      int side = second[i] ? 1 : 0;
      all[side]++;
      blank[side] += members.get(i).isBlank() ? 1 : 0;
    }
    return 2 * blank[0] > all[0] || 2 * blank[1] > all[1];
  }

  /** The mean cut of normally distributed points with the same variances along the axes. */
  private double expected(double[][] points, int least) {
    int n = points.length;
    double[] deviations = new double[points[0].length];
    for (double[] point : points) {
      for (int k = 0; k < deviations.length; k++) {
        deviations[k] += point[k] * point[k];
      }
    }
    Arrays.setAll(deviations, k -> Math.sqrt(deviations[k] / n));
    int draws = n > LARGE ? FEWER_DRAWS : DRAWS;
    double sum = 0;
    double[][] drawn = new double[n][deviations.length];
    for (int t = 0; t < draws; t++) {
      for (double[] point : drawn) {
        Arrays.setAll(point, k -> deviations[k] * random.nextGaussian());
      }
      sum += new NeighbourGraph(drawn).cut(least).map(NeighbourGraph.Sides::cut).orElse(0.0);
    }
    return sum / draws;
  }

  private double stability(double[][] points, boolean[] second) {
    int n = points.length;
    int half = n / 2;
    int times = n > LARGE ? FEWER_HALVES : HALVES;
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      order[i] = i;
    }
    double first = 0;
    double other = 0;
    for (int t = 0; t < times; t++) {
      double[][] some = new double[half][];
      boolean[] sides = new boolean[half];
      for (int i = 0; i < half; i++) {
        int at = i + random.nextInt(n - i);
        int chosen = order[at];
        order[at] = order[i];
        order[i] = chosen;
        some[i] = points[chosen];
        sides[i] = second[chosen];
      }
      Optional<NeighbourGraph.Sides> again = new NeighbourGraph(some).cut(rules.least(half));
      if (again.isPresent()) {
        first += jaccard(sides, again.get().second(), false);
        other += jaccard(sides, again.get().second(), true);
      }
    }
    return Math.min(first, other) / times;
  }

  /** The Jaccard index of a side with the nearer of two others. */
  private static double jaccard(boolean[] sides, boolean[] others, boolean side) {
    int own = 0;
    int[] both = new int[2];
    int[] sizes = new int[2];
    for (int i = 0; i < sides.length; i++) {
      int of = others[i] ? 1 : 0;
      sizes[of]++;
      if (sides[i] == side) {
        own++;
        both[of]++;
      }
    }
    double best = 0;
    for (int of = 0; of < 2; of++) {
      int all = own + sizes[of] - both[of];
      best = Math.max(best, all > 0 ? (double) both[of] / all : 0);
    }
    return best;
  }
}

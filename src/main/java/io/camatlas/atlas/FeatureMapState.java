package io.camatlas.atlas;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * How much a class's explanations rely on each feature map.
 *
 * <p>The relevance of feature map k is |w_k Σ_ij A_k,ij|; its share is its relevance divided by the
 * sum over all feature maps. Images without any relevance are left out of the shares. Mutable; not
 * thread-safe.
 */
public final class FeatureMapState {
  /** Raised whenever the written format changes; states that hold this one add it to theirs. */
  static final int VERSION = Examples.VERSION;

  /** How many of an image's most relevant feature maps count as its first. */
  public static final int FIRST = 5;

  /** So many of the largest mean share count as drawn on. */
  private static final int BEST = 20;

  private final VectorMoments shares;
  private final VectorMeans activations;
  private final long[] among;
  private final Examples byRelevance;
  private final Examples byActivation;

  /**
   * Creates an empty state.
   *
   * @param maps K
   * @param examples images kept for each feature map
   */
  public FeatureMapState(int maps, int examples) {
    this(
        new VectorMoments(maps),
        new VectorMeans(maps),
        new long[maps],
        new Examples(maps, examples),
        new Examples(maps, examples));
  }

  private FeatureMapState(
      VectorMoments shares,
      VectorMeans activations,
      long[] among,
      Examples byRelevance,
      Examples byActivation) {
    this.shares = shares;
    this.activations = activations;
    this.among = among;
    this.byRelevance = byRelevance;
    this.byActivation = byActivation;
  }

  /**
   * Adds one image.
   *
   * @param relevance of the row
   * @throws StateException if the number of feature maps differs
   */
  public void add(ExplainedRow row, Relevance relevance) {
    float[] relevances = relevance.values();
    activations.add(row.featureMaps().meanActivations());
    if (relevance.total() > 0) {
      shares.add(relevances, 1 / relevance.total());
      countFirst(relevances);
    }
    byRelevance.add(row.image(), relevances, row.featureMaps().maxCells());
    byActivation.add(row.image(), row.featureMaps().maxActivations(), row.featureMaps().maxCells());
  }

  /** Counts the most relevant feature maps; ties go to the lower index. */
  private void countFirst(float[] relevances) {
    int[] first = new int[Math.min(FIRST, relevances.length)];
    int found = 0;
    float least = Float.MIN_VALUE;
    for (int k = 0; k < relevances.length; k++) {
      float value = relevances[k];
      if (value < least || (found == first.length && value == least)) {
        continue;
      }
      int place = found < first.length ? found++ : found - 1;
      while (place > 0 && relevances[first[place - 1]] < value) {
        first[place] = first[place - 1];
        place--;
      }
      first[place] = k;
      if (found == first.length) {
        least = relevances[first[found - 1]];
      }
    }
    for (int i = 0; i < found; i++) {
      among[first[i]]++;
    }
  }

  /**
   * Merges another part into this one.
   *
   * @throws StateException if the number of feature maps differs
   */
  public void merge(FeatureMapState other) {
    shares.merge(other.shares);
    activations.merge(other.activations);
    for (int k = 0; k < among.length; k++) {
      among[k] += other.among[k];
    }
    byRelevance.merge(other.byRelevance);
    byActivation.merge(other.byActivation);
  }

  /** Share of each feature map in an image's relevance, 0 to 1, {@code [K]}. */
  public VectorMoments shares() {
    return shares;
  }

  /** Mean activation of each feature map over an image, {@code [K]}. */
  public VectorMeans activations() {
    return activations;
  }

  /**
   * Number of images in which each feature map is among the {@value #FIRST} most relevant, {@code
   * [K]}.
   */
  public long[] amongFirst() {
    return among.clone();
  }

  /** Feature maps by descending mean share; ties by ascending index. */
  public int[] ranking() {
    Integer[] order = new Integer[among.length];
    Arrays.setAll(order, k -> k);
    if (shares.count() > 0) {
      Arrays.sort(
          order, (a, b) -> Double.compare(shares.mean(b), shares.mean(a))); // stable, so by index
    }
    return Arrays.stream(order).mapToInt(Integer::intValue).toArray();
  }

  /**
   * The feature maps that the images draw on, in ascending order: those among the {@value #FIRST}
   * most relevant of any image, and the twenty with the largest mean share. None if the maps of all
   * images are blank.
   */
  public int[] drawnOn() {
    if (shares.count() == 0) {
      return new int[0];
    }
    int[] best = Arrays.copyOf(ranking(), Math.min(BEST, among.length));
    return IntStream.concat(
            IntStream.of(best), IntStream.range(0, among.length).filter(k -> among[k] > 0))
        .distinct()
        .sorted()
        .toArray();
  }

  /** Images with the largest relevance of each feature map. */
  public Examples byRelevance() {
    return byRelevance;
  }

  /** Images with the largest activation of each feature map. */
  public Examples byActivation() {
    return byActivation;
  }

  /** Approximate memory use, in bytes. */
  long bytes() {
    return 36L * among.length + byRelevance.bytes() + byActivation.bytes();
  }

  void write(DataOutput out) throws IOException {
    shares.write(out);
    activations.write(out);
    Bulk.write(out, among);
    byRelevance.write(out);
    byActivation.write(out);
  }

  static FeatureMapState read(DataInput in) throws IOException {
    VectorMoments shares = VectorMoments.read(in);
    VectorMeans activations = VectorMeans.read(in);
    long[] among = Bulk.longs(in, shares.length());
    return new FeatureMapState(shares, activations, among, Examples.read(in), Examples.read(in));
  }
}

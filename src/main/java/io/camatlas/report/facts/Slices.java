package io.camatlas.report.facts;

import io.camatlas.atlas.SliceMeasure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What sets images of a class apart from others of it, apart from what they show. */
public final class Slices {
  /** No comparison was made. */
  public static final Slices NONE = new Slices(List.of(), Map.of(), List.of());

  private final Map<Integer, Long> compared;
  private final long allCompared;
  private final List<String> givenUp;
  private final List<SliceReport> different = new ArrayList<>();
  private final Map<Integer, List<SliceReport>> differentByClass = new HashMap<>();
  private final Map<Integer, List<SliceReport>> byClass = new HashMap<>();

  /** What is compared: the groups of a trait in a class. */
  private record Comparison(int classIndex, boolean ofPicture, String trait, SliceMeasure measure) {
    static Comparison of(SliceReport one) {
      return new Comparison(
          one.classIndex(), one.trait().ofPicture(), one.trait().name(), one.measure());
    }
  }

  /**
   * @param groups groups of images that surely differ, the most important first, and the accuracy
   *     of those that differ surely in their confidence
   * @param compared number of comparisons that were made in each class, by its index; -1 for all
   *     classes together
   * @param givenUp traits that make no groups, as each of them has too many values, or too long
   *     ones
   */
  public Slices(List<SliceReport> groups, Map<Integer, Long> compared, List<String> givenUp) {
    this.compared = Map.copyOf(compared);
    allCompared = compared.values().stream().mapToLong(Long::longValue).sum();
    this.givenUp = List.copyOf(givenUp);
    Map<Comparison, List<SliceReport>> together = new HashMap<>();
    for (SliceReport one : groups) {
      byClass.computeIfAbsent(one.classIndex(), any -> new ArrayList<>()).add(one);
      together.computeIfAbsent(Comparison.of(one), any -> new ArrayList<>()).add(one);
    }
    for (SliceReport one : groups) {
      if (one.isSure() && !hasSmaller(one, together.get(Comparison.of(one)))) {
        different.add(one);
        differentByClass.computeIfAbsent(one.classIndex(), any -> new ArrayList<>()).add(one);
      }
    }
  }

  private static boolean hasSmaller(SliceReport one, List<SliceReport> others) {
    return others.stream()
        .anyMatch(
            other ->
                other.isOtherSideOf(one)
                    && (other.n() < one.n()
                        || (other.n() == one.n()
                            && other.trait().value().compareTo(one.trait().value()) < 0)));
  }

  /** Traits that make no groups, as each of them has too many values, or too long ones. */
  public List<String> givenUp() {
    return givenUp;
  }

  /** Number of comparisons that were made. */
  public long compared() {
    return allCompared;
  }

  /** Number of comparisons that were made in one class; in all classes together for -1. */
  public long comparedIn(int classIndex) {
    return compared.getOrDefault(classIndex, 0L);
  }

  /**
   * Groups that surely differ. Where there are but two, one says it all: the smaller.
   *
   * @return the most important first
   */
  public List<SliceReport> different() {
    return different;
  }

  /** Those of one class; of all classes together for -1. */
  public List<SliceReport> differentOf(int classIndex) {
    return differentByClass.getOrDefault(classIndex, List.of());
  }

  /** What is known of all groups of one class. */
  public List<SliceReport> of(int classIndex) {
    return byClass.getOrDefault(classIndex, List.of());
  }

  /** Another measure of the same images. */
  public Optional<SliceReport> beside(SliceReport one, SliceMeasure measure) {
    return of(one.classIndex()).stream()
        .filter(other -> other.trait().equals(one.trait()) && other.measure() == measure)
        .findFirst();
  }
}

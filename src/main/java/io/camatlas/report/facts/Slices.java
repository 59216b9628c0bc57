package io.camatlas.report.facts;

import java.util.List;
import java.util.Optional;

/**
 * What sets images of a class apart from others of it, apart from what they show.
 *
 * @param groups groups of images that surely differ, the most important first, and the accuracy of
 *     those that differ surely in another measure only
 * @param compared number of comparisons that were made
 */
public record Slices(List<SliceReport> groups, long compared) {
  /** No comparison was made. */
  public static final Slices NONE = new Slices(List.of(), 0);

  /**
   * Groups that surely differ. Where there are but two, one says it all: the smaller.
   *
   * @return the most important first
   */
  public List<SliceReport> different() {
    return groups.stream().filter(one -> one.isSure() && !hasSmaller(one)).toList();
  }

  private boolean hasSmaller(SliceReport one) {
    return groups.stream()
        .anyMatch(
            other ->
                other.isOtherSideOf(one)
                    && (other.n() < one.n()
                        || (other.n() == one.n()
                            && other.trait().value().compareTo(one.trait().value()) < 0)));
  }

  /** Those of one class; of all classes together for -1. */
  public List<SliceReport> differentOf(int classIndex) {
    return different().stream().filter(one -> one.classIndex() == classIndex).toList();
  }

  /** What is known of all groups of one class. */
  public List<SliceReport> of(int classIndex) {
    return groups.stream().filter(one -> one.classIndex() == classIndex).toList();
  }

  /** Another measure of the same images. */
  public Optional<SliceReport> beside(SliceReport one, String measure) {
    return groups.stream()
        .filter(
            other ->
                other.classIndex() == one.classIndex()
                    && other.trait().equals(one.trait())
                    && other.measure().equals(measure))
        .findFirst();
  }
}

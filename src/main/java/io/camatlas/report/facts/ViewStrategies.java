package io.camatlas.report.facts;

import io.camatlas.strategies.ErrorSlice;
import io.camatlas.strategies.Strategy;
import java.util.Comparator;
import java.util.List;

/**
 * The ways in which a view's network comes to its classes, and similar images that it mistakes.
 *
 * @param searched whether anybody looked for them
 * @param all the strategies of every class
 * @param errors regions of similar images that are surely predicted worse
 */
public record ViewStrategies(boolean searched, List<Strategy> all, List<ErrorSlice> errors) {
  /** Nobody looked for strategies. */
  public static final ViewStrategies UNKNOWN = new ViewStrategies(false, List.of(), List.of());

  public ViewStrategies {
    all = List.copyOf(all);
    errors = List.copyOf(errors);
  }

  /** The strategies of a class, the largest first; empty if it has but one. */
  public List<Strategy> of(int classIndex) {
    return all.stream()
        .filter(one -> one.name().index() == classIndex && one.isApart())
        .sorted(Comparator.comparingInt(Strategy::number))
        .toList();
  }

  /** Number of images of a class that could make groups. */
  public long grouped(int classIndex) {
    return all.stream()
        .filter(one -> one.name().index() == classIndex)
        .mapToLong(one -> one.images() - one.wrong())
        .sum();
  }

  /** The suspicious strategies of a class, the most suspicious first. */
  public List<Strategy> suspicious(int classIndex) {
    return of(classIndex).stream()
        .filter(Strategy::suspicious)
        .sorted(Comparator.comparingInt(Strategy::rank))
        .toList();
  }

  /** Strategies of classes that have several, the most suspicious first. */
  public List<Strategy> ranked() {
    return all.stream()
        .filter(Strategy::isApart)
        .sorted(Comparator.comparingInt(Strategy::rank))
        .toList();
  }

  /** Regions of a class that are predicted worse, the largest difference first. */
  public List<ErrorSlice> errorsOf(int classIndex) {
    return errors.stream()
        .filter(one -> one.name().index() == classIndex)
        .sorted(
            Comparator.<ErrorSlice>comparingDouble(one -> one.accuracy() - one.restAccuracy())
                .thenComparingInt(ErrorSlice::number))
        .toList();
  }
}

package io.camatlas.report.findings;

import io.camatlas.causes.FixedPattern;
import io.camatlas.causes.Place;
import io.camatlas.causes.Suspect;
import io.camatlas.causes.Suspect.Subjects;
import io.camatlas.report.facts.ClassReport;
import io.camatlas.report.facts.FeatureMapReport;
import io.camatlas.report.facts.ViewReport;
import io.camatlas.strategies.Strategy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What a view makes suspect: the places and the feature maps that checks would report, places that
 * fall short of it, what pictures have in common, and suspicious strategies. Experiments on them
 * decide.
 *
 * @param tested those to test, class by class, then patterns, repeats, strategies, and every
 *     class's second part
 * @param leftOut number of others, which stand out less
 */
public record Suspects(List<Suspect> tested, int leftOut) {
  /** Feature maps that one of equal strength is compared with. */
  private static final int OTHERS = 3;

  /** They are drawn from so many whose mean activation is nearest. */
  private static final int NEAREST = 12;

  /** Of so many classes, those with the most maps, a second part is looked for. */
  private static final int SEARCHED = 2_000;

  public Suspects {
    tested = List.copyOf(tested);
  }

  /** A suspect, and how many times as much it holds as would be expected. */
  private record Ranked(Suspect suspect, double times) {}

  /**
   * Lists the suspects of a view.
   *
   * @param pictures what the pictures of classes have in common
   * @param seed of the choice of feature maps to compare with
   * @param most how many places and feature maps may be tested; those that hold most, compared with
   *     their area or with the median class, are kept. Of patterns and of strategies, the same
   *     number
   */
  public static Suspects of(ViewReport report, InPictures pictures, long seed, int most) {
    Function<ClassReport, Optional<HotSpot>> spots = OneSpot.suspectsOf(report);
    double median = OneFeatureMap.medianOfFirst(report);
    List<Ranked> ranked = new ArrayList<>();
    for (ClassReport one : report.classes()) {
      Optional<Ranked> spot =
          spots
              .apply(one)
              .map(
                  found ->
                      new Ranked(
                          ofPlace(
                              report,
                              one,
                              found.asPlace(OneSpot.map(report, one)),
                              Subjects.LABELLED),
                          found.share() / found.area()));
      spot.or(
              () ->
                  FlaggedRegions.worst(report, one)
                      .map(
                          share ->
                              new Ranked(
                                  ofPlace(
                                      report,
                                      one,
                                      new Place(share.region().boxes()),
                                      Subjects.LABELLED),
                                  share.mass() / share.area())))
          .ifPresent(ranked::add);
      AttractingClass.attractedBy(report, one)
          .map(
              found ->
                  new Ranked(
                      ofPlace(
                          report, one, found.asPlace(OneSpot.map(report, one)), Subjects.PREDICTED),
                      found.share() / found.area()))
          .ifPresent(ranked::add);
      OneFeatureMap.carrying(report, one, median)
          .map(
              share ->
                  new Ranked(
                      new Suspect.OfFeatureMap(
                          one.index(), share.map(), others(report, share.map(), seed)),
                      share.share() / median))
          .ifPresent(ranked::add);
    }
    List<Suspect> suspects = new ArrayList<>(strongest(ranked, most));
    int leftOut = ranked.size() - suspects.size();
    List<Ranked> found = new ArrayList<>();
    for (ClassReport one : report.classes()) {
      FixedPattern pattern = pictures.patterns().get(one.index());
      if (pattern != null && one.maps().visible() >= report.fewest()) {
        found.add(
            new Ranked(
                new Suspect.OfPattern(
                    one.index(), pattern, elsewhere(report, one, pattern.place())),
                // What may be the object comes after all that is none.
                pattern.inTheMiddle() ? -1 / pattern.z() : pattern.z()));
      }
    }
    suspects.addAll(strongest(found, most));
    List<Ranked> repeated =
        pictures.repeats().stream().map(one -> new Ranked(one, one.repeats().share())).toList();
    suspects.addAll(strongest(repeated, most));
    leftOut += Math.max(0, repeated.size() - most);
    leftOut += Math.max(0, found.size() - most);
    List<Strategy> suspicious =
        report.strategies().ranked().stream().filter(Strategy::suspicious).toList();
    leftOut += Math.max(0, suspicious.size() - most);
    suspicious.stream()
        .limit(most)
        .forEach(
            one ->
                suspects.add(
                    new Suspect.OfStrategy(
                        one.name().index(), one.number(), SeparateGroup.place(one))));
    report.classes().stream()
        .filter(one -> one.maps().visible() >= report.fewest())
        .sorted(
            Comparator.<ClassReport>comparingLong(one -> -one.maps().visible())
                .thenComparingInt(ClassReport::index))
        .limit(SEARCHED)
        .forEach(one -> suspects.add(new Suspect.OfSecondPart(one.index())));
    return new Suspects(suspects, leftOut);
  }

  /** Those that stand out most, in the order in which they came. */
  private static List<Suspect> strongest(List<Ranked> ranked, int most) {
    Set<Ranked> kept =
        ranked.stream()
            .sorted(Comparator.comparingDouble(one -> -one.times()))
            .limit(most)
            .collect(
                Collectors.toCollection(() -> Collections.newSetFromMap(new IdentityHashMap<>())));
    return ranked.stream().filter(kept::contains).map(Ranked::suspect).toList();
  }

  private static Suspect ofPlace(
      ViewReport report, ClassReport one, Place place, Subjects subjects) {
    return new Suspect.OfPlace(one.index(), place, elsewhere(report, one, place), subjects);
  }

  private static Optional<Place> elsewhere(ViewReport report, ClassReport one, Place place) {
    return report
        .mapBeyondHabits(one)
        .flatMap(mean -> place.elsewhere(mean.values(), mean.height(), mean.width()));
  }

  /** Feature maps drawn at random from those that respond about as strongly. */
  private static List<Integer> others(ViewReport report, int map, long seed) {
    double strength =
        report.featureMaps().stream()
            .filter(one -> one.map() == map)
            .mapToDouble(Suspects::strength)
            .findFirst()
            .orElse(Double.NaN);
    if (!(strength > 0)) {
      return List.of();
    }
    List<Integer> nearest =
        new ArrayList<>(
            report.featureMaps().stream()
                .filter(one -> one.map() != map && strength(one) > 0)
                .sorted(
                    Comparator.<FeatureMapReport>comparingDouble(
                            one -> Math.abs(Math.log(strength(one) / strength)))
                        .thenComparingInt(FeatureMapReport::map))
                .limit(NEAREST)
                .map(FeatureMapReport::map)
                .toList());
    Collections.shuffle(nearest, new Random(seed ^ map));
    return nearest.stream().limit(OTHERS).sorted().toList();
  }

  /** How far setting a feature map to zero moves it; without a ReLU, means may be negative. */
  private static double strength(FeatureMapReport map) {
    return Math.abs(map.activation().mean());
  }
}

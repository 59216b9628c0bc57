package io.camatlas.report.findings;

import io.camatlas.causes.Place;
import io.camatlas.causes.Suspect;
import io.camatlas.causes.Suspect.Subjects;
import io.camatlas.report.facts.ClassReport;
import io.camatlas.report.facts.FeatureMapReport;
import io.camatlas.report.facts.Grid;
import io.camatlas.report.facts.ViewReport;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;

/**
 * What a view makes suspect: the places and the feature maps that checks would report, and places
 * that fall short of it. Experiments on them decide.
 */
public final class Suspects {
  /** Feature maps that one of equal strength is compared with. */
  private static final int OTHERS = 3;

  /** They are drawn from so many whose mean activation is nearest. */
  private static final int NEAREST = 12;

  /** Of so many classes, those with the most maps, a second part is looked for. */
  private static final int SEARCHED = 2_000;

  private Suspects() {}

  /**
   * Lists the suspects of a view, class by class; then every class's second part.
   *
   * @param seed of the choice of feature maps to compare with
   */
  public static List<Suspect> of(ViewReport report, long seed) {
    Function<ClassReport, Optional<HotSpot>> spots = OneSpot.suspectsOf(report);
    double median = OneFeatureMap.medianOfFirst(report);
    List<Suspect> suspects = new ArrayList<>();
    for (ClassReport one : report.classes()) {
      Optional<Place> place =
          spots
              .apply(one)
              .map(spot -> spot.asPlace(OneSpot.map(report, one)))
              .or(
                  () ->
                      FlaggedRegions.worst(report, one)
                          .map(share -> new Place(share.region().boxes())));
      place.ifPresent(found -> suspects.add(ofPlace(report, one, found, Subjects.LABELLED)));
      AttractingClass.attractedBy(report, one)
          .map(spot -> spot.asPlace(OneSpot.map(report, one)))
          .ifPresent(found -> suspects.add(ofPlace(report, one, found, Subjects.PREDICTED)));
      OneFeatureMap.carrying(report, one, median)
          .ifPresent(
              share ->
                  suspects.add(
                      new Suspect.OfFeatureMap(
                          one.index(), share.map(), others(report, share.map(), seed))));
    }
    report.classes().stream()
        .filter(one -> one.maps().visible() >= report.fewest())
        .sorted(
            Comparator.<ClassReport>comparingLong(one -> -one.maps().visible())
                .thenComparingInt(ClassReport::index))
        .limit(SEARCHED)
        .forEach(one -> suspects.add(new Suspect.OfSecondPart(one.index())));
    return suspects;
  }

  private static Suspect ofPlace(
      ViewReport report, ClassReport one, Place place, Subjects subjects) {
    Grid mean = OneSpot.map(report, one);
    return new Suspect.OfPlace(
        one.index(), place, place.elsewhere(mean.values(), mean.height(), mean.width()), subjects);
  }

  /** Feature maps drawn at random from those that respond about as strongly. */
  private static List<Integer> others(ViewReport report, int map, long seed) {
    double strength =
        report.featureMaps().stream()
            .filter(one -> one.map() == map)
            .mapToDouble(one -> one.activation().mean())
            .findFirst()
            .orElse(Double.NaN);
    if (!(strength > 0)) {
      return List.of();
    }
    List<Integer> nearest =
        new ArrayList<>(
            report.featureMaps().stream()
                .filter(one -> one.map() != map && one.activation().mean() > 0)
                .sorted(
                    Comparator.<FeatureMapReport>comparingDouble(
                            one -> Math.abs(Math.log(one.activation().mean() / strength)))
                        .thenComparingInt(FeatureMapReport::map))
                .limit(NEAREST)
                .map(FeatureMapReport::map)
                .toList());
    Collections.shuffle(nearest, new Random(seed ^ map));
    return nearest.stream().limit(OTHERS).sorted().toList();
  }
}

package io.camatlas.report.findings;

import static io.camatlas.report.Numbers.countOf;
import static io.camatlas.report.Numbers.percentOf;

import io.camatlas.atlas.Wilson;
import io.camatlas.report.Numbers;
import io.camatlas.report.facts.ClassReport;
import io.camatlas.report.facts.Grid;
import io.camatlas.report.facts.ViewReport;
import java.util.Optional;
import java.util.function.Function;

/**
 * Attention that gathers in one small place away from the middle, in most images of a class and not
 * in those of other classes.
 */
final class OneSpot implements Check.OfClass {
  /** Largest share of the picture that a spot may cover. */
  private static final double LARGEST = 0.2;

  /** The spot must hold at least this many times the attention that it holds over all classes. */
  private static final double LEAST_LIFT = 1.5;

  /**
   * A spot is suspect if it holds this many times what its area would, of a map without the
   * network's habits. Where objects may be anywhere, the densest rectangle holds two to four times.
   */
  static final double SUSPECT_DENSITY = 5;

  /** The spot must hold at least this share of the class's peaks. */
  static final double LEAST_PEAKS = 0.5;

  /** The share of peaks must also be at least this many times the spot's area. */
  private static final double PEAKS_OVER_AREA = 2;

  @Override
  public boolean isTested() {
    return true;
  }

  @Override
  public String question() {
    return "Does attention gather in one small place?";
  }

  @Override
  public String rule() {
    return ("A class is listed if the densest rectangle of its mean map covers at most %s of the"
            + " picture and is not in the middle. It must hold at least %s times the attention that it"
            + " holds over all classes, the peaks of clearly more than %s of the"
            + " class's maps, and %s times what its area would account for; or, where experiments"
            + " were made, attention %s times its area, and the experiments must confirm it. %s")
        .formatted(
            percentOf(LARGEST),
            Numbers.plain(LEAST_LIFT),
            percentOf(LEAST_PEAKS),
            Numbers.plain(PEAKS_OVER_AREA),
            Numbers.plain(SUSPECT_DENSITY),
            Evidence.RULE);
  }

  @Override
  public String threshold() {
    return "%s times the attention over all classes, in at most %s of the picture"
        .formatted(Numbers.plain(LEAST_LIFT), percentOf(LARGEST));
  }

  /** The spot of a class, if it may be what the class is recognised by. */
  static Function<ClassReport, Optional<HotSpot>> suspectsOf(ViewReport report) {
    Optional<Grid> ofAll = mean(report);
    return one ->
        ofAll.isEmpty() || !isTestable(report, one)
            ? Optional.empty()
            : HotSpot.of(map(report, one))
                .filter(spot -> isSuspect(report, one, spot, ofAll.get()));
  }

  /** The spot of a class, if this check reports it. */
  static Function<ClassReport, Optional<HotSpot>> reportedBy(ViewReport report) {
    Optional<Grid> ofAll = mean(report);
    Function<ClassReport, Optional<HotSpot>> suspects = suspectsOf(report);
    return one ->
        suspects
            .apply(one)
            .filter(
                spot ->
                    standsOut(spot, one, ofAll.get())
                        || Evidence.of(report, one, spot.asPlace(map(report, one))).confirms());
  }

  /** Whether a place is small and away from the middle, where objects lie. */
  static boolean mayBeAFault(HotSpot spot) {
    return !spot.isInTheMiddle() && spot.area() <= LARGEST;
  }

  private static boolean isSuspect(ViewReport report, ClassReport one, HotSpot spot, Grid ofAll) {
    boolean dense = report.knowsHabits(one) && spot.share() >= SUSPECT_DENSITY * spot.area();
    return mayBeAFault(spot) && (dense || standsOut(spot, one, ofAll));
  }

  private static boolean isTestable(ViewReport report, ClassReport one) {
    return one.maps().visible() >= report.fewest()
        && one.maps().mean().isPresent()
        && one.maps().peaks().isPresent();
  }

  private static boolean standsOut(HotSpot spot, ClassReport one, Grid ofAll) {
    double peaks = spot.shareOf(one.maps().peaks().get());
    return Wilson.low(peaks, one.maps().visible())
            >= Math.max(LEAST_PEAKS, PEAKS_OVER_AREA * spot.area())
        && spot.share() >= LEAST_LIFT * spot.shareOf(ofAll);
  }

  @Override
  public Function<ClassReport, Answer> in(ViewReport report) {
    Function<ClassReport, Optional<HotSpot>> spots = reportedBy(report);
    Optional<Grid> ofAll = mean(report);
    return one ->
        isTestable(report, one)
            ? spots
                .apply(one)
                .map(spot -> Answer.failed(finding(report, one, spot, ofAll.get())))
                .orElse(Answer.PASSED)
            : Answer.notTestable("There are too few maps.");
  }

  private static Finding finding(ViewReport report, ClassReport one, HotSpot spot, Grid ofAll) {
    double peaks = spot.shareOf(one.maps().peaks().get());
    Evidence evidence = Evidence.of(report, one, spot.asPlace(map(report, one)));
    return Finding.ofClass(
            report,
            one,
            evidence.severity(),
            evidence.weight(peaks),
            ("%s for class '%s' gathers %s: %s of it lies in %s of the picture. Over all classes"
                        + " %s does. The peak is there in %s of %s images.")
                    .formatted(
                        attention(report, one),
                        one.name(),
                        spot.place(),
                        percentOf(spot.share()),
                        percentOf(spot.area()),
                        percentOf(spot.shareOf(ofAll)),
                        countOf(Math.round(peaks * one.maps().visible())),
                        countOf(one.maps().visible()))
                + evidence.sentences(one, spot.subject()),
            "maps",
            "Mean map")
        .because(evidence.reason(spot.place()))
        .at(spot.asPlace(map(report, one)));
  }

  /** What the map is of in which spots are looked for; begins a sentence. */
  static String attention(ViewReport report, ClassReport one) {
    return report.knowsHabits(one)
        ? "Beyond what the model shows for empty pictures, attention"
        : "Attention";
  }

  /** The map in which spots are looked for: what it has beyond the network's habits. */
  static Grid map(ViewReport report, ClassReport one) {
    return report.mapBeyondHabits(one).orElseThrow();
  }

  /** The mean map of all explanations. */
  static Optional<Grid> mean(ViewReport report) {
    double[] sums = null;
    Grid first = null;
    for (ClassReport one : report.classes()) {
      if (one.maps().mean().isPresent()) {
        Grid mean = map(report, one);
        first = first == null ? mean : first;
        sums = sums == null ? new double[mean.values().length] : sums;
        for (int i = 0; i < sums.length; i++) {
          sums[i] += mean.values()[i] / mean.sum() * one.maps().visible();
        }
      }
    }
    return sums == null
        ? Optional.empty()
        : Optional.of(new Grid(sums, first.height(), first.width()));
  }
}

package io.camatlas.report.findings;

import static io.camatlas.report.Numbers.countOf;
import static io.camatlas.report.Numbers.percentOf;

import io.camatlas.causes.Place;
import io.camatlas.localize.Region;
import io.camatlas.report.Numbers;
import io.camatlas.report.facts.ClassReport;
import io.camatlas.report.facts.ClassReport.RegionShare;
import io.camatlas.report.facts.Grid;
import io.camatlas.report.facts.ViewReport;
import java.util.Optional;
import java.util.function.Function;

/** Attention in a corner or at the border, clearly more than its area and the dataset explain. */
final class FlaggedRegions implements Check.OfClass {
  /** Attention gathers in a region that holds more than this share of the peaks. */
  private static final double MOST_PEAKS = 0.5;

  /** The peaks must also exceed this many times what the region's area accounts for. */
  private static final double PEAKS_OVER_AREA = 2;

  /** The lift over the dataset that gets the largest weight. */
  private static final double GREATEST_LIFT = 4;

  @Override
  public boolean isTested() {
    return true;
  }

  @Override
  public String question() {
    return "Does attention lie at the border or in the corners?";
  }

  @Override
  public String rule() {
    return ("A class is listed if the atlas flags the border or a corner for it: even the low end"
            + " of the 95 %% interval is above the region's area, and well above the share over all"
            + " classes. Attention is said to gather there if the region also holds more than %s of"
            + " the peaks, and more than %s times what its area would account for. A class whose"
            + " attention gathers in one small place is listed there, and not again. %s")
        .formatted(percentOf(MOST_PEAKS), Numbers.plain(PEAKS_OVER_AREA), Evidence.RULE);
  }

  @Override
  public String threshold() {
    return "more attention than the region's area, and well more than over all classes";
  }

  @Override
  public Function<ClassReport, Answer> in(ViewReport report) {
    Function<ClassReport, Optional<HotSpot>> spots = OneSpot.reportedBy(report);
    return one ->
        one.regions().isEmpty() || one.maps().visible() < report.fewest()
            ? Answer.notTestable("There are too few maps.")
            : spots.apply(one).isPresent()
                ? Answer.PASSED
                : worst(report, one)
                    .map(share -> Answer.failed(finding(report, one, share)))
                    .orElse(Answer.PASSED);
  }

  /** The flagged region whose share of the peaks exceeds its area most. */
  static Optional<RegionShare> worst(ViewReport report, ClassReport one) {
    if (one.maps().visible() < report.fewest()) {
      return Optional.empty();
    }
    RegionShare worst = null;
    double worstExcess = 0;
    for (RegionShare share : one.regions()) {
      // Photographers put their subject in the middle, so attention there is expected.
      if (share.flag() && share.region() != Region.CENTRE && isBeyondHabits(report, one, share)) {
        double excess = peaks(one, share.region()) - share.area();
        if (worst == null || excess > worstExcess) {
          worst = share;
          worstExcess = excess;
        }
      }
    }
    return Optional.ofNullable(worst);
  }

  /** Whether more lies in a region than its area, without what padding puts there. */
  private static boolean isBeyondHabits(ViewReport report, ClassReport one, RegionShare share) {
    Grid excess = report.habits().excess().get(one.index());
    return excess == null || excess.sum() == 0 || excess.mass(share.region()) > share.area();
  }

  private static Finding finding(ViewReport report, ClassReport one, RegionShare share) {
    double peaks = peaks(one, share.region());
    boolean gathers = peaks > MOST_PEAKS && peaks > PEAKS_OVER_AREA * share.area();
    String sentence =
        "Attention for class '%s' %s %s: %s of it (95 %% interval %s to %s) lies in %s of the picture."
            .formatted(
                one.name(),
                gathers ? "gathers" : "is unusually strong",
                place(share.region()),
                percentOf(share.mass()),
                percentOf(share.low()),
                percentOf(share.high()),
                percentOf(share.area()));
    if (!Double.isNaN(share.liftOfDataset())) {
      sentence +=
          " That is %s times the share over all classes."
              .formatted(Numbers.plain(share.liftOfDataset()));
    }
    if (!Double.isNaN(peaks)) {
      long maps = one.maps().visible();
      sentence +=
          " The peak is there in %s of %s images."
              .formatted(countOf(Math.round(peaks * maps)), countOf(maps));
    }
    Place place = new Place(share.region().boxes());
    Evidence ofPlace = Evidence.of(report, one, place);
    Evidence evidence = ofPlace.orOfMost(report, one, place);
    String subject = ofPlace.cause().isPresent() ? subject(share.region()) : "its densest part";
    return Finding.ofClass(
            report,
            one,
            evidence.severity(),
            evidence.weight(Math.min(1, gathers ? peaks : share.liftOfDataset() / GREATEST_LIFT)),
            sentence + evidence.sentences(one, subject),
            "regions",
            "Attention by region")
        .because(evidence.reason(place(share.region())))
        .at(new Place(share.region().boxes()));
  }

  private static double peaks(ClassReport one, Region region) {
    return one.maps().peaks().map(peaks -> peaks.share(region)).orElse(Double.NaN);
  }

  static String subject(Region region) {
    return place(region).replaceFirst("^(at|in) ", "");
  }

  static String place(Region region) {
    return switch (region) {
      case BORDER -> "at the border";
      case CORNERS -> "in the corners";
      case CENTRE -> "in the centre";
      default -> "in the " + RegionShare.name(region) + " corner";
    };
  }
}

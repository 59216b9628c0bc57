package io.camatlas.report.findings;

import static io.camatlas.report.Numbers.countOf;
import static io.camatlas.report.Numbers.percentOf;

import io.camatlas.atlas.Wilson;
import io.camatlas.report.Numbers;
import io.camatlas.report.facts.Grid;
import io.camatlas.report.facts.Pages;
import io.camatlas.report.facts.ViewReport;
import java.util.Optional;

/**
 * As {@link OneSpot}, for all classes together: a mark across the whole dataset sets no class apart
 * from the others, and each class may have a single image.
 */
final class OneSpotOverall implements Check.OfView {
  @Override
  public boolean isPooled() {
    return true;
  }

  @Override
  public String question() {
    return "Does attention gather in one small place, whatever the class?";
  }

  @Override
  public String rule() {
    return ("The densest rectangle of the mean map of all explanations is listed if it is as small as"
            + " that of a class may be, not in the middle, holds %s times what its area accounts"
            + " for, and the peaks of clearly more than %s of all maps. This is notable: no"
            + " experiment is made on it. Where it is not so for all, the same is asked of each"
            + " superclass that the model's sidecar names.")
        .formatted(Numbers.plain(OneSpot.SUSPECT_DENSITY), percentOf(OneSpot.LEAST_PEAKS));
  }

  @Override
  public String threshold() {
    return "%s times the attention of its area, and %s of the peaks"
        .formatted(Numbers.plain(OneSpot.SUSPECT_DENSITY), percentOf(OneSpot.LEAST_PEAKS));
  }

  @Override
  public Answer of(ViewReport report) {
    return Pooled.worst(
        of(report, "whatever the class,"),
        Superclasses.answers(report, group -> of(group.report(), group.within() + ",")));
  }

  private static Answer of(ViewReport report, String where) {
    Optional<Grid> mean = OneSpot.mean(report);
    Optional<Grid> peaks = Pooled.peaks(report);
    long maps = report.classes().stream().mapToLong(one -> one.maps().visible()).sum();
    if (mean.isEmpty() || peaks.isEmpty() || maps < report.fewest()) {
      return Answer.notTestable("There are too few maps.");
    }
    return HotSpot.of(mean.get())
        .filter(OneSpot::mayBeAFault)
        .filter(spot -> spot.share() >= OneSpot.SUSPECT_DENSITY * spot.area())
        .filter(
            // Maps of one image are no independent ones.
            spot ->
                Wilson.low(spot.shareOf(peaks.get()), Math.min(maps, report.images()))
                    >= OneSpot.LEAST_PEAKS)
        .map(spot -> Answer.failed(finding(report, where, spot, peaks.get(), maps)))
        .orElse(Answer.PASSED);
  }

  private static Finding finding(
      ViewReport report, String where, HotSpot spot, Grid peaks, long maps) {
    double share = spot.shareOf(peaks);
    return Finding.ofAll(
        Severity.NOTABLE,
        share,
        ("%s attention gathers %s: %s of it lies in %s of the picture, and the peak is there in %s of"
                + " %s maps.")
            .formatted(
                Pooled.begins(where),
                spot.place(),
                percentOf(spot.share()),
                percentOf(spot.area()),
                countOf(Math.round(share * maps)),
                countOf(maps)),
        Pages.overview(report.view().number()) + "#classes",
        "All classes");
  }
}

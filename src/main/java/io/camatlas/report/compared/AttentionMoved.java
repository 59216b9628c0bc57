package io.camatlas.report.compared;

import static io.camatlas.report.Numbers.percentOf;

import io.camatlas.causes.Place;
import io.camatlas.compare.ComparedKind;
import io.camatlas.localize.Region;
import io.camatlas.report.compared.Comparison.Changed;
import io.camatlas.report.compared.Comparison.OfClass;
import io.camatlas.report.findings.PlaceWords;
import io.camatlas.report.findings.Severity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** More, or less, of the attention lies in a corner, at the border or in the centre. */
final class AttentionMoved implements ChangeCheck {
  private static final double LEAST = 0.01;
  private static final double TIMES = 1.25;

  /** A region within another is named if it accounts for so much of the other's change. */
  private static final double MOST_OF = 0.6;

  /**
   * More in a corner or at the border is told before a larger change elsewhere, up to twice its
   * size.
   */
  private static final double MUCH_OF = 0.5;

  /** The change that gets the largest weight. */
  private static final double LARGEST = 0.3;

  @Override
  public String question() {
    return "Does attention move to another part of the picture?";
  }

  @Override
  public String rule() {
    return ("A class is listed if the share of its attention in a corner, in the corners, at the"
            + " border or in the centre differs by at least %s point and a quarter. More in a corner"
            + " or at the border is notable, anything else minor. Of regions that overlap, the"
            + " smallest that accounts for most of the change is named; of others the one that changed"
            + " most, or one with more attention that changed half as much. That shows where the model"
            + " looks, and not that it decides there.")
        .formatted(ChangeWords.points(LEAST));
  }

  @Override
  public boolean isAsked(Comparison comparison, OfClass one) {
    return one.changes().stream().anyMatch(change -> change.kind() == ComparedKind.REGION);
  }

  @Override
  public Optional<Reported> of(Comparison comparison, OfClass one) {
    List<Region> changed = new ArrayList<>();
    for (Region region : Region.values()) {
      if (isChanged(one, region)) {
        changed.add(region);
      }
    }
    List<Region> told =
        changed.stream().filter(region -> !isPartOfAnother(one, region, changed)).toList();
    double largest =
        told.stream().mapToDouble(region -> Math.abs(gap(one, region))).max().orElse(0);
    Comparator<Region> bySize = Comparator.comparingDouble(region -> Math.abs(gap(one, region)));
    // What leaves one place is more everywhere else.
    return told.stream()
        .filter(
            region ->
                isNotable(one, region) && ChangeWords.reaches(gap(one, region), MUCH_OF * largest))
        .max(bySize)
        .or(() -> told.stream().max(bySize))
        .map(region -> reported(comparison, one, region, change(one, region).orElseThrow()));
  }

  private static Optional<Changed> change(OfClass one, Region region) {
    return one.change(ComparedKind.REGION, region.text());
  }

  private static double gap(OfClass one, Region region) {
    return change(one, region).map(Changed::gap).orElse(0.0);
  }

  private static boolean isChanged(OfClass one, Region region) {
    return change(one, region)
        .filter(Changed::isSure)
        .filter(change -> ChangeWords.reaches(Math.abs(change.toldGap()), LEAST))
        .filter(
            change -> {
              double before = change.told();
              double after = change.toldWith();
              return ChangeWords.reaches(Math.max(before, after), TIMES * Math.min(before, after));
            })
        .isPresent();
  }

  /** Whether a smaller region accounts for most of the change, or a larger one changed more. */
  private static boolean isPartOfAnother(OfClass one, Region region, List<Region> changed) {
    double own = gap(one, region);
    if (region == Region.CORNERS || region == Region.BORDER) {
      return changed.stream()
          .filter(other -> isCorner(other) || (region == Region.BORDER && other == Region.CORNERS))
          .anyMatch(
              other ->
                  ChangeWords.reaches(gap(one, other) * Math.signum(own), MOST_OF * Math.abs(own)));
    }
    return false;
  }

  private static boolean isCorner(Region region) {
    return switch (region) {
      case TOP_LEFT, TOP_RIGHT, BOTTOM_LEFT, BOTTOM_RIGHT -> true;
      case CORNERS, BORDER, CENTRE -> false;
    };
  }

  private static boolean isNotable(OfClass one, Region region) {
    return region != Region.CENTRE && gap(one, region) > 0;
  }

  private static Reported reported(
      Comparison comparison, OfClass one, Region region, Changed change) {
    String place = PlaceWords.of(new Place(region.boxes()));
    String sentence =
        ChangeWords.sentence(
            comparison,
            "%s of the attention%s lies in %s%s"
                .formatted(
                    percentOf(change.toldWith()),
                    ChangeWords.of(one, change),
                    place,
                    ChangeWords.interval(change)),
            percentOf(change.told()));
    return new Reported(
        ChangeWords.finding(
            one,
            isNotable(one, region) ? Severity.NOTABLE : Severity.MINOR,
            Math.abs(change.toldGap()) / LARGEST,
            sentence.replace("lies in the border", "lies at the border"),
            "regions",
            region.boxes()),
        change.measure(),
        change.gap());
  }
}

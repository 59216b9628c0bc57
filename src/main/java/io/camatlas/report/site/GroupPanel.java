package io.camatlas.report.site;

import io.camatlas.report.facts.ClassReport;
import io.camatlas.report.facts.Grid;
import io.camatlas.report.facts.PictureKind;
import io.camatlas.report.facts.ShownPicture;
import io.camatlas.report.facts.ViewReport;
import io.camatlas.report.findings.TraitWords;
import io.camatlas.strategies.ErrorSlice;
import io.camatlas.strategies.Group;
import io.camatlas.strategies.Strategy;
import java.util.List;
import java.util.Optional;

/**
 * A group of a class's images as pages show it.
 *
 * @param strategy what is known of it
 * @param map key of its mean map in the page's data
 * @param often what its images have more often than the others, in sentences
 * @param pictures images nearest to its middle
 */
public record GroupPanel(
    Strategy strategy, String map, List<String> often, List<ShownPicture> pictures) {
  /**
   * Similar images that are predicted worse.
   *
   * @param often what they have more often than the others, in sentences
   * @param pictures images nearest to their middle
   */
  public record Worse(ErrorSlice slice, List<String> often, List<ShownPicture> pictures) {}

  /** The groups of a class; none if it has but one. */
  static List<GroupPanel> of(ViewReport report, ClassReport one) {
    return report.strategies().of(one.index()).stream()
        .map(
            strategy ->
                new GroupPanel(
                    strategy,
                    key(strategy),
                    often(strategy.traits()),
                    pictures(one, strategy.typical())))
        .toList();
  }

  /** The regions of a class that are predicted worse. */
  static List<Worse> worse(ViewReport report, ClassReport one) {
    return report.strategies().errorsOf(one.index()).stream()
        .map(slice -> new Worse(slice, often(slice.traits()), pictures(one, slice.typical())))
        .toList();
  }

  static String key(Strategy strategy) {
    return "group-" + strategy.number();
  }

  /** Its mean map. */
  static Grid grid(Strategy strategy) {
    return new Grid(strategy.own().meanMap(), strategy.height(), strategy.width());
  }

  private static List<String> often(List<Group.Often> traits) {
    return traits.stream().map(TraitWords::often).toList();
  }

  /** Those that are shown, in the order of the list. */
  private static List<ShownPicture> pictures(ClassReport one, List<Group.Typical> typical) {
    return typical.stream().flatMap(image -> picture(one, image).stream()).toList();
  }

  private static Optional<ShownPicture> picture(ClassReport one, Group.Typical typical) {
    return one.singles().pictures().stream()
        .filter(
            picture ->
                picture.ranks().containsKey(PictureKind.GROUPED)
                    && picture.image().id().equals(typical.image().id())
                    && picture.image().sha256().equals(typical.sha256()))
        .findFirst();
  }
}

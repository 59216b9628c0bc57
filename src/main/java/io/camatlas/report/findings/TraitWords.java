package io.camatlas.report.findings;

import static io.camatlas.report.Numbers.percentOf;

import io.camatlas.atlas.Trait;
import io.camatlas.report.facts.SliceReport;
import io.camatlas.strategies.Group;

/** What images have in common, in words. */
public final class TraitWords {
  private TraitWords() {}

  /** What images of a group are: {@code with camera 'B'}. */
  static String with(SliceReport.Trait trait) {
    String value = trait.value();
    if (!trait.ofPicture()) {
      return "with %s '%s'".formatted(trait.words(), value);
    }
    return switch (trait.name()) {
      case "megapixels" -> "of %s megapixels".formatted(value);
      case "aspect_ratio" -> "that are %s times as wide as high".formatted(value);
      default -> "with a %s of %s".formatted(trait.words(), value);
    };
  }

  /** What images of a group have more often than the others, as a sentence. */
  public static String often(Group.Often often) {
    SliceReport.Trait trait =
        new SliceReport.Trait(
            often.trait().source() == Trait.Source.PICTURE, often.trait().text(), often.value());
    return "%s of these are images %s, of the class's others %s."
        .formatted(percentOf(often.share()), with(trait), percentOf(often.restShare()));
  }
}

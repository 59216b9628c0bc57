package io.camatlas.report.findings;

import static io.camatlas.report.Numbers.countOf;
import static io.camatlas.report.Numbers.percentOf;

import io.camatlas.causes.Cause;
import io.camatlas.causes.CauseTest;
import io.camatlas.causes.Effect;
import io.camatlas.causes.OtherImages;
import io.camatlas.causes.Repeats;
import io.camatlas.causes.SecondPart;
import io.camatlas.causes.Suspect;
import io.camatlas.report.facts.ClassReport;
import io.camatlas.report.facts.PicturesCompared.Comparison;
import io.camatlas.report.facts.ViewReport;
import java.util.Optional;
import java.util.function.Function;

/** A class whose maps mark the same thing pixel by pixel, wherever it lies: a mark, or a logo. */
final class SameThingAnywhere implements Check.OfClass {
  @Override
  public boolean isTested() {
    return true;
  }

  @Override
  public boolean isOfPredicted() {
    return true;
  }

  @Override
  public long judged(ViewReport report, ClassReport one) {
    return report.picturesComparedOf(one).forRepeats().map(Comparison::n).orElse(0L);
  }

  @Override
  public String question() {
    return "Do maps of a class mark the same thing, pixel by pixel, wherever it lies?";
  }

  @Override
  public String rule() {
    return ("Of up to %d images predicted as the class, the part around each map's peak is looked for"
            + " around the peaks of the others. A class is listed if at least %d images have a"
            + " part that is in at least %s, and at least %d, of the others, pixel by pixel, clearly more than in other classes (less"
            + " than %s by chance, over all classes), and if such parts, pasted into images of other"
            + " classes, turn at least %s more of them than as much from elsewhere. It is"
            + " serious from %s on. Only a person can see whether it is a mark, or what the class is"
            + " about, such as a logo.")
        .formatted(
            Repeats.IMAGES,
            Repeats.FEWEST,
            percentOf(Repeats.TWINS),
            Repeats.FEWEST_TWINS,
            percentOf(OtherImages.CHANCE),
            percentOf(Cause.LEAST_EFFECT),
            percentOf(Cause.LARGE_EFFECT));
  }

  @Override
  public String threshold() {
    return "%d images, and clearly more than in other classes".formatted(Repeats.FEWEST);
  }

  @Override
  public Function<ClassReport, Answer> in(ViewReport report) {
    return one -> {
      Optional<Cause> cause =
          report.causesOf(one).stream()
              .filter(tested -> tested.suspect() instanceof Suspect.OfRepeat)
              .findFirst();
      if (cause.isEmpty()) {
        return NothingTested.answer(report, report.picturesComparedOf(one).forRepeats());
      }
      if (cause.get().hasTooFew()) {
        return Answer.notTestable("Too few of its images could be tested.");
      }
      return switch (cause.get().verdict()) {
        case CONFIRMED -> Answer.failed(finding(report, one, cause.get()));
        case REFUTED -> Answer.PASSED;
        case UNDECIDED -> NothingTested.LEFT_OPEN;
      };
    };
  }

  private static Finding finding(ViewReport report, ClassReport one, Cause cause) {
    Repeats repeats = ((Suspect.OfRepeat) cause.suspect()).repeats();
    Effect pasted = cause.effect(CauseTest.PASTE).orElseThrow();
    Evidence evidence = new Evidence(Optional.of(cause));
    return Finding.ofClass(
            report,
            one,
            evidence.severity(),
            evidence.weight(1),
            ("Maps of class '%s' mark the same thing wherever it lies: in %s of %s, what lies at the peak"
                    + " is in at least %s, and at least %d, of the others too, pixel by pixel; in other classes in %s of"
                    + " %s. There, the part around the peak, %s of the picture, was pasted into %s of other"
                    + " classes: it turns %s of them into '%s', as much from elsewhere %s. It may be a"
                    + " mark, or what the class is about: look at the pictures.")
                .formatted(
                    one.name(),
                    countOf(repeats.repeated()),
                    countOf(repeats.n(), "image", "images"),
                    percentOf(Repeats.TWINS),
                    Repeats.FEWEST_TWINS,
                    countOf(repeats.others().turned()),
                    countOf(repeats.others().n()),
                    percentOf(SecondPart.SIDE * SecondPart.SIDE),
                    countOf(pasted.n(), "image", "images"),
                    percentOf(pasted.predicted().after()),
                    one.name(),
                    percentOf(pasted.predicted().control())),
            "experiments",
            "What was pasted")
        .because("the same thing is enough for it wherever it lies");
  }
}

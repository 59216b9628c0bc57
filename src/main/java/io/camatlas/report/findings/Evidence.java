package io.camatlas.report.findings;

import static io.camatlas.report.Numbers.countOf;
import static io.camatlas.report.Numbers.percentOf;

import io.camatlas.causes.Cause;
import io.camatlas.causes.CauseTest;
import io.camatlas.causes.Effect;
import io.camatlas.causes.Place;
import io.camatlas.causes.Suspect;
import io.camatlas.causes.Suspect.Subjects;
import io.camatlas.report.facts.ClassReport;
import io.camatlas.report.facts.ViewReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What experiments add to what maps show. Severity follows the effect: what maps alone show is at
 * most notable, and what an experiment refutes is minor.
 *
 * @param cause the experiment; empty if none was made
 * @param ofPart whether it was made on a part of what is shown: that the model does without the
 *     part says nothing of the rest
 */
record Evidence(Optional<Cause> cause, boolean ofPart) {
  /** How severity follows, in full sentences, for the rules of checks. */
  static final String RULE =
      ("Experiments decide how serious it is: serious if the class's probability, or the share of"
              + " other images that turn into it, changes by at least %s more than at the control;"
              + " minor if by less than %s. Without experiments it is notable.")
          .formatted(percentOf(Cause.LARGE_EFFECT), percentOf(Cause.LEAST_EFFECT));

  /** So much of a tested place lies in another one for it to stand for that. */
  private static final double MOST = 0.67;

  Evidence(Optional<Cause> cause) {
    this(cause, false);
  }

  /** What was found out about a place. */
  static Evidence of(ViewReport report, ClassReport one, Place place) {
    return of(report, one, place, Subjects.LABELLED);
  }

  /** What was found out about a place in some images. */
  static Evidence of(ViewReport report, ClassReport one, Place place, Subjects subjects) {
    return new Evidence(
        report.causesOf(one).stream()
            .filter(
                cause ->
                    cause.suspect() instanceof Suspect.OfPlace of
                        && of.place().equals(place)
                        && of.subjects() == subjects)
            .findFirst());
  }

  /**
   * If nothing was found out about a place itself: what was about a smaller one that lies in it, as
   * the densest part of the mean map may.
   */
  Evidence orOfMost(ViewReport report, ClassReport one, Place place) {
    return cause.isPresent()
        ? this
        : new Evidence(
            report.causesOf(one).stream()
                .filter(
                    tested ->
                        tested.suspect() instanceof Suspect.OfPlace of
                            && of.subjects() == Subjects.LABELLED
                            && place.shared(of.place()) >= MOST * of.place().area())
                .findFirst(),
            true);
  }

  /** What was found out about what the class's pictures have in common in one place. */
  static Evidence ofPattern(ViewReport report, ClassReport one) {
    return new Evidence(
        report.causesOf(one).stream()
            .filter(cause -> cause.suspect() instanceof Suspect.OfPattern)
            .findFirst());
  }

  /** What was found out about a feature map. */
  static Evidence of(ViewReport report, ClassReport one, int map) {
    return new Evidence(
        report.causesOf(one).stream()
            .filter(cause -> cause.suspect() instanceof Suspect.OfFeatureMap of && of.map() == map)
            .findFirst());
  }

  boolean confirms() {
    return verdict() == Cause.Verdict.CONFIRMED;
  }

  private Cause.Verdict verdict() {
    return cause
        .map(Cause::verdict)
        .filter(verdict -> !(ofPart && verdict == Cause.Verdict.REFUTED))
        .orElse(Cause.Verdict.UNDECIDED);
  }

  Severity severity() {
    return switch (verdict()) {
      case CONFIRMED ->
          cause.orElseThrow().size() >= Cause.LARGE_EFFECT ? Severity.SERIOUS : Severity.NOTABLE;
      case REFUTED -> Severity.MINOR;
      case UNDECIDED -> Severity.NOTABLE;
    };
  }

  /**
   * Why not to rely on a class, if experiments confirm it.
   *
   * @param where the place, as it ends a sentence: {@code in the bottom left corner}
   */
  String reason(String where) {
    return confirms() ? "it depends on what lies " + where + " of the picture" : "";
  }

  /**
   * Orders findings of one severity.
   *
   * @param shown weight by what maps show, where no experiment says more; 0 to 1
   */
  double weight(double shown) {
    return confirms() ? (1 + cause.orElseThrow().size()) / 2 : shown / 2;
  }

  /**
   * Sentences about the experiments, to follow the one about maps; empty if none were made.
   *
   * @param subject what was covered, in a few words: {@code the bottom left corner}
   */
  String sentences(ClassReport one, String subject) {
    if (cause.isEmpty()) {
      return "";
    }
    List<String> sentences = new ArrayList<>();
    if (verdict() == Cause.Verdict.REFUTED) {
      sentences.add(
          cause.get().costsAnywhere()
              ? "But the model depends on it no more than on %s."
                  .formatted(
                      cause.get().suspect() instanceof Suspect.OfFeatureMap
                          ? "others as strong"
                          : "as much elsewhere")
              : "But the model does not depend on it.");
    }
    cause.get().medianCover().ifPresent(effect -> sentences.add(covered(effect, one, subject)));
    cause.get().effect(CauseTest.PASTE).ifPresent(effect -> sentences.add(pasted(effect, one)));
    cause
        .get()
        .effect(CauseTest.ZERO)
        .ifPresent(effect -> sentences.add(zeroed(effect, one, subject)));
    if (verdict() == Cause.Verdict.UNDECIDED) {
      sentences.add("This leaves open whether the model depends on it.");
    }
    return sentences.isEmpty() ? "" : " " + String.join(" ", sentences);
  }

  /** What covering a place took, in a sentence. */
  static String covered(Effect effect, ClassReport one, String subject) {
    Effect.Means mean = effect.probability();
    String sentence =
        "Covering %s takes '%s' from %s to %s"
            .formatted(subject, one.name(), percentOf(mean.before()), percentOf(mean.after()));
    return effect.hasControl()
        ? sentence
            + "; covering as much elsewhere %s %s."
                .formatted(
                    mean.control() < mean.before() ? "leaves" : "gives", percentOf(mean.control()))
        : sentence + " (there is no equal place elsewhere to compare with).";
  }

  private String pasted(Effect effect, ClassReport one) {
    Effect.Means share = effect.predicted();
    String sentence =
        "Pasted into %s of other classes, it turns %s of them into '%s'"
            .formatted(
                countOf(effect.n(), "image", "images"), percentOf(share.after()), one.name());
    return effect.hasControl()
        ? sentence
            + "; %s turns %s."
                .formatted(
                    cause.orElseThrow().suspect().hasControl()
                        ? "as much from elsewhere"
                        : "the same place of other classes' images",
                    percentOf(share.control()))
        : sentence + " (there is nothing to compare with).";
  }

  private static String zeroed(Effect effect, ClassReport one, String subject) {
    Effect.Means mean = effect.probability();
    String sentence =
        "Setting %s to zero takes '%s' from %s to %s"
            .formatted(subject, one.name(), percentOf(mean.before()), percentOf(mean.after()));
    return effect.hasControl()
        ? sentence
            + "; setting others that respond as strongly to zero gives %s."
                .formatted(percentOf(mean.control()))
        : sentence + " (no other responds as strongly, to compare with).";
  }
}

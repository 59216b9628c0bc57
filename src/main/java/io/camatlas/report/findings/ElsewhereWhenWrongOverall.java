package io.camatlas.report.findings;

import static io.camatlas.report.Numbers.countOf;
import static io.camatlas.report.Numbers.percentOf;

import io.camatlas.report.facts.ClassReport.Split;
import io.camatlas.report.facts.Pages;
import io.camatlas.report.facts.ViewReport;

/** As {@link ElsewhereWhenWrong}, for all classes together: each may have a single image. */
final class ElsewhereWhenWrongOverall implements Check.OfView {
  @Override
  public boolean isPooled() {
    return true;
  }

  @Override
  public String question() {
    return "Does the model look elsewhere when it is wrong, whatever the class?";
  }

  @Override
  public String rule() {
    return "The rule is that for a class, applied to mean maps over all classes that have correct and"
        + " wrong predictions; each class counts as much in either mean. Where it is not so for all, the same is"
        + " asked of each superclass that the model's sidecar names.";
  }

  @Override
  public String threshold() {
    return new ElsewhereWhenWrong().threshold();
  }

  @Override
  public long judged(ViewReport report) {
    return Pooled.split(report, one -> one.maps().right()).n()
        + Pooled.split(report, one -> one.maps().wrong()).n();
  }

  @Override
  public Answer of(ViewReport report) {
    return Pooled.worst(
        of(report, "over all classes"),
        Superclasses.answers(report, group -> of(group.report(), group.within())));
  }

  private static Answer of(ViewReport report, String where) {
    Split right = Pooled.split(report, one -> one.maps().right());
    Split wrong = Pooled.split(report, one -> one.maps().wrong());
    if (right.n() + wrong.n() < report.fewest()
        || ElsewhereWhenWrong.tooFew(right)
        || ElsewhereWhenWrong.tooFew(wrong)) {
      return Answer.notTestable(ElsewhereWhenWrong.TOO_FEW);
    }
    double overlap = right.mean().get().overlap(wrong.mean().get());
    return ElsewhereWhenWrong.isElsewhere(overlap, right, wrong, Pooled.variance(report))
        ? Answer.failed(
            Finding.ofAll(
                Severity.NOTABLE,
                1 - overlap,
                ("%s, the model looks in different places when it is wrong: the mean"
                        + " maps of correct and of wrong predictions, as many of each class (%s in all),"
                        + " overlap by %s.")
                    .formatted(Pooled.begins(where), countOf(right.n()), percentOf(overlap)),
                Pages.overview(report.view().number()) + "#classes",
                "All classes"))
        : Answer.PASSED;
  }
}

package io.camatlas.report.findings;

import static io.camatlas.report.Numbers.countOf;
import static io.camatlas.report.Numbers.percentOf;

import io.camatlas.atlas.Wilson;
import io.camatlas.report.facts.ClassReport;
import io.camatlas.report.facts.ClassReport.Confusion;
import io.camatlas.report.facts.Pages;
import io.camatlas.report.facts.ViewReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** As {@link LowAccuracy} and {@link AttractingClass}, for groups of classes. */
final class WorseSuperclasses implements Check.OfView {
  @Override
  public String question() {
    return "Are some superclasses predicted worse than others, or far too often?";
  }

  @Override
  public String rule() {
    return "The superclasses are those that the model's sidecar names. One is listed if its accuracy"
        + " is clearly below that of all images, or if it is predicted so much more often than it is"
        + " labelled that the same rule would list a class. Predictions of another class of the same"
        + " superclass count as wrong in the one, and as right in the other.";
  }

  @Override
  public String threshold() {
    return "accuracy clearly below that of all images, or predicted twice as often as labelled";
  }

  @Override
  public long judged(ViewReport report) {
    return report.view().predictions().images();
  }

  @Override
  public Answer of(ViewReport report) {
    List<Superclasses.Group> groups = Superclasses.of(report);
    if (groups.isEmpty()) {
      return Answer.notTestable("The sidecar names no superclasses.");
    }
    if (report.view().predictions().images() == 0) {
      return Answer.notTestable("The images have no labels.");
    }
    List<Finding> found = new ArrayList<>();
    for (Superclasses.Group group : groups) {
      accuracy(report, group).ifPresent(found::add);
      predictions(report, group, groups.size()).ifPresent(found::add);
    }
    return found.stream().min(Finding.WORST_FIRST).map(Answer::failed).orElse(Answer.PASSED);
  }

  private static long labelled(Superclasses.Group group) {
    return group.report().classes().stream().mapToLong(one -> one.predictions().labelled()).sum();
  }

  private static long right(ClassReport one) {
    long labelled = one.predictions().labelled();
    return labelled == 0 ? 0 : Math.round(one.predictions().accuracy() * labelled);
  }

  private static Optional<Finding> accuracy(ViewReport report, Superclasses.Group group) {
    long labelled = labelled(group);
    double share =
        (double) group.report().classes().stream().mapToLong(WorseSuperclasses::right).sum()
            / labelled;
    double ofAll = report.view().predictions().accuracy();
    return labelled >= report.fewest() && Wilson.high(share, labelled) < ofAll
        ? Optional.of(
            finding(
                report,
                ofAll - share,
                "Superclass '%s' (%s) is predicted correctly in only %s of its %s images; over all images it is %s."
                    .formatted(
                        group.name(),
                        countOf(group.report().classes().size(), "class", "classes"),
                        percentOf(share),
                        countOf(labelled),
                        percentOf(ofAll))))
        : Optional.empty();
  }

  private static Optional<Finding> predictions(
      ViewReport report, Superclasses.Group group, int groups) {
    List<Integer> own = group.report().classes().stream().map(ClassReport::index).toList();
    long labelled = labelled(group);
    long stay = group.report().classes().stream().mapToLong(WorseSuperclasses::right).sum();
    long come = 0;
    for (Confusion pair : report.confusions()) {
      boolean to = own.contains(pair.predictedIndex());
      boolean from = own.contains(pair.labelIndex());
      stay += to && from ? pair.n() : 0;
      come += to && !from ? pair.n() : 0;
    }
    long predicted = stay + come;
    return AttractingClass.standsOut(predicted, labelled, groups)
        ? Optional.of(
            finding(
                report,
                1 - (double) stay / predicted,
                "%s are predicted as a class of '%s', and %s of them are labelled so; %s are labelled so in all."
                    .formatted(
                        countOf(predicted, "image", "images"),
                        group.name(),
                        countOf(stay),
                        countOf(labelled, "image", "images"))))
        : Optional.empty();
  }

  private static Finding finding(ViewReport report, double weight, String sentence) {
    return Finding.ofAll(
        Severity.NOTABLE,
        Math.max(0, Math.min(1, weight)),
        sentence,
        Pages.overview(report.view().number()) + "#classes",
        "All classes");
  }
}

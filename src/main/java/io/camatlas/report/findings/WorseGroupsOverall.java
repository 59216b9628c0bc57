package io.camatlas.report.findings;

import io.camatlas.report.facts.Pages;
import io.camatlas.report.facts.ViewReport;

/** As {@link WorseGroups}, among the images of all classes. */
final class WorseGroupsOverall implements Check.OfView {
  @Override
  public boolean isPooled() {
    return true;
  }

  @Override
  public Basis basis() {
    return Basis.GROUPS;
  }

  @Override
  public String question() {
    return "Are some images predicted worse than the others, whatever their class?";
  }

  @Override
  public String rule() {
    return "The rule is that for a class, applied to all images together. A group may consist of"
        + " classes that are harder than others.";
  }

  @Override
  public String threshold() {
    return new WorseGroups().threshold();
  }

  @Override
  public Answer of(ViewReport report) {
    if (report.slices().comparedIn(-1) == 0) {
      return Answer.notTestable(WorseGroups.WHY_NOT);
    }
    if (Double.isNaN(report.view().predictions().accuracy())) {
      return Answer.notTestable("The images have no labels.");
    }
    if (report.view().predictions().several().isPresent()) {
      return Answer.notTestable(
          "Images may have several labels; groups of images are compared for each label.");
    }
    return WorseGroups.worst(report.slices(), -1)
        .map(
            group ->
                Answer.failed(
                    Finding.ofAll(
                        Severity.NOTABLE,
                        Math.min(1, -group.difference()),
                        WorseGroups.sentence("Over all classes, images", report.slices(), group),
                        Pages.groups(report.view().number()),
                        "All groups of images")))
        .orElse(Answer.PASSED);
  }
}

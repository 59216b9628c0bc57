package io.camatlas.report.findings;

import static io.camatlas.report.Numbers.countOf;
import static io.camatlas.report.Numbers.percentOf;

import io.camatlas.atlas.BenjaminiHochberg;
import io.camatlas.atlas.FisherTest;
import io.camatlas.report.facts.ClassReport;
import io.camatlas.report.facts.ClassReport.Confusion;
import io.camatlas.report.facts.Pages;
import io.camatlas.report.facts.ViewReport;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** As {@link LowAccuracy} and {@link AttractingClass}, for groups of classes. */
final class WorseSuperclasses implements Check.OfView {
  /** The share of those listed that may be chance. */
  private static final double SURE = 0.05;

  @Override
  public boolean isPooled() {
    return true;
  }

  @Override
  public String question() {
    return "Are some superclasses predicted worse than others, or far too often?";
  }

  @Override
  public String rule() {
    return "The superclasses are those that the model's sidecar names. One is listed if its accuracy"
        + " is clearly below that of all images (at most one in 20 of those listed is chance: Fisher's"
        + " exact test, corrected over all superclasses by Benjamini and Hochberg), or if it is predicted so much more often than it is"
        + " labelled that the same rule would list a class. The worst is told, with the names of the others.";
  }

  @Override
  public String threshold() {
    return "accuracy clearly below that of all images, or predicted twice as often as labelled";
  }

  @Override
  public long judged(ViewReport report) {
    long asked = asked(report).values().stream().mapToLong(Counts::labelled).sum();
    // How often a superclass is predicted is asked of all images.
    return asked > 0 ? asked : report.view().predictions().images();
  }

  /** Of the superclasses with enough images, by name, where these go. */
  private static Map<String, Counts> asked(ViewReport report) {
    Map<String, Counts> asked = new LinkedHashMap<>();
    for (Superclasses.Group group : Superclasses.of(report)) {
      Counts counts = Counts.of(report, group);
      if (counts.labelled() >= report.fewest()) {
        asked.put(group.name(), counts);
      }
    }
    return asked;
  }

  /** For each of these, how many of those with at least so large a difference are chance. */
  private static Map<String, Double> chance(ViewReport report, Map<String, Counts> asked) {
    long all = report.classes().stream().mapToLong(one -> one.predictions().labelled()).sum();
    long right = report.classes().stream().mapToLong(WorseSuperclasses::predictedRight).sum();
    double[] q =
        BenjaminiHochberg.q(
            asked.values().stream()
                .mapToDouble(
                    one ->
                        FisherTest.p(
                            one.right(), one.labelled(), right - one.right(), all - one.labelled()))
                .toArray());
    Map<String, Double> chance = new HashMap<>();
    int at = 0;
    for (String name : asked.keySet()) {
      chance.put(name, q[at++]);
    }
    return chance;
  }

  @Override
  public Answer of(ViewReport report) {
    if (report.view().predictions().several().isPresent()) {
      return Answer.notTestable(
          "Images may have several labels, so that none is taken for another.");
    }
    List<Superclasses.Group> groups = Superclasses.of(report);
    if (groups.isEmpty()) {
      return Answer.notTestable("The sidecar names no superclasses.");
    }
    if (report.view().predictions().images() == 0) {
      return Answer.notTestable("The images have no labels.");
    }
    Map<String, Counts> asked = asked(report);
    Map<String, Double> chance = chance(report, asked);
    Map<String, Answer> found = new TreeMap<>();
    for (Superclasses.Group group : groups) {
      Counts counts = Counts.of(report, group);
      List<Finding> own = new ArrayList<>();
      accuracy(report, group, counts, chance.getOrDefault(group.name(), 1.0)).ifPresent(own::add);
      predictions(report, group, counts, groups.size()).ifPresent(own::add);
      own.stream()
          .min(Finding.WORST_FIRST)
          .ifPresent(worst -> found.put(group.name(), Answer.failed(worst)));
    }
    return Pooled.worst(found)
        .orElse(
            asked.isEmpty()
                ? Answer.notTestable("Every superclass has too few images with labels.")
                : Answer.PASSED);
  }

  private static long predictedRight(ClassReport one) {
    long labelled = one.predictions().labelled();
    return labelled == 0 ? 0 : Math.round(one.predictions().accuracy() * labelled);
  }

  /**
   * Where the images of a group go.
   *
   * @param labelled images of the group's classes
   * @param right those that get their own class
   * @param within those that get any class of the group
   * @param predicted images of all classes that get a class of the group
   */
  private record Counts(long labelled, long right, long within, long predicted) {
    static Counts of(ViewReport report, Superclasses.Group group) {
      Set<Integer> own = new HashSet<>();
      long labelled = 0;
      long right = 0;
      for (ClassReport one : group.report().classes()) {
        own.add(one.index());
        labelled += one.predictions().labelled();
        right += predictedRight(one);
      }
      long within = right;
      long come = 0;
      for (ClassReport one : report.classes()) {
        for (Confusion pair : one.confusions()) {
          if (pair.labelIndex() == one.index()
              && pair.predictedIndex() != one.index()
              && own.contains(pair.predictedIndex())) {
            within += own.contains(one.index()) ? pair.n() : 0;
            come += own.contains(one.index()) ? 0 : pair.n();
          }
        }
      }
      return new Counts(labelled, right, within, within + come);
    }
  }

  private static Optional<Finding> accuracy(
      ViewReport report, Superclasses.Group group, Counts counts, double chance) {
    double share = (double) counts.right() / counts.labelled();
    double ofAll = report.view().predictions().accuracy();
    return share < ofAll && chance <= SURE
        ? Optional.of(
            finding(
                report,
                ofAll - share,
                "Images of '%s' (%s) get their own class in only %s of %s; over all images it is %s. In %s they get some class of '%s'."
                    .formatted(
                        group.name(),
                        countOf(group.report().classes().size(), "class", "classes"),
                        percentOf(share),
                        countOf(counts.labelled(), "image", "images"),
                        percentOf(ofAll),
                        percentOf((double) counts.within() / counts.labelled()),
                        group.name())))
        : Optional.empty();
  }

  private static Optional<Finding> predictions(
      ViewReport report, Superclasses.Group group, Counts counts, int groups) {
    return AttractingClass.standsOut(counts.predicted(), counts.labelled(), groups)
        ? Optional.of(
            finding(
                report,
                1 - (double) counts.within() / counts.predicted(),
                "%s are predicted as a class of '%s', and %s of them %s labelled so; %s %s labelled so in all."
                    .formatted(
                        countOf(counts.predicted(), "image", "images"),
                        group.name(),
                        counts.within() == 0 ? "none" : countOf(counts.within()),
                        counts.within() == 1 ? "is" : "are",
                        countOf(counts.labelled(), "image", "images"),
                        counts.labelled() == 1 ? "is" : "are")))
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

package io.camatlas.report.compared;

import io.camatlas.atlas.SliceMeasure;
import io.camatlas.compare.ComparedClass;
import io.camatlas.compare.ComparedKind;
import io.camatlas.report.Numbers;
import io.camatlas.report.compared.ChangeCheck.Reported;
import io.camatlas.report.compared.Comparison.Counts;
import io.camatlas.report.compared.Comparison.OfClass;
import io.camatlas.report.findings.Finding;
import io.camatlas.report.findings.Severity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What deserves attention in a comparison.
 *
 * @param worstFirst all findings
 * @param questions what was asked, with the findings' numbers
 * @param judged classes with enough images in both audits
 */
public record ComparisonFindings(List<Finding> worstFirst, List<Asked> questions, int judged) {
  /** A change of a class within this factor of that of all classes is no news. */
  private static final double LIKE_ALL = 2;

  /** Classes account for what all did if their changes make up so much of it. */
  private static final double MOST_OF = 0.6;

  public ComparisonFindings {
    worstFirst = List.copyOf(worstFirst);
    questions = List.copyOf(questions);
  }

  /**
   * A question and its answers.
   *
   * @param worst severity of the worst finding; empty if there is none
   * @param findings number of findings
   * @param isTested whether its number was compared, of any class or of all
   */
  public record Asked(
      String question, String rule, Optional<Severity> worst, int findings, boolean isTested) {}

  /** Asks every question of every class. */
  public static ComparisonFindings of(Comparison comparison) {
    OfClass together = comparison.all().ofAtLeast(comparison.fewest());
    List<OfClass> judged =
        comparison.classes().stream()
            .map(one -> one.ofAtLeast(comparison.fewest()))
            .filter(one -> !one.changes().isEmpty())
            .toList();
    int enough = (int) judged.stream().filter(ComparisonFindings::hasEnough).count();
    List<Finding> all = new ArrayList<>();
    List<Asked> questions = new ArrayList<>();
    for (ChangeCheck check : ChangeChecks.ALL) {
      List<Finding> found = found(check, comparison, together, judged, enough);
      found.sort(Finding.WORST_FIRST);
      questions.add(
          new Asked(
              check.question(),
              check.rule(),
              found.stream().map(Finding::severity).findFirst(),
              found.size(),
              Stream.concat(Stream.of(together), judged.stream())
                  .anyMatch(one -> check.isAsked(comparison, one))));
      all.addAll(found);
    }
    all.sort(Finding.WORST_FIRST);
    return new ComparisonFindings(all, questions, enough);
  }

  /**
   * Whether a class, of which numbers of too few images have been left out, has others. How often
   * it is predicted is a number of all images, and is known of every class.
   */
  private static boolean hasEnough(OfClass one) {
    return one.changes().stream()
        .anyMatch(change -> !change.measure().equals(ComparedClass.PREDICTED_SHARE));
  }

  private static List<Finding> found(
      ChangeCheck check, Comparison comparison, OfClass all, List<OfClass> judged, int enough) {
    Optional<Reported> overall = check.of(comparison, all);
    List<Reported> own = new ArrayList<>();
    double theirs = 0;
    long same = 0;
    for (OfClass one : judged) {
      Optional<Reported> found = check.of(comparison, one);
      found.ifPresent(own::add);
      if (found.isPresent() && overall.isPresent() && isSame(found.get(), overall.get())) {
        same++;
        theirs += found.get().gap() * (one.images() + one.withImages());
      }
    }
    // What few classes did is told of these, if it accounts for what all did.
    double ofAll = overall.map(Reported::gap).orElse(0.0) * (all.images() + all.withImages());
    boolean shared = overall.isPresent() && (2 * same >= enough || theirs / ofAll < MOST_OF);
    List<Finding> found = new ArrayList<>();
    for (Reported one : own) {
      if (!shared || !isSame(one, overall.get()) || isWorse(one, overall.get())) {
        found.add(one.finding());
      }
    }
    if (shared) {
      found.add(saying(overall.get().finding(), same, enough));
    }
    return found;
  }

  /** Whether a class did what all classes did. */
  private static boolean isSame(Reported own, Reported all) {
    return own.what().equals(all.what()) && own.gap() * all.gap() > 0;
  }

  /** Whether it did so much more, or worse, that it is told beside all classes. */
  private static boolean isWorse(Reported own, Reported all) {
    return Math.abs(own.gap()) > LIKE_ALL * Math.abs(all.gap())
        || own.finding().severity().compareTo(all.finding().severity()) < 0;
  }

  private static Finding saying(Finding overall, long alike, int judged) {
    String more =
        alike == 0
            ? ""
            : " %s of %s changed this way.".formatted(Numbers.countOf(alike), ofClasses(judged));
    return new Finding(
        overall.severity(),
        overall.weight(),
        overall.sentence() + more,
        overall.evidence(),
        overall.linkText(),
        overall.classIndex(),
        overall.reason(),
        overall.place());
  }

  private static String ofClasses(int number) {
    return Numbers.countOf(number, "class", "classes");
  }

  /** The findings of each class, worst first, by index; -1 for all classes. */
  public Map<Integer, List<Finding>> byClass() {
    Map<Integer, List<Finding>> found = new HashMap<>();
    worstFirst.forEach(
        one -> found.computeIfAbsent(one.classIndex(), any -> new ArrayList<>()).add(one));
    return found;
  }

  /** Classes, those with the worst findings first, then those that changed in most numbers. */
  public List<OfClass> worstFirst(Comparison comparison) {
    Map<Integer, Integer> places = new HashMap<>();
    for (int i = 0; i < worstFirst.size(); i++) {
      places.putIfAbsent(worstFirst.get(i).classIndex(), i);
    }
    return comparison.classes().stream()
        .sorted(
            Comparator.comparingInt(
                    (OfClass one) -> places.getOrDefault(one.index(), Integer.MAX_VALUE))
                .thenComparing(Comparator.comparingLong(OfClass::sure).reversed())
                .thenComparingInt(OfClass::index))
        .toList();
  }

  /** Whether there were enough images for anything to be said. */
  public boolean judges(Comparison comparison) {
    return judged > 0 || !comparison.all().ofAtLeast(comparison.fewest()).changes().isEmpty();
  }

  /**
   * Why nothing can be said of the most important: whether predictions got worse. A clause; empty
   * if accuracy was compared over all classes.
   */
  public Optional<String> notJudged(Comparison comparison) {
    String from = comparison.from().label();
    String with = comparison.with().label();
    if (!judges(comparison)) {
      return Optional.of("%s and %s have too few images to be compared".formatted(with, from));
    }
    boolean compared =
        comparison
            .all()
            .ofAtLeast(comparison.fewest())
            .change(ComparedKind.PREDICTION, SliceMeasure.ACCURACY.text())
            .isPresent();
    return compared
        ? Optional.empty()
        : Optional.of("accuracy could not be compared: " + lackOfLabels(comparison));
  }

  private static String lackOfLabels(Comparison comparison) {
    long first = comparison.labels().images();
    long second = comparison.labels().withImages();
    if (comparison.labels().areNone()) {
      return "neither has images with a label";
    }
    if (Math.min(first, second) >= comparison.fewest()) {
      return "too few images with a label are in both";
    }
    String label = (first <= second ? comparison.from() : comparison.with()).label();
    long fewer = Math.min(first, second);
    return fewer == 0
        ? label + " has no images with a label"
        : "%s has only %s with a label".formatted(label, Numbers.countOf(fewer, "image", "images"));
  }

  /** The answer to "is it still the same?", in a few sentences. */
  public String verdict(Comparison comparison) {
    String said = said(comparison);
    // A name may be "the second".
    return said.startsWith("the ") ? "The" + said.substring(3) : said;
  }

  private String said(Comparison comparison) {
    List<Counts> counts =
        comparison.counts().stream()
            .filter(one -> comparison.featureMaps() || one.kind() != ComparedKind.FEATURE_MAP)
            .toList();
    long tested = counts.stream().mapToLong(Counts::tested).sum();
    long changed = counts.stream().mapToLong(Counts::changed).sum();
    String numbers =
        " %s of %s %s more than chance explains."
            .formatted(
                Numbers.countOf(changed),
                Numbers.countOf(tested, "number", "numbers"),
                changed == 1 ? "differs" : "differ");
    String from = comparison.from().label();
    String with = comparison.with().label();
    if (!judges(comparison)) {
      return notJudged(comparison).orElseThrow() + ".";
    }
    // A name may be "the second", so this sentence begins with no name.
    Optional<String> unknown = notJudged(comparison).map(why -> "A" + why.substring(1) + ".");
    numbers += tooFew(comparison);
    if (worstFirst.isEmpty()) {
      return unknown.map(why -> why + " Nothing else").orElse("Nothing")
          + " that matters differs between %s and %s.".formatted(from, with)
          + numbers;
    }
    String what =
        switch (worstFirst.get(0).severity()) {
          case SERIOUS -> "With %s, predictions are clearly worse than with %s%s.";
          case NOTABLE -> "%s differs from %s in a way that deserves a look%s.";
          case MINOR -> "%s differs from %s, but in nothing that should worry you%s.";
        };
    return what.formatted(with, from, where(comparison))
        + numbers
        + unknown.map(why -> " " + why).orElse("");
  }

  /** Of how many classes nothing is said; a sentence. */
  private String tooFew(Comparison comparison) {
    long present =
        comparison.classes().stream().filter(one -> one.images() + one.withImages() > 0).count();
    long few = present - judged;
    return few <= 0
        ? ""
        : few == 1
            ? " One class has too few images to be compared."
            : " %s classes have too few images to be compared.".formatted(Numbers.countOf(few));
  }

  /** Where the worst findings are. */
  private String where(Comparison comparison) {
    Severity worst = worstFirst.get(0).severity();
    if (worst == Severity.MINOR) {
      return "";
    }
    Set<Integer> classes = new HashSet<>();
    worstFirst.stream()
        .filter(finding -> finding.severity() == worst)
        .forEach(finding -> classes.add(finding.classIndex()));
    if (classes.contains(-1)) {
      return ", over all classes";
    }
    int first = worstFirst.get(0).classIndex();
    String name =
        comparison.classes().stream()
            .filter(one -> one.index() == first)
            .map(OfClass::name)
            .findFirst()
            .orElse("");
    return classes.size() == 1
        ? " for '%s'".formatted(name)
        : " for '%s' and %s"
            .formatted(name, Numbers.countOf(classes.size() - 1, "other class", "other classes"));
  }
}

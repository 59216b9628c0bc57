package io.camatlas.report.findings;

import static io.camatlas.report.Numbers.countOf;

import io.camatlas.localize.FractionBox;
import io.camatlas.report.facts.ClassReport;
import io.camatlas.report.facts.ViewHabits;
import io.camatlas.report.facts.ViewReport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The answer to "can I trust it?", in a few sentences.
 *
 * @param sentence plain text
 * @param worst index of the class of the finding that it is about; -1 if it is about none
 * @param place the place that this finding is about; empty if it is about none
 */
public record Verdict(String sentence, int worst, List<FractionBox> place) {
  /** Classes that are named beside the first. */
  private static final int NAMED = 3;

  /** The verdict on a view. */
  public static Verdict of(ViewReport report, Findings findings) {
    Map<Integer, Finding> serious = new LinkedHashMap<>();
    int notable = 0;
    for (Finding finding : findings.worstFirst()) {
      if (finding.severity() == Severity.SERIOUS && finding.classIndex() >= 0) {
        Finding before = serious.get(finding.classIndex());
        if (before == null || before.reason().isEmpty()) {
          serious.put(finding.classIndex(), finding);
        }
      }
      notable += finding.severity() == Severity.NOTABLE ? 1 : 0;
    }
    List<String> sentences = new ArrayList<>();
    if (!serious.isEmpty()) {
      sentences.addAll(doNotRely(report, List.copyOf(serious.values())));
    } else if (notable > 0) {
      // Where no class could be judged, no fault could have been found either.
      boolean judged = report.judgesAny();
      sentences.add(
          "%s%s %s a look before you rely on the model."
              .formatted(
                  judged ? "No serious fault was found. " : "",
                  countOf(notable, "finding", "findings"),
                  notable == 1 ? "deserves" : "deserve"));
    }
    sentences.addAll(rest(report, findings, serious.isEmpty()));
    Optional<Finding> worst = serious.values().stream().findFirst();
    return new Verdict(
        String.join(" ", sentences),
        worst.map(Finding::classIndex).orElse(-1),
        worst.map(Finding::place).orElse(List.of()));
  }

  private static List<String> doNotRely(ViewReport report, List<Finding> serious) {
    Finding first = serious.get(0);
    List<String> sentences = new ArrayList<>();
    sentences.add(
        "Do not rely on '%s': %s."
            .formatted(
                name(report, first),
                first.reason().isEmpty() ? "the first finding says why" : first.reason()));
    if (serious.size() > 1) {
      List<String> names = new ArrayList<>();
      serious.stream()
          .skip(1)
          .limit(NAMED)
          .forEach(finding -> names.add("'" + name(report, finding) + "'"));
      int more = serious.size() - 1 - names.size();
      if (more > 0) {
        names.add(countOf(more, "other", "others"));
      }
      String last = names.remove(names.size() - 1);
      sentences.add(
          "Nor on %s; the findings say why."
              .formatted(names.isEmpty() ? last : String.join(", ", names) + " and " + last));
    }
    return sentences;
  }

  private static String name(ViewReport report, Finding finding) {
    return report.classes().stream()
        .filter(one -> one.index() == finding.classIndex())
        .map(ClassReport::name)
        .findFirst()
        .orElse("");
  }

  private static Optional<String> few(int classes, String ofWhat) {
    if (classes == 0) {
      return Optional.empty();
    }
    return Optional.of(
        classes == 1
            ? "One class has too few %s to be judged.".formatted(ofWhat)
            : "%s classes have too few %s to be judged.".formatted(countOf(classes), ofWhat));
  }

  /** Whether there is something to experiment on, as far as maps tell. */
  private static boolean hasSuspects(ViewReport report) {
    return !Suspects.of(report, InPictures.NONE, 0, 1).tested().isEmpty();
  }

  /** What is said of the other classes, and of what was not tested. */
  private static List<String> rest(ViewReport report, Findings findings, boolean noneSerious) {
    Map<Integer, List<Finding>> byClass = findings.byClass();
    int judged = 0;
    int clear = 0;
    int fewMaps = 0;
    for (ClassReport one : report.classes()) {
      // One that is never predicted has no maps, and may still be told to be predicted badly.
      fewMaps +=
          !report.judges(one)
                  && !byClass.containsKey(one.index())
                  && one.predictions().labelled() >= report.fewest()
              ? 1
              : 0;
      if (report.judges(one) || byClass.containsKey(one.index())) {
        judged++;
        clear +=
            byClass.getOrDefault(one.index(), List.of()).stream()
                    .allMatch(finding -> finding.severity() == Severity.MINOR)
                ? 1
                : 0;
      }
    }
    List<String> sentences = new ArrayList<>();
    if (clear > 0) {
      sentences.add(
          clear == judged
              ? judged == 1
                  ? "No check found a fault in the one class."
                  : "No check found a fault in any of %s."
                      .formatted(countOf(judged, "class", "classes"))
              : "For %s of %s no check found a fault."
                  .formatted(countOf(clear), countOf(judged, "class", "classes")));
    }
    int few = report.classes().size() - judged - fewMaps;
    if (judged == 0 && noneSerious) {
      sentences.add("No class has enough images to be judged.");
    } else {
      few(few, "images").ifPresent(sentences::add);
      few(fewMaps, "maps").ifPresent(sentences::add);
    }
    if (report.causes().isEmpty()
        && (report.habits().equals(ViewHabits.UNKNOWN) || hasSuspects(report))) {
      sentences.add("No experiments were made, so nothing here says what the model depends on.");
    }
    return sentences;
  }
}

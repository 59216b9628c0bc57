package io.camatlas.report.findings;

import static io.camatlas.report.Numbers.countOf;

import io.camatlas.report.facts.ClassReport;
import io.camatlas.report.facts.LabelScores;
import io.camatlas.report.facts.ReportedDataset;
import io.camatlas.report.facts.ViewReport;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The answers of all checks. Shares of few images are judged by the favourable end of their 95 %
 * interval (Wilson 1927), so that a class of three images raises no false alarm.
 *
 * @param asked each check that was made, in the order of the legend
 */
public record Findings(List<Asked> asked) {
  /** What the rules of all checks have in common, in full sentences. */
  public static String commonRules(ViewReport report) {
    return ("Shares of few images are judged by the favourable end of their 95 %% interval (Wilson);"
            + " this is what \"clearly\" means below. Nothing is said about a class with fewer than"
            + " %,d images, except that other images are taken for it.")
        .formatted(report.fewest());
  }

  /**
   * A check and its answers.
   *
   * @param answers one answer per class, or a single one
   * @param images number of images behind the answers, those that could not be given left out
   * @param unit what these are: of an image that has several labels, maps or answers
   */
  public record Asked(Check check, List<Answer> answers, long images, Unit unit) {
    public Asked(Check check, List<Answer> answers, long images) {
      this(check, answers, images, Unit.IMAGE);
    }

    /** What is counted. */
    public enum Unit {
      IMAGE("image"),
      MAP("map"),
      ANSWER("answer");

      private final String one;

      Unit(String one) {
        this.one = one;
      }
    }

    /** The worst severity of what was found; empty if nothing was. */
    public Optional<Severity> worst() {
      return findings().map(Finding::severity).min(Comparator.naturalOrder());
    }

    /** What was judged, in a few words: {@code 10 classes, 400 images}. */
    public String judged() {
      long tested = answers.size() - untestable();
      return (check instanceof Check.OfClass ? countOf(tested, "class", "classes") + ", " : "")
          + countOf(images, unit.one, unit.one + "s");
    }

    /** The result in a few words. */
    public String result() {
      if (failed() > 0) {
        return countOf(failed(), "finding", "findings");
      }
      return passed() > 0 ? "passed" : "not tested";
    }

    /** Why the check could not be made at all; empty if it could. */
    public Optional<String> whyNotTestable() {
      Optional<String> why = Optional.empty();
      for (Answer answer : answers) {
        if (!(answer instanceof Answer.NotTestable untestable)) {
          return Optional.empty();
        }
        why = why.or(() -> Optional.of(untestable.why()));
      }
      return why;
    }

    /** Number of answers that found nothing. */
    public long passed() {
      return answers.stream().filter(Answer.Passed.class::isInstance).count();
    }

    /** Number of answers that found something. */
    public long failed() {
      return answers.stream().filter(Answer.Failed.class::isInstance).count();
    }

    /** Number of classes, or of other subjects, that could not be tested. */
    public long untestable() {
      return answers.stream().filter(Answer.NotTestable.class::isInstance).count();
    }

    /** What was found, in the order of the classes. */
    public Stream<Finding> findings() {
      return answers.stream()
          .flatMap(
              answer ->
                  answer instanceof Answer.Failed failed
                      ? Stream.of(failed.finding())
                      : Stream.empty());
    }
  }

  /** Runs the checks of a view and its classes. */
  public static Findings of(ViewReport report) {
    List<Asked> asked = new ArrayList<>();
    for (Check check : Checks.ALL) {
      if (!check.appliesTo(report)) {
        continue;
      }
      if (check instanceof Check.OfClass ofClass) {
        Function<ClassReport, Answer> question = ofClass.in(report);
        List<Answer> answers = report.classes().stream().map(question).toList();
        long images = 0;
        for (int i = 0; i < answers.size(); i++) {
          images +=
              answers.get(i) instanceof Answer.NotTestable
                  ? 0
                  : ofClass.judged(report, report.classes().get(i));
        }
        asked.add(asked(report, check, answers, images));
      } else if (check instanceof Check.OfView ofView) {
        Answer answer = ofView.of(report);
        long images = answer instanceof Answer.NotTestable ? 0 : ofView.judged(report);
        asked.add(asked(report, check, List.of(answer), images));
      }
    }
    return new Findings(asked);
  }

  /** Where images may have several labels, they have several maps, and an answer for each label. */
  private static Asked asked(ViewReport report, Check check, List<Answer> answers, long images) {
    if (report.view().predictions().several().isEmpty()) {
      // Of one image there are several maps where several classes of it were explained.
      return new Asked(
          check, answers, images, images > report.images() ? Asked.Unit.MAP : Asked.Unit.IMAGE);
    }
    if (!check.isAboutAnswers()) {
      return new Asked(check, answers, images, Asked.Unit.MAP);
    }
    long given = 0;
    for (int i = 0; i < report.classes().size(); i++) {
      // A check of the view has one answer, which is about all classes.
      Answer answer = answers.get(Math.min(i, answers.size() - 1));
      given +=
          answer instanceof Answer.NotTestable
              ? 0
              : report.classes().get(i).predictions().scores().map(LabelScores::known).orElse(0L);
    }
    return new Asked(check, answers, given, Asked.Unit.ANSWER);
  }

  /** Runs the checks of the images. */
  public static Findings of(ReportedDataset dataset) {
    List<Asked> asked = new ArrayList<>();
    for (Check check : Checks.ALL) {
      if (check instanceof Check.OfDataset ofDataset) {
        asked.add(new Asked(check, List.of(ofDataset.of(dataset)), dataset.images()));
      }
    }
    return new Findings(asked);
  }

  /**
   * Whether anything could be said of the model: of a class that has enough images, or of all
   * classes together.
   */
  public static boolean judges(ViewReport report) {
    return report.judgesAny()
        || of(report).asked.stream()
            .filter(asked -> asked.check instanceof Check.OfView of && of.isPooled())
            .anyMatch(asked -> asked.whyNotTestable().isEmpty());
  }

  /** Combines these findings with others. */
  public Findings and(Findings others) {
    return new Findings(Stream.concat(asked.stream(), others.asked.stream()).toList());
  }

  /** All findings, worst first. */
  public List<Finding> worstFirst() {
    return asked.stream().flatMap(Asked::findings).sorted(Finding.WORST_FIRST).toList();
  }

  /** All findings by class, worst first; those not about one class have the index -1. */
  public Map<Integer, List<Finding>> byClass() {
    return worstFirst().stream().collect(Collectors.groupingBy(Finding::classIndex));
  }

  /** Classes by their worst finding; those without a finding by accuracy, then by index. */
  public List<ClassReport> worstFirst(List<ClassReport> classes) {
    Map<Integer, Finding> worst = new HashMap<>();
    byClass().forEach((index, own) -> worst.put(index, own.get(0)));
    Comparator<ClassReport> byFinding =
        Comparator.comparing(
            one -> worst.get(one.index()), Comparator.nullsLast(Finding.WORST_FIRST));
    return classes.stream()
        .sorted(
            byFinding
                .thenComparingDouble(one -> one.predictions().accuracy())
                .thenComparingInt(ClassReport::index))
        .toList();
  }
}

package io.camatlas.spark.report;

import io.camatlas.causes.Cause;
import io.camatlas.causes.Effect;
import io.camatlas.causes.OtherImages;
import io.camatlas.causes.Place;
import io.camatlas.causes.Suspect;
import io.camatlas.localize.FractionBox;
import io.camatlas.report.facts.ClassReport;
import io.camatlas.report.facts.ReportedDataset;
import io.camatlas.report.facts.ReportedView;
import io.camatlas.report.facts.ViewReport;
import io.camatlas.report.findings.Answer;
import io.camatlas.report.findings.Check;
import io.camatlas.report.findings.Finding;
import io.camatlas.report.findings.Findings;
import io.camatlas.report.findings.Verdict;
import io.camatlas.spark.results.AtlasTable;
import io.camatlas.spark.results.CalibrationTable;
import io.camatlas.spark.results.CausesTable;
import io.camatlas.spark.results.ClassAttentionTable;
import io.camatlas.spark.results.ClassFeatureMapsTable;
import io.camatlas.spark.results.ErrorSlicesTable;
import io.camatlas.spark.results.ExplanationsTable;
import io.camatlas.spark.results.FeatureMapsTable;
import io.camatlas.spark.results.LabelScoresTable;
import io.camatlas.spark.results.RunName;
import io.camatlas.spark.results.SlicesTable;
import io.camatlas.spark.results.StrategiesTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The contents of {@code findings.json}: every check with every answer, for programs.
 *
 * @param version raised whenever a name or a meaning changes
 * @param views one for each layer and method
 * @param dataset checks of the images, regardless of the view
 */
record FindingsJson(int version, List<View> views, List<Checked> dataset) {
  /** The present version. */
  static final int VERSION = 1;

  /**
   * A view.
   *
   * @param run the run's name in the tables
   * @param verdict what the report says first
   * @param experiments every suspect that was tested
   */
  record View(
      String run,
      String model,
      String modelSha256,
      String layer,
      String method,
      String verdict,
      List<Checked> checks,
      List<Experiment> experiments) {}

  /**
   * A check.
   *
   * @param check its name
   * @param rule when it reports something, with every threshold
   */
  record Checked(String check, String question, String rule, List<Answered> answers) {}

  /**
   * An answer; names that do not apply are left out.
   *
   * @param n explanations of the class
   * @param status passed, failed or not testable
   * @param weight orders findings of one severity, 0 to 1
   * @param evidence page of the report with the evidence
   * @param rows of what was found, the rows of the tables behind it
   * @param why why it could not be tested
   */
  record Answered(
      String className,
      Integer classIndex,
      Long n,
      String status,
      String severity,
      Double weight,
      String sentence,
      String evidence,
      List<Rows> rows,
      String why) {}

  /**
   * Rows of a table.
   *
   * @param table its name, within the folder of the run, the atlas, the strategies or the
   *     experiments
   * @param where condition in Spark's SQL
   */
  record Rows(String table, String where) {
    /** The table that holds what a check compares. */
    private static String table(Check check) {
      return switch (check.basis()) {
        case ATTENTION -> ClassAttentionTable.NAME;
        case FEATURE_MAPS_OF_CLASSES -> ClassFeatureMapsTable.NAME;
        case FEATURE_MAPS -> FeatureMapsTable.NAME;
        case STRATEGIES -> StrategiesTable.NAME;
        case REGIONS -> ErrorSlicesTable.NAME;
        case GROUPS -> SlicesTable.NAME;
        case CALIBRATION -> CalibrationTable.NAME;
        case LABELS -> LabelScoresTable.NAME;
      };
    }

    private static List<Rows> of(Check check, ViewReport report, ClassReport one) {
      String name = report.view().run();
      RunName run = RunName.parse(name);
      String layer = equal(AtlasTable.LAYER, report.view().layer().path());
      String ofRun = equal(AtlasTable.RUN, name) + " AND " + layer;
      String explained =
          equal(AtlasTable.RUN, run.run())
              + (run.rule() == 0
                  ? ""
                  : " AND %s = %d".formatted(ExplanationsTable.RULE, run.rule() - 1))
              + " AND "
              + layer;
      String compared = table(check);
      if (one == null) {
        String ofAll =
            compared.equals(SlicesTable.NAME)
                ? ofRun + " AND %s IS NULL".formatted(AtlasTable.CLASS_INDEX)
                : ofRun;
        return List.of(new Rows(ExplanationsTable.NAME, explained), new Rows(compared, ofAll));
      }
      String shown =
          report.view().predictions().several().isPresent()
              ? ofLabel(check)
              : check.isOfLabelled()
                  ? ExplanationsTable.LABEL_INDEX
                  : check.isOfPredicted()
                      ? ExplanationsTable.PREDICTED_INDEX
                      : ExplanationsTable.TARGET_INDEX;
      String ofClass = ofRun + " AND %s = %d".formatted(AtlasTable.CLASS_INDEX, one.index());
      List<Rows> rows = new ArrayList<>();
      rows.add(
          new Rows(
              ExplanationsTable.NAME, explained + " AND %s = %d".formatted(shown, one.index())));
      rows.add(new Rows(compared, ofClass));
      if (check.isTested() && !report.causesOf(one).isEmpty()) {
        rows.add(new Rows(CausesTable.NAME, ofClass));
      }
      return rows;
    }

    /** Where images may have several labels, the rows of a class say whether it is one of them. */
    private static String ofLabel(Check check) {
      return (check.isOfLabelled()
              ? ExplanationsTable.TARGET_LABELLED + " AND "
              : check.isOfPredicted() ? ExplanationsTable.TARGET_PREDICTED + " AND " : "")
          + ExplanationsTable.TARGET_INDEX;
    }

    private static String equal(String column, String text) {
      return "%s = '%s'".formatted(column, text.replace("\\", "\\\\").replace("'", "\\'"));
    }
  }

  /**
   * A suspect that was tested; its rows in {@code causes} and {@code causes_images} have the same
   * run, layer and class.
   *
   * @param place rectangles in fractions of what the network saw; neither this nor a feature map is
   *     given for parts that lie elsewhere in each image
   * @param patternZ where the place was found in the pictures and not in maps: how many standard
   *     errors the class's differ from others there
   * @param patternInTheMiddle whether that may be the object itself
   * @param repeated where each map's brightest part shows what others of the class show too, pixel
   *     by pixel: in which share of the images
   * @param strategy number of the strategy whose images' main parts were tested
   * @param p for second parts: probability that chance makes the class stand out so much; for
   *     strategies: that it makes one differ so much from the other images of its class
   */
  record Experiment(
      int classIndex,
      List<FractionBox> place,
      Double patternZ,
      Boolean patternInTheMiddle,
      Double repeated,
      Integer featureMap,
      Integer strategy,
      Double p,
      String verdict,
      List<Test> tests) {}

  /** A test, as in the table {@code causes}. */
  record Test(
      String test,
      long n,
      Means probability,
      Means predicted,
      Interval probabilityEffect,
      Interval predictedEffect) {}

  /** As {@link Effect.Means}; {@code control} is left out where there is none. */
  record Means(Double before, Double after, Double control) {
    static Means of(Effect.Means means) {
      return new Means(known(means.before()), known(means.after()), known(means.control()));
    }
  }

  /** As {@link Effect.Interval}; the ends are left out where there are too few images. */
  record Interval(Double mean, Double low, Double high) {
    static Interval of(Effect.Interval interval) {
      return new Interval(known(interval.mean()), known(interval.low()), known(interval.high()));
    }
  }

  /** JSON has no NaN. */
  private static Double known(double number) {
    return Double.isNaN(number) ? null : number;
  }

  static FindingsJson of(ReportedDataset dataset, List<ViewReport> views) {
    return new FindingsJson(
        VERSION,
        views.stream().map(view -> view(view, Findings.of(dataset))).toList(),
        checks(Findings.of(dataset), null));
  }

  private static View view(ViewReport report, Findings ofDataset) {
    Findings findings = Findings.of(report);
    ReportedView view = report.view();
    return new View(
        view.run(),
        view.model().name(),
        view.model().sha256(),
        view.layer().path(),
        view.rule().name(),
        Verdict.of(report, findings.and(ofDataset)).sentence(),
        checks(findings, report),
        report.causes().stream().map(FindingsJson::experiment).toList());
  }

  /**
   * @param report the view that was checked; null for the dataset
   */
  private static List<Checked> checks(Findings findings, ViewReport report) {
    return findings.asked().stream()
        .map(
            asked -> {
              List<Answered> answers = new ArrayList<>();
              for (int i = 0; i < asked.answers().size(); i++) {
                ClassReport one =
                    asked.check() instanceof Check.OfClass ? report.classes().get(i) : null;
                boolean failed = asked.answers().get(i) instanceof Answer.Failed;
                answers.add(
                    answer(
                        asked.answers().get(i),
                        one,
                        failed && report != null ? Rows.of(asked.check(), report, one) : null));
              }
              return new Checked(
                  name(asked.check()), asked.check().question(), asked.check().rule(), answers);
            })
        .toList();
  }

  /** {@code OneSpot} is {@code one-spot}. */
  private static String name(Check check) {
    return check
        .getClass()
        .getSimpleName()
        .replaceAll("(?<=[a-z])(?=[A-Z])", "-")
        .toLowerCase(Locale.ROOT);
  }

  private static Answered answer(Answer answer, ClassReport one, List<Rows> rows) {
    Finding finding = answer instanceof Answer.Failed failed ? failed.finding() : null;
    String why = answer instanceof Answer.NotTestable untestable ? untestable.why() : null;
    return new Answered(
        one == null ? null : one.name(),
        one == null ? null : one.index(),
        one == null ? null : one.maps().n(),
        finding != null ? "failed" : why != null ? "not testable" : "passed",
        finding == null ? null : finding.severity().word(),
        finding == null ? null : known(finding.weight()),
        finding == null ? null : finding.sentence(),
        finding == null ? null : finding.evidence(),
        rows,
        why);
  }

  private static Experiment experiment(Cause cause) {
    Suspect suspect = cause.suspect();
    Place place = suspect.at().orElse(null);
    return new Experiment(
        suspect.classIndex(),
        place == null ? null : place.boxes(),
        suspect instanceof Suspect.OfPattern of ? of.pattern().z() : null,
        suspect instanceof Suspect.OfPattern of ? of.pattern().inTheMiddle() : null,
        suspect instanceof Suspect.OfRepeat of ? of.repeats().share() : null,
        suspect instanceof Suspect.OfFeatureMap of ? of.map() : null,
        suspect instanceof Suspect.OfStrategy of ? of.number() : null,
        cause.others().map(OtherImages::p).orElse(null),
        cause.verdict().name().toLowerCase(Locale.ROOT),
        cause.effects().stream()
            .map(
                effect ->
                    new Test(
                        effect.test().text(),
                        effect.n(),
                        Means.of(effect.probability()),
                        Means.of(effect.predicted()),
                        Interval.of(effect.ofProbability()),
                        Interval.of(effect.ofPrediction())))
            .toList());
  }
}

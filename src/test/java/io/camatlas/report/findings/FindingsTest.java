package io.camatlas.report.findings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.camatlas.atlas.ClassName;
import io.camatlas.atlas.SliceMeasure;
import io.camatlas.atlas.Trait;
import io.camatlas.atlas.Wilson;
import io.camatlas.causes.Cause;
import io.camatlas.causes.CauseTest;
import io.camatlas.causes.Effect;
import io.camatlas.causes.FixedPattern;
import io.camatlas.causes.OtherImages;
import io.camatlas.causes.Place;
import io.camatlas.causes.Repeats;
import io.camatlas.causes.Suspect;
import io.camatlas.causes.Suspect.Subjects;
import io.camatlas.localize.FractionBox;
import io.camatlas.localize.Region;
import io.camatlas.report.facts.CalibrationBin;
import io.camatlas.report.facts.ClassReport;
import io.camatlas.report.facts.ClassReport.MapShare;
import io.camatlas.report.facts.ClassReport.Maps;
import io.camatlas.report.facts.ClassReport.RegionShare;
import io.camatlas.report.facts.ClassReport.Singles;
import io.camatlas.report.facts.ClassReport.Split;
import io.camatlas.report.facts.ClassReport.Truth;
import io.camatlas.report.facts.FailureGroup;
import io.camatlas.report.facts.Grid;
import io.camatlas.report.facts.PicturesCompared;
import io.camatlas.report.facts.PicturesCompared.Comparison;
import io.camatlas.report.facts.PlainViews;
import io.camatlas.report.facts.ReportedDataset;
import io.camatlas.report.facts.ReportedView;
import io.camatlas.report.facts.ReportedView.Layer;
import io.camatlas.report.facts.ReportedView.Model;
import io.camatlas.report.facts.ReportedView.Pointing;
import io.camatlas.report.facts.ReportedView.Rule;
import io.camatlas.report.facts.SliceReport;
import io.camatlas.report.facts.Slices;
import io.camatlas.report.facts.ViewHabits;
import io.camatlas.report.facts.ViewReport;
import io.camatlas.report.facts.ViewStrategies;
import io.camatlas.strategies.ErrorSlice;
import io.camatlas.strategies.Group;
import io.camatlas.strategies.Space;
import io.camatlas.strategies.Strategy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Sentences that follow from numbers, and those that must not. */
class FindingsTest {
  /** A class about which there is nothing to say; its parts are replaced one by one. */
  private static final class Facts {
    private final int index;
    private long n = 40;
    private long blank;
    private double accuracy = 0.95;
    private Grid mean = even();
    private Grid peaks = even();
    private Grid variance = new Grid(new double[100], 10, 10);
    private Optional<Grid> meanRight = Optional.empty();
    private Optional<Grid> meanWrong = Optional.empty();
    private List<RegionShare> regions = List.of();
    private Optional<Truth> truth = Optional.of(new Truth(40, 0.9, 0.5, 0.5, 0.2, 0.6));
    private double firstShare = 0.2;
    private long labelled = 40;
    private long right = 20;
    private long wrong = 20;
    private List<ClassReport.Confusion> confusions = List.of();

    Facts(int index) {
      this.index = index;
    }

    ClassReport report() {
      return new ClassReport(
          "c" + index,
          index,
          new ClassReport.Predictions(Math.min(n, labelled), accuracy, 0.9, 0.9, Optional.empty()),
          new Maps(
              n,
              blank,
              Optional.of(mean),
              Optional.of(variance),
              Optional.of(peaks),
              new Split(right, meanRight),
              new Split(wrong, meanWrong)),
          List.of(),
          regions,
          truth,
          List.of(new MapShare(3, 1, firstShare, 1, List.of())),
          confusions,
          Singles.NONE);
    }
  }

  private static Grid even() {
    double[] values = new double[100];
    java.util.Arrays.fill(values, 0.01);
    return new Grid(values, 10, 10);
  }

  /** All in the rectangle of rows 8 and 9 and columns 0 and 1 but for a rest that is even. */
  private static Grid lowerLeft(double share) {
    double[] values = new double[100];
    java.util.Arrays.fill(values, (1 - share) / 96);
    for (int at : new int[] {80, 81, 90, 91}) {
      values[at] = share / 4;
    }
    return new Grid(values, 10, 10);
  }

  private static ReportedView view(double ece, double confidence, int dead) {
    return view(ece, confidence, dead, List.of());
  }

  private static ReportedView view(
      double ece, double confidence, int dead, List<String> superclasses) {
    return new ReportedView(
        1,
        "r",
        400,
        new Model("m", "", "", superclasses),
        new Layer("l", 10, 10, 100, dead),
        new Rule("grad-cam", Map.of()),
        new ReportedView.Predictions(400, 0.95, confidence, ece, Optional.empty()),
        Optional.of(new Pointing(0.9, 0.5)));
  }

  private static List<Finding> findingsOf(
      ReportedView view, List<ClassReport> classes, List<CalibrationBin> calibration) {
    return Findings.of(
            new ViewReport(
                view,
                classes,
                List.of(),
                calibration,
                List.of(),
                Map.of(),
                ViewHabits.UNKNOWN,
                Map.of(),
                Slices.NONE,
                ViewStrategies.UNKNOWN,
                5))
        .worstFirst();
  }

  /** Nine classes without a fault, and the given one. */
  private static List<Finding> findings(Facts facts) {
    List<ClassReport> classes = new ArrayList<>();
    for (int i = 1; i < 10; i++) {
      classes.add(new Facts(i).report());
    }
    classes.add(facts.report());
    return findingsOf(view(0.01, 0.94, 0), classes, List.of());
  }

  @Test
  void classesWithoutAFaultAccuseNobody() {
    assertThat(findings(new Facts(0))).isEmpty();
  }

  @Test
  void rightPredictionsThatMissTheObjectAreTheWorst() {
    Facts facts = new Facts(0);
    facts.truth = Optional.of(new Truth(40, 0.1, 0.25, 0.1, 0.2, 0.1));
    List<Finding> found = findings(facts);
    assertThat(found).hasSize(1);
    // Without experiments, maps alone are not evidence enough for more.
    assertThat(found.get(0).severity()).isEqualTo(Severity.NOTABLE);
    assertThat(found.get(0).sentence())
        .isEqualTo(
            "Class 'c0' is predicted correctly in 95 % of its images, but the model looks at the"
                + " object in only 10 % (4 of 40). On average over classes it does so in 90 %;"
                + " always"
                + " guessing the centre would score 25 %.");
    assertThat(found.get(0).evidence()).isEqualTo("classes/0.html#maps");
  }

  private static Findings missingEverywhere(int annotated, double centre) {
    List<ClassReport> classes = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Facts facts = new Facts(i);
      facts.truth =
          i < annotated
              ? Optional.of(new Truth(40, 0.05, centre, 0.1, 0.2, 0.1))
              : Optional.empty();
      classes.add(facts.report());
    }
    ReportedView known = view(0.01, 0.94, 0);
    ReportedView view =
        new ReportedView(
            1,
            "r",
            120,
            known.model(),
            known.layer(),
            known.rule(),
            known.predictions(),
            Optional.of(new Pointing(0.05, centre)));
    return Findings.of(PlainViews.of(view, classes));
  }

  /** Nothing is missed less often than elsewhere; but the middle of the picture would do better. */
  @Test
  void whereAllClassesMissEachIsListed() {
    assertThat(missingEverywhere(3, 0.5).worstFirst())
        .extracting(Finding::classIndex)
        .containsExactlyInAnyOrder(0, 1, 2);
    assertThat(missingEverywhere(1, 0.5).worstFirst())
        .extracting(Finding::classIndex)
        .containsExactly(0);
    assertThat(missingEverywhere(3, 0.06).worstFirst()).isEmpty();
  }

  @Test
  void judgedAreTheImagesThatAreCompared() {
    Facts facts = new Facts(0);
    facts.truth = Optional.of(new Truth(38, 0.9, 0.5, 0.5, 0.2, 0.6));
    facts.labelled = 30;
    assertThat(Findings.of(viewOf(facts)).asked())
        .filteredOn(
            asked -> asked.check() instanceof MissedObjects || asked.check() instanceof LowAccuracy)
        .extracting(Findings.Asked::judged)
        .allMatch(judged -> !judged.endsWith(" 400 images"))
        .hasSize(2);
  }

  private static Findings.Asked asked(ViewReport report, Class<? extends Check> check) {
    return Findings.of(report).asked().stream()
        .filter(one -> check.isInstance(one.check()))
        .findFirst()
        .orElseThrow();
  }

  /** Of ten classes, three did not come to a test, each for another reason. */
  @Test
  void onlyClassesWhosePicturesWereComparedPass() {
    Map<Integer, PicturesCompared> compared = new HashMap<>();
    for (int i = 0; i < 10; i++) {
      Optional<Comparison> how =
          i == 1
              ? Optional.of(Comparison.OF_TOO_FEW)
              : i == 2 ? Optional.empty() : Optional.of(new Comparison(32, i == 3));
      compared.put(i, new PicturesCompared(how, how));
    }
    ViewReport plain = viewOf(new Facts(0));
    ViewReport report = plain.withPicturesCompared(compared);
    Findings.Asked patterns = asked(report, PatternInPictures.class);
    assertThat(patterns.passed()).isEqualTo(7);
    assertThat(patterns.judged()).isEqualTo("7 classes, 224 images");
    assertThat(patterns.answers().subList(0, 4))
        .containsExactly(
            Answer.PASSED,
            Answer.notTestable("Too few pictures could be compared."),
            Answer.notTestable("Only pictures of the 1,600 largest classes are compared."),
            Answer.notTestable("What its pictures have in common was not tested."));
    Findings.Asked repeats = asked(report, SameThingAnywhere.class);
    assertThat(repeats.answers()).isEqualTo(patterns.answers());
    assertThat(repeats.judged()).isEqualTo(patterns.judged());

    assertThat(asked(plain, PatternInPictures.class).whyNotTestable())
        .contains("No experiments were made on this class.");
  }

  /** A class that loses something, as with its object, but not much, has not passed. */
  @Test
  void whatExperimentsLeaveOpenDoesNotPass() {
    Effect.Said before = new Effect.Said(0.9, 1);
    Effect some =
        Effect.of(
            CauseTest.BLUR,
            Collections.nCopies(40, new Effect.Outcome(before, new Effect.Said(0.72, 1), before)));
    FixedPattern corner =
        new FixedPattern(new Place(List.of(new FractionBox(0, 0.8, 0.2, 1))), 40, 9, false);
    Cause open =
        new Cause(new Suspect.OfPattern(0, corner, Optional.empty()), List.of(some), List.of());
    ViewReport report =
        viewOf(new Facts(0))
            .withCauses(List.of(open))
            .withPicturesCompared(
                Map.of(
                    0,
                    new PicturesCompared(
                        Optional.of(new Comparison(40, true)),
                        Optional.of(new Comparison(40, false)))));
    assertThat(open.verdict()).isEqualTo(Cause.Verdict.UNDECIDED);
    assertThat(asked(report, PatternInPictures.class).answers().get(0))
        .isEqualTo(
            Answer.notTestable(
                "Experiments leave open whether the model uses what its pictures have in common."));
  }

  /** One image with a label, and that one wrong, says nothing of the others. */
  @Test
  void fewLabelsSayNothingOfCalibrationOrOfWhatIsPredictedTooOften() {
    ReportedView all = view(0.9, 0.9, 0);
    ReportedView few =
        new ReportedView(
            all.number(),
            all.run(),
            all.explanations(),
            all.model(),
            all.layer(),
            all.rule(),
            new ReportedView.Predictions(1, 0, 0.9, 0.9, Optional.empty()),
            all.pointing());
    ViewReport plain = viewOf(new Facts(0));
    ViewReport report =
        new ViewReport(
            few,
            plain.classes(),
            plain.featureMaps(),
            List.of(new CalibrationBin(0.8, 1, 1, 0, 0.9)),
            plain.causes(),
            plain.picturesCompared(),
            plain.habits(),
            Map.of(),
            plain.slices(),
            plain.strategies(),
            plain.fewest());
    assertThat(asked(report, Calibration.class).whyNotTestable())
        .contains("Too few images are labelled.");
    assertThat(asked(report, AttractingClass.class).whyNotTestable())
        .contains("Too few images are labelled.");
  }

  @Test
  void superclassesWithFewImagesDoNotPass() {
    ViewReport report = together(classesOfThree(facts -> {}), ANIMALS_AND_TOOLS);
    assertThat(asked(report, WorseSuperclasses.class).whyNotTestable())
        .contains("Every superclass has too few images with labels.");
  }

  /** A class of 40 images whose second parts were looked for in 16 of them. */
  @Test
  void ofSecondPartsAsManyImagesAreJudgedAsWereTested() {
    Effect.Said no = new Effect.Said(0.01, 0);
    Effect pasted =
        Effect.of(CauseTest.PASTE, Collections.nCopies(16, new Effect.Outcome(no, no, no)));
    Cause cause =
        new Cause(
            new Suspect.OfSecondPart(0),
            List.of(pasted),
            Optional.of(new OtherImages(144, 0, 1)),
            List.of());
    assertThat(
            asked(viewOf(new Facts(0)).withCauses(List.of(cause)), EnoughBySecondPart.class)
                .judged())
        .isEqualTo("1 class, 16 images");
  }

  @Test
  void aSingleClassWithLabelsIsComparedWithNone() {
    Facts labelled = new Facts(0);
    labelled.accuracy = 0.05;
    Facts other = new Facts(1);
    other.labelled = 0;
    other.accuracy = Double.NaN;
    assertThat(Findings.of(together(List.of(labelled, other), List.of())).asked())
        .filteredOn(asked -> asked.check() instanceof LowAccuracy)
        .allMatch(asked -> asked.whyNotTestable().isPresent());
  }

  /** It has no maps, as it is never predicted, but images enough. */
  @Test
  void aClassThatIsAccusedHasNotTooFewImages() {
    List<Facts> classes = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      classes.add(new Facts(i));
    }
    classes.get(0).blank = 40;
    classes.get(0).accuracy = 0;
    ViewReport report = together(classes, List.of());
    assertThat(Verdict.of(report, Findings.of(report)).sentence())
        .startsWith("Do not rely on 'c0'")
        .doesNotContain("too few");
  }

  @Test
  void fewImagesAreNoEvidence() {
    Facts facts = new Facts(0);
    facts.n = 4;
    facts.truth = Optional.of(new Truth(4, 0, 0, 0, 0.2, 0));
    facts.mean = lowerLeft(0.9);
    facts.peaks = lowerLeft(1);
    facts.accuracy = 0;
    facts.firstShare = 0.9;
    assertThat(findings(facts)).isEmpty();
    // One of three misses is what chance gives.
    Facts three = new Facts(0);
    three.n = 6;
    three.truth = Optional.of(new Truth(6, 2 / 3.0, 0.5, 0.5, 0.2, 0.5));
    assertThat(findings(three)).isEmpty();
  }

  @Test
  void attentionThatGathersInACornerIsSaidWithItsShareOfThePicture() {
    Facts facts = new Facts(0);
    facts.mean = lowerLeft(0.81);
    facts.peaks = lowerLeft(0.95);
    List<Finding> found = findings(facts);
    assertThat(found).extracting(Finding::severity).containsExactly(Severity.NOTABLE);
    // Over all ten classes: (9 * 0.04 + 0.81) / 10.
    assertThat(found.get(0).sentence())
        .isEqualTo(
            "Attention for class 'c0' gathers in the bottom left corner: 81 % of it lies in 4 % of"
                + " the picture. Over all classes 12 % does. The peak is there in 38 of 40"
                + " images.");
  }

  @Test
  void aHotSpotIsTheDensestRectangle() {
    HotSpot spot = HotSpot.of(lowerLeft(0.81)).orElseThrow();
    assertThat(spot.x0()).isZero();
    assertThat(spot.x1()).isEqualTo(0.2, within(1e-12));
    assertThat(spot.y0()).isEqualTo(0.8, within(1e-12));
    assertThat(spot.y1()).isEqualTo(1, within(1e-12));
    assertThat(spot.share()).isEqualTo(0.81, within(1e-12));
    assertThat(HotSpot.of(even())).isEmpty();
    assertThat(HotSpot.of(new Grid(new double[100], 10, 10))).isEmpty();
  }

  @Test
  void whatAllClassesDoIsNoFindingOfOne() {
    List<ClassReport> classes = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      Facts facts = new Facts(i);
      facts.mean = lowerLeft(0.81);
      facts.peaks = lowerLeft(0.95);
      classes.add(facts.report());
    }
    assertThat(findingsOf(view(0.01, 0.94, 0), classes, List.of()))
        .extracting(Finding::classIndex)
        .containsExactly(-1);
  }

  @Test
  void aFlaggedRegionIsSaidButNotTheCentre() {
    Facts facts = new Facts(0);
    facts.regions =
        List.of(
            new RegionShare(Region.CENTRE, 0.8, 0.7, 0.9, 0.25, 0.3, true),
            new RegionShare(Region.BORDER, 0.6, 0.55, 0.65, 0.36, 0.3, true));
    List<Finding> found = findings(facts);
    assertThat(found).extracting(Finding::severity).containsExactly(Severity.NOTABLE);
    assertThat(found.get(0).sentence())
        .isEqualTo(
            "Attention for class 'c0' is unusually strong at the border: 60 % of it (95 %"
                + " interval 55 % to 65 %) lies in 36 % of the picture. That is 2 times the share"
                + " over all classes. The peak is there in 14 of 40 images.");
  }

  @Test
  void oneFeatureMapThatCarriesAClassIsNamed() {
    Facts facts = new Facts(0);
    facts.firstShare = 0.5;
    assertThat(findings(facts))
        .extracting(Finding::sentence)
        .containsExactly(
            "One feature map (number 3) supplies 50 % of the evidence for class 'c0'. In the median"
                + " class the largest one supplies 20 %.");
    assertThat(findings(facts).get(0).evidence()).isEqualTo("feature-maps/3.html");
  }

  @Test
  void wrongPredictionsThatLookElsewhereAreSaid() {
    Facts facts = new Facts(0);
    facts.meanRight = Optional.of(lowerLeft(0.8));
    facts.meanWrong = Optional.of(even());
    // Σ min: 96 cells of 0.2 / 96 and 4 of 0.01.
    List<Finding> ofTheClass =
        findings(facts).stream().filter(finding -> finding.classIndex() == 0).toList();
    assertThat(ofTheClass.get(0).sentence()).endsWith("overlap by 24 %.");
    assertThat(ofTheClass.get(0).severity()).isEqualTo(Severity.MINOR);
    // Maps that jump from cell to cell give such means by chance.
    double[] jumping = new double[100];
    java.util.Arrays.fill(jumping, 0.01 * 0.99);
    facts.variance = new Grid(jumping, 10, 10);
    assertThat(findings(facts)).noneMatch(finding -> finding.classIndex() == 0);
  }

  @Test
  void calibrationIsJudgedByItsDirectionAndByWhatChanceGives() {
    List<ClassReport> classes = List.of(new Facts(0).report(), new Facts(1).report());
    assertThat(findingsOf(view(0.08, 0.95, 0), classes, List.of()).get(0).sentence())
        .startsWith(
            "The model is miscalibrated: its confidence is 95 % on average, and it is right in 95"
                + " %");
    assertThat(findingsOf(view(0.08, 0.88, 0), classes, List.of()).get(0).sentence())
        .startsWith("The model is underconfident");
    // Thirty images in fifteen bins stray by a fifth, calibrated or not.
    List<CalibrationBin> few = new ArrayList<>();
    for (int i = 0; i < 15; i++) {
      few.add(new CalibrationBin(i / 15.0, (i + 1) / 15.0, 2, 0.5, (i + 0.5) / 15));
    }
    assertThat(findingsOf(view(0.15, 0.7, 0), classes, few)).isEmpty();
  }

  @Test
  void lowAccuracyAndBlankMapsAreSaid() {
    Facts facts = new Facts(0);
    facts.accuracy = 0.4;
    facts.blank = 10;
    assertThat(findings(facts))
        .extracting(Finding::severity)
        .containsExactly(Severity.SERIOUS, Severity.NOTABLE);
    assertThat(findings(facts).get(0).sentence())
        .isEqualTo(
            "Class 'c0' is predicted correctly in only 40 % of its 40 images; over all classes it"
                + " is 95 %.");
  }

  @Test
  void theWholeModelIsJudgedToo() {
    List<Finding> found =
        findingsOf(
            view(0.08, 0.99, 1), List.of(new Facts(0).report(), new Facts(1).report()), List.of());
    assertThat(found)
        .extracting(Finding::sentence)
        .containsExactly(
            "The model is overconfident: its confidence is 99 % on average, and it is right in 95 %"
                + " of 400 images (expected calibration error 8 %).",
            "1 of the layer's 100 feature maps responds to no image in the dataset.");
  }

  @Test
  void intervalsAreWilsons() {
    // 10 of 20: Wilson 1927 gives 0.299 to 0.701.
    assertThat(Wilson.low(0.5, 20)).isEqualTo(0.2993, within(1e-4));
    assertThat(Wilson.high(0.5, 20)).isEqualTo(0.7007, within(1e-4));
    assertThat(Wilson.high(0, 10)).isEqualTo(0.2775, within(1e-4));
  }

  @Test
  void aClassWithoutLabelsIsNamedAsOne() {
    Facts facts = new Facts(0);
    facts.accuracy = Double.NaN;
    facts.truth = Optional.of(new Truth(40, 0, 0.25, 0.1, 0.2, 0.1));
    assertThat(findings(facts).get(0).sentence())
        .startsWith(
            "For class 'c0' the model looks at the object in none of 40. On average over classes");
  }

  @Test
  void oneBlankMapIsSaidInTheSingular() {
    Facts facts = new Facts(0);
    facts.n = 20;
    facts.blank = 1;
    assertThat(findings(facts).get(0).sentence())
        .isEqualTo(
            "1 of 20 maps for class 'c0' is blank: this layer shows no evidence for the class.");
  }

  @Test
  void whatCannotBeAskedSaysWhy() {
    Facts facts = new Facts(0);
    facts.truth = Optional.empty();
    Findings found = Findings.of(uncalibrated(facts));
    assertThat(found.asked())
        .filteredOn(asked -> asked.whyNotTestable().isPresent())
        .extracting(asked -> asked.whyNotTestable().get())
        .contains(
            "Too few objects are annotated.", "Not all probabilities were kept (probabilities).");
    Facts unlabelled = new Facts(0);
    unlabelled.labelled = 0;
    unlabelled.accuracy = Double.NaN;
    assertThat(asked(uncalibrated(unlabelled), LowAccuracy.class).whyNotTestable())
        .contains("The images have no labels.");
    assertThat(Findings.of(new ReportedDataset("t", "v", "", List.of(), List.of(), List.of())))
        .extracting(all -> all.asked().get(0).whyNotTestable())
        .isEqualTo(Optional.of("The runs behind this atlas were not found."));
  }

  /** A view of one class whose calibration is not known. */
  private static ViewReport uncalibrated(Facts facts) {
    return PlainViews.of(view(Double.NaN, Double.NaN, 0), List.of(facts.report()));
  }

  private static List<String> pooled(List<Facts> facts) {
    return pooled(facts, List.of());
  }

  private static ViewReport together(List<Facts> facts, List<String> superclasses) {
    return new ViewReport(
        view(0.01, 0.95, 0, superclasses),
        facts.stream().map(Facts::report).toList(),
        List.of(),
        List.of(),
        List.of(),
        Map.of(),
        ViewHabits.UNKNOWN,
        Map.of(),
        Slices.NONE,
        ViewStrategies.UNKNOWN,
        20);
  }

  private static List<String> pooled(List<Facts> facts, List<String> superclasses) {
    return Findings.of(together(facts, superclasses)).worstFirst().stream()
        .filter(finding -> finding.classIndex() == -1)
        .map(Finding::sentence)
        .toList();
  }

  /** A pipeline that stops a model must not stop one that was judged as a whole. */
  @Test
  void classesWithFewImagesAreJudgedTogether() {
    List<Facts> many = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      Facts facts = new Facts(i);
      facts.n = 2;
      many.add(facts);
    }
    assertThat(together(many, List.of()).judgesAny()).isFalse();
    assertThat(Findings.judges(together(many, List.of()))).isTrue();
    assertThat(Findings.judges(together(many.subList(0, 5), List.of()))).isFalse();
  }

  /** A pooled comparison says how many maps it rests on, which may be few of all. */
  @Test
  void whatWasJudgedIsNoMoreThanWasCompared() {
    Facts facts = new Facts(0);
    facts.meanRight = Optional.of(even());
    facts.meanWrong = Optional.of(even());
    facts.wrong = 6;
    assertThat(Findings.of(viewOf(facts)).asked())
        .filteredOn(asked -> asked.check() instanceof ElsewhereWhenWrongOverall)
        .extracting(Findings.Asked::judged)
        .containsExactly("12 images");
  }

  /** Simpson's paradox: one class is mostly right and looks left, another mostly wrong. */
  @Test
  void classesThatAreOftenWrongMakeNoDifference() {
    assertThat(
            pooled(
                classesOfThree(
                    facts -> {
                      Grid own = facts.index % 2 == 0 ? lowerLeft(0.9) : even();
                      facts.right = facts.index % 2 == 0 ? 19 : 1;
                      facts.wrong = 20 - facts.right;
                      facts.meanRight = Optional.of(own);
                      facts.meanWrong = Optional.of(own);
                    })))
        .isEmpty();
  }

  /** Twelve classes of three images each: too few for any of them, enough for all together. */
  private static List<Facts> classesOfThree(Consumer<Facts> each) {
    return IntStream.range(0, 12)
        .mapToObj(
            i -> {
              Facts facts = new Facts(i);
              facts.n = 3;
              each.accept(facts);
              return facts;
            })
        .toList();
  }

  @Test
  void aPlaceThatAllClassesShareIsFoundThoughEachHasFewImages() {
    assertThat(
            pooled(
                classesOfThree(
                    facts -> {
                      facts.mean = lowerLeft(0.5);
                      facts.peaks = lowerLeft(0.9);
                    })))
        .containsExactly(
            "Whatever the class, attention gathers in the bottom left corner: 50 % of it lies in 4 %"
                + " of the picture, and the peak is there in 32 of 36 maps.");
    assertThat(pooled(classesOfThree(facts -> facts.mean = lowerLeft(0.5)))).isEmpty();
    assertThat(pooled(classesOfThree(facts -> {}))).isEmpty();
  }

  /** The first four classes are of one group, the others of another, but the last two of none. */
  private static final List<String> ANIMALS_AND_TOOLS =
      Stream.concat(
              Stream.concat(
                  Collections.nCopies(4, "animal").stream(),
                  Collections.nCopies(6, "tool").stream()),
              Stream.of("", ""))
          .toList();

  private static List<Facts> classesOfTen(Consumer<Facts> animals) {
    List<Facts> all = classesOfThree(facts -> facts.n = 10);
    all.stream().limit(4).forEach(animals);
    return all;
  }

  @Test
  void aPlaceThatASuperclassSharesIsFoundWhereAllClassesTogetherHaveNone() {
    Consumer<Facts> animals =
        facts -> {
          facts.mean = lowerLeft(0.5);
          facts.peaks = lowerLeft(0.9);
        };
    assertThat(pooled(classesOfTen(animals))).isEmpty();
    assertThat(pooled(classesOfTen(animals), ANIMALS_AND_TOOLS))
        .containsExactly(
            "Within 'animal' (4 classes), attention gathers in the bottom left corner: 50 % of it"
                + " lies in 4 % of the picture, and the peak is there in 36 of 40 maps.");
  }

  @Test
  void aSuperclassThatIsPredictedWorseIsFoundThoughItsClassesHaveFewImages() {
    Consumer<Facts> animals = facts -> facts.accuracy = 0.7;
    assertThat(pooled(classesOfTen(animals))).isEmpty();
    assertThat(pooled(classesOfTen(animals), ANIMALS_AND_TOOLS))
        .containsExactly(
            "Images of 'animal' (4 classes) get their own class in only 70 % of 40 images; over all"
                + " images it is 95 %. In 70 % they get some class of 'animal'.");
  }

  /** The worst is told, with the names of the others; a group of few maps accuses nobody. */
  @Test
  void severalSuperclassesAreOneFinding() {
    List<Facts> all = classesOfTen(facts -> facts.accuracy = 0.7);
    all.subList(4, 10).forEach(facts -> facts.accuracy = 0.5);
    for (Facts other : all.subList(10, 12)) {
      other.n = 200;
      other.labelled = 200;
    }
    assertThat(pooled(all, ANIMALS_AND_TOOLS))
        .containsExactly(
            "Images of 'tool' (6 classes) get their own class in only 50 % of 60 images; over all"
                + " images it is 95 %. In 50 % they get some class of 'tool'. The same check fails for"
                + " superclass 'animal'.");
    List<Facts> few = classesOfTen(facts -> {});
    for (Facts facts : few.subList(0, 4)) {
      facts.n = 4;
      facts.right = 2;
      facts.wrong = 2;
      facts.meanRight = Optional.of(even());
      facts.meanWrong = Optional.of(lowerLeft(0.9));
    }
    few.subList(4, 12).forEach(facts -> facts.wrong = 0);
    assertThat(pooled(few, ANIMALS_AND_TOOLS)).isEmpty();
  }

  @Test
  void aSuperclassThatAttractsIsFound() {
    List<Facts> all = classesOfTen(facts -> {});
    // Nine images of each tool are taken for animals, for each of them twice or thrice.
    for (Facts tool : all.subList(4, 10)) {
      tool.confusions =
          IntStream.range(0, 4)
              .mapToObj(
                  to ->
                      new ClassReport.Confusion(
                          "c" + tool.index, tool.index, "c" + to, to, to == 0 ? 3 : 2, 0.9, 0.9))
              .toList();
    }
    assertThat(pooled(all, ANIMALS_AND_TOOLS))
        .containsExactly(
            "94 images are predicted as a class of 'animal', and 40 of them are labelled so;"
                + " 40 images are labelled so in all.");
  }

  @Test
  void wrongPredictionsOfAllClassesAreComparedWithRightOnes() {
    assertThat(
            pooled(
                classesOfThree(
                    facts -> {
                      facts.meanRight = Optional.of(even());
                      facts.meanWrong = Optional.of(lowerLeft(0.8));
                    })))
        .containsExactly(
            "Over all classes, the model looks in different places when it is wrong: the mean maps of"
                + " correct and of wrong predictions, as many of each class (240 in all), overlap by"
                + " 24 %.");
    // Maps that vary as much differ by chance.
    assertThat(
            pooled(
                classesOfThree(
                    facts -> {
                      facts.meanRight = Optional.of(even());
                      facts.meanWrong = Optional.of(lowerLeft(0.8));
                      double[] much = new double[100];
                      java.util.Arrays.fill(much, 0.05);
                      facts.variance = new Grid(much, 10, 10);
                    })))
        .isEmpty();
  }

  private static SliceReport group(
      String value,
      SliceMeasure measure,
      long n,
      double mean,
      long restN,
      double restMean,
      double q) {
    double difference = mean - restMean;
    return new SliceReport(
        0,
        new SliceReport.Trait(false, "site", value),
        n,
        measure,
        n,
        mean,
        restN,
        restMean,
        difference - 0.1,
        difference + 0.1,
        q);
  }

  private static ViewReport with(Slices slices) {
    ViewReport plain = viewOf(new Facts(0));
    return new ViewReport(
        plain.view(),
        plain.classes(),
        plain.featureMaps(),
        plain.calibration(),
        plain.causes(),
        plain.picturesCompared(),
        plain.habits(),
        Map.of(),
        slices,
        ViewStrategies.UNKNOWN,
        5);
  }

  private static Finding worseGroup(SliceReport... groups) {
    ViewReport report = with(new Slices(List.of(groups), Map.of(0, 100L), List.of()));
    return Findings.of(report).worstFirst().stream()
        .filter(finding -> finding.evidence().endsWith("#groups"))
        .findFirst()
        .orElse(null);
  }

  @Test
  void groupsThatAreServedWorseAreNamed() {
    Finding finding =
        worseGroup(
            group("A", SliceMeasure.ACCURACY, 50, 0.6, 35, 1, 0.01),
            group("B", SliceMeasure.ACCURACY, 30, 0.4, 35, 1, 0.001),
            group("B", SliceMeasure.CONFIDENCE, 30, 0.36, 35, 0.97, 0.001));
    assertThat(finding.severity()).isEqualTo(Severity.NOTABLE);
    assertThat(finding.sentence())
        .endsWith(
            "images with site 'B' are predicted correctly in 40 % (12 of 30), with a confidence of"
                + " 36 %; the others correctly in 100 % (35 of 35), with a confidence of 97 %.");
    // Accuracy that may be chance is told beside confidence that is not.
    assertThat(
            worseGroup(
                    group("no", SliceMeasure.ACCURACY, 5, 0.6, 35, 1, 0.4),
                    group("no", SliceMeasure.CONFIDENCE, 5, 0.36, 35, 0.97, 0.001))
                .sentence())
        .contains("correctly in 60 % (3 of 5)")
        .endsWith("One of the two groups is small.");
    assertThat(worseGroup(group("A", SliceMeasure.ACCURACY, 50, 0.6, 35, 1, 0.06))).isNull();
    assertThat(worseGroup(group("A", SliceMeasure.ACCURACY, 50, 0.86, 35, 1, 0.01))).isNull();
    assertThat(worseGroup(group("A", SliceMeasure.SPREAD, 50, 0.1, 35, 1, 0.01))).isNull();
  }

  /** Where no group of a class could be compared, nothing says that none is worse. */
  @Test
  void groupsThatAreTooSmallToCompareAreNoPass() {
    ViewReport report = with(new Slices(List.of(), Map.of(-1, 12L), List.of()));
    assertThat(Findings.of(report).asked())
        .filteredOn(asked -> asked.check() instanceof WorseGroups)
        .allMatch(asked -> asked.whyNotTestable().isPresent());
    assertThat(Findings.of(report).asked())
        .filteredOn(asked -> asked.check() instanceof WorseGroupsOverall)
        .allMatch(asked -> asked.passed() == 1);
  }

  @Test
  void ofTwoGroupsTheSmallerIsShown() {
    Slices slices =
        new Slices(
            List.of(
                group("false", SliceMeasure.CONFIDENCE, 35, 0.97, 5, 0.36, 0.001),
                group("true", SliceMeasure.CONFIDENCE, 5, 0.36, 35, 0.97, 0.001),
                group("maybe", SliceMeasure.ACCURACY, 5, 0.36, 35, 0.97, 0.3)),
            Map.of(0, 10L),
            List.of());
    assertThat(slices.differentOf(0))
        .extracting(one -> one.trait().value())
        .containsExactly("true");
  }

  /** Runs of other layers or models are of the same images. */
  @Test
  void failuresAreAShareOfOneRun() {
    ReportedDataset dataset =
        new ReportedDataset(
            "title",
            "1",
            "2026-01-01T00:00:00Z",
            List.of(
                new ReportedDataset.Source("a", "", "", "", 1_000, 15),
                new ReportedDataset.Source("b", "", "", "", 1_000, 0)),
            List.of(new FailureGroup("decode", "truncated", 15, List.of())),
            List.of());
    Finding finding = Findings.of(dataset).worstFirst().get(0);
    assertThat(finding.severity()).isEqualTo(Severity.NOTABLE);
    assertThat(finding.sentence())
        .isEqualTo(
            "15 of 1,000 images of one run, and 15 of 2,000 over all 2 runs, could not be explained:"
                + " 15 truncated.");
  }

  private static Findings ofImages(long failed) {
    return Findings.of(
        new ReportedDataset(
            "title",
            "1",
            "2026-01-01T00:00:00Z",
            List.of(new ReportedDataset.Source("a", "", "", "", 1_000, failed)),
            List.of(new FailureGroup("decode", "truncated", failed, List.of())),
            List.of()));
  }

  @Test
  void theVerdictCountsImagesThatFailed() {
    ViewReport report = viewOf(new Facts(0));
    String fine = Verdict.of(report, Findings.of(report)).sentence();
    assertThat(fine).startsWith("No check found a fault in any of 10 classes.");
    assertThat(Verdict.of(report, Findings.of(report).and(ofImages(0))).sentence()).isEqualTo(fine);
    Verdict many = Verdict.of(report, Findings.of(report).and(ofImages(15)));
    assertThat(many.sentence())
        .isEqualTo(
            "No serious fault was found. 1 finding deserves a look before you rely on the model. "
                + fine);
    assertThat(many.worst()).isEqualTo(-1);
    assertThat(many.place()).isEmpty();
    assertThat(Verdict.of(report, Findings.of(report).and(ofImages(9))).sentence())
        .as("minor")
        .isEqualTo(fine);
    Facts corner = inTheCorner();
    ViewReport serious = viewOf(corner).withCauses(List.of(cause(corner, 0.6)));
    assertThat(Verdict.of(serious, Findings.of(serious).and(ofImages(15))))
        .isEqualTo(Verdict.of(serious, Findings.of(serious)));
  }

  @Test
  void ofAClassWithTooFewImagesOnlyThatIsSaid() {
    Facts facts = new Facts(0);
    facts.accuracy = 0.2;
    ViewReport judged = viewOf(facts);
    ViewReport tooFew =
        new ViewReport(
            judged.view(),
            judged.classes(),
            judged.featureMaps(),
            judged.calibration(),
            judged.causes(),
            judged.picturesCompared(),
            judged.habits(),
            Map.of(),
            judged.slices(),
            ViewStrategies.UNKNOWN,
            1000);

    assertThat(Findings.of(judged).worstFirst()).isNotEmpty();
    assertThat(Findings.of(tooFew).worstFirst()).isEmpty();
    assertThat(Verdict.of(tooFew, Findings.of(tooFew)).sentence())
        .startsWith("No class has enough images to be judged.");
    assertThat(Findings.commonRules(tooFew)).contains("fewer than 1,000 images");
  }

  @Test
  void everyCheckIsExplained() {
    assertThat(Checks.ALL)
        .allSatisfy(
            check -> {
              assertThat(check.question()).endsWith("?");
              assertThat(check.rule()).endsWith(".").doesNotContain("  ", "{", "%%");
            })
        .extracting(Check::question)
        .doesNotHaveDuplicates();
    assertThat(new OneFeatureMap().rule()).contains("at least 33 %", "1.75 times");
  }

  private static String verdict(Facts facts, List<Cause> causes) {
    ViewReport report = viewOf(facts).withCauses(causes);
    return Verdict.of(report, Findings.of(report)).sentence();
  }

  private static ViewReport viewOf(Facts facts) {
    List<ClassReport> classes = new ArrayList<>();
    classes.add(facts.report());
    for (int i = 1; i < 10; i++) {
      classes.add(new Facts(i).report());
    }
    return PlainViews.of(view(0.01, 0.95, 0), classes);
  }

  /** An experiment that takes, or turns, so much more than its control. */
  private static Cause cause(Facts facts, double size) {
    List<Effect.Outcome> outcomes = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      Effect.Said control = new Effect.Said(0.9, 1);
      double after = 0.9 - size + i / 10_000.0;
      outcomes.add(new Effect.Outcome(control, new Effect.Said(after, 0), control));
    }
    return new Cause(
        Suspects.of(viewOf(facts), InPictures.NONE, 0, 200).tested().get(0),
        List.of(Effect.of(CauseTest.BLUR, outcomes)),
        List.of());
  }

  private static Facts inTheCorner() {
    Facts facts = new Facts(0);
    facts.mean = lowerLeft(0.81);
    facts.peaks = lowerLeft(0.95);
    return facts;
  }

  /** One side of a frame may cost nothing where the other three are left. */
  @Test
  void aRegionIsNotAcquittedByAPartOfIt() {
    Facts facts = new Facts(0);
    facts.regions = List.of(new RegionShare(Region.BORDER, 0.6, 0.55, 0.65, 0.36, 0.3, true));
    ViewReport report = viewOf(facts);
    Place top = new Place(List.of(new FractionBox(0, 0, 1, 0.1)));
    for (double size : new double[] {0.02, 0.6}) {
      Suspect suspect = new Suspect.OfPlace(0, top, Optional.of(top), Subjects.LABELLED);
      Cause tested = new Cause(suspect, cause(inTheCorner(), size).effects(), List.of());
      Finding found =
          Findings.of(report.withCauses(List.of(tested))).worstFirst().stream()
              .filter(one -> one.sentence().contains("at the border"))
              .findFirst()
              .orElseThrow();
      assertThat(found.severity()).isEqualTo(size > 0.5 ? Severity.SERIOUS : Severity.NOTABLE);
      assertThat(found.sentence())
          .contains("Covering its densest part takes")
          .doesNotContain("does not depend");
    }
  }

  @Test
  void experimentsDecideHowSeriousAFindingIs() {
    Facts facts = inTheCorner();
    for (double size : new double[] {0.6, 0.18, 0.02}) {
      ViewReport report = viewOf(facts).withCauses(List.of(cause(facts, size)));
      Finding found = Findings.of(report).worstFirst().get(0);
      assertThat(found.severity())
          .isEqualTo(
              size > 0.5 ? Severity.SERIOUS : size > 0.1 ? Severity.NOTABLE : Severity.MINOR);
      assertThat(found.sentence()).contains("Covering the bottom left corner takes 'c0' from 90 %");
    }
  }

  /**
   * An experiment on what the class's pictures have in common in a corner that maps do not mark.
   */
  private static Cause patternCause(ViewReport report, FractionBox box, double turned) {
    return patternCause(report, box, turned, false);
  }

  private static Cause patternCause(
      ViewReport report, FractionBox box, double turned, boolean inTheMiddle) {
    List<Effect.Outcome> pasted = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      boolean turns = i < 40 * turned;
      Effect.Said before = new Effect.Said(0.01, 0);
      pasted.add(
          new Effect.Outcome(before, new Effect.Said(turns ? 0.9 : 0.02, turns ? 1 : 0), before));
    }
    FixedPattern pattern = new FixedPattern(new Place(List.of(box)), 64, 12.4, inTheMiddle);
    Suspect suspect =
        Suspects.of(report, new InPictures(Map.of(0, pattern), List.of()), 0, 200).tested().stream()
            .filter(Suspect.OfPattern.class::isInstance)
            .findFirst()
            .orElseThrow();
    return new Cause(suspect, List.of(Effect.of(CauseTest.PASTE, pasted)), List.of());
  }

  private static List<Finding> ofPatterns(ViewReport report, Cause... causes) {
    return Findings.of(report.withCauses(List.of(causes))).worstFirst().stream()
        .filter(finding -> finding.sentence().startsWith("Pictures of class"))
        .toList();
  }

  @Test
  void whatPicturesHaveInCommonIsAFindingOnceExperimentsConfirmIt() {
    ViewReport report = viewOf(new Facts(0));
    FractionBox corner = new FractionBox(0.8, 0, 1, 0.2);
    Cause used = patternCause(report, corner, 0.6);
    assertThat(ofPatterns(report, used)).hasSize(1);
    Finding found = ofPatterns(report, used).get(0);
    assertThat(found.severity()).isEqualTo(Severity.SERIOUS);
    assertThat(found.place()).containsExactly(corner);
    assertThat(found.sentence())
        .isEqualTo(
            "Pictures of class 'c0' show something in the top right corner that others do not: there"
                + " the mean of 64 pictures differs from that of the other classes, on 4 % of the"
                + " picture. Pasted into 40 images of other classes, it turns 60 % of them into 'c0';"
                + " as much from elsewhere turns 0 %.");
    assertThat(found.reason())
        .isEqualTo("it depends on what lies in the top right corner of the picture");
    assertThat(ofPatterns(report, patternCause(report, corner, 0.05))).isEmpty();
    assertThat(ofPatterns(report)).isEmpty();
  }

  @Test
  void whatPicturesHaveInCommonInTheMiddleMayBeTheObject() {
    ViewReport report = viewOf(new Facts(0));
    FractionBox middle = new FractionBox(0.2, 0.4, 0.8, 0.55);
    Finding found = ofPatterns(report, patternCause(report, middle, 0.6, true)).get(0);
    assertThat(found.severity()).isEqualTo(Severity.NOTABLE);
    assertThat(found.sentence())
        .contains("show something in the middle that others do not")
        .endsWith(
            " It may belong to what lies in the middle, where objects are: the pictures show whether"
                + " it is a mark, or the object itself, photographed alike each time.");
    assertThat(ofPatterns(report, patternCause(report, middle, 0.05, true))).isEmpty();
  }

  @Test
  void aPlaceThatMapsNameTooIsToldOnce() {
    Facts facts = inTheCorner();
    ViewReport report = viewOf(facts);
    Cause ofMaps = cause(facts, 0.6);
    FractionBox same = ((Suspect.OfPlace) ofMaps.suspect()).place().boxes().get(0);
    assertThat(ofPatterns(report, ofMaps, patternCause(report, same, 0.6))).isEmpty();
    assertThat(
            ofPatterns(report, ofMaps, patternCause(report, new FractionBox(0.8, 0, 1, 0.2), 0.6)))
        .hasSize(1);
  }

  /** What is confirmed by little does not hide what is confirmed by much. */
  @Test
  void aPlaceIsToldAgainIfItsPatternIsMoreSerious() {
    Facts facts = inTheCorner();
    ViewReport report = viewOf(facts);
    Cause weak = cause(facts, 0.18);
    FractionBox same = ((Suspect.OfPlace) weak.suspect()).place().boxes().get(0);
    assertThat(ofPatterns(report, weak, patternCause(report, same, 0.6)))
        .extracting(Finding::severity)
        .containsExactly(Severity.SERIOUS);
  }

  private static Suspect.OfRepeat repeat(int classIndex, int repeated) {
    return new Suspect.OfRepeat(
        classIndex, new Repeats(48, repeated, new OtherImages(432, 2, 1e-9)), List.of("a"));
  }

  @Test
  void theSameThingAnywhereIsAsSeriousAsWhatItTurns() {
    ViewReport report = viewOf(new Facts(0));
    List<Suspect.OfRepeat> found = List.of(repeat(0, 30), repeat(1, 12));
    InPictures pictures = new InPictures(Map.of(), found);
    assertThat(Suspects.of(report, pictures, 0, 200).tested()).containsAll(found);
    Suspects one = Suspects.of(report, pictures, 0, 1);
    assertThat(one.tested()).contains(found.get(0)).doesNotContain(found.get(1));
    assertThat(one.leftOut()).isEqualTo(Suspects.of(report, InPictures.NONE, 0, 1).leftOut() + 1);
    for (double turned : new double[] {0.6, 0.22, 0.03}) {
      List<Effect.Outcome> outcomes = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        boolean turns = i < 50 * turned;
        Effect.Said before = new Effect.Said(0.01, 0);
        outcomes.add(
            new Effect.Outcome(before, new Effect.Said(turns ? 0.9 : 0.02, turns ? 1 : 0), before));
      }
      Cause cause =
          new Cause(found.get(0), List.of(Effect.of(CauseTest.PASTE, outcomes)), List.of());
      List<Finding> told =
          Findings.of(report.withCauses(List.of(cause))).worstFirst().stream()
              .filter(finding -> finding.sentence().startsWith("Maps of class 'c0' mark the same"))
              .toList();
      if (turned < 0.1) {
        assertThat(told).isEmpty();
      } else {
        assertThat(told)
            .extracting(Finding::severity)
            .containsExactly(turned > 0.5 ? Severity.SERIOUS : Severity.NOTABLE);
        assertThat(told.get(0).sentence())
            .contains(
                "in 30 of 48 images, what lies at the peak is in at least 5 %, and at least 3, of the"
                    + " others")
            .contains("in other classes in 2 of 432.");
      }
    }
  }

  @Test
  void placesOfSeveralRectanglesHaveNames() {
    List<FractionBox> frame =
        List.of(
            new FractionBox(0, 0, 1, 0.08),
            new FractionBox(0, 0.9, 1, 1),
            new FractionBox(0, 0.08, 0.07, 0.9));
    assertThat(PlaceWords.of(new Place(frame))).isEqualTo("the border");
    assertThat(PlaceWords.where(new Place(frame))).isEqualTo("at the border");
    Place two =
        new Place(
            List.of(new FractionBox(0.1, 0.7, 0.4, 0.8), new FractionBox(0.1, 0.82, 0.3, 0.87)));
    assertThat(PlaceWords.of(two)).isEqualTo("rectangles in the bottom left part");
    assertThat(PlaceWords.covered(two)).isEqualTo("these places");
    Place corners =
        new Place(List.of(new FractionBox(0, 0.8, 0.2, 1), new FractionBox(0.9, 0, 1, 0.1)));
    assertThat(PlaceWords.where(corners)).isEqualTo("in several places");
    assertThat(PlaceWords.of(corners)).isEqualTo("several places");
    assertThat(PlaceWords.covered(corners)).isEqualTo("these places");
  }

  @Test
  void theVerdictNamesTheClassAndWhatItDependsOn() {
    Facts facts = inTheCorner();
    assertThat(verdict(facts, List.of(cause(facts, 0.6))))
        .isEqualTo(
            "Do not rely on 'c0': it depends on what lies in the bottom left corner of the picture."
                + " For 9 of 10 classes no check found a fault.");
    assertThat(verdict(facts, List.of()))
        .isEqualTo(
            "No serious fault was found. 1 finding deserves a look before you rely on the model."
                + " For 9 of 10 classes no check found a fault. No experiments were made, so"
                + " nothing here says what the model depends on.");
    assertThat(verdict(new Facts(0), List.of()))
        .startsWith("No check found a fault in any of 10 classes.");
  }

  @Test
  void featureMapsThatAnswerToTheBorderCarryNoClass() {
    Facts facts = new Facts(0);
    facts.firstShare = 0.6;
    ViewReport report = viewOf(facts);
    assertThat(Findings.of(report).worstFirst()).hasSize(1);
    int map = report.classes().get(0).featureMaps().get(0).map();
    assertThat(Findings.of(report.withHabits(new ViewHabits(Set.of(map), Map.of()))).worstFirst())
        .isEmpty();
  }

  /** Images of other classes that are predicted as this one, beside the one that is it. */
  private static Facts attracting(int wrong) {
    Facts facts = inTheCorner();
    // As the atlas has them, confusions are mistakes only.
    facts.confusions = List.of(new ClassReport.Confusion("c5", 5, "c0", 0, wrong, 0.9, Double.NaN));
    facts.labelled = 1;
    facts.accuracy = 1;
    return facts;
  }

  @Test
  void aClassThatOthersAreTakenForIsFoundThoughFewImagesAreLabelledSo() {
    Facts facts = attracting(15);
    List<Finding> found =
        Findings.of(viewOf(facts)).worstFirst().stream()
            .filter(finding -> finding.sentence().contains("are predicted as"))
            .toList();
    assertThat(found).hasSize(1);
    assertThat(found.get(0).sentence())
        .isEqualTo(
            "16 of 400 images are predicted as 'c0', and 1 of them is so labelled; 1 image is so"
                + " labelled in all. Attention for the class gathers in the bottom left corner (81 % of"
                + " it).");
    assertThat(found.get(0).severity()).isEqualTo(Severity.NOTABLE);
    assertThat(Suspects.of(viewOf(facts), InPictures.NONE, 0, 200).tested())
        .anyMatch(suspect -> suspect.subjects() == Suspect.Subjects.PREDICTED);
  }

  @Test
  void ofManySuspectsThoseThatStandOutMostAreTested() {
    Suspects all = Suspects.of(viewOf(attracting(15)), InPictures.NONE, 0, 200);
    int parts = (int) all.tested().stream().filter(Suspect.OfSecondPart.class::isInstance).count();
    int suspects = all.tested().size() - parts;
    assertThat(suspects).isGreaterThan(1);
    assertThat(all.leftOut()).isZero();
    Suspects one = Suspects.of(viewOf(attracting(15)), InPictures.NONE, 0, 1);
    assertThat(one.tested()).hasSize(1 + parts).isSubsetOf(all.tested());
    assertThat(one.leftOut()).isEqualTo(suspects - 1);
    Suspects none = Suspects.of(viewOf(attracting(15)), InPictures.NONE, 0, 0);
    assertThat(none.tested()).hasSize(parts);
    assertThat(none.leftOut()).isEqualTo(suspects);
  }

  @Test
  void aFewMistakesAttractNobody() {
    assertThat(Findings.of(viewOf(attracting(4))).worstFirst())
        .noneMatch(finding -> finding.sentence().contains("are predicted as"));
  }

  /** A group of 60 of 300 images that look into a corner. */
  private static Strategy inTheCorner(int number, double suspicion) {
    return inTheCorner(number, suspicion, Double.NaN, 0);
  }

  private static Strategy inTheCorner(int number, double suspicion, double hits, long judged) {
    return new Strategy(
        new ClassName(0, "c0"),
        number,
        1,
        60,
        2,
        0.2,
        Optional.of(Space.MAPS),
        0.9,
        suspicion,
        suspicion >= Strategy.SUSPICIOUS_FROM,
        new Strategy.Side(0.9, 0.9, hits, judged, lowerLeft(0.8).values()),
        new Strategy.Side(0.9, 0.9, 0.9, 4 * judged, even().values()),
        10,
        10,
        List.of(),
        List.of(
            new Group.Often(
                new Trait.Name(Trait.Source.METADATA, "camera"), "B", 29, 0.97, 0.1, 0, 0)),
        List.of());
  }

  private static ViewReport grouped(Strategy... groups) {
    Facts facts = new Facts(0);
    facts.truth = Optional.empty();
    return viewOf(facts)
        .withStrategies(
            new ViewStrategies(
                true,
                List.of(groups),
                List.of(
                    new ErrorSlice(
                        new ClassName(1, "c1"),
                        0,
                        12,
                        0.4,
                        0.2,
                        0.6,
                        60,
                        0.9,
                        0.001,
                        List.of(),
                        List.of()))));
  }

  private static Cause pasted(double own, double rest) {
    List<Effect> effects = new ArrayList<>();
    for (CauseTest test : List.of(CauseTest.PASTE, CauseTest.PASTE_OF_REST)) {
      List<Effect.Outcome> outcomes = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        boolean turned = i < 40 * (test == CauseTest.PASTE ? own : rest);
        Effect.Said before = new Effect.Said(0.01, 0);
        outcomes.add(
            new Effect.Outcome(
                before, new Effect.Said(turned ? 0.9 : 0.01 * i, turned ? 1 : 0), before));
      }
      effects.add(Effect.of(test, outcomes));
    }
    Suspect group =
        Suspects.of(grouped(inTheCorner(1, 0.72)), InPictures.NONE, 0, 200).tested().stream()
            .filter(Suspect.OfStrategy.class::isInstance)
            .findFirst()
            .orElseThrow();
    return new Cause(
        group,
        effects,
        Optional.of(
            OtherImages.ofRest(
                new OtherImages.Turned(40, Math.round(40 * own)),
                new OtherImages.Turned(40, Math.round(40 * rest)),
                1)),
        List.of());
  }

  private static Finding worst(ViewReport report, int classIndex) {
    return Findings.of(report).byClass().get(classIndex).get(0);
  }

  @Test
  void aGroupThatIsApartIsNotableAndSeriousOnceItsPartsAreEnough() {
    ViewReport report = grouped(inTheCorner(1, 0.72));
    Finding seen = worst(report, 0);
    assertThat(seen.severity()).isEqualTo(Severity.NOTABLE);
    assertThat(seen.evidence()).endsWith("#strategies");
    assertThat(seen.sentence())
        .contains("Of the images predicted as 'c0', 60 (20 %) form a group of their own")
        .contains(
            "In them, 80 % of the attention lies in the bottom left corner, in the others 4 %.")
        .contains("97 % of these are images with camera 'B', of the class's others 10 %.");

    Finding shown = worst(report.withCauses(List.of(pasted(0.7, 0.1))), 0);
    assertThat(shown.severity()).isEqualTo(Severity.SERIOUS);
    assertThat(shown.reason())
        .isEqualTo(
            "in some images it depends on what lies in the bottom left corner of the picture");
    assertThat(shown.sentence())
        .contains(
            "This place was pasted into 40 images of other classes: it turns 70 % of them into 'c0';"
                + " as large a part of 40 other images of this class, the one that their maps mark"
                + " most, turns 10 %.");
    assertThat(worst(report.withCauses(List.of(pasted(0.7, 0.7))), 0).severity())
        .isEqualTo(Severity.NOTABLE);
  }

  @Test
  void aGroupThatIsNotOddIsNoFinding() {
    assertThat(Findings.of(grouped(inTheCorner(1, 0.3))).byClass()).doesNotContainKey(0);
  }

  @Test
  void aSuspiciousGroupIsTested() {
    assertThat(Suspects.of(grouped(inTheCorner(1, 0.72)), InPictures.NONE, 0, 200).tested())
        .contains(
            new Suspect.OfStrategy(
                0, 1, Optional.of(new Place(List.of(new FractionBox(0, 0.75, 0.25, 1))))));
    assertThat(Suspects.of(grouped(inTheCorner(1, 0.3)), InPictures.NONE, 0, 200).tested())
        .noneMatch(Suspect.OfStrategy.class::isInstance);
  }

  @Test
  void similarImagesThatArePredictedWorseAreAFinding() {
    Finding found = worst(grouped(inTheCorner(1, 0.3)), 1);
    assertThat(found.severity()).isEqualTo(Severity.MINOR);
    assertThat(found.evidence()).endsWith("#regions-worse");
    assertThat(found.sentence())
        .isEqualTo(
            "Of class 'c1', 12 images look alike to the model, and 40 % of them are predicted"
                + " correctly; of the others, 90 % are.");
  }

  @Test
  void aClassWithTooFewImagesForGroupsIsNotCleared() {
    ViewReport report = grouped(inTheCorner(1, 0.3));
    Findings.Asked asked =
        Findings.of(report).asked().stream()
            .filter(one -> one.check() instanceof SeparateGroup)
            .findFirst()
            .orElseThrow();
    assertThat(asked.answers().get(0)).isEqualTo(Answer.PASSED);
    assertThat(asked.answers().get(1)).isInstanceOf(Answer.NotTestable.class);
  }

  /** An experiment in which covering takes so much, and pasting does nothing. */
  private static Cause covered(double size) {
    List<Effect> effects = new ArrayList<>(pasted(0, 0).effects());
    List<Effect.Outcome> outcomes = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      Effect.Said control = new Effect.Said(0.9, 1);
      outcomes.add(
          new Effect.Outcome(control, new Effect.Said(0.9 - size + i / 10_000.0, 1), control));
    }
    effects.add(Effect.of(CauseTest.BLUR, outcomes));
    return new Cause(pasted(0, 0).suspect(), effects, pasted(0, 0).others(), List.of());
  }

  @Test
  void coveringCountsOnlyWhereAGroupLooksPastTheObject() {
    // Covering its object would take as much from any class.
    assertThat(worst(grouped(inTheCorner(1, 0.72)).withCauses(List.of(covered(0.6))), 0).severity())
        .isEqualTo(Severity.NOTABLE);
    ViewReport past = grouped(inTheCorner(1, 0.72, 0.1, 40));
    assertThat(worst(past.withCauses(List.of(covered(0.6))), 0).severity())
        .isEqualTo(Severity.SERIOUS);
    assertThat(worst(past.withCauses(List.of(covered(0.1))), 0).severity())
        .isEqualTo(Severity.NOTABLE);
    // Of 8 images, 6 hits are no fewer than of 32 others 29.
    assertThat(
            worst(grouped(inTheCorner(1, 0.72, 0.75, 8)).withCauses(List.of(covered(0.6))), 0)
                .severity())
        .isEqualTo(Severity.NOTABLE);
  }

  @Test
  void theGroupThatIsConfirmedIsToldBeforeTheMoreSuspiciousOne() {
    Strategy first = inTheCorner(2, 0.8);
    Finding found =
        worst(grouped(first, inTheCorner(1, 0.72)).withCauses(List.of(pasted(0.9, 0.05))), 0);
    assertThat(found.severity()).isEqualTo(Severity.SERIOUS);
    assertThat(found.sentence()).endsWith("The class has 1 more suspicious group.");
  }
}

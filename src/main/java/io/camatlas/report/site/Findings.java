package io.camatlas.report.site;

import io.camatlas.localize.Region;
import io.camatlas.report.site.ClassReport.Confusion;
import io.camatlas.report.site.ClassReport.MapShare;
import io.camatlas.report.site.ClassReport.RegionShare;
import io.camatlas.report.site.ClassReport.Truth;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Says in plain sentences what deserves attention. Each method is one question, with the numbers
 * that decide it; shares of few images are judged by the favourable end of their 95 % interval
 * (Wilson 1927), so that a class of three images accuses nobody.
 */
public final class Findings {
  /** Images below which nothing is said of a class. */
  private static final long FEWEST = 5;

  /** A class that hits its objects less than this share of the dataset's is suspicious. */
  private static final double MISSES_BELOW = 0.6;

  /** One feature map with this share of the evidence carries a class. */
  private static final double CARRIES = 1.0 / 3;

  /** And with so many times the share that the median class's first one has. */
  private static final double CARRIES_MORE = 1.75;

  /** Mean maps of right and wrong predictions that overlap less differ. */
  private static final double ELSEWHERE = 0.6;

  /** A hot spot is no larger than this share of the picture. */
  private static final double LARGEST_SPOT = 0.2;

  /** And holds at least so many times what it does over all classes. */
  private static final double FLAGGED_LIFT = 1.5;

  /** And differ more than so many times what chance gives. */
  private static final double TIMES_CHANCE = 1.5;

  private static final double BLANK = 0.05;
  private static final double MISCALIBRATED = 0.05;
  private static final double CONFUSED = 0.1;

  private final ReportedView view;
  private final double medianFirstShare;
  private final Optional<Grid> meanOfAll;
  private final List<Finding> found = new ArrayList<>();

  private Findings(ReportedView view, List<ClassReport> classes) {
    this.view = view;
    double[] firsts =
        classes.stream()
            .filter(one -> !one.featureMaps().isEmpty())
            .mapToDouble(one -> one.featureMaps().get(0).share())
            .filter(share -> !Double.isNaN(share))
            .sorted()
            .toArray();
    medianFirstShare = firsts.length == 0 ? Double.NaN : firsts[firsts.length / 2];
    meanOfAll = mean(classes);
  }

  /** The mean map of all explanations. */
  private static Optional<Grid> mean(List<ClassReport> classes) {
    double[] sums = null;
    Grid first = null;
    for (ClassReport one : classes) {
      if (one.maps().mean().isPresent()) {
        Grid mean = one.maps().mean().get();
        first = first == null ? mean : first;
        sums = sums == null ? new double[mean.values().length] : sums;
        for (int i = 0; i < sums.length; i++) {
          sums[i] += mean.values()[i] * (one.n() - one.blank());
        }
      }
    }
    return sums == null
        ? Optional.empty()
        : Optional.of(new Grid(sums, first.height(), first.width()));
  }

  /**
   * All findings of a view, worst first.
   *
   * @param calibration bins of confidence
   */
  public static List<Finding> of(
      ReportedView view, List<ClassReport> classes, List<CalibrationBin> calibration) {
    Findings findings = new Findings(view, classes);
    for (ClassReport one : classes) {
      findings.missesItsObjects(one);
      if (!findings.hasOneHotSpot(one)) {
        findings.liesWhereItShouldNot(one);
      }
      findings.isCarriedByOneFeatureMap(one);
      findings.looksElsewhereWhenWrong(one);
      findings.isOftenWrong(one);
      findings.isBlank(one);
    }
    findings.isMiscalibrated(calibration);
    findings.hasDeadFeatureMaps();
    findings.found.sort(Finding.WORST_FIRST);
    return List.copyOf(findings.found);
  }

  /** Right predictions whose attention is not on the object: right for the wrong reason. */
  private void missesItsObjects(ClassReport one) {
    Optional<Truth> known = one.truth();
    if (known.isEmpty() || known.get().n() < FEWEST || !view.hasTruth()) {
      return;
    }
    Truth truth = known.get();
    double atBest = wilsonHigh(truth.pointing(), truth.n());
    if (!(atBest < MISSES_BELOW * view.pointing())) {
      return;
    }
    long hits = Math.round(truth.pointing() * truth.n());
    boolean right = one.accuracy() >= 0.5;
    String accuracy =
        Double.isNaN(one.accuracy())
            ? ""
            : right
                ? "is predicted right in %s of its images, but "
                    .formatted(Numbers.percentOf(one.accuracy()))
                : "is predicted right in only %s of its images, and "
                    .formatted(Numbers.percentOf(one.accuracy()));
    add(
        right ? Severity.SERIOUS : Severity.NOTABLE,
        1 - truth.pointing() / view.pointing(),
        ("Class '%s' %sthe model looks at the object in %s; over all classes it does in %s, and the"
                + " picture's centre would hit this class's in %s.")
            .formatted(
                one.name(),
                accuracy,
                hits == 0
                    ? "none of " + Numbers.countOf(truth.n())
                    : "only %s (%s of %s)"
                        .formatted(
                            Numbers.percentOf(truth.pointing()),
                            Numbers.countOf(hits),
                            Numbers.countOf(truth.n())),
                Numbers.percentOf(view.pointing()),
                Numbers.percentOf(truth.pointingCentre())),
        one,
        "maps",
        "Where it looks instead");
  }

  /**
   * Attention that gathers in one small place, off the middle, in most images and not in those of
   * other classes.
   */
  private boolean hasOneHotSpot(ClassReport one) {
    long maps = one.n() - one.blank();
    Optional<HotSpot> spot = one.maps().mean().flatMap(HotSpot::of);
    if (maps < FEWEST || spot.isEmpty() || one.maps().peaks().isEmpty() || meanOfAll.isEmpty()) {
      return false;
    }
    HotSpot place = spot.get();
    double peaks = place.shareOf(one.maps().peaks().get());
    double all = place.shareOf(meanOfAll.get());
    if (place.isInTheMiddle()
        || place.area() > LARGEST_SPOT
        || wilsonLow(peaks, maps) < Math.max(0.5, 2 * place.area())
        || place.share() < FLAGGED_LIFT * all) {
      return false;
    }
    add(
        Severity.SERIOUS,
        peaks,
        ("Class '%s' is decided %s: %s of its attention lies in %s of the picture, where over all"
                + " classes %s does, and the peak is there in %s of %s images.")
            .formatted(
                one.name(),
                place.place(),
                Numbers.percentOf(place.share()),
                Numbers.percentOf(place.area()),
                Numbers.percentOf(all),
                Numbers.countOf(Math.round(peaks * maps)),
                Numbers.countOf(maps)),
        one,
        "maps",
        "Mean map");
    return true;
  }

  /** Attention in a corner or at the border, surely more than area and dataset account for. */
  private void liesWhereItShouldNot(ClassReport one) {
    RegionShare worst = null;
    double worstExcess = 0;
    for (RegionShare share : one.regions()) {
      // The middle is where photographers put their subject.
      if (share.flag() && share.region() != Region.CENTRE && one.n() - one.blank() >= FEWEST) {
        double excess = peaks(one, share.region()) - share.area();
        if (worst == null || excess > worstExcess) {
          worst = share;
          worstExcess = excess;
        }
      }
    }
    if (worst == null) {
      return;
    }
    long maps = one.n() - one.blank();
    double peaks = peaks(one, worst.region());
    boolean decided = peaks > 0.5 && peaks > 2 * worst.area();
    String sentence =
        "Class '%s' %s %s: %s of its attention lies in %s of the picture (95 %% interval %s to %s), %s as much as over all classes"
            .formatted(
                one.name(),
                decided ? "is decided" : "draws unusually much on what is",
                place(worst.region()),
                Numbers.percentOf(worst.mass()),
                Numbers.percentOf(worst.area()),
                Numbers.percentOf(worst.low()),
                Numbers.percentOf(worst.high()),
                new Numbers().times(worst.liftOfDataset()));
    if (!Double.isNaN(peaks)) {
      sentence +=
          "; the peak lies there in %s of %s images"
              .formatted(Numbers.countOf(Math.round(peaks * maps)), Numbers.countOf(maps));
    }
    add(
        decided ? Severity.SERIOUS : Severity.NOTABLE,
        Math.min(1, decided ? peaks : worst.liftOfDataset() / 4),
        sentence + ".",
        one,
        "regions",
        "Attention by region");
  }

  private static double peaks(ClassReport one, Region region) {
    return one.maps().peaks().map(peaks -> peaks.share(region)).orElse(Double.NaN);
  }

  /** How a region is named behind "decided". */
  static String place(Region region) {
    return switch (region) {
      case BORDER -> "at the border";
      case CORNERS -> "in the corners";
      case CENTRE -> "in the centre";
      default -> "in the " + name(region) + " corner";
    };
  }

  /** How a region is named in a table. */
  public static String name(Region region) {
    return region.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
  }

  private void isCarriedByOneFeatureMap(ClassReport one) {
    if (one.featureMaps().isEmpty() || one.n() - one.blank() < FEWEST) {
      return;
    }
    MapShare first = one.featureMaps().get(0);
    if (first.share() < CARRIES || first.share() < CARRIES_MORE * medianFirstShare) {
      return;
    }
    add(
        Severity.NOTABLE,
        first.share(),
        ("One feature map (%d) gives %s of the evidence for class '%s'; the median class's largest"
                + " gives %s.")
            .formatted(
                first.map(),
                Numbers.percentOf(first.share()),
                one.name(),
                Numbers.percentOf(medianFirstShare)),
        Pages.ofFeatureMap(view.number(), first.map()),
        "What feature map " + first.map() + " responds to",
        one.index());
  }

  private void looksElsewhereWhenWrong(ClassReport one) {
    ClassReport.Maps maps = one.maps();
    if (maps.right() < FEWEST
        || maps.wrong() < FEWEST
        || maps.meanRight().isEmpty()
        || maps.meanWrong().isEmpty()) {
      return;
    }
    double overlap = maps.meanRight().get().overlap(maps.meanWrong().get());
    if (overlap < ELSEWHERE && 1 - overlap > TIMES_CHANCE * differenceByChance(maps)) {
      add(
          Severity.NOTABLE,
          1 - overlap,
          ("Where a prediction about class '%s' is wrong, the model looks elsewhere than where it is"
                  + " right: the mean maps of %s right and %s wrong predictions overlap by %s.")
              .formatted(
                  one.name(),
                  Numbers.countOf(maps.right()),
                  Numbers.countOf(maps.wrong()),
                  Numbers.percentOf(overlap)),
          one,
          "maps",
          "Right against wrong");
    }
  }

  /**
   * What 1 - overlap would be on average if right and wrong maps came from one distribution: ½ Σ
   * E|Δ| of the two means, whose differences are nearly normal.
   */
  private static double differenceByChance(ClassReport.Maps maps) {
    if (maps.variance().isEmpty()) {
      return Double.POSITIVE_INFINITY;
    }
    double sum = 0;
    for (double variance : maps.variance().get().values()) {
      sum += Math.sqrt(2 / Math.PI * variance * (1.0 / maps.right() + 1.0 / maps.wrong()));
    }
    return sum / 2;
  }

  /** Accuracy that is surely below that of all classes, and what the class is taken for. */
  private void isOftenWrong(ClassReport one) {
    if (one.labelled() < FEWEST
        || Double.isNaN(one.accuracy())
        || !(wilsonHigh(one.accuracy(), one.labelled()) < view.accuracy())) {
      return;
    }
    String taken =
        one.confusions().stream()
            .filter(pair -> pair.labelIndex() == one.index())
            .filter(pair -> pair.predictedIndex() != one.index())
            .filter(pair -> pair.n() >= Math.max(2, CONFUSED * one.labelled()))
            .findFirst()
            .map(pair -> takenFor(pair))
            .orElse("");
    add(
        one.accuracy() < 0.5 ? Severity.SERIOUS : Severity.NOTABLE,
        Math.min(1, view.accuracy() - one.accuracy()),
        "Class '%s' is predicted right in only %s of its %s images; over all classes it is %s.%s"
            .formatted(
                one.name(),
                Numbers.percentOf(one.accuracy()),
                Numbers.countOf(one.labelled()),
                Numbers.percentOf(view.accuracy()),
                taken),
        one,
        "confusions",
        "What it is taken for");
  }

  private static String takenFor(Confusion pair) {
    String same =
        Double.isNaN(pair.overlap())
            ? ""
            : " (the two maps overlap by %s)".formatted(Numbers.percentOf(pair.overlap()));
    return " In %s it is taken for '%s'%s."
        .formatted(Numbers.countOf(pair.n()), pair.predicted(), same);
  }

  private void isBlank(ClassReport one) {
    if (one.n() >= FEWEST && one.blank() > 0 && one.blank() >= BLANK * one.n()) {
      add(
          Severity.NOTABLE,
          (double) one.blank() / one.n(),
          ("In %s of %s explanations of class '%s' nothing at this layer speaks for it: the map is"
                  + " blank.")
              .formatted(Numbers.countOf(one.blank()), Numbers.countOf(one.n()), one.name()),
          one,
          "numbers",
          "The class's numbers");
    }
  }

  private void isMiscalibrated(List<CalibrationBin> bins) {
    if (!(view.ece() - errorByChance(bins) >= MISCALIBRATED)) {
      return;
    }
    double gap = view.confidence() - view.accuracy();
    boolean over = gap > view.ece() / 2;
    boolean under = -gap > view.ece() / 2;
    add(
        under ? Severity.MINOR : Severity.NOTABLE,
        Math.min(1, view.ece()),
        "The model is %s: it says %s on average and is right in %s of the images (expected calibration error %s)."
            .formatted(
                over ? "overconfident" : under ? "underconfident" : "miscalibrated",
                Numbers.percentOf(view.confidence()),
                Numbers.percentOf(view.accuracy()),
                Numbers.percentOf(view.ece())),
        Pages.overview(view.number()) + "#calibration",
        "Confidence against accuracy",
        -1);
  }

  /** The expected calibration error that a calibrated model shows with so few images a bin. */
  private static double errorByChance(List<CalibrationBin> bins) {
    double images = bins.stream().mapToLong(CalibrationBin::n).sum();
    double sum = 0;
    for (CalibrationBin bin : bins) {
      if (bin.n() > 0) {
        double p = bin.confidence();
        sum += bin.n() / images * Math.sqrt(2 / Math.PI * p * (1 - p) / bin.n());
      }
    }
    return sum;
  }

  private void hasDeadFeatureMaps() {
    if (view.deadFeatureMaps() == 0) {
      return;
    }
    add(
        Severity.MINOR,
        (double) view.deadFeatureMaps() / view.featureMaps(),
        "%s of the layer's %s feature maps %s to no image of the dataset."
            .formatted(
                Numbers.countOf(view.deadFeatureMaps()),
                Numbers.countOf(view.featureMaps()),
                view.deadFeatureMaps() == 1 ? "responds" : "respond"),
        Pages.featureMaps(view.number()),
        "All feature maps",
        -1);
  }

  private void add(
      Severity severity,
      double weight,
      String sentence,
      ClassReport one,
      String fragment,
      String linkText) {
    add(
        severity,
        weight,
        sentence,
        Pages.ofClass(view.number(), one.index()) + "#" + fragment,
        linkText,
        one.index());
  }

  private void add(
      Severity severity,
      double weight,
      String sentence,
      String evidence,
      String linkText,
      int classIndex) {
    found.add(new Finding(severity, weight, sentence, evidence, linkText, classIndex));
  }

  /** Higher end of Wilson's 95 % interval of a share. */
  static double wilsonHigh(double share, long n) {
    return wilson(share, n, 1);
  }

  /** Lower end of Wilson's 95 % interval of a share. */
  static double wilsonLow(double share, long n) {
    return wilson(share, n, -1);
  }

  private static double wilson(double share, long n, int side) {
    double z = 1.959964;
    double centre = share + z * z / (2 * n);
    double half = z * Math.sqrt(share * (1 - share) / n + z * z / (4.0 * n * n));
    return (centre + side * half) / (1 + z * z / n);
  }

  /** A sentence on failed images; empty where none failed. */
  public static Optional<Finding> ofFailures(ReportedDataset dataset) {
    if (dataset.failed() == 0) {
      return Optional.empty();
    }
    List<String> reasons = new ArrayList<>();
    Consumer<FailureGroup> say =
        group -> reasons.add(Numbers.countOf(group.count()) + " " + group.reason());
    dataset.failures().stream().limit(3).forEach(say);
    double share = (double) dataset.failed() / dataset.images();
    return Optional.of(
        new Finding(
            share >= 0.01 ? Severity.NOTABLE : Severity.MINOR,
            Math.min(1, share),
            "%s of %s images could not be explained: %s%s."
                .formatted(
                    Numbers.countOf(dataset.failed()),
                    Numbers.countOf(dataset.images()),
                    String.join(", ", reasons),
                    dataset.failures().size() > 3 ? " and others" : ""),
            Pages.FAILURES,
            "All failures",
            -1));
  }
}

package io.camatlas.report.facts;

import io.camatlas.report.facts.ClassReport.Confusion;
import java.util.Comparator;
import java.util.List;

/**
 * Everything that the report shows about one view.
 *
 * @param view the view
 * @param classes classes by index
 * @param featureMaps feature maps by index
 * @param calibration bins of predictions by confidence
 */
public record ViewReport(
    ReportedView view,
    List<ClassReport> classes,
    List<FeatureMapReport> featureMaps,
    List<CalibrationBin> calibration) {

  /** Pairs of different classes, most frequent first. */
  public List<Confusion> confusions() {
    return classes.stream()
        .flatMap(one -> one.confusions().stream().filter(pair -> pair.labelIndex() == one.index()))
        .filter(pair -> pair.labelIndex() != pair.predictedIndex())
        .sorted(Comparator.comparingLong(Confusion::n).reversed())
        .toList();
  }
}

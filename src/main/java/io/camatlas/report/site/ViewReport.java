package io.camatlas.report.site;

import io.camatlas.report.site.ClassReport.Confusion;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * All that is shown of one view.
 *
 * @param view which
 * @param classes by index
 * @param featureMaps by index
 * @param calibration bins of confidence
 */
public record ViewReport(
    ReportedView view,
    List<ClassReport> classes,
    List<FeatureMapReport> featureMaps,
    List<CalibrationBin> calibration) {

  /** Everything that deserves attention, worst first. */
  public List<Finding> findings() {
    return Findings.of(view, classes, calibration);
  }

  /** Classes by what is worst about them; those without a finding by accuracy, then by index. */
  public List<ClassReport> worstFirst(List<Finding> findings) {
    Map<Integer, Finding> worst = new HashMap<>();
    for (Finding finding : findings) {
      worst.merge(
          finding.classIndex(),
          finding,
          (one, other) -> Finding.WORST_FIRST.compare(one, other) <= 0 ? one : other);
    }
    Comparator<ClassReport> byFinding =
        Comparator.comparing(
            one -> worst.get(one.index()), Comparator.nullsLast(Finding.WORST_FIRST));
    return classes.stream()
        .sorted(
            byFinding
                .thenComparingDouble(ClassReport::accuracy)
                .thenComparingInt(ClassReport::index))
        .toList();
  }

  /** Findings of each class. */
  static Map<Integer, List<Finding>> byClass(List<Finding> findings) {
    return findings.stream().collect(Collectors.groupingBy(Finding::classIndex));
  }

  /** Pairs of different classes, most frequent first. */
  public List<Confusion> confusions() {
    return classes.stream()
        .flatMap(one -> one.confusions().stream().filter(pair -> pair.labelIndex() == one.index()))
        .filter(pair -> pair.labelIndex() != pair.predictedIndex())
        .sorted(Comparator.comparingLong(Confusion::n).reversed())
        .toList();
  }
}

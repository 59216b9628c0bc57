package io.camatlas.report.findings;

import static io.camatlas.report.Numbers.countOf;

import io.camatlas.report.facts.ClassReport;
import io.camatlas.report.facts.ClassReport.Split;
import io.camatlas.report.facts.Grid;
import io.camatlas.report.facts.ViewReport;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Maps of all classes together, for datasets whose classes have few images each. */
final class Pooled {
  /** Of so many superclasses the names are told. */
  private static final int MOST_NAMED = 10;

  /** A sum of grids, and how many maps are in it. */
  private double[] sums;

  private Grid shape;
  private long weight;

  private void add(Grid grid, long by) {
    if (sums == null) {
      sums = new double[grid.values().length];
      shape = grid;
    }
    for (int i = 0; i < sums.length; i++) {
      sums[i] += by * grid.values()[i];
    }
    weight += by;
  }

  private Optional<Grid> mean() {
    if (sums == null || weight == 0) {
      return Optional.empty();
    }
    double[] mean = new double[sums.length];
    for (int i = 0; i < mean.length; i++) {
      mean[i] = sums[i] / weight;
    }
    return Optional.of(new Grid(mean, shape.height(), shape.width()));
  }

  /** The answer for all classes, or the worst for a superclass where that finds nothing. */
  static Answer worst(Answer ofAll, Map<String, Answer> ofSuperclasses) {
    return ofAll instanceof Answer.Failed ? ofAll : worst(ofSuperclasses).orElse(ofAll);
  }

  /** The worst that was found of superclasses, with the names of others of which it was. */
  static Optional<Answer> worst(Map<String, Answer> ofSuperclasses) {
    List<Map.Entry<String, Finding>> found =
        ofSuperclasses.entrySet().stream()
            .filter(one -> one.getValue() instanceof Answer.Failed)
            .map(one -> Map.entry(one.getKey(), ((Answer.Failed) one.getValue()).finding()))
            .sorted(Map.Entry.comparingByValue(Finding.WORST_FIRST))
            .toList();
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Finding worst = found.get(0).getValue();
    List<String> others = found.stream().skip(1).map(one -> "'" + one.getKey() + "'").toList();
    return Optional.of(
        Answer.failed(
            others.isEmpty()
                ? worst
                : worst.saying(" The same check fails for %s.".formatted(named(others)))));
  }

  private static String named(List<String> names) {
    if (names.size() == 1) {
      return "superclass " + names.get(0);
    }
    boolean all = names.size() <= MOST_NAMED;
    int shown = all ? names.size() - 1 : MOST_NAMED;
    return "superclasses %s and %s"
        .formatted(
            String.join(", ", names.subList(0, shown)),
            all ? names.get(shown) : countOf(names.size() - shown, "other", "others"));
  }

  /** The same as the beginning of a sentence. */
  static String begins(String clause) {
    return Character.toUpperCase(clause.charAt(0)) + clause.substring(1);
  }

  /** How often the peaks of all maps lie in each cell. */
  static Optional<Grid> peaks(ViewReport report) {
    Pooled pooled = new Pooled();
    report.classes().forEach(one -> one.maps().peaks().ifPresent(grid -> pooled.add(grid, 1)));
    return pooled.sums == null
        ? Optional.empty()
        : Optional.of(new Grid(pooled.sums, pooled.shape.height(), pooled.shape.width()));
  }

  /**
   * The maps of correct, or of wrong, predictions. Each class counts as much in either: else
   * classes that are often wrong, and look elsewhere by their nature, would make the difference.
   */
  static Split split(ViewReport report, Function<ClassReport, Split> of) {
    Pooled pooled = new Pooled();
    long n = 0;
    for (ClassReport one : report.classes()) {
      Split right = one.maps().right();
      Split wrong = one.maps().wrong();
      if (right.mean().isPresent() && wrong.mean().isPresent()) {
        long both = Math.min(right.n(), wrong.n());
        pooled.add(of.apply(one).mean().get(), both);
        n += both;
      }
    }
    return new Split(n, pooled.mean());
  }

  /** The variance of all maps around their common mean. */
  static Optional<Grid> variance(ViewReport report) {
    Pooled means = new Pooled();
    report
        .classes()
        .forEach(one -> one.maps().mean().ifPresent(grid -> means.add(grid, one.maps().visible())));
    Optional<Grid> mean = means.mean();
    Pooled within = new Pooled();
    for (ClassReport one : report.classes()) {
      if (one.maps().mean().isPresent()) {
        double[] square = new double[mean.get().values().length];
        for (int i = 0; i < square.length; i++) {
          double gap = one.maps().mean().get().values()[i] - mean.get().values()[i];
          square[i] = gap * gap;
        }
        one.maps()
            .variance()
            .ifPresent(
                grid -> {
                  for (int i = 0; i < square.length; i++) {
                    square[i] += grid.values()[i];
                  }
                });
        within.add(new Grid(square, mean.get().height(), mean.get().width()), one.maps().visible());
      }
    }
    return within.mean();
  }
}

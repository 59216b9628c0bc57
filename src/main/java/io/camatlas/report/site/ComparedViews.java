package io.camatlas.report.site;

import io.camatlas.report.facts.ClassReport;
import io.camatlas.report.facts.Pages;
import io.camatlas.report.facts.ReportedView;
import io.camatlas.report.facts.ViewReport;
import io.camatlas.report.findings.Finding;
import io.camatlas.report.findings.Findings;
import io.camatlas.report.findings.Severity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Several views of one dataset, side by side, for the template.
 *
 * @param views the views
 * @param classes classes that at least two views have, those that differ most in accuracy first
 */
public record ComparedViews(List<View> views, List<OfClass> classes) {
  /**
   * A view.
   *
   * @param serious number of serious findings
   * @param notable number of notable findings
   */
  public record View(ReportedView view, long serious, long notable) {}

  /**
   * A class.
   *
   * @param difference between the highest and the lowest accuracy; NaN if fewer than two are known
   * @param cells one for each view
   */
  public record OfClass(String name, double difference, List<Cell> cells) {}

  /**
   * A class in a view; numbers are NaN if they are not known.
   *
   * @param page its page; empty if the view does not have the class
   * @param map its mean map as a picture; empty if there is none
   * @param border attention at the border, as times its area
   * @param serious number of serious findings about it
   */
  public record Cell(
      String page, String map, double accuracy, double pointing, double border, long serious) {
    private static final Cell NONE = new Cell("", "", Double.NaN, Double.NaN, Double.NaN, 0);
  }

  static ComparedViews of(List<ViewReport> reports, Map<Integer, Findings> findings) {
    List<View> views = new ArrayList<>();
    Map<String, Cell[]> cells = new TreeMap<>();
    double top = reports.stream().mapToDouble(ViewReport::densest).max().orElse(1);
    for (int i = 0; i < reports.size(); i++) {
      ViewReport report = reports.get(i);
      Findings own = findings.get(report.view().number());
      views.add(
          new View(
              report.view(),
              count(own.worstFirst(), Severity.SERIOUS),
              count(own.worstFirst(), Severity.NOTABLE)));
      Map<Integer, List<Finding>> byClass = own.byClass();
      // Two classes of one model may have one name.
      Map<String, Integer> seen = new HashMap<>();
      for (ClassReport one : report.classes()) {
        int before = seen.merge(one.name(), 1, Integer::sum) - 1;
        String key = before == 0 ? one.name() : one.name() + " (" + (before + 1) + ")";
        cells.computeIfAbsent(key, name -> new Cell[reports.size()])[i] =
            cell(report, one, byClass.getOrDefault(one.index(), List.of()), top);
      }
    }
    List<OfClass> classes = new ArrayList<>();
    cells.forEach(
        (name, ofViews) -> {
          List<Cell> all = new ArrayList<>();
          for (Cell cell : ofViews) {
            all.add(cell == null ? Cell.NONE : cell);
          }
          if (all.stream().filter(cell -> !cell.page().isEmpty()).count() > 1) {
            classes.add(new OfClass(name, difference(all), all));
          }
        });
    classes.sort(
        Comparator.comparingDouble(
                (OfClass one) -> Double.isNaN(one.difference()) ? 1 : -one.difference())
            .thenComparing(OfClass::name));
    return new ComparedViews(views, classes);
  }

  private static Cell cell(ViewReport report, ClassReport one, List<Finding> found, double top) {
    return new Cell(
        Pages.ofClass(report.view().number(), one.index()),
        report.mapBeyondHabits(one).map(map -> HeatThumbnail.uri(map, top)).orElse(""),
        one.predictions().accuracy(),
        one.truth().map(ClassReport.Truth::pointing).orElse(Double.NaN),
        one.border().map(ClassReport.RegionShare::liftOfArea).orElse(Double.NaN),
        count(found, Severity.SERIOUS));
  }

  private static double difference(List<Cell> cells) {
    double[] known =
        cells.stream().mapToDouble(Cell::accuracy).filter(a -> !Double.isNaN(a)).sorted().toArray();
    return known.length < 2 ? Double.NaN : known[known.length - 1] - known[0];
  }

  private static long count(List<Finding> findings, Severity severity) {
    return findings.stream().filter(finding -> finding.severity() == severity).count();
  }
}

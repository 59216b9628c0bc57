package io.camatlas.report.facts;

import io.camatlas.report.facts.ClassReport.Maps;
import io.camatlas.report.facts.ClassReport.Singles;
import io.camatlas.report.facts.ClassReport.Split;
import io.camatlas.report.facts.ReportedView.Layer;
import io.camatlas.report.facts.ReportedView.Model;
import io.camatlas.report.facts.ReportedView.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Views of which little is known, for tests that ask for little. */
public final class PlainViews {
  private static final long IMAGES = 400;

  private PlainViews() {}

  /** A layer of a run, without a fault. */
  public static ViewReport of(int number, String run, String layer, String... classes) {
    return of(number, run, layer, 0, 0, classes);
  }

  /**
   * A layer of a run.
   *
   * @param error expected calibration error of the run's predictions
   * @param dead the layer's feature maps that respond to nothing
   */
  public static ViewReport of(
      int number, String run, String layer, double error, int dead, String... classes) {
    List<ClassReport> reports = new ArrayList<>();
    for (String name : classes) {
      reports.add(
          new ClassReport(
              name,
              reports.size(),
              new ClassReport.Predictions(40, 0.95, 0.95, 0.95, Optional.empty()),
              new Maps(
                  40,
                  0,
                  Optional.empty(),
                  Optional.empty(),
                  Optional.empty(),
                  new Split(20, Optional.empty()),
                  new Split(20, Optional.empty())),
              List.of(),
              List.of(),
              Optional.empty(),
              List.of(),
              List.of(),
              Singles.NONE));
    }
    return of(
        new ReportedView(
            number,
            run,
            IMAGES,
            new Model("m", "", "", List.of()),
            new Layer(layer, 10, 10, 100, dead),
            new Rule("grad-cam", Map.of()),
            new ReportedView.Predictions(IMAGES, 0.95 - error, 0.95, error, Optional.empty()),
            Optional.empty()),
        reports);
  }

  /** What a report says of classes and nothing else. */
  public static ViewReport of(ReportedView view, List<ClassReport> classes) {
    return new ViewReport(
        view,
        classes,
        List.of(),
        List.of(),
        List.of(),
        Map.of(),
        ViewHabits.UNKNOWN,
        Map.of(),
        Slices.NONE,
        ViewStrategies.UNKNOWN,
        5);
  }
}

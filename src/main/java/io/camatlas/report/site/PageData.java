package io.camatlas.report.site;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.camatlas.atlas.Wilson;
import io.camatlas.image.Box;
import io.camatlas.report.Numbers;
import io.camatlas.report.facts.CalibrationBin;
import io.camatlas.report.facts.ClassReport;
import io.camatlas.report.facts.ClassReport.Histogram;
import io.camatlas.report.facts.ClassReport.RegionShare;
import io.camatlas.report.facts.Grid;
import io.camatlas.report.facts.Pages;
import io.camatlas.report.facts.PictureKind;
import io.camatlas.report.facts.ShownPicture;
import io.camatlas.report.facts.ViewReport;
import io.camatlas.strategies.Strategy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The data that a page's script draws, as JSON that is safe inside a script element. */
final class PageData {
  private static final ObjectMapper JSON = new ObjectMapper();

  private PageData() {}

  /**
   * Maps, pictures and distributions of a class.
   *
   * @param top upper end of the scale of all classes
   */
  static String of(ViewReport report, ClassReport one, double top) {
    Map<String, Object> data = new LinkedHashMap<>();
    Map<String, Object> maps = new LinkedHashMap<>();
    report.mapBeyondHabits(one).ifPresent(grid -> maps.put("mean", attention(grid, top)));
    if (report.knowsHabits(one)) {
      one.maps().mean().ifPresent(grid -> maps.put("whole", attention(grid, top)));
    }
    one.maps()
        .variance()
        .ifPresent(
            grid -> {
              Grid deviation = grid.roots();
              maps.put(
                  "variance",
                  scaled(
                      deviation,
                      1,
                      "± "
                          + Numbers.threeDigits(deviation.maximum() * grid.values().length)
                          + "× even"));
            });
    one.maps()
        .peaks()
        .ifPresent(
            grid ->
                maps.put(
                    "peaks",
                    scaled(grid, 1, Numbers.countOf(Math.round(grid.maximum()), "map", "maps"))));
    one.maps().right().mean().ifPresent(grid -> maps.put("right", attention(grid, top)));
    one.maps().wrong().mean().ifPresent(grid -> maps.put("wrong", attention(grid, top)));
    for (Strategy strategy : report.strategies().of(one.index())) {
      maps.put(GroupPanel.key(strategy), attention(GroupPanel.grid(strategy), top));
    }
    data.put("maps", maps);
    data.put("pictures", one.singles().pictures().stream().map(PageData::picture).toList());
    data.put("histograms", one.singles().histograms().stream().map(PageData::histogram).toList());
    data.put("regions", one.regions().stream().map(PageData::region).toList());
    return text(data);
  }

  /** Calibration, and one point per class. */
  static String of(ViewReport report, Links links) {
    Map<String, Object> data = new LinkedHashMap<>();
    List<Object> bins = new ArrayList<>();
    for (CalibrationBin bin : report.calibration()) {
      if (bin.n() > 0) {
        bins.add(
            List.of(
                bin.low(),
                bin.high(),
                bin.n(),
                bin.accuracy(),
                bin.confidence(),
                Wilson.low(bin.accuracy(), bin.n()),
                Wilson.high(bin.accuracy(), bin.n())));
      }
    }
    data.put("calibration", bins);
    data.put("several", report.view().predictions().several().isPresent());
    List<Object> points = new ArrayList<>();
    for (ClassReport one : report.classes()) {
      Map<String, Object> point = new LinkedHashMap<>();
      point.put("name", one.name());
      point.put("href", links.to(Pages.ofClass(report.view().number(), one.index())));
      putKnown(point, "accuracy", one.predictions().accuracy());
      one.truth().ifPresent(truth -> putKnown(point, "pointing", truth.pointing()));
      one.border().ifPresent(border -> putKnown(point, "border", border.liftOfArea()));
      List<List<Integer>> sure = bySureness(one, report.calibration());
      if (!sure.isEmpty()) {
        point.put("sure", sure);
      }
      points.add(point);
    }
    data.put("classes", points);
    return text(data);
  }

  /** Of the images of a class that can be browsed: bin of confidence, how many right, how many. */
  private static List<List<Integer>> bySureness(ClassReport one, List<CalibrationBin> bins) {
    List<List<Integer>> found = new ArrayList<>();
    int at = 0;
    for (CalibrationBin bin : bins) {
      if (bin.n() > 0) {
        List<ShownPicture> pictures =
            one.singles().picturesOf(PictureKind.BROWSED).stream()
                .filter(picture -> picture.prediction().correct().isPresent())
                .filter(picture -> bin.nearlyHolds(picture.prediction().confidence()))
                .toList();
        int right =
            (int)
                pictures.stream()
                    .filter(picture -> picture.prediction().correct().orElse(false))
                    .count();
        if (!pictures.isEmpty()) {
          found.add(List.of(at, right, pictures.size()));
        }
        at++;
      }
    }
    return found;
  }

  private static void putKnown(Map<String, Object> object, String name, double number) {
    if (!Double.isNaN(number)) {
      object.put(name, number);
    }
  }

  /** Attention, on the scale of all classes. */
  private static Map<String, Object> attention(Grid grid, double top) {
    boolean beyond = grid.densest() > top * 1.005;
    return scaled(
        grid,
        top > 0 ? grid.densest() / top : 1,
        Numbers.threeDigits(top) + "× even" + (beyond ? " or more" : ""));
  }

  /**
   * A grid with its scale.
   *
   * @param factor the largest value as a share of the scale's upper end
   * @param end the upper end in words
   */
  private static Map<String, Object> scaled(Grid grid, double factor, String end) {
    Map<String, Object> data = grid(grid);
    data.put("factor", factor);
    data.put("end", end);
    return data;
  }

  private static Map<String, Object> grid(Grid grid) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("height", grid.height());
    data.put("width", grid.width());
    data.put("maximum", grid.maximum());
    data.put("values", grid.encoded());
    return data;
  }

  private static Map<String, Object> picture(ShownPicture picture) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("id", picture.id());
    data.put("name", picture.image().id());
    data.put("path", picture.image().path());
    picture.file().ifPresent(file -> data.put("file", file));
    data.put("description", picture.description());
    picture.prediction().correct().ifPresent(correct -> data.put("correct", correct));
    data.put("confidence", picture.prediction().confidence());
    putKnown(data, "entropy", picture.attention().entropy());
    putKnown(data, "spread", picture.attention().spread());
    data.put("missing", picture.missing());
    data.put("size", List.of(picture.image().width(), picture.image().height()));
    data.put("seen", box(picture.attention().seen()));
    data.put("map", grid(picture.attention().map().within(Grid.MOST_SHOWN)));
    data.put("boxes", picture.image().boxes().stream().map(PageData::box).toList());
    picture.attention().peak().ifPresent(peak -> data.put("peak", List.of(peak.x(), peak.y())));
    data.put("numbers", picture.numbers());
    data.put("command", picture.command());
    return data;
  }

  private static List<Double> box(Box box) {
    return List.of(box.x0(), box.y0(), box.x1(), box.y1());
  }

  private static Map<String, Object> histogram(Histogram histogram) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("measure", histogram.measure());
    data.put("low", histogram.low());
    data.put("high", histogram.high());
    data.put("right", histogram.right());
    data.put("wrong", histogram.wrong());
    data.put("unlabelled", histogram.unlabelled());
    return data;
  }

  private static Map<String, Object> region(RegionShare share) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("region", share.name());
    data.put("mass", share.mass());
    putKnown(data, "low", share.low());
    putKnown(data, "high", share.high());
    data.put("area", share.area());
    data.put("dataset", share.datasetMass());
    data.put("flag", share.flag());
    return data;
  }

  /** Escapes whatever could end a script element or start a comment in it. */
  static String text(Object data) {
    try {
      return JSON.writeValueAsString(data)
          .replace("<", "\\u003c")
          .replace(">", "\\u003e")
          .replace("&", "\\u0026")
          .replace("\u2028", "\\u2028")
          .replace("\u2029", "\\u2029");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("The page's data cannot be written as JSON.", e);
    }
  }
}

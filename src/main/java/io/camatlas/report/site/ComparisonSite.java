package io.camatlas.report.site;

import io.camatlas.causes.Place;
import io.camatlas.image.Box;
import io.camatlas.report.Numbers;
import io.camatlas.report.compared.Comparison;
import io.camatlas.report.compared.Comparison.OfClass;
import io.camatlas.report.compared.Comparison.Seen;
import io.camatlas.report.compared.Comparison.ShownImage;
import io.camatlas.report.compared.ComparisonFindings;
import io.camatlas.report.facts.Grid;
import io.camatlas.report.facts.Pages;
import io.camatlas.report.findings.Finding;
import io.camatlas.report.findings.PlaceWords;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Writes the report of a comparison: an overview, and a page for each class. */
public final class ComparisonSite {
  private static final int FINDINGS_AT_ONCE = 8;

  /** The least difference of the strongest colour, as times an even map. */
  private static final double LEAST_TOP = 0.5;

  private final Comparison comparison;
  private final ComparisonFindings findings;
  private final About about;
  private final double densest;
  private final double steepest;

  /** Creates the report. */
  public ComparisonSite(
      Comparison comparison, ComparisonFindings findings, String version, String made) {
    this.comparison = comparison;
    this.findings = findings;
    this.about =
        new About(
            "%s compared with %s".formatted(comparison.with().label(), comparison.from().label()),
            version,
            made);
    this.densest =
        classes()
            .flatMap(one -> Stream.of(one.meanMap(), one.withMeanMap()))
            .flatMap(Optional::stream)
            .mapToDouble(Grid::densest)
            .max()
            .orElse(1);
    this.steepest =
        Math.max(LEAST_TOP, classes().mapToDouble(ComparisonSite::steepest).max().orElse(0));
  }

  private Stream<OfClass> classes() {
    return Stream.concat(Stream.of(comparison.all()), comparison.classes().stream());
  }

  /** What the layout says of the report. */
  public record About(String title, String version, String made) {}

  /**
   * Pictures of a class, each a data URI; empty if there is none.
   *
   * @param from mean map of the first audit
   * @param with mean map of the second
   * @param difference of the two
   */
  public record Maps(String from, String with, String difference) {}

  /**
   * An image that shows what differs.
   *
   * @param maps of each audit that has the image, over the picture
   */
  public record Shown(ShownImage picture, List<Heat> maps) {}

  /**
   * A map over a picture.
   *
   * @param audit what the audit is called
   * @param uri the map
   * @param style where it lies
   */
  public record Heat(String audit, String uri, String style, Seen seen) {}

  private static double steepest(OfClass one) {
    if (one.meanMap().isEmpty() || one.withMeanMap().isEmpty()) {
      return 0;
    }
    Grid from = one.meanMap().get();
    Grid with = one.withMeanMap().get();
    double most = 0;
    for (int i = 0; i < from.values().length; i++) {
      double gap = with.values()[i] / with.sum() - from.values()[i] / from.sum();
      most = Math.max(most, Math.abs(gap) * from.values().length);
    }
    return most;
  }

  /**
   * Writes all pages and what they need.
   *
   * @return number of pages
   */
  public int write(SiteFiles files) throws IOException {
    List<OfClass> worstFirst = findings.worstFirst(comparison);
    Map<Integer, List<Finding>> byClass = findings.byClass();
    Map<String, Object> overview = new HashMap<>();
    overview.put("verdict", findings.verdict(comparison));
    overview.put("findings", findings.worstFirst());
    overview.put("judged", findings.judges(comparison));
    overview.put("questions", findings.questions());
    overview.put("findingsAtOnce", FINDINGS_AT_ONCE);
    overview.put("one", comparison.all());
    overview.put("maps", maps(comparison.all()));
    putPictures(overview, comparison.all());
    overview.put("classes", worstFirst);
    Map<String, List<Finding>> named = new HashMap<>();
    byClass.forEach((index, found) -> named.put(String.valueOf(index), found));
    overview.put("findingsByClass", named);
    Map<String, Maps> thumbnails = new HashMap<>();
    worstFirst.forEach(one -> thumbnails.put(String.valueOf(one.index()), maps(one)));
    overview.put("thumbnails", thumbnails);
    page(files, Pages.INDEX, about.title, "comparison.ftlh", overview);
    for (OfClass one : worstFirst) {
      Map<String, Object> model = new HashMap<>();
      model.put("one", one);
      model.put("findings", byClass.getOrDefault(one.index(), List.of()));
      model.put("maps", maps(one));
      putPictures(model, one);
      page(files, Pages.ofClass(1, one.index()), one.name(), "comparison-class.ftlh", model);
    }
    Templates.writeAssets(files);
    return 1 + worstFirst.size();
  }

  private void putPictures(Map<String, Object> model, OfClass one) {
    List<Shown> all = one.pictures().stream().map(this::shown).toList();
    model.put("moved", all.stream().filter(it -> it.picture.region().isEmpty()).toList());
    List<Shown> there = all.stream().filter(it -> it.picture.region().isPresent()).toList();
    model.put("there", there);
    model.put(
        "where",
        there.stream()
            .map(it -> PlaceWords.of(new Place(it.picture.region().orElseThrow().boxes())))
            .map(place -> (place.equals("the border") ? "at " : "in ") + place)
            .findFirst()
            .orElse(""));
  }

  private void page(
      SiteFiles files, String path, String title, String template, Map<String, Object> more)
      throws IOException {
    Map<String, Object> model = new HashMap<>(more);
    model.put("links", new Links.OfSite(path));
    model.put("pages", new ReportSite.PageNames());
    model.put("n", new Numbers());
    model.put("dataset", about);
    model.put("comparison", comparison);
    model.put("densest", densest);
    model.put("steepest", steepest);
    model.put("title", title);
    model.put("page", path);
    model.put("body", Templates.markup(Templates.filled(template, model)));
    files.write(path, Templates.utf8(Templates.filled("comparison-site.ftlh", model)));
  }

  private Maps maps(OfClass one) {
    return new Maps(
        one.meanMap().map(map -> HeatThumbnail.uri(map, densest)).orElse(""),
        one.withMeanMap().map(map -> HeatThumbnail.uri(map, densest)).orElse(""),
        one.meanMap().isPresent() && one.withMeanMap().isPresent()
            ? HeatThumbnail.difference(one.meanMap().get(), one.withMeanMap().get(), steepest)
            : "");
  }

  private Shown shown(ShownImage picture) {
    List<Heat> maps = new ArrayList<>();
    picture.from().ifPresent(seen -> maps.add(heat(comparison.from().label(), picture, seen)));
    maps.add(heat(comparison.with().label(), picture, picture.with()));
    return new Shown(picture, maps);
  }

  private static Heat heat(String audit, ShownImage picture, Seen seen) {
    Box view = seen.view();
    String style =
        String.format(
            Locale.ROOT,
            "left:%.2f%%;top:%.2f%%;width:%.2f%%;height:%.2f%%",
            100 * view.x0() / picture.width(),
            100 * view.y0() / picture.height(),
            100 * view.width() / picture.width(),
            100 * view.height() / picture.height());
    return new Heat(audit, HeatThumbnail.uri(seen.map(), seen.map().densest()), style, seen);
  }
}

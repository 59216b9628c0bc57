package io.camatlas.report.site;

import io.camatlas.report.Numbers;
import io.camatlas.report.facts.ClassReport;
import io.camatlas.report.facts.FeatureMapReport;
import io.camatlas.report.facts.Pages;
import io.camatlas.report.facts.PictureKind;
import io.camatlas.report.facts.ReportedDataset;
import io.camatlas.report.facts.ViewReport;
import io.camatlas.report.findings.Finding;
import io.camatlas.report.findings.Findings;
import io.camatlas.report.findings.Verdict;
import io.camatlas.strategies.Strategy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Writes a report: an overview, a page for each class and each relevant feature map, and the
 * failures, either as a folder of files or as one file with everything.
 *
 * <p>Pages load only what they show, and no script, style or font from elsewhere.
 */
public final class ReportSite {
  /** The single file. */
  public static final String SINGLE_FILE = "report.html";

  private static final int FINDINGS_AT_ONCE = 8;

  /** Groups of images that the overview lists. */
  private static final int GROUPS_SHOWN = 20;

  private final ReportedDataset dataset;
  private final List<ViewReport> views;
  private final Map<Integer, Findings> findings = new HashMap<>();

  /** Creates a report of a dataset's views. */
  public ReportSite(ReportedDataset dataset, List<ViewReport> views) {
    this.dataset = dataset;
    this.views = List.copyOf(views);
    for (ViewReport view : views) {
      findings.put(view.view().number(), Findings.of(view));
    }
  }

  /** One page before its template is filled in. */
  private record Page(String path, String title, String template, Map<String, Object> model) {}

  /** Takes pages one at a time, so that not all of them are held in memory. */
  @FunctionalInterface
  private interface PageTaker {
    void take(Page page) throws IOException;
  }

  private void pages(Function<String, Links> linksOf, PageTaker pages) throws IOException {
    for (ViewReport report : views) {
      int number = report.view().number();
      Findings own = findings.get(number);
      Findings all = own.and(Findings.of(dataset));
      Map<Integer, List<Finding>> byClass = own.byClass();
      Map<String, Object> overview = new HashMap<>();
      String path = Pages.overview(number);
      List<ClassReport> worstFirst = own.worstFirst(report.classes());
      overview.put("report", report);
      Verdict verdict = Verdict.of(report, all);
      overview.put("verdict", verdict.sentence());
      overview.put("telling", ExperimentPanel.telling(report, verdict.worst(), verdict.place()));
      overview.put(
          "tellingClass",
          report.classes().stream()
              .filter(one -> one.index() == verdict.worst())
              .map(ClassReport::name)
              .findFirst()
              .orElse(""));
      overview.put("findings", all.worstFirst());
      overview.put("judged", report.judgesAny());
      overview.put("checks", all.asked());
      overview.put("commonRules", Findings.commonRules(report));
      overview.put("findingsAtOnce", FINDINGS_AT_ONCE);
      overview.put("classes", worstFirst);
      Map<String, List<Finding>> named = new HashMap<>();
      byClass.forEach((index, found) -> named.put(String.valueOf(index), found));
      overview.put("findingsByClass", named);
      overview.put("thumbnails", thumbnails(report));
      List<Strategy> ranked = report.strategies().ranked();
      overview.put("groups", ranked.stream().limit(GROUPS_SHOWN).toList());
      overview.put("groupsInAll", ranked.size());
      overview.put(
          "groupThumbnails",
          ranked.stream()
              .limit(GROUPS_SHOWN)
              .map(one -> HeatThumbnail.uri(GroupPanel.grid(one), report.densest()))
              .toList());
      overview.put("data", PageData.of(report, linksOf.apply(path)));
      pages.take(new Page(path, report.view().title(), "overview.ftlh", overview));
      if (report.view().layer().featureMaps() > 0) {
        pages.take(
            new Page(
                Pages.featureMaps(number),
                "Feature maps",
                "feature-maps.ftlh",
                Map.of("report", report)));
      }
      pages.take(
          new Page(
              Pages.groups(number),
              "Groups of images",
              "groups.ftlh",
              Map.of("report", report, "names", names(report))));
      double top = report.densest();
      for (int i = 0; i < worstFirst.size(); i++) {
        pages.take(
            classPage(
                report,
                worstFirst.get(i),
                byClass.getOrDefault(worstFirst.get(i).index(), List.of()),
                worstFirst.get((i + worstFirst.size() - 1) % worstFirst.size()),
                worstFirst.get((i + 1) % worstFirst.size()),
                top));
      }
      for (FeatureMapReport map : report.featureMaps()) {
        if (map.matters()) {
          pages.take(
              new Page(
                  Pages.ofFeatureMap(number, map.map()),
                  "Feature map " + map.map(),
                  "feature-map.ftlh",
                  Map.of("report", report, "map", map)));
        }
      }
    }
    if (views.size() > 1) {
      pages.take(
          new Page(
              Pages.COMPARE,
              "Side by side",
              "compare.ftlh",
              Map.of("compared", ComparedViews.of(views, findings))));
    }
    pages.take(new Page(Pages.READING, "How to read this report", "reading.ftlh", Map.of()));
    pages.take(new Page(Pages.FAILURES, "Failures", "failures.ftlh", Map.of()));
  }

  /** Names of classes by index, for templates. */
  private static Map<String, String> names(ViewReport report) {
    Map<String, String> names = new HashMap<>();
    report.classes().forEach(one -> names.put(String.valueOf(one.index()), one.name()));
    return names;
  }

  private static Page classPage(
      ViewReport report,
      ClassReport one,
      List<Finding> findings,
      ClassReport before,
      ClassReport after,
      double top) {
    Map<String, Object> model = new HashMap<>();
    model.put("report", report);
    model.put("one", one);
    model.put("findings", findings);
    model.put(
        "kinds",
        Stream.of(PictureKind.values())
            .filter(kind -> kind != PictureKind.BROWSED && kind != PictureKind.GROUPED)
            .toList());
    model.put("groups", GroupPanel.of(report, one));
    model.put("suspiciousFrom", Numbers.plain(Strategy.SUSPICIOUS_FROM));
    model.put(
        "linked",
        report.featureMaps().stream()
            .filter(FeatureMapReport::matters)
            .map(FeatureMapReport::map)
            .toList());
    model.put("worse", GroupPanel.worse(report, one));
    model.put("browsed", one.singles().picturesOf(PictureKind.BROWSED));
    model.put("before", before);
    model.put("after", after);
    model.put("data", PageData.of(report, one, top));
    model.put("experiments", report.causesOf(one).stream().map(ExperimentPanel::of).toList());
    one.singles()
        .meanImage()
        .ifPresent(
            mean ->
                model.put(
                    "meanImage",
                    "data:image/jpeg;base64," + Base64.getEncoder().encodeToString(mean.jpeg())));
    return new Page(
        Pages.ofClass(report.view().number(), one.index()), one.name(), "class.ftlh", model);
  }

  /** The mean map of each class that has one, by index. */
  private static Map<String, String> thumbnails(ViewReport report) {
    Map<String, String> thumbnails = new HashMap<>();
    double top = report.densest();
    for (ClassReport one : report.classes()) {
      report
          .mapBeyondHabits(one)
          .ifPresent(
              mean -> thumbnails.put(String.valueOf(one.index()), HeatThumbnail.uri(mean, top)));
    }
    return thumbnails;
  }

  /**
   * Writes all pages and what they need.
   *
   * @return number of pages
   */
  public int write(SiteFiles files) throws IOException {
    int[] count = {0};
    pages(
        Links.OfSite::new,
        page -> {
          Links links = new Links.OfSite(page.path());
          Map<String, Object> layout = common(links);
          layout.put("title", page.title());
          layout.put("page", page.path());
          layout.put("body", Templates.markup(body(page, links)));
          files.write(page.path(), Templates.utf8(Templates.filled("site.ftlh", layout)));
          count[0]++;
        });
    Templates.writeAssets(files);
    return count[0];
  }

  /**
   * Writes all pages as {@value #SINGLE_FILE}, with as many pictures as fit, those of the worst
   * classes first.
   *
   * @param files where the pictures have already been written
   * @param mostBytes limit on the size of all pictures, in bytes
   * @return number of pictures that had to be left out
   */
  public int writeSingleFile(SiteFiles files, long mostBytes) throws IOException {
    Links links = new Links.OfSingleFile();
    List<Map<String, Object>> pages = new ArrayList<>();
    pages(
        path -> links,
        page -> {
          Map<String, Object> one = new HashMap<>();
          one.put("path", page.path());
          one.put("title", page.title());
          one.put("body", Templates.markup(body(page, links)));
          pages.add(one);
        });
    Map<String, String> pictures = new LinkedHashMap<>();
    long bytes = 0;
    int leftOut = 0;
    for (String file : pictures()) {
      byte[] picture = bytes < mostBytes ? files.read(file) : new byte[0];
      if (bytes < mostBytes && bytes + picture.length <= mostBytes) {
        pictures.put(file, Base64.getEncoder().encodeToString(picture));
        bytes += picture.length;
      } else {
        leftOut++;
      }
    }
    Map<String, Object> layout = common(links);
    layout.put("title", dataset.title());
    layout.put("bodies", pages);
    layout.put("style", Templates.markup(Templates.text("report.css")));
    layout.put(
        "d3", Templates.markup(Templates.script(Templates.text(Templates.D3 + "dist/d3.min.js"))));
    layout.put("d3Licence", Templates.text(Templates.D3 + "LICENSE"));
    layout.put("script", Templates.markup(Templates.script(Templates.text("report.js"))));
    layout.put("pictures", Templates.markup(PageData.text(pictures)));
    layout.put("leftOut", leftOut);
    files.write(SINGLE_FILE, Templates.utf8(Templates.filled("single-file.ftlh", layout)));
    return leftOut;
  }

  /** The files of all pictures, those of the worst classes first. */
  private Set<String> pictures() {
    Set<String> pictures = new LinkedHashSet<>();
    for (ViewReport report : views) {
      for (ClassReport one : findings.get(report.view().number()).worstFirst(report.classes())) {
        report
            .causesOf(one)
            .forEach(
                cause ->
                    cause.pictures().forEach(tested -> pictures.add(Pages.tested(tested.file()))));
        one.singles().pictures().forEach(picture -> picture.file().ifPresent(pictures::add));
        one.featureMaps()
            .forEach(map -> map.examples().forEach(e -> e.file().ifPresent(pictures::add)));
      }
      for (FeatureMapReport map : report.featureMaps()) {
        if (map.matters()) {
          map.byRelevance().forEach(example -> example.file().ifPresent(pictures::add));
          map.byActivation().forEach(example -> example.file().ifPresent(pictures::add));
        }
      }
    }
    return pictures;
  }

  private String body(Page page, Links links) throws IOException {
    Map<String, Object> model = common(links);
    model.putAll(page.model());
    Object data = model.get("data");
    if (data != null) {
      // Already escaped for use inside a script element.
      model.put("data", Templates.markup((String) data));
    }
    return Templates.filled(page.template(), model);
  }

  private Map<String, Object> common(Links links) {
    Map<String, Object> model = new HashMap<>();
    model.put("links", links);
    model.put("pages", new PageNames());
    model.put("n", new Numbers());
    model.put("dataset", dataset);
    model.put("views", views.stream().map(ViewReport::view).toList());
    return model;
  }

  /** {@link Pages} for templates, which can only call objects. */
  public static final class PageNames {
    PageNames() {}

    public String overview(int view) {
      return Pages.overview(view);
    }

    public String featureMaps(int view) {
      return Pages.featureMaps(view);
    }

    public String groups(int view) {
      return Pages.groups(view);
    }

    public String ofClass(int view, int index) {
      return Pages.ofClass(view, index);
    }

    public String ofFeatureMap(int view, int map) {
      return Pages.ofFeatureMap(view, map);
    }

    public String compare() {
      return Pages.COMPARE;
    }

    public String reading() {
      return Pages.READING;
    }

    public String failures() {
      return Pages.FAILURES;
    }
  }
}

package io.camatlas.report.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.Media;
import io.camatlas.TestScale;
import io.camatlas.image.Box;
import io.camatlas.report.facts.Pages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The report's pages in a real browser, opened from disk. */
class ReportPagesTest {
  private static final int CLASSES = 12;

  @TempDir static Path folder;

  private static Chromium chromium;

  @BeforeAll
  static void write() throws IOException {
    chromium = Chromium.start();
    SampleReport.write(folder, CLASSES, true);
  }

  @AfterAll
  static void close() {
    if (chromium != null) {
      chromium.close();
    }
  }

  private static Path index() {
    return folder.resolve(Pages.INDEX);
  }

  private static Path hostileClass() {
    return folder.resolve(Pages.ofClass(1, 0));
  }

  private static List<Path> pages() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".html")).sorted().toList();
    }
  }

  /** A few of each folder, whose pages are of one kind. */
  private static List<Path> some(List<Path> pages) {
    Map<Path, Integer> seen = new HashMap<>();
    return pages.stream()
        .filter(
            page -> seen.merge(page.getParent(), 1, Integer::sum) <= TestScale.of(2, pages.size()))
        .toList();
  }

  /** Scrolls to the end, so that everything that waits to be seen is drawn. */
  private static void seeAll(Page page) {
    page.evaluate(
        "async () => { for (let y = 0; y < document.body.scrollHeight; y += 400) {"
            + " scrollTo(0, y); await new Promise(done => requestAnimationFrame(done)); } }");
  }

  @Test
  void everyPageOpensWithoutAnError() throws IOException {
    List<Path> pages = pages();
    assertThat(pages).hasSize(2 * (3 + 4) + CLASSES + 2 + 4);
    for (Path file : some(pages)) {
      try (Chromium.Tab tab = chromium.open()) {
        tab.go(file, "");
        seeAll(tab.page);
        assertThat(tab.page.locator("h1")).isNotNull();
        assertThat(tab.page.locator("h1").count()).as(file.toString()).isEqualTo(1);
        assertThat(tab.page.locator("html").getAttribute("lang")).isEqualTo("en");
        tab.hasNoErrors();
      }
    }
  }

  @Test
  void everyLinkLeadsSomewhere() throws IOException {
    for (Path file : some(pages())) {
      try (Chromium.Tab tab = chromium.open()) {
        tab.go(file, "");
        boolean single = file.endsWith(ReportSite.SINGLE_FILE);
        @SuppressWarnings("unchecked")
        List<String> targets =
            (List<String>)
                tab.page.evaluate(
                    single
                        ? "() => [...document.querySelectorAll('template')].flatMap(t =>"
                            + " [...t.content.querySelectorAll('a[href^=\"#\"]')]).map(a =>"
                            + " a.getAttribute('href').slice(1).split('#')[0]).filter(page =>"
                            + " ![...document.querySelectorAll('template')].some(t =>"
                            + " t.dataset.page === page))"
                        : "() => [...document.querySelectorAll('a[href]')].map(a => new"
                            + " URL(a.getAttribute('href'), document.baseURI).href).filter(href =>"
                            + " href.startsWith('file:')).map(href => href.split('#')[0])");
        if (single) {
          assertThat(targets).as("pages that the single file lacks").isEmpty();
        } else {
          assertThat(targets).isNotEmpty();
          for (String target : targets) {
            assertThat(Path.of(java.net.URI.create(target))).as("linked from " + file).exists();
          }
        }
      }
    }
  }

  @Test
  void hostileNamesAreShownAsText() {
    for (Path file :
        List.of(
            index(),
            hostileClass(),
            folder.resolve(Pages.FAILURES),
            folder.resolve(Pages.ofFeatureMap(1, 0)),
            folder.resolve(ReportSite.SINGLE_FILE))) {
      try (Chromium.Tab tab = chromium.open()) {
        tab.go(file, "");
        seeAll(tab.page);
        assertThat(tab.page.evaluate("() => window.hacked")).as(file.toString()).isNull();
        assertThat(tab.page.content()).contains("&lt;script&gt;window.hacked=1&lt;/script&gt;");
        tab.hasNoErrors();
      }
    }
    try (Chromium.Tab tab = chromium.open()) {
      tab.go(hostileClass(), "");
      assertThat(tab.page.locator("h1").textContent()).isEqualTo(SampleReport.HOSTILE_CLASS);
      tab.page.locator("#pictures .picture").first().click();
      assertThat(tab.page.locator("#viewer-title").textContent())
          .isEqualTo(SampleReport.HOSTILE_FILE);
      assertThat(tab.page.locator(".original img").getAttribute("alt"))
          .contains(SampleReport.HOSTILE_FILE);
      assertThat(tab.page.evaluate("() => window.hacked")).isNull();
      tab.hasNoErrors();
    }
  }

  @Test
  void classesAreSortedByAnyColumn() {
    try (Chromium.Tab tab = chromium.open()) {
      Page page = tab.go(index(), "").page;
      Locator rows = page.locator("#class-table tbody tr");
      assertThat(rows.first().textContent()).contains(SampleReport.HOSTILE_CLASS);
      page.locator("#class-table thead button", named("Accuracy")).click();
      assertThat(rows.first().locator("th").textContent()).isEqualTo("class 1");
      assertThat(page.locator("#class-table th[aria-sort]").textContent()).isEqualTo("Accuracy");
      assertThat(page.locator("#class-table th[aria-sort]").getAttribute("aria-sort"))
          .isEqualTo("ascending");
      page.locator("#class-table thead button", named("Accuracy")).press("Enter");
      assertThat(rows.last().locator("th").textContent()).isEqualTo("class 1");
      page.locator("#class-table thead button", named("Class")).click();
      assertThat(page.locator("#class-table tbody tr th").allTextContents())
          .containsSubsequence("class 1", "class 2", "class 10", "class 11");
      tab.hasNoErrors();
    }
  }

  private static Page.LocatorOptions named(String text) {
    return new Page.LocatorOptions().setHasText(text);
  }

  @Test
  void classesAreFiltered() {
    try (Chromium.Tab tab = chromium.open()) {
      Page page = tab.go(index(), "").page;
      page.locator("[data-filters=class-table]").fill("CLASS 1");
      assertThat(page.locator("#class-table tbody tr:visible").count()).isEqualTo(3);
      assertThat(page.locator("[data-count-of=class-table]").textContent()).isEqualTo("3 of 12");
      page.locator("[data-filters=class-table]").fill("<script");
      assertThat(page.locator("#class-table tbody tr:visible").count()).isEqualTo(1);
      page.locator("[data-filters=class-table]").fill("");
      page.locator("[data-only-found]").check();
      int found = page.locator("#class-table tbody tr:visible").count();
      assertThat(found).isEqualTo(page.locator("#class-table tbody tr[data-found]").count());
      assertThat(found).isBetween(1, CLASSES);
      tab.hasNoErrors();
    }
  }

  @Test
  void theLegendSaysWhatIsChecked() {
    try (Chromium.Tab tab = chromium.open()) {
      Page page = tab.go(index(), "").page;
      page.locator("#checks summary").click();
      assertThat(page.locator("#checks dt").allTextContents())
          .contains("Does the model look at the object?", "Could every image be explained?")
          .hasSize(page.locator("#checks dd").count());
      assertThat(page.locator("#checks").textContent()).contains("fewer than 5 images");
      tab.hasNoErrors();
    }
  }

  @Test
  void aTableThatIsCutSaysSo() {
    try (Chromium.Tab tab = chromium.open()) {
      Page page = tab.page;
      for (int width : new int[] {1400, 700, 390}) {
        page.setViewportSize(width, 900);
        tab.go(index(), "");
        // On a phone, rows are cards.
        assertThat(page.locator(".wide.cut[tabindex='0']").count())
            .as("%d pixels", width)
            .isEqualTo(width == 700 ? 2 : 0);
        assertThat(page.locator("#class-table thead").boundingBox().x < 0).isEqualTo(width == 390);
        assertThat(
                page.evaluate(
                    "() => document.documentElement.scrollWidth <="
                        + " document.documentElement.clientWidth"))
            .as("the page itself is not wider than the window")
            .isEqualTo(true);
      }
      tab.hasNoErrors();
      assertAccessible(page, index());
    }
  }

  @Test
  void imagesAreBrowsedAndFiltered() {
    try (Chromium.Tab tab = chromium.open()) {
      Page page = tab.go(folder.resolve("classes/1.html"), "").page;
      page.locator(".browse summary").click();
      Locator count = page.locator(".browse .count");
      Locator shown = page.locator(".browse li:visible");
      assertThat(count.textContent()).isEqualTo("1 of 1");
      assertThat(shown.count()).isEqualTo(1);
      page.locator("[data-browse=text]").fill("no such word");
      assertThat(count.textContent()).isEqualTo("0 of 1");
      assertThat(shown.count()).isZero();
      page.locator("[data-browse=text]").fill("");
      assertThat(shown.count()).isEqualTo(1);
      page.locator("[data-browse=to]").fill("0");
      assertThat(shown.count()).isZero();
      tab.hasNoErrors();
    }
  }

  @Test
  void aBarOfAHistogramLeavesItsImages() {
    try (Chromium.Tab tab = chromium.open()) {
      Page page = tab.go(folder.resolve("classes/1.html"), "").page;
      Locator shown = page.locator("#pictures .kinds li:visible");
      int all = shown.count();
      Locator bar = page.locator("[data-histogram='0'] [data-bin='5']");
      bar.click();
      assertThat(page.locator(".chosen [role=status]").textContent())
          .isEqualTo("1 image on this page: entropy 0.25 to 0.3.");
      assertThat(shown.count()).isPositive().isLessThan(all);
      assertThat(bar.getAttribute("aria-pressed")).isEqualTo("true");
      bar.press("ArrowRight");
      page.keyboard().press("Enter");
      assertThat(page.locator("[aria-pressed=true]").getAttribute("data-bin")).isEqualTo("12");
      page.locator(".chosen button").click();
      assertThat(shown.count()).isEqualTo(all);
      assertThat(page.locator(".chosen").isVisible()).isFalse();
      tab.hasNoErrors();
      assertAccessible(page, index());
    }
  }

  @Test
  void aCircleOfTheCalibrationLeadsToItsImages() {
    try (Chromium.Tab tab = chromium.open()) {
      Page page = tab.go(index(), "").page;
      Locator told = page.locator("#calibration .sure");
      Locator circles = page.locator("#calibration [role=button]");
      assertThat(told.isVisible()).isFalse();
      circles.first().press("Enter");
      for (int i = 1; i < circles.count() && told.locator("a").count() == 0; i++) {
        page.keyboard().press("ArrowRight");
        page.keyboard().press("Enter");
      }
      Matcher found =
          Pattern.compile("Images with a confidence of .*: (.+?) \\d+ of (\\d+) correct[,.].*")
              .matcher(told.textContent());
      assertThat(found.matches()).as(told.textContent()).isTrue();
      told.locator("a").first().click();
      comesTo(page, found.group(1));
      PlaywrightAssertions.assertThat(page.locator(".browse li:visible"))
          .hasCount(Integer.parseInt(found.group(2)));
      tab.hasNoErrors();
      tab.go(index(), "").page.locator("#calibration [role=button]").last().click();
      assertAccessible(page, index());
    }
  }

  @Test
  void tablesAreSavedAsCsv() throws IOException {
    try (Chromium.Tab tab = chromium.open()) {
      Page page = tab.go(index(), "").page;
      Download saved = page.waitForDownload(() -> page.locator("#classes .csv").click());
      List<String> lines = Files.readAllLines(saved.path());
      assertThat(saved.suggestedFilename()).endsWith("-classes.csv");
      assertThat(lines).hasSize(1 + page.locator("#class-table tbody tr").count());
      assertThat(lines.get(0)).startsWith("\ufeffAttention,Class,Findings,Images,Accuracy");
      int columns = lines.get(0).split(",").length;
      assertThat(lines.get(1).split(",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", -1)).hasSize(columns);
      // Beside the share that the column is sorted by, which feature map it is.
      assertThat(lines.get(0)).endsWith("Top map");
      assertThat(lines.get(1)).matches(".*,\\d+: \\d+(\\.\\d)?.%");
      tab.hasNoErrors();
    }
  }

  private static Box drawnBox(Page page) {
    Locator box = page.locator(".marks rect.part");
    double x = Double.parseDouble(box.getAttribute("x"));
    double y = Double.parseDouble(box.getAttribute("y"));
    return new Box(
        x,
        y,
        x + Double.parseDouble(box.getAttribute("width")),
        y + Double.parseDouble(box.getAttribute("height")));
  }

  /** Waits for the heading: a browser follows a link after the click has returned. */
  private static void comesTo(Page page, String heading) {
    PlaywrightAssertions.assertThat(page.locator("h1")).containsText(heading);
  }

  private static String title(Page page) {
    return page.locator("#viewer-title").textContent();
  }

  @Test
  void theViewersBoxIsThatOfTheTableAndFollowsTheThreshold() {
    try (Chromium.Tab tab = chromium.open()) {
      Page page = tab.go(folder.resolve(Pages.ofClass(1, 2)), "").page;
      page.locator("#pictures .picture").nth(1).click();
      int shown = title(page).charAt("class-2/image-".length()) - '0';
      Box half = drawnBox(page);
      Box expected = SampleReport.largestPart(shown);
      assertThat(half.x0()).isEqualTo(expected.x0(), within(1e-9));
      assertThat(half.y0()).isEqualTo(expected.y0(), within(1e-9));
      assertThat(half.x1()).isEqualTo(expected.x1(), within(1e-9));
      assertThat(half.y1()).isEqualTo(expected.y1(), within(1e-9));
      page.locator(".threshold").fill("90");
      assertThat(drawnBox(page).area()).isLessThan(0.5 * half.area());
      page.locator(".threshold").fill("10");
      assertThat(drawnBox(page).area()).isGreaterThan(2 * half.area());
      assertThat(page.locator(".box-text").textContent()).startsWith("1 part; box ");
      tab.hasNoErrors();
    }
  }

  @Test
  void theViewersMapLiesWhereItsPeakIsAndFadesWithTheOpacity() {
    try (Chromium.Tab tab = chromium.open()) {
      Page page = tab.go(folder.resolve(Pages.ofClass(1, 2)), "").page;
      page.locator("#pictures .picture").first().click();
      // The first picture's blob has its peak in column 2 and row 9 of 14, seen from x = 50 to 350.
      Object hottest =
          page.evaluate(
              "() => { const c = document.querySelector('#viewer canvas'); const d ="
                  + " c.getContext('2d').getImageData(0, 0, c.width, c.height).data; let best = 0,"
                  + " at = 0; for (let i = 0; i < d.length; i += 4) { const heat = d[i] + d[i + 1];"
                  + " if (d[i + 3] > 200 && heat > best) { best = heat; at = i / 4; } } return"
                  + " [(at % c.width) / c.width, Math.floor(at / c.width) / c.height]; }");
      @SuppressWarnings("unchecked")
      List<Number> place = (List<Number>) hottest;
      assertThat(place.get(0).doubleValue()).isEqualTo((50 + 300 * 2.5 / 14) / 400, within(0.03));
      assertThat(place.get(1).doubleValue()).isEqualTo(9.5 / 14, within(0.03));
      page.locator(".opacity").fill("0");
      assertThat(
              page.evaluate(
                  "() => getComputedStyle(document.querySelector('#viewer canvas')).opacity"))
          .isEqualTo("0");
      assertThat(page.locator(".opacity-value").textContent()).isEqualTo("0 %");
      tab.hasNoErrors();
    }
  }

  @Test
  void theViewerIsUsedWithTheKeyboard() {
    try (Chromium.Tab tab = chromium.open()) {
      Page page = tab.go(folder.resolve(Pages.ofClass(1, 2)), "").page;
      Locator opener = page.locator("#pictures .picture").first();
      opener.focus();
      page.keyboard().press("Enter");
      String first = title(page);
      page.keyboard().press("ArrowRight");
      String second = title(page);
      assertThat(second).isNotEqualTo(first);
      assertThat(page.locator(".place").textContent()).isEqualTo("2 of 7");
      page.keyboard().press("ArrowLeft");
      page.keyboard().press("ArrowLeft");
      assertThat(page.locator(".place").textContent()).isEqualTo("7 of 7");
      page.keyboard().press("ArrowRight");
      assertThat(title(page)).isEqualTo(first);
      // On a slider the arrows move the slider.
      page.locator(".threshold").focus();
      page.keyboard().press("ArrowRight");
      assertThat(title(page)).isEqualTo(first);
      assertThat(page.locator(".threshold-value").textContent()).isEqualTo("51 %");
      page.keyboard().press("+");
      assertThat(page.locator(".threshold-value").textContent()).isEqualTo("56 %");
      page.keyboard().press("Escape");
      assertThat(page.locator("#viewer").isVisible()).isFalse();
      assertThat(page.evaluate("() => document.activeElement.className")).isEqualTo("picture");
      tab.hasNoErrors();
    }
  }

  @Test
  void aLinkToAnImageOpensIt() {
    for (boolean single : new boolean[] {false, true}) {
      try (Chromium.Tab tab = chromium.open()) {
        Path file = single ? folder.resolve(ReportSite.SINGLE_FILE) : hostileClass();
        Page page = tab.go(file, single ? "#" + Pages.ofClass(1, 0) : "").page;
        page.locator("#pictures .picture").nth(2).click();
        String name = title(page);
        String address = page.url();
        assertThat(page.locator(".command").textContent()).startsWith("jobs/camatlas explain ");
        assertThat(page.locator(".as-file").getAttribute("href")).startsWith("data:text/x-shell");
        try (Chromium.Tab other = chromium.open()) {
          other.page.navigate(address);
          assertThat(other.page.locator("#viewer").isVisible()).isTrue();
          assertThat(title(other.page)).isEqualTo(name);
          other.hasNoErrors();
        }
        tab.hasNoErrors();
      }
    }
  }

  @Test
  void theSingleFileHasAllPagesAndPictures() {
    try (Chromium.Tab tab = chromium.open()) {
      Page page = tab.go(folder.resolve(ReportSite.SINGLE_FILE), "").page;
      page.locator("#class-table tbody a").first().click();
      comesTo(page, SampleReport.HOSTILE_CLASS);
      seeAll(page);
      assertThat(
              page.evaluate(
                  "async () => { const images = [...document.querySelectorAll('main img')];"
                      + " images.forEach(i => { i.loading = 'eager'; }); await"
                      + " Promise.all(images.map(i => i.decode())); return images.length > 5 &&"
                      + " images.every(i => i.src.startsWith('data:') && i.naturalWidth > 0); }"))
          .isEqualTo(true);
      page.locator(".feature-maps a").first().click();
      comesTo(page, "Feature map 0");
      page.goBack();
      comesTo(page, SampleReport.HOSTILE_CLASS);
      tab.hasNoErrors();
    }
  }

  /** Pictures of examples and of experiments, which stand in frames of their own. */
  @Test
  void aSingleFileThatHasNoRoomForPicturesWorks(@TempDir Path small) throws IOException {
    SampleReport.writeWithoutPictures(small, 2);
    try (Chromium.Tab tab = chromium.open()) {
      Page page = tab.go(small.resolve(ReportSite.SINGLE_FILE), "").page;
      page.locator("#class-table tbody a").first().click();
      comesTo(page, SampleReport.HOSTILE_CLASS);
      seeAll(page);
      assertThat(page.locator("img[data-picture-file]").count()).isZero();
      assertThat(page.locator("figure.example .missing").count()).isPositive();
      tab.hasNoErrors();
    }
  }

  @Test
  void coloursFollowTheReaderAndTheButton() {
    try (Chromium.Tab tab = chromium.open()) {
      Page page = tab.page;
      page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
      tab.go(index(), "");
      String dark = background(page);
      page.locator("#theme").click();
      assertThat(background(page)).isNotEqualTo(dark);
      tab.go(hostileClass(), "");
      assertThat(background(page)).as("remembered on the next page").isNotEqualTo(dark);
      tab.hasNoErrors();
    }
  }

  private static String background(Page page) {
    return (String) page.evaluate("() => getComputedStyle(document.body).backgroundColor");
  }

  @Test
  void pagesPrintWholeOnWhitePaperWithoutControls() {
    try (Chromium.Tab tab = chromium.open()) {
      Page page = tab.page;
      page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
      tab.go(hostileClass(), "");
      page.evaluate("() => dispatchEvent(new Event('beforeprint'))");
      page.emulateMedia(new Page.EmulateMediaOptions().setMedia(Media.PRINT));
      assertThat(background(page)).isEqualTo("rgb(255, 255, 255)");
      // A canvas that was never drawn has the size that browsers give it.
      assertThat(
              page.evaluate(
                  "() => [...document.querySelectorAll('.picture canvas')].every(c => c.width ==="
                      + " 320)"))
          .isEqualTo(true);
      tab.go(index(), "");
      page.emulateMedia(new Page.EmulateMediaOptions().setMedia(Media.PRINT));
      assertThat(page.locator(".banner").isVisible()).isFalse();
      assertThat(page.locator(".filter").first().isVisible()).isFalse();
      assertThat(page.locator("#class-table").isVisible()).isTrue();
      assertThat(page.pdf()).hasSizeGreaterThan(10_000);
      tab.hasNoErrors();
    }
  }

  @Test
  void pagesKeepTheRulesOfAccessibility() {
    List<Path> all =
        TestScale.of(
            List.of(index(), hostileClass(), folder.resolve(Pages.ofFeatureMap(1, 0))),
            List.of(
                index(),
                hostileClass(),
                folder.resolve(Pages.featureMaps(1)),
                folder.resolve(Pages.ofFeatureMap(1, 0)),
                folder.resolve(Pages.FAILURES)));
    // The colours are those of all pages.
    Map<ColorScheme, List<Path>> looks =
        Map.of(ColorScheme.LIGHT, all, ColorScheme.DARK, TestScale.of(List.of(index()), all));
    for (ColorScheme colours : looks.keySet()) {
      for (Path file : looks.get(colours)) {
        try (Chromium.Tab tab = chromium.open()) {
          tab.page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(colours));
          tab.go(file, "");
          assertAccessible(tab.page, file);
          if (file.equals(hostileClass())) {
            tab.page.locator("#pictures .picture").first().click();
            assertAccessible(tab.page, file);
          }
        }
      }
    }
  }

  private static void assertAccessible(Page page, Path file) {
    assertThat(new AxeBuilder(page).analyze().getViolations())
        .as(file.toString())
        .extracting(
            rule -> rule.getId(),
            rule -> rule.getNodes().stream().map(node -> node.getHtml()).limit(3).toList())
        .isEmpty();
  }

  @Test
  void aThousandClassesMakeNoHeavyPage(@TempDir Path large) throws IOException {
    SampleReport.write(large, 1000, false);
    try (Stream<Path> files = Files.walk(large)) {
      assertThat(files.filter(Files::isRegularFile))
          .allSatisfy(file -> assertThat(Files.size(file)).isLessThan(5_000_000));
    }
    try (Chromium.Tab tab = chromium.open()) {
      Page page = tab.go(large.resolve(Pages.INDEX), "").page;
      assertThat(page.locator("#class-table tbody tr").count()).isEqualTo(1000);
      page.locator("[data-filters=class-table]").fill("class 99");
      assertThat(page.locator("[data-count-of=class-table]").textContent()).isEqualTo("11 of 1000");
      tab.hasNoErrors();
    }
  }
}

package io.camatlas.report.site;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.options.ColorScheme;
import io.camatlas.TestScale;
import io.camatlas.report.compared.Comparison;
import io.camatlas.report.compared.ComparisonFindings;
import io.camatlas.report.compared.SampleComparison;
import io.camatlas.report.facts.Pages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pages of a comparison in a real browser. */
class ComparisonPagesTest {
  @TempDir static Path folder;

  /** In the dark, one page of each kind looks like the others. */
  private static List<ColorScheme> schemes(String page) {
    return TestScale.FULL || page.equals(Pages.INDEX)
        ? List.of(ColorScheme.LIGHT, ColorScheme.DARK)
        : List.of(ColorScheme.LIGHT);
  }

  @Test
  void pagesOpenWithoutAnErrorAndAreAccessible() throws IOException {
    Comparison comparison = SampleComparison.ofEverything();
    int pages =
        new ComparisonSite(
                comparison, ComparisonFindings.of(comparison), "1", "2026-03-01T00:00:00Z")
            .write(SampleReport.files(folder));
    assertThat(pages).isEqualTo(4);
    try (Chromium chromium = Chromium.start()) {
      for (String page : List.of(Pages.INDEX, Pages.ofClass(1, 0), Pages.ofClass(1, 2))) {
        try (Chromium.Tab tab = chromium.open()) {
          tab.go(folder.resolve(page), "");
          assertThat(tab.page.locator("h1").count()).as(page).isEqualTo(1);
          assertThat(tab.page.evaluate("() => window.hacked")).isNull();
          tab.hasNoErrors();
          for (ColorScheme scheme : schemes(page)) {
            tab.page.emulateMedia(
                new com.microsoft.playwright.Page.EmulateMediaOptions().setColorScheme(scheme));
            assertThat(new AxeBuilder(tab.page).analyze().getViolations()).as(page).isEmpty();
          }
        }
      }
    }
    assertThat(Files.readString(folder.resolve(Pages.INDEX)))
        .contains("&lt;script&gt;window.hacked=1&lt;/script&gt;");
  }
}

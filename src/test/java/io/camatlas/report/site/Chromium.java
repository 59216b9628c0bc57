package io.camatlas.report.site;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * The machine's own Chromium, driven by Playwright. Where there is none, tests are skipped and say
 * what to install.
 */
public final class Chromium implements AutoCloseable {
  private static final List<String> NAMES =
      List.of(
          "chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome.exe");

  private static final List<Path> ELSEWHERE =
      List.of(
          Path.of("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
          Path.of("/Applications/Chromium.app/Contents/MacOS/Chromium"));

  private final Playwright playwright;
  private final Browser browser;

  private Chromium(Path executable) {
    playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(executable)
                    // As root in a container there is no other way.
                    .setArgs(List.of("--no-sandbox")));
  }

  public static Chromium start() {
    Optional<Path> executable = executable();
    Assumptions.assumeTrue(
        executable.isPresent(),
        "No Chromium on this machine, so the report's pages are not opened; install it (Debian:"
            + " apt-get install chromium) or name it by CAMATLAS_CHROMIUM.");
    return new Chromium(executable.orElseThrow());
  }

  private static Optional<Path> executable() {
    String named = System.getenv("CAMATLAS_CHROMIUM");
    if (named != null) {
      return Optional.of(Path.of(named));
    }
    Stream<Path> onPath =
        Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
            .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)));
    return Stream.concat(onPath, ELSEWHERE.stream()).filter(Files::isExecutable).findFirst();
  }

  /** A page that keeps what went wrong on it. */
  public Tab open() {
    return new Tab(browser.newContext().newPage());
  }

  /** A page, and the errors that its scripts, styles and pictures gave. */
  public static final class Tab implements AutoCloseable {
    public final Page page;
    private final List<String> errors = new ArrayList<>();

    private Tab(Page page) {
      this.page = page;
      page.onConsoleMessage(
          message -> {
            if (message.type().equals("error") || message.type().equals("warning")) {
              errors.add(message.type() + ": " + message.text());
            }
          });
      page.onPageError(error -> errors.add("thrown: " + error));
      page.onRequestFailed(
          request -> errors.add("failed: " + request.url() + " " + request.failure()));
      page.onRequest(
          request -> {
            if (!request.url().startsWith("file:") && !request.url().startsWith("data:")) {
              errors.add("asks the network: " + request.url());
            }
          });
      page.onDialog(
          dialog -> {
            errors.add("dialog: " + dialog.message());
            dialog.dismiss();
          });
    }

    /** Opens a file, with what follows it in the address. */
    public Tab go(Path file, String rest) {
      page.navigate(file.toUri() + rest);
      return this;
    }

    public void hasNoErrors() {
      assertThat(errors).as(page.url()).isEmpty();
    }

    @Override
    public void close() {
      page.context().close();
    }
  }

  @Override
  public void close() {
    browser.close();
    playwright.close();
  }
}

package io.camatlas.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.camatlas.cli.DocumentedCommands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.deploy.SparkSubmitArguments;
import org.apache.spark.package$;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Links of README and pages resolve, and their commands are read as they stand. */
class PagesTest {
  private static final String SCRIPT = "jobs/camatlas";
  private static final String SUBMIT = "$SPARK_HOME/bin/spark-submit";
  private static final String EXPORT = "python jobs/export_model.py";

  static Stream<Page> pages() throws IOException {
    return Page.all().stream();
  }

  static Stream<String> commands() throws IOException {
    return pages()
        .flatMap(page -> Stream.of(SCRIPT, SUBMIT).flatMap(p -> page.commands(p).stream()))
        // The form of all commands is none.
        .filter(command -> !command.contains("[SPARK-SUBMIT OPTIONS]"))
        .distinct();
  }

  static Stream<String> exports() throws IOException {
    return pages().flatMap(page -> page.commands(EXPORT).stream()).distinct();
  }

  @ParameterizedTest
  @MethodSource("pages")
  void linksResolve(Page page) throws IOException {
    List<String> broken = new ArrayList<>();
    for (String link : page.links()) {
      if (!link.matches("[a-z]+:.*") && !resolves(page, link)) {
        broken.add(link);
      }
    }
    assertThat(broken).as("links of %s that lead nowhere", page).isEmpty();
  }

  private static boolean resolves(Page page, String link) throws IOException {
    String[] parts = link.split("#", 2);
    Path from = page.file().toAbsolutePath().normalize();
    Path file = parts[0].isEmpty() ? from : from.resolveSibling(parts[0]).normalize();
    if (!Files.exists(file)) {
      return false;
    }
    return parts.length == 1 || new Page(file, Files.readString(file)).anchors().contains(parts[1]);
  }

  @Test
  void everyPageOfTheReferenceIsInItsIndex() throws IOException {
    Path index = Path.of("src/docs/README.md");
    List<String> linked =
        pages().filter(page -> page.file().equals(index)).findFirst().orElseThrow().links();
    assertThat(pages().map(page -> page.file().getFileName().toString()))
        .allSatisfy(name -> assertThat(name.equals("README.md") || linked.contains(name)).isTrue());
  }

  @Test
  void theReadmeIsShort() throws IOException {
    assertThat(Files.readAllLines(Path.of("README.md"))).hasSizeLessThanOrEqualTo(200);
  }

  @ParameterizedTest
  @MethodSource("commands")
  void sparkReadsTheCommandAndWeItsOptions(String command) {
    assumeFalse(
        package$.MODULE$.SPARK_VERSION().startsWith("3.")
            && command.contains("--load-spark-defaults"),
        "Spark 4 brought this option; the page says what to give to Spark 3.5.");
    SparkSubmitArguments arguments = Submitted.parsed(Submitted.words(Page.words(command)));
    assertThat(arguments.mainClass()).as(command).isEqualTo("io.camatlas.cli.Main");
    assertThat(arguments.primaryResource()).contains("camatlas");
    List<String> own = new ArrayList<>();
    arguments.childArgs().foreach(own::add);
    assertThat(own).isNotEmpty();
    assertThat(DocumentedCommands.problems(own)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("pages")
  void parametersOfJobsAreOptions(Page page) throws IOException {
    for (String list : page.jsonLists("explain")) {
      String[] words = new ObjectMapper().readValue(list, String[].class);
      assertThat(DocumentedCommands.problems(Arrays.asList(words))).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("exports")
  void flagsOfTheExportAreItsOwn(String command) throws IOException {
    String script = Files.readString(Path.of("jobs/export_model.py"));
    assertThat(Page.words(command).stream().filter(word -> word.startsWith("--")))
        .isNotEmpty()
        .allSatisfy(flag -> assertThat(script).contains("\"" + flag + "\""));
  }

  @Test
  void flagsThatThePageTellsOfTheExportAreItsOwn() throws IOException {
    String script = Files.readString(Path.of("jobs/export_model.py"));
    String page = Files.readString(Path.of("src/docs/models.md"));
    String told =
        page.substring(
            page.indexOf("## Export your own network"), page.indexOf("## Archives that work"));
    assertThat(Pattern.compile("`(--[a-z-]+)").matcher(told).results().map(m -> m.group(1)))
        .contains("--resize-as")
        .allSatisfy(flag -> assertThat(script).contains("\"" + flag + "\""));
  }
}

package io.camatlas.spark.notebook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.camatlas.TestScale;
import io.camatlas.spark.SparkSuite;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.script.ScriptEngine;
import javax.script.ScriptEngineManager;
import javax.script.ScriptException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.ClassRule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Runs the notebooks, from their first cell to the last, against a demo. */
public class NotebooksTest extends SparkSuite {
  @ClassRule public static final TemporaryFolder FOLDER = new TemporaryFolder();

  private static final Path NOTEBOOKS =
      Path.of(System.getProperty("camatlas.project"), "notebooks");
  private static final Path NOTE = NOTEBOOKS.resolve("zeppelin/camatlas.zpln");
  private static final Path BOOK = NOTEBOOKS.resolve("databricks/camatlas.ipynb");
  private static final Pattern SQL =
      Pattern.compile("spark\\.sql\\(\"\"\"(.*?)\"\"\"\\)", Pattern.DOTALL);
  private static final Pattern PICTURE = Pattern.compile("<img [^>]*src=\"data:image/png;base64,");

  /** The folder that all tests read. */
  private Path demo() throws IOException {
    Path root = FOLDER.getRoot().toPath().resolve("demo");
    if (!Files.exists(root)) {
      SmallDemo.make(session(), root);
      SmallDemo.strategiesAndCauses(session(), root);
    }
    return root;
  }

  /** A paragraph's interpreter, its code, and how its result is drawn. */
  private record Paragraph(String title, String interpreter, String code, JsonNode graph) {
    static Paragraph of(JsonNode json) {
      String text = json.get("text").asText();
      int end = text.indexOf('\n');
      return new Paragraph(
          json.path("title").asText(),
          text.substring(0, end).strip(),
          text.substring(end + 1),
          json.at("/config/results/0/graph"));
    }
  }

  private static JsonNode note() throws IOException {
    return new ObjectMapper().readTree(NOTE.toFile());
  }

  private static List<Paragraph> paragraphs() throws IOException {
    List<Paragraph> paragraphs = new ArrayList<>();
    note().get("paragraphs").forEach(json -> paragraphs.add(Paragraph.of(json)));
    return paragraphs;
  }

  /** Scala as Zeppelin runs it: what a paragraph defines stays for those after it. */
  private static final class Scala {
    private final ScriptEngine engine = new ScriptEngineManager().getEngineByName("scala");

    Scala() throws ScriptException {
      assertThat(engine).as("scala-compiler brings an engine").isNotNull();
      run("val spark = org.apache.spark.sql.SparkSession.active");
      run("val z = new io.camatlas.spark.notebook.ZeppelinForms");
    }

    /** Runs code, and returns what it printed. */
    String run(String code) throws ScriptException {
      StringWriter printed = new StringWriter();
      engine.getContext().setWriter(printed);
      engine.eval(code);
      return printed.toString();
    }
  }

  @Test
  public void everyParagraphOfTheNoteRuns() throws Exception {
    SparkSession spark = session();
    String ansi = spark.conf().get("spark.sql.ansi.enabled");
    spark.conf().set("spark.sql.ansi.enabled", "true");
    try {
      ZeppelinForms.fill(Map.of("Folder", demo().toString()));
      SparkSession.setActiveSession(spark);
      Map<String, List<Row>> answers = new LinkedHashMap<>();
      List<String> html = new ArrayList<>();
      List<String> tables = new ArrayList<>();
      Scala scala = new Scala();
      for (Paragraph paragraph : paragraphs()) {
        switch (paragraph.interpreter()) {
          case "%md" -> assertThat(paragraph.code()).isNotBlank();
          case "%spark" -> {
            String printed = scala.run(paragraph.code());
            if (printed.contains("%html")) {
              html.add(printed);
            } else if (printed.startsWith("%table ")) {
              tables.add(printed);
            }
          }
          case "%spark.sql" -> {
            Dataset<Row> result = spark.sql(paragraph.code());
            checkChart(paragraph, result.columns());
            answers.put(paragraph.title(), result.collectAsList());
          }
          default -> throw new AssertionError(paragraph.interpreter() + " is run by no test.");
        }
      }
      assertThat(answers).hasSizeGreaterThanOrEqualTo(10);
      assertThat(answers).allSatisfy((title, rows) -> assertThat(rows).as(title).isNotEmpty());
      assertThat(html).hasSize(2);
      assertThat(html).allMatch(page -> page.startsWith("%html "));
      assertThat(PICTURE.matcher(html.get(0)).results().count()).isEqualTo(10);
      assertThat(PICTURE.matcher(html.get(1)).results().count()).isEqualTo(6);
      assertThat(tables).hasSize(2);
      assertThat(tables.get(0)).startsWith("%table class\tkind\ttest\tn\t").contains("\tpaste\t");
      assertThat(tables.get(1).lines())
          .hasSizeGreaterThan(10)
          .anyMatch(line -> line.startsWith("anchor\t0\t"));
      assertThatTheDemosFaultIsSeen(answers);
    } finally {
      spark.conf().set("spark.sql.ansi.enabled", ansi);
    }
  }

  private static void assertThatTheDemosFaultIsSeen(Map<String, List<Row>> answers) {
    assertThat(first(answers, "Which classes draw attention to the border or the corners?"))
        .isEqualTo("anchor");
    assertThat(first(answers, "Which classes are right for the wrong reason?")).isEqualTo("anchor");
    assertThat(first(answers, "Which images are right although the model looked into a corner?"))
        .contains("anchor");
    assertThat(answers.get("Which images are missing, and why?"))
        .extracting(row -> row.getString(0))
        .anyMatch(outcome -> outcome.startsWith("decode"));
    // There is no run before this one, so nothing has changed.
    assertThat(answers.get("What changed between two runs?"))
        .hasSize(10)
        .allMatch(row -> row.<Double>getAs("moved") == 0);
  }

  private static String first(Map<String, List<Row>> answers, String title) {
    return answers.get(title).get(0).getString(0);
  }

  /** A chart shows at once only if its columns are where it says. */
  private static void checkChart(Paragraph paragraph, String[] columns) {
    JsonNode graph = paragraph.graph();
    assertThat(graph.path("mode").asText())
        .as(paragraph.title())
        .isIn("multiBarChart", "lineChart", "pieChart", "scatterChart", "table");
    List<JsonNode> used = new ArrayList<>();
    Stream.of("keys", "groups", "values").forEach(part -> graph.get(part).forEach(used::add));
    graph.at("/setting/scatterChart").forEach(used::add);
    assertThat(used).as(paragraph.title()).hasSizeGreaterThanOrEqualTo(2);
    for (JsonNode column : used) {
      String name = column.get("name").asText();
      assertThat(Arrays.asList(columns)).as(paragraph.title()).contains(name);
      assertThat(columns[column.get("index").asInt()]).as(paragraph.title()).isEqualTo(name);
    }
  }

  @Test
  public void twoRunsAreCompared() throws Exception {
    TestScale.onlyNightly();
    SparkSession spark = session();
    Path before = demo();
    Path after = FOLDER.newFolder("after").toPath();
    SmallDemo.explain(
        spark,
        after,
        before.resolve("data/manifest.csv"),
        after.resolve("results"),
        "layer",
        "features.12");
    SmallDemo.atlas(spark, after.resolve("atlas"), after.resolve("results"));
    ZeppelinForms.fill(
        Map.of(
            "Folder",
            after.toString(),
            "Folder to compare with (empty: the run before)",
            before.toString()));
    SparkSession.setActiveSession(spark);
    Scala scala = new Scala();
    List<Paragraph> paragraphs = paragraphs();
    Paragraph open =
        paragraphs.stream().filter(one -> one.interpreter().equals("%spark")).findFirst().get();
    assertThat(scala.run(open.code())).contains("layer features.12");
    Paragraph changed =
        paragraphs.stream().filter(one -> one.title().startsWith("What changed")).findFirst().get();
    List<Row> rows = spark.sql(changed.code()).collectAsList();
    assertThat(rows).hasSize(10);
    // The same network, looked at in another layer: where it looks differs, what it says does not.
    assertThat(rows)
        .anyMatch(row -> row.<Double>getAs("moved") == null || row.<Double>getAs("moved") > 0);
    assertThat(rows).allMatch(row -> row.<Double>getAs("accuracy_change") == 0);
  }

  /** The queries of the Databricks notebook, by the heading above them. */
  private static Map<String, String> queries() throws IOException {
    Map<String, String> queries = new LinkedHashMap<>();
    String heading = "";
    for (JsonNode cell : new ObjectMapper().readTree(BOOK.toFile()).get("cells")) {
      StringBuilder source = new StringBuilder();
      cell.get("source").forEach(line -> source.append(line.asText()));
      if (cell.get("cell_type").asText().equals("markdown")) {
        heading = source.toString().lines().findFirst().orElseThrow().replaceFirst("^#+ ", "");
      }
      Matcher found = SQL.matcher(source);
      while (found.find()) {
        assertThat(queries.put(heading, found.group(1).strip())).as(heading).isNull();
      }
    }
    return queries;
  }

  @Test
  public void everySqlOfTheDatabricksNotebookRuns() throws Exception {
    SparkSession spark = session();
    String ansi = spark.conf().get("spark.sql.ansi.enabled");
    spark.conf().set("spark.sql.ansi.enabled", "true");
    try {
      CamAtlas atlas = CamAtlas.open(spark, demo().toString());
      atlas.views();
      atlas.views("before_");
      Map<String, String> queries = queries();
      assertThat(queries).hasSizeGreaterThanOrEqualTo(12);
      queries.forEach(
          (heading, sql) -> assertThat(spark.sql(sql).collectAsList()).as(heading).isNotEmpty());
    } finally {
      spark.conf().set("spark.sql.ansi.enabled", ansi);
    }
  }

  @Test
  public void bothNotebooksAskTheSameQuestionsInTheSameWords() throws IOException {
    Map<String, String> databricks = queries();
    List<Paragraph> asked =
        paragraphs().stream().filter(one -> one.interpreter().equals("%spark.sql")).toList();
    assertThat(asked).isNotEmpty();
    for (Paragraph one : asked) {
      String sql = one.code().replaceAll("(?m)^--.*\\n", "").strip();
      assertThat(databricks.get(one.title())).as(one.title()).isEqualTo(sql);
    }
  }

  @Test
  public void nothingThatWasComputedIsStored() throws IOException {
    for (JsonNode paragraph : note().get("paragraphs")) {
      assertThat(paragraph.has("results")).isFalse();
      assertThat(paragraph.has("user")).isFalse();
      assertThat(paragraph.get("status").asText()).isEqualTo("READY");
    }
    for (JsonNode cell : new ObjectMapper().readTree(BOOK.toFile()).get("cells")) {
      assertThat(cell.path("outputs")).isEmpty();
      assertThat(
              cell.path("execution_count").isNull() || cell.path("execution_count").isMissingNode())
          .isTrue();
    }
    for (Path file : List.of(NOTE, BOOK)) {
      assertThat(Files.readString(file)).doesNotContainPattern("/(home|tmp|work|Users)/");
    }
  }
}

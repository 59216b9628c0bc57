package io.camatlas.spark.explain;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.camatlas.TestScale;
import io.camatlas.config.CausesOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.ReportOptions;
import io.camatlas.explain.TargetSelection;
import io.camatlas.model.ModelCard;
import io.camatlas.report.findings.Finding;
import io.camatlas.report.findings.Severity;
import io.camatlas.setup.CausesSetup;
import io.camatlas.setup.ReportSetup;
import io.camatlas.spark.InputException;
import io.camatlas.spark.SparkSuite;
import io.camatlas.spark.causes.CausesJob;
import io.camatlas.spark.notebook.SmallDemo;
import io.camatlas.spark.report.ReportJob;
import io.camatlas.spark.results.CalibrationTable;
import io.camatlas.spark.results.ExplanationsTable;
import io.camatlas.spark.results.LabelScoresTable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** A network of 14 labels, from images to report. */
public class SeveralLabelsTest extends SparkSuite {
  @ClassRule public static final TemporaryFolder FOLDER = new TemporaryFolder();

  private static final int IMAGES = 200;
  private static final PrintStream SILENT = new PrintStream(new ByteArrayOutputStream());

  private static Path root;
  private static Path model;
  private static List<String> classes;
  private static List<Set<Integer>> truth;
  private static Path run;
  private static Path atlas;

  @BeforeClass
  public static void explainAll() throws IOException {
    root = FOLDER.getRoot().toPath();
    model = SeveralLabelsPictures.copyNetwork(root);
    classes = ModelCard.read(root.resolve("labels.json")).classes();
    truth = SeveralLabelsPictures.write(root.resolve("data"), IMAGES, 5);
    run = explain("run", IMAGES, "labels", SeveralLabelsTest::names, "targets", "label,predicted");
    atlas = root.resolve("atlas");
    SmallDemo.atlas(session(), atlas, run);
  }

  private static String names(int image) {
    Set<Integer> labels = truth.get(image);
    return labels.isEmpty()
        ? "No Finding"
        : labels.stream().map(classes::get).collect(Collectors.joining("|"));
  }

  /** Explains the first images, with these columns of labels. */
  private static Path explain(
      String name, int images, String columns, IntFunction<String> cells, String... more)
      throws IOException {
    List<String> lines = new ArrayList<>(List.of("path," + columns));
    for (int i = 0; i < images; i++) {
      lines.add(SeveralLabelsPictures.name(i) + "," + cells.apply(i));
    }
    Path manifest = root.resolve("data/" + name + ".csv");
    Files.write(manifest, lines);
    List<String> given = new ArrayList<>(List.of("model", model.toString(), "method", "grad-cam"));
    given.addAll(List.of(more));
    Path out = root.resolve(name);
    SmallDemo.explain(session(), root, manifest, out, given.toArray(new String[0]));
    return out;
  }

  private static Dataset<Row> table(Path folder, String name) {
    return session().read().parquet(folder.resolve(name).toString());
  }

  private static Map<Integer, List<Row>> byImage(Path folder) {
    return table(folder, "explanations").collectAsList().stream()
        .collect(Collectors.groupingBy(row -> number(row.getAs(ExplanationsTable.IMAGE_ID))));
  }

  private static int number(String id) {
    return Integer.parseInt(id.replaceAll(".*?(\\d+)\\.png$", "$1"));
  }

  private static Set<Integer> indices(Row row, String column) {
    return row.<String>getList(row.fieldIndex(column)).stream()
        .map(classes::indexOf)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static List<Float> probabilities(List<Row> rows) {
    List<List<Float>> kept =
        rows.stream()
            .map(row -> row.<Float>getList(row.fieldIndex(ExplanationsTable.PROBABILITIES)))
            .filter(one -> one != null)
            .toList();
    assertThat(kept).hasSize(1);
    return kept.get(0);
  }

  @Test
  public void whatIsThereAndWhatIsSaidToBeThereIsExplained() {
    Map<Integer, List<Row>> all = byImage(run);
    assertThat(all).hasSize(IMAGES);
    int without = 0;
    for (int i = 0; i < IMAGES; i++) {
      List<Float> shares = probabilities(all.get(i));
      Set<Integer> said =
          IntStream.range(0, classes.size())
              .filter(label -> shares.get(label) >= 0.5)
              .boxed()
              .collect(Collectors.toSet());
      Set<Integer> expected = new HashSet<>(said);
      expected.addAll(truth.get(i));
      boolean isEmpty = expected.isEmpty();
      if (isEmpty) {
        without++;
        expected.add(shares.indexOf(shares.stream().max(Float::compare).orElseThrow()));
      }
      Set<Integer> explained = new HashSet<>();
      for (Row row : all.get(i)) {
        int target = row.getAs(ExplanationsTable.TARGET_INDEX);
        explained.add(target);
        assertThat(indices(row, ExplanationsTable.LABELS)).isEqualTo(truth.get(i));
        assertThat(indices(row, ExplanationsTable.PREDICTED_LABELS)).isEqualTo(said);
        assertThat(indices(row, ExplanationsTable.UNKNOWN_LABELS)).isEmpty();
        assertThat(row.<String>getAs(ExplanationsTable.LABEL)).isEqualTo(names(i));
        assertThat(row.<Boolean>getAs(ExplanationsTable.TARGET_LABELLED))
            .isEqualTo(truth.get(i).contains(target));
        assertThat(row.<Boolean>getAs(ExplanationsTable.TARGET_PREDICTED))
            .isEqualTo(said.contains(target));
        assertThat(row.<Boolean>getAs(ExplanationsTable.CORRECT))
            .isEqualTo(said.contains(target) == truth.get(i).contains(target));
        assertThat(row.<Float>getAs(ExplanationsTable.TARGET_PROBABILITY))
            .isEqualTo(shares.get(target));
        assertThat(
                row.<String>getList(row.fieldIndex(ExplanationsTable.TARGET_REASONS))
                    .contains(TargetSelection.HIGHEST))
            .isEqualTo(isEmpty);
      }
      assertThat(explained).isEqualTo(expected);
    }
    assertThat(without).isPositive();
  }

  @Test
  public void scoresOfEachLabelAreThoseOfADirectComputation() {
    Map<Integer, List<Row>> all = byImage(run);
    List<LabelScoresTable.Scores> scores =
        table(atlas, LabelScoresTable.NAME)
            .orderBy(LabelScoresTable.CLASS_INDEX)
            .collectAsList()
            .stream()
            .map(LabelScoresTable::fromRow)
            .toList();
    assertThat(scores).hasSize(classes.size());
    for (int label = 0; label < classes.size(); label++) {
      List<Float> with = new ArrayList<>();
      List<Float> without = new ArrayList<>();
      double gaps = 0;
      double[] gap = new double[15];
      for (int i = 0; i < IMAGES; i++) {
        float share = probabilities(all.get(i)).get(label);
        boolean has = truth.get(i).contains(label);
        (has ? with : without).add(share);
        gap[(int) Math.max(0, Math.ceil(share * 15) - 1)] += share - (has ? 1 : 0);
      }
      for (double one : gap) {
        gaps += Math.abs(one);
      }
      double pairs = 0;
      for (float one : with) {
        for (float other : without) {
          pairs += one > other ? 1 : one == other ? 0.5 : 0;
        }
      }
      LabelScoresTable.Scores own = scores.get(label);
      assertThat(own.labelled()).isEqualTo(with.size());
      assertThat(own.without()).isEqualTo(without.size());
      assertThat(own.number(LabelScoresTable.SENSITIVITY))
          .isEqualTo((double) with.stream().filter(one -> one >= 0.5).count() / with.size());
      assertThat(own.number(LabelScoresTable.SPECIFICITY))
          .isEqualTo((double) without.stream().filter(one -> one < 0.5).count() / without.size());
      assertThat(own.number(LabelScoresTable.AUROC))
          .isCloseTo(pairs / with.size() / without.size(), within(1e-3))
          .isBetween(
              own.number(LabelScoresTable.AUROC_LOW), own.number(LabelScoresTable.AUROC_HIGH));
      assertThat(own.number(CalibrationTable.ECE)).isCloseTo(gaps / IMAGES, within(1e-9));
    }
    assertThat(table(atlas, "confusions").count()).isZero();
  }

  @Test
  public void aColumnForEachClassMayLeaveLabelsOpen() throws IOException {
    // Image 0: uncertain and unknown; image 1: all columns empty; the others as they are.
    IntFunction<String> cells =
        image ->
            IntStream.range(0, classes.size())
                .mapToObj(
                    label ->
                        image == 1 || (image == 0 && label == 3)
                            ? ""
                            : image == 0 && label == 4
                                ? "-1"
                                : truth.get(image).contains(label) ? "1.0" : "0")
                .collect(Collectors.joining(","));
    Path out = explain("columns", 8, String.join(",", classes), cells, "targets", "predicted");
    Path absent =
        explain(
            "absent",
            8,
            String.join(",", classes),
            cells,
            "targets",
            "predicted",
            "uncertain-labels",
            "present",
            "missing-labels",
            "absent");
    Row first = byImage(out).get(0).get(0);
    Set<Integer> known = new TreeSet<>(truth.get(0));
    known.removeAll(Set.of(3, 4));
    assertThat(indices(first, ExplanationsTable.LABELS)).isEqualTo(known);
    assertThat(indices(first, ExplanationsTable.UNKNOWN_LABELS)).containsExactly(3, 4);
    Row second = byImage(out).get(1).get(0);
    assertThat(indices(second, ExplanationsTable.UNKNOWN_LABELS)).hasSize(classes.size());
    assertThat(second.<Boolean>getAs(ExplanationsTable.CORRECT)).isNull();
    for (int i = 2; i < 8; i++) {
      for (Row row : byImage(out).get(i)) {
        assertThat(indices(row, ExplanationsTable.LABELS)).isEqualTo(truth.get(i));
      }
    }
    Row read = byImage(absent).get(0).get(0);
    known.add(4);
    assertThat(indices(read, ExplanationsTable.LABELS)).isEqualTo(known);
    assertThat(indices(read, ExplanationsTable.UNKNOWN_LABELS)).isEmpty();

    Path scores = root.resolve("columns-atlas");
    SmallDemo.atlas(session(), scores, out);
    List<Row> rows =
        table(scores, LabelScoresTable.NAME)
            .where(col(LabelScoresTable.CLASS_INDEX).isin(3, 4, 5))
            .orderBy(LabelScoresTable.CLASS_INDEX)
            .collectAsList();
    assertThat(rows)
        .extracting(row -> row.<Long>getAs(LabelScoresTable.UNKNOWN))
        .containsExactly(2L, 2L, 1L);
  }

  @Test
  public void aMisspeltLabelStopsTheRunBeforeAnythingIsWritten() throws IOException {
    IntFunction<String> cells = image -> image == 2 ? "stripes|red sqare" : names(image);
    assertThatThrownBy(() -> explain("misspelt", 4, "labels", cells))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("'red sqare'")
        .hasMessageContaining("'red square'")
        .hasMessageContaining("other-labels");
    assertThat(root.resolve("misspelt/explanations")).doesNotExist();
    Path ignored = explain("ignored", 4, "labels", cells, "other-labels", "ignore");
    assertThat(indices(byImage(ignored).get(2).get(0), ExplanationsTable.LABELS))
        .containsExactly(classes.indexOf("stripes"));
  }

  @Test
  public void thresholdsDecideWhatIsPredicted() throws IOException {
    Path out = explain("strict", 40, "labels", SeveralLabelsTest::names, "threshold", "0.99");
    for (List<Row> rows : byImage(out).values()) {
      List<Float> shares = probabilities(rows);
      assertThat(indices(rows.get(0), ExplanationsTable.PREDICTED_LABELS))
          .allMatch(label -> shares.get(label) >= 0.99)
          .hasSize((int) shares.stream().filter(share -> share >= 0.99).count());
    }
  }

  @Test
  public void theReportSaysHowWellEachLabelIsTold() throws IOException {
    Path report = root.resolve("report");
    assertThat(report(Map.of(), report))
        .anyMatch(
            finding ->
                finding
                    .sentence()
                    .contains("Attention for class 'marked' gathers in the top left corner"));
    assertThat(Files.readString(report.resolve("classes/13.html")))
        .contains("Sensitivity", "Specificity", "Area under the ROC")
        .doesNotContain("Confusions");
    assertThat(Files.readString(report.resolve("index.html")))
        .contains(
            "<th scope=\"col\" data-sort=\"number\" title=\"How often an image with the label");
  }

  @Test
  public void experimentsShowTheMark() throws IOException {
    TestScale.onlyNightly();
    Path causes = root.resolve("causes");
    Map<String, String> flags = Map.of("from", atlas.toString(), "out", causes.toString());
    new CausesJob(
            session(),
            CausesSetup.resolve(
                new GivenSettings(CausesOptions.ALL, flags, List.of()),
                Files.createDirectories(root.resolve("prepared-again"))),
            SILENT)
        .run();
    assertThat(report(Map.of("causes", causes.toString()), root.resolve("tested-report")))
        .filteredOn(finding -> finding.severity() == Severity.SERIOUS)
        .anyMatch(
            finding ->
                finding
                        .sentence()
                        .contains("attention for class 'marked' gathers in the top left corner")
                    && finding
                        .sentence()
                        .contains("Covering the top left corner takes 'marked' from"));
  }

  private static List<Finding> report(Map<String, String> more, Path out) throws IOException {
    Map<String, String> flags = new HashMap<>(more);
    flags.put("from", atlas.toString());
    flags.put("out", out.toString());
    return new ReportJob(
            session(),
            ReportSetup.resolve(new GivenSettings(ReportOptions.ALL, flags, List.of())),
            SILENT)
        .run()
        .findings();
  }
}

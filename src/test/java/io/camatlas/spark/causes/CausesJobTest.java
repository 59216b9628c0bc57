package io.camatlas.spark.causes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.camatlas.causes.Cause;
import io.camatlas.causes.CauseTest;
import io.camatlas.causes.Effect;
import io.camatlas.causes.Suspect;
import io.camatlas.config.CausesOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.ReportOptions;
import io.camatlas.config.SettingsException;
import io.camatlas.demo.DemoDataset;
import io.camatlas.demo.DemoSettings;
import io.camatlas.localize.FractionBox;
import io.camatlas.report.findings.Finding;
import io.camatlas.report.findings.Findings;
import io.camatlas.setup.CausesSetup;
import io.camatlas.setup.ReportSetup;
import io.camatlas.spark.InputException;
import io.camatlas.spark.SparkSuite;
import io.camatlas.spark.facts.AtlasReader;
import io.camatlas.spark.facts.CausesReader;
import io.camatlas.spark.facts.FromRuns;
import io.camatlas.spark.notebook.SmallDemo;
import io.camatlas.spark.report.ReportJob;
import io.camatlas.spark.results.AtlasFolder;
import io.camatlas.spark.results.CausesTable;
import io.camatlas.spark.results.ClassHabitsTable;
import io.camatlas.spark.results.FeatureMapHabitsTable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Experiments on the demo's network, which has learned a badge in a corner. */
public class CausesJobTest extends SparkSuite {
  @ClassRule public static final TemporaryFolder FOLDER = new TemporaryFolder();

  private static final int PER_CLASS = 12;
  private static final PrintStream SILENT = new PrintStream(new ByteArrayOutputStream());

  private static Path root;
  private static int badged;

  @BeforeClass
  public static void drawScenes() throws IOException {
    root = FOLDER.getRoot().toPath();
    DemoDataset.write(root.resolve("data"), DemoSettings.audit(PER_CLASS, 3));
    badged = DemoDataset.classes().indexOf("anchor");
  }

  /** What all tests share: a run, its atlas, and experiments on it. */
  private Path shared() throws IOException {
    Path all = root.resolve("shared");
    if (!Files.exists(all)) {
      SmallDemo.explain(
          session(),
          root,
          root.resolve("data/manifest.csv"),
          all.resolve("run"),
          "samples",
          "0",
          "targets",
          "label");
      SmallDemo.atlas(session(), all.resolve("atlas"), all.resolve("run"));
      causes(all.resolve("causes"));
    }
    return all;
  }

  private CausesJob.Report causes(Path out, String... more) throws IOException {
    Map<String, String> flags = new LinkedHashMap<>();
    flags.put("from", root.resolve("shared/atlas").toString());
    flags.put("out", out.toString());
    flags.put("least-images", "5");
    for (int i = 0; i < more.length; i += 2) {
      flags.put(more[i], more[i + 1]);
    }
    Path folder = Files.createDirectories(root.resolve("prepared"));
    return new CausesJob(
            session(),
            CausesSetup.resolve(new GivenSettings(CausesOptions.ALL, flags, List.of()), folder),
            SILENT)
        .run();
  }

  private List<Cause> read(Path causes) {
    return CausesTable.fromRows(
        session().read().parquet(causes.resolve("causes").toString()).collectAsList(), Map.of());
  }

  private Dataset<Row> table(String name) throws IOException {
    return session().read().parquet(shared().resolve("causes").resolve(name).toString());
  }

  @Test
  public void theBadgesCornerIsTheOnlySuspectAndIsConfirmed() throws IOException {
    List<Cause> causes = read(shared().resolve("causes"));
    // Every class has a second part; here none is enough.
    assertThat(causes.subList(1, causes.size()))
        .hasSize(DemoDataset.classes().size())
        .allMatch(one -> one.suspect() instanceof Suspect.OfSecondPart)
        .noneMatch(one -> one.verdict() == Cause.Verdict.CONFIRMED);
    Cause cause = causes.get(0);
    assertThat(cause.suspect().classIndex()).isEqualTo(badged);
    FractionBox place = ((Suspect.OfPlace) cause.suspect()).place().boxes().get(0);
    assertThat(place.x0()).isZero();
    assertThat(place.y1()).isEqualTo(1);
    assertThat(place.area()).isLessThan(0.3);
    assertThat(cause.verdict()).isEqualTo(Cause.Verdict.CONFIRMED);
    for (CauseTest cover : CauseTest.COVERS) {
      Effect effect = cause.effect(cover).orElseThrow();
      assertThat(effect.n()).isGreaterThanOrEqualTo(Cause.FEWEST);
      assertThat(effect.ofProbability().low()).as(cover.text()).isGreaterThan(0.3);
      assertThat(effect.probability().control()).isGreaterThan(0.7);
    }
    assertThat(cause.effect(CauseTest.PASTE).orElseThrow().ofProbability().low()).isPositive();
  }

  @Test
  public void featureMapsThatAnswerToThePaddingAreToldFromThoseOfTheBadge() throws IOException {
    Map<String, Set<Integer>> border =
        FeatureMapHabitsTable.borderMaps(table(FeatureMapHabitsTable.NAME).collectAsList());
    assertThat(border.get("features.14")).contains(86).doesNotContain(53, 27, 34);
  }

  @Test
  public void withoutWhatEmptyPicturesShowNoFrameIsLeft() throws IOException {
    double frames = 0;
    double badge = 0;
    for (Row row : table(ClassHabitsTable.NAME).collectAsList()) {
      ClassHabitsTable.OfClass one = ClassHabitsTable.fromRow(row);
      double sum = 0;
      double frame = 0;
      double corner = 0;
      for (int r = 0; r < one.height(); r++) {
        for (int c = 0; c < one.width(); c++) {
          double value = one.excess()[r * one.width() + c];
          sum += value;
          boolean edge = r == 0 || c == 0 || r == one.height() - 1 || c == one.width() - 1;
          frame += edge ? value : 0;
          corner += r > 0.6 * one.height() && c < 0.5 * one.width() ? value : 0;
        }
      }
      frames = Math.max(frames, frame / sum);
      badge = one.classIndex() == badged ? corner / sum : badge;
    }
    // The outermost cells are 27 % of the grid.
    assertThat(frames).isLessThan(0.1);
    assertThat(badge).isGreaterThan(0.9);
  }

  @Test
  public void resultsDoNotDependOnBatchesAndTasks() throws IOException {
    shared();
    Path out = root.resolve("batches");
    session().conf().set("spark.sql.shuffle.partitions", "5");
    causes(out, "causes-batch", "3");
    List<Cause> again = read(out);
    List<Cause> first = read(shared().resolve("causes"));
    assertThat(again).hasSameSizeAs(first);
    for (Effect effect : first.get(0).effects()) {
      Effect other = again.get(0).effect(effect.test()).orElseThrow();
      assertThat(other.n()).isEqualTo(effect.n());
      assertThat(other.probability().after()).isCloseTo(effect.probability().after(), within(1e-5));
      assertThat(other.ofPrediction().mean()).isEqualTo(effect.ofPrediction().mean());
    }
    assertThat(again.get(0).suspect()).isEqualTo(first.get(0).suspect());
  }

  @Test
  public void theFolderHoldsTablesAndPicturesAndNoModel() throws IOException {
    try (Stream<Path> files = Files.list(shared().resolve("causes"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "causes",
              "causes_images",
              "causes.json",
              "class_habits",
              "feature_map_habits",
              "pictures",
              "pictures_compared");
    }
  }

  @Test
  public void theReportShowsTheExperimentsAndLeadsWithThem() throws IOException {
    Path report = root.resolve("report");
    Map<String, String> flags = new HashMap<>();
    flags.put("from", shared().resolve("atlas").toString());
    flags.put("causes", shared().resolve("causes").toString());
    flags.put("out", report.toString());
    flags.put("single-file", "true");
    flags.put("least-images", "5");
    List<String> findings =
        new ReportJob(
                session(),
                ReportSetup.resolve(new GivenSettings(ReportOptions.ALL, flags, List.of())),
                SILENT)
            .run().findings().stream().map(Finding::sentence).toList();
    assertThat(findings.get(0))
        .contains(
            "Beyond what the model shows for empty pictures, attention for class 'anchor' gathers in"
                + " the bottom left corner",
            "Covering the bottom left corner takes 'anchor' from ",
            "; covering as much elsewhere ",
            "of other classes, it turns ");
    assertThat(findings).noneMatch(finding -> finding.contains("number 86"));
    JsonNode first = null;
    JsonNode json = new ObjectMapper().readTree(report.resolve("findings.json").toFile());
    for (JsonNode check : json.at("/views/0/checks")) {
      for (JsonNode answer : check.path("answers")) {
        first = answer.path("sentence").asText().equals(findings.get(0)) ? answer : first;
      }
    }
    Map<String, Long> rows = new HashMap<>();
    for (JsonNode one : first.path("rows")) {
      String table = one.path("table").asText();
      String place =
          Map.of("explanations", "run/", "causes", "causes/").getOrDefault(table, "atlas/");
      rows.put(
          table,
          session()
              .read()
              .parquet(shared().resolve(place + table).toString())
              .where(one.path("where").asText())
              .count());
    }
    // All and right ones; four tests of the place, and one of second parts.
    assertThat(rows)
        .isEqualTo(
            Map.of("explanations", first.path("n").asLong(), "class_attention", 2L, "causes", 5L));
    String page = Files.readString(report.resolve("classes/" + badged + ".html"));
    assertThat(page).contains("The class depends on it.", "images/tested/1-0-0-blur-after.jpg");
    assertThat(report.resolve("images/tested/1-0-0-paste-after.jpg")).exists();
    assertThat(Files.readString(report.resolve("feature-maps/86.html")))
        .contains("answers to the border of the picture");
  }

  @Test
  public void imagesThatAreGoneAreCountedAndTheOthersTested() throws IOException {
    shared();
    Path gone;
    try (Stream<Path> anchors = Files.list(root.resolve("data/images/anchor"))) {
      gone = anchors.sorted().findFirst().orElseThrow();
    }
    byte[] bytes = Files.readAllBytes(gone);
    Files.delete(gone);
    try {
      Path out = root.resolve("some-gone");
      CausesJob.Report report = causes(out);
      assertThat(report.problems()).containsEntry("cannot be read", 2L);
      assertThat(report.suspects()).isEqualTo(1);
      assertThat(CausesReader.notes(out.toString(), session().sparkContext().hadoopConfiguration()))
          .contains(
              "At least 1 picture could not be compared with others, as it is gone, changed or"
                  + " broken.",
              "Experiments could not use 2 pairs of images: 2 (cannot be read).");
    } finally {
      Files.write(gone, bytes);
    }
  }

  /**
   * Ten of twelve keys are labelled cups, so that keys are predicted far more often than labelled.
   */
  @Test
  public void aClassThatAttractsIsCountedAsTheTablesHaveIt() throws IOException {
    List<String> rows = Files.readAllLines(root.resolve("data/manifest.csv"));
    int column = List.of(rows.get(0).split(",")).indexOf("label");
    List<String> relabelled = new ArrayList<>(List.of("path,label"));
    int keys = 0;
    for (String row : rows.subList(1, rows.size())) {
      String[] cells = row.split(",");
      boolean wrong = cells[column].equals("key") && keys++ >= 2;
      relabelled.add(cells[0] + "," + (wrong ? "cup" : cells[column]));
    }
    Path labels = Files.write(root.resolve("data/relabelled.csv"), relabelled);
    Path all = root.resolve("relabelled");
    SmallDemo.explain(session(), root, labels, all.resolve("run"), "samples", "0");
    SmallDemo.atlas(session(), all.resolve("atlas"), all.resolve("run"));
    Dataset<Row> explained = session().read().parquet(all.resolve("run/explanations").toString());
    long predicted = explained.where("predicted = 'key'").count();
    long right = explained.where("predicted = 'key' and label = 'key'").count();
    assertThat(predicted).isGreaterThan(8);
    String expected =
        "%d of %d images are predicted as 'key', and %d of them %s so labelled; 2 images are so"
            .formatted(predicted, explained.count(), right, right == 1 ? "is" : "are");
    assertThat(
            new AtlasReader(
                    session(),
                    AtlasFolder.open(
                        all.resolve("atlas").toString(),
                        session().sparkContext().hadoopConfiguration()))
                .read(FromRuns.NOTHING, 5).stream()
                    .flatMap(view -> Findings.of(view).worstFirst().stream())
                    .map(Finding::sentence))
        .anyMatch(sentence -> sentence.startsWith(expected));
  }

  @Test
  public void wrongSettingsAreToldAndLeaveNothing() throws IOException {
    shared();
    assertThatThrownBy(() -> causes(shared().resolve("causes")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("which is not empty");
    assertThatThrownBy(
            () -> causes(root.resolve("none"), "from", shared().resolve("run").toString()))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("is a run; make an atlas of it first");
    assertThatThrownBy(
            () -> causes(root.resolve("none"), "model", root.resolve("no.pt").toString()))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("which does not exist");
    assertThat(root.resolve("none")).doesNotExist();
  }
}

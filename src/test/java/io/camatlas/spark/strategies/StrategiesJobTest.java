package io.camatlas.spark.strategies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.camatlas.causes.Cause;
import io.camatlas.causes.CauseTest;
import io.camatlas.causes.Suspect;
import io.camatlas.config.CausesOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.ReportOptions;
import io.camatlas.config.StrategiesOptions;
import io.camatlas.demo.DemoDataset;
import io.camatlas.demo.DemoSettings;
import io.camatlas.model.Component;
import io.camatlas.report.facts.Pages;
import io.camatlas.report.findings.Severity;
import io.camatlas.setup.CausesSetup;
import io.camatlas.setup.ReportSetup;
import io.camatlas.setup.StrategiesSetup;
import io.camatlas.spark.InputException;
import io.camatlas.spark.SparkSuite;
import io.camatlas.spark.causes.CausesJob;
import io.camatlas.spark.causes.CausesJobSettings;
import io.camatlas.spark.notebook.SmallDemo;
import io.camatlas.spark.report.ReportJob;
import io.camatlas.spark.results.CausesImagesTable;
import io.camatlas.spark.results.CausesTable;
import io.camatlas.spark.results.ErrorSlicesTable;
import io.camatlas.spark.results.StrategiesTable;
import io.camatlas.spark.results.StrategyImagesTable;
import io.camatlas.strategies.Group;
import io.camatlas.strategies.Strategy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Strategies of a real run of the demo's scenes and network, with fewer badges than usual. */
public class StrategiesJobTest extends SparkSuite {
  @ClassRule public static final TemporaryFolder FOLDER = new TemporaryFolder();

  private static final PrintStream SILENT = new PrintStream(new ByteArrayOutputStream());

  private static Path root;
  private static boolean made;
  private static StrategiesJob.Report found;

  @BeforeClass
  public static void name() {
    root = FOLDER.getRoot().toPath();
  }

  /** Anchors, a fifth of them with a badge, and keys. */
  private void make() throws IOException {
    if (made) {
      return;
    }
    Path manifest =
        DemoDataset.write(
            root.resolve("data"),
            new DemoSettings(64, 901, 0.3, 0, "audit"),
            List.of("anchor", "key"));
    // Other images are only pasted into.
    Files.write(
        manifest,
        Files.readAllLines(manifest).stream()
            .filter(row -> !row.contains("/key-") || row.matches(".*/key-00([01].|2[0-4]).*"))
            .toList());
    SmallDemo.explain(
        session(),
        root,
        manifest,
        root.resolve("run"),
        "batch",
        "8",
        "method",
        "grad-cam++",
        "targets",
        "label,predicted");
    SmallDemo.atlas(session(), root.resolve("atlas"), root.resolve("run"));
    made = true;
    found = strategies(root.resolve("atlas").toString(), "found");
  }

  private StrategiesJob.Report strategies(String from, String out, String... more)
      throws IOException {
    Map<String, String> flags = new LinkedHashMap<>();
    flags.put("from", from);
    flags.put("out", root.resolve(out).toString());
    for (int i = 0; i < more.length; i += 2) {
      flags.put(more[i], more[i + 1]);
    }
    return new StrategiesJob(
            session(),
            StrategiesSetup.resolve(new GivenSettings(StrategiesOptions.ALL, flags, List.of())),
            SILENT)
        .run();
  }

  private Dataset<Row> table(String out, String name) {
    return session().read().parquet(root.resolve(out).resolve(name).toString());
  }

  @Test
  public void theBadgeIsAStrategyOfItsOwn() throws IOException {
    make();
    StrategiesJob.Report report = found;
    assertThat(report.suspicious()).hasSize(1);
    Strategy badge = report.suspicious().get(0);
    assertThat(badge.name().name()).isEqualTo("anchor");
    assertThat(badge.rank()).isEqualTo(1);
    assertThat(badge.own().hits()).isBetween(0.0, 1.0);
    assertThat(badge.traits())
        .anySatisfy(one -> assertThat(one.trait().text()).isEqualTo("watermark"));

    // By their true badges.
    table("found", StrategyImagesTable.NAME).createOrReplaceTempView("members");
    session()
        .read()
        .parquet(root.resolve("run/explanations").toString())
        .createOrReplaceTempView("explained");
    Row counts =
        session()
            .sql(
                "select sum(if(own and badge, 1, 0)), sum(if(own, 1, 0)), sum(if(badge, 1, 0)) from"
                    + " (select strategy = "
                    + badge.number()
                    + " as own, metadata['watermark'] = 'true' as badge from members m join"
                    + " explained e using (image_id) where e.target_index = e.predicted_index and"
                    + " m.class = 'anchor' and e.label ="
                    + " 'anchor')")
            .head();
    double both = counts.getLong(0);
    assertThat(both / counts.getLong(1)).as("purity").isGreaterThanOrEqualTo(0.9);
    assertThat(both / counts.getLong(2)).as("recall").isGreaterThanOrEqualTo(0.9);

    Dataset<Row> rows = table("found", StrategiesTable.NAME);
    assertThat(rows.schema().fieldNames()).containsExactly(StrategiesTable.SCHEMA.fieldNames());
    // Each image counts once, in the class that it is predicted as.
    assertThat(rows.selectExpr("sum(n)").head().getLong(0)).isEqualTo(64 + 24);
    assertThat(report.images()).isEqualTo(64 + 24);

    // The others are taken for something else more often, and lie near one another.
    Dataset<Row> errors = table("found", ErrorSlicesTable.NAME);
    assertThat(errors.count()).isEqualTo(report.errors().size());
    report
        .errors()
        .forEach(
            one -> {
              assertThat(one.accuracy()).isLessThan(one.restAccuracy());
              assertThat(one.q()).isLessThanOrEqualTo(0.05);
            });

    try (Stream<Path> files = Files.list(root.resolve("found").resolve(StrategiesJob.COMPONENTS))) {
      List<Path> components =
          files
              .filter(
                  file ->
                      file.toString().endsWith(".json")
                          && !file.getFileName().toString().startsWith("."))
              .toList();
      assertThat(components).hasSize(1);
      Component component = Component.read(components.get(0));
      Row row = rows.where("suspicious").head();
      assertThat(component.layer()).isEqualTo(row.<String>getAs(StrategiesTable.LAYER));
      assertThat(component.direction())
          .hasSize(row.getList(row.fieldIndex(StrategiesTable.DIRECTION)).size());
    }
  }

  private Map<String, String> flags(String out, String... more) {
    Map<String, String> flags = new LinkedHashMap<>();
    flags.put("from", root.resolve("atlas").toString());
    flags.put("strategies", root.resolve("found").toString());
    flags.put("out", root.resolve(out).toString());
    for (int i = 0; i < more.length; i += 2) {
      flags.put(more[i], more[i + 1]);
    }
    return flags;
  }

  @Test
  public void theBadgesGroupIsTestedAndReported() throws IOException {
    make();
    Path prepared = Files.createDirectories(root.resolve("prepared-again"));
    CausesJobSettings causes =
        CausesSetup.resolve(
            new GivenSettings(
                CausesOptions.ALL, flags("causes", "images-per-finding", "16"), List.of()),
            prepared);
    new CausesJob(session(), causes, SILENT).run();
    List<Cause> tested =
        CausesTable.fromRows(table("causes", CausesTable.NAME).collectAsList(), Map.of());
    Cause group =
        tested.stream()
            .filter(one -> one.suspect() instanceof Suspect.OfStrategy)
            .findFirst()
            .orElseThrow();
    Strategy badge = found.suspicious().get(0);
    Suspect.OfStrategy suspect = (Suspect.OfStrategy) group.suspect();
    assertThat(suspect.number()).isEqualTo(badge.number());
    assertThat(suspect.classIndex()).isEqualTo(badge.name().index());
    // Badges lie in the bottom left corner.
    assertThat(suspect.place().orElseThrow().boxes().get(0).x0()).isZero();
    assertThat(suspect.place().orElseThrow().boxes().get(0).y1()).isEqualTo(1);
    // Badges are pasted from the group's images, anchors from the others.
    assertThat(group.effect(CauseTest.PASTE).orElseThrow().n()).isEqualTo(16);
    assertThat(group.effect(CauseTest.PASTE_OF_REST).orElseThrow().n()).isEqualTo(16);
    assertThat(group.verdict()).isEqualTo(Cause.Verdict.CONFIRMED);
    Dataset<Row> trials = table("causes", CausesImagesTable.NAME);
    table("found", StrategyImagesTable.NAME).createOrReplaceTempView("members");
    trials.createOrReplaceTempView("trials");
    table("causes", CausesTable.NAME).createOrReplaceTempView("causes_of");
    for (String test : List.of("blur", "paste", "paste of rest")) {
      String donor = test.equals("blur") ? "image_id" : "other_image_id";
      long[] own =
          session()
              .sql(
                  "select distinct m.strategy from trials t join members m on m.image_id = t."
                      + donor
                      + " and m.class_index = "
                      + badge.name().index()
                      + " where t.test = '"
                      + test
                      + "' and t.suspect = (select max(suspect) from causes_of where kind ="
                      + " 'strategy')")
              .collectAsList()
              .stream()
              .mapToLong(row -> row.getInt(0))
              .toArray();
      if (test.equals("paste of rest")) {
        assertThat(own).doesNotContain(badge.number());
      } else {
        assertThat(own).containsOnly(badge.number());
      }
    }

    ReportJob.Report report =
        new ReportJob(
                session(),
                ReportSetup.resolve(
                    new GivenSettings(
                        ReportOptions.ALL,
                        flags(
                            "report",
                            "causes",
                            root.resolve("causes").toString(),
                            "browse",
                            "0",
                            "mean-images",
                            "0"),
                        List.of())),
                SILENT)
            .run();
    assertThat(report.findings())
        .anySatisfy(
            finding -> {
              assertThat(finding.severity()).isEqualTo(Severity.SERIOUS);
              assertThat(finding.sentence())
                  .contains("form a group of their own", "with watermark 'true'");
            });
    String page =
        Files.readString(root.resolve("report").resolve(Pages.ofClass(1, badge.name().index())));
    assertThat(page).contains("Ways to this class", "class=\"severity notable\">suspicious");
    String group1 = page.substring(page.indexOf("Ways to this class"));
    for (Group.Typical one : badge.typical().subList(0, 6)) {
      assertThat(group1).contains(Pages.image(one.sha256()));
      assertThat(root.resolve("report").resolve(Pages.image(one.sha256()))).exists();
    }
    assertThat(Files.readString(root.resolve("report/index.html"))).contains("Ways to the classes");
    assertThat(Files.readString(root.resolve("report/" + ReportJob.FINDINGS_JSON)))
        .contains("\"separate-group\"", "\"strategies\"");
  }

  @Test
  public void strategiesOfAnotherAtlasAreNamed() throws IOException {
    make();
    Map<String, String> none = flags("no-report");
    none.put("strategies", root.resolve("atlas").toString());
    assertThatThrownBy(
            () ->
                new ReportJob(
                        session(),
                        ReportSetup.resolve(new GivenSettings(ReportOptions.ALL, none, List.of())),
                        SILENT)
                    .run())
        .isInstanceOf(InputException.class)
        .hasMessageContaining("strategies.json");
    assertThat(root.resolve("no-report")).doesNotExist();
  }

  @Test
  public void aRunThatLostRowsIsRefused() throws IOException {
    make();
    Path moved = root.resolve("lost");
    FileSystem files = FileSystem.getLocal(session().sparkContext().hadoopConfiguration());
    files.copyFromLocalFile(
        new org.apache.hadoop.fs.Path(root.resolve("run").toString()),
        new org.apache.hadoop.fs.Path(moved.toString()));
    try (Stream<Path> parts = Files.walk(moved.resolve("explanations"))) {
      Path part =
          parts.filter(file -> file.getFileName().toString().startsWith("part")).findFirst().get();
      Files.delete(part);
    }
    assertThatThrownBy(
            () -> strategies(root.resolve("atlas").toString(), "of-lost", "runs", moved.toString()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("rows were added or removed since");
    assertThat(root.resolve("of-lost")).doesNotExist();
  }

  @Test
  public void aFolderWithoutAnAtlasIsNamed() {
    assertThatThrownBy(() -> strategies(root.resolve("nothing").toString(), "none"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("nothing");
    assertThat(root.resolve("none")).doesNotExist();
  }
}

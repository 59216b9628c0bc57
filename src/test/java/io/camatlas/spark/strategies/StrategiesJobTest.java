package io.camatlas.spark.strategies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.camatlas.TestScale;
import io.camatlas.causes.Cause;
import io.camatlas.causes.CauseTest;
import io.camatlas.causes.Suspect;
import io.camatlas.config.CausesOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.ReportOptions;
import io.camatlas.config.StrategiesOptions;
import io.camatlas.demo.DemoDataset;
import io.camatlas.demo.DemoModel;
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
import io.camatlas.spark.causes.CausesJobTest;
import io.camatlas.spark.notebook.SmallDemo;
import io.camatlas.spark.report.ReportJob;
import io.camatlas.spark.results.CausesImagesTable;
import io.camatlas.spark.results.CausesTable;
import io.camatlas.spark.results.ErrorSlicesTable;
import io.camatlas.spark.results.StrategiesTable;
import io.camatlas.spark.results.StrategyImagesTable;
import io.camatlas.strategies.Group;
import io.camatlas.strategies.Strategy;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/**
 * Strategies of a class of which some images carry a mark: at every build squares and the small
 * network that counts them (see colour_network.py), nightly the demo's scenes and network, with
 * fewer badges than usual.
 */
public class StrategiesJobTest extends SparkSuite {
  @ClassRule public static final TemporaryFolder FOLDER = new TemporaryFolder();

  private static final PrintStream SILENT = new PrintStream(new ByteArrayOutputStream());

  private static final int SIDE = 64;
  private static final int SQUARE = 12;

  private static Path root;
  private static boolean made;
  private static StrategiesJob.Report found;

  @BeforeClass
  public static void name() {
    root = FOLDER.getRoot().toPath();
  }

  private void make() throws IOException {
    if (made) {
      return;
    }
    Path manifest = TestScale.FULL ? scenes() : squares();
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
        "label,predicted",
        "model",
        (TestScale.FULL ? root.resolve("model/model.pt") : root.resolve("colours.pt")).toString());
    SmallDemo.atlas(session(), root.resolve("atlas"), root.resolve("run"));
    made = true;
    found = strategies(root.resolve("atlas").toString(), "found");
  }

  private static final int MARKABLE = 64;
  private static final int OTHERS = 24;

  /** The class of which some images carry a mark. */
  private static final String MARKED = TestScale.of("warm", "anchor");

  /** Anchors, a third of them with a badge, and keys. */
  private static Path scenes() throws IOException {
    DemoModel.copyTo(root.resolve("model"));
    Path manifest =
        DemoDataset.write(
            root.resolve("data"),
            new DemoSettings(MARKABLE, 901, 0.3, 0, "audit"),
            List.of("anchor", "key"));
    return Files.write(
        manifest,
        Files.readAllLines(manifest).stream()
            .filter(row -> !row.contains("/key-") || row.matches(".*/key-00([01].|2[0-4]).*"))
            .toList());
  }

  /**
   * Red squares anywhere, or, in a quarter of the class, a yellow one in the bottom left corner and
   * an object that the network does not respond to; and blue squares.
   */
  private static Path squares() throws IOException {
    for (String file : List.of("colours.pt", "colours.json")) {
      try (InputStream in = CausesJobTest.class.getResourceAsStream(file)) {
        Files.copy(in, root.resolve(file));
      }
    }
    Random random = new Random(7);
    List<String> rows = new ArrayList<>(List.of("path,label,boxes,watermark"));
    Files.createDirectories(root.resolve("images"));
    for (int i = 0; i < MARKABLE + OTHERS; i++) {
      BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
      for (int y = 0; y < SIDE; y++) {
        for (int x = 0; x < SIDE; x++) {
          int grey = 110 + random.nextInt(30);
          image.setRGB(x, y, new Color(grey, grey, grey).getRGB());
        }
      }
      boolean marked = i < MARKABLE / 4;
      int left = 14 + random.nextInt(SIDE - SQUARE - 14);
      int top = random.nextInt(SIDE - SQUARE - 14);
      fill(image, marked ? Color.GRAY : i < MARKABLE ? Color.RED : Color.BLUE, left, top);
      if (marked) {
        fill(image, Color.YELLOW, random.nextInt(3), SIDE - SQUARE - random.nextInt(3));
      }
      String name = "images/%02d.png".formatted(i);
      ImageIO.write(image, "png", root.resolve(name).toFile());
      rows.add(
          "%s,%s,\"[[%d,%d,%d,%d]]\",%s"
              .formatted(
                  name,
                  i < MARKABLE ? "warm" : "blue",
                  left,
                  top,
                  left + SQUARE,
                  top + SQUARE,
                  marked));
    }
    return Files.write(root.resolve("manifest.csv"), rows);
  }

  private static void fill(BufferedImage image, Color colour, int left, int top) {
    Graphics2D pen = image.createGraphics();
    pen.setColor(colour);
    pen.fillRect(left, top, SQUARE, SQUARE);
    pen.dispose();
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
    assertThat(badge.name().name()).isEqualTo(MARKED);
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
                    + " m.class = '"
                    + MARKED
                    + "' and e.label = '"
                    + MARKED
                    + "')")
            .head();
    double both = counts.getLong(0);
    assertThat(both / counts.getLong(1)).as("purity").isGreaterThanOrEqualTo(0.9);
    assertThat(both / counts.getLong(2)).as("recall").isGreaterThanOrEqualTo(0.9);

    Dataset<Row> rows = table("found", StrategiesTable.NAME);
    assertThat(rows.schema().fieldNames()).containsExactly(StrategiesTable.SCHEMA.fieldNames());
    // Each image counts once, in the class that it is predicted as.
    assertThat(rows.selectExpr("sum(n)").head().getLong(0)).isEqualTo(MARKABLE + OTHERS);
    assertThat(report.images()).isEqualTo(MARKABLE + OTHERS);

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
    // Marks lie in the bottom left corner.
    assertThat(suspect.place().orElseThrow().boxes().get(0).x0()).isZero();
    assertThat(suspect.place().orElseThrow().boxes().get(0).y1()).isEqualTo(1);
    // Marks are pasted from the group's images, objects from the others.
    assertThat(group.effect(CauseTest.PASTE).orElseThrow().n()).isEqualTo(16);
    assertThat(group.effect(CauseTest.PASTE_OF_REST).orElseThrow().n()).isEqualTo(16);
    assertThat(group.coversMuch()).isTrue();
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
        report(
            flags(
                "report",
                "causes",
                root.resolve("causes").toString(),
                "browse",
                "0",
                "mean-images",
                "0"));
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

    // Experiments on one atlas say nothing of another.
    SmallDemo.atlas(session(), root.resolve("atlas-later"), root.resolve("run"));
    Map<String, String> other = flags("no-report-later");
    other.put("from", root.resolve("atlas-later").toString());
    other.remove("strategies");
    other.put("causes", root.resolve("causes").toString());
    assertThatThrownBy(() -> report(other))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("`causes`")
        .hasMessageContaining("was found in another atlas");
  }

  private ReportJob.Report report(Map<String, String> flags) throws IOException {
    return new ReportJob(
            session(),
            ReportSetup.resolve(new GivenSettings(ReportOptions.ALL, flags, List.of())),
            SILENT)
        .run();
  }

  @Test
  public void aFolderWithoutStrategiesAndStrategiesOfAnotherAtlasAreNamed() throws IOException {
    make();
    Map<String, String> none = flags("no-report");
    none.put("strategies", root.resolve("atlas").toString());
    assertThatThrownBy(() -> report(none))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("strategies.json");
    // The same run, gathered again.
    SmallDemo.atlas(session(), root.resolve("atlas-again"), root.resolve("run"));
    Map<String, String> other = flags("no-report");
    other.put("from", root.resolve("atlas-again").toString());
    assertThatThrownBy(() -> report(other))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("was found in another atlas");
    assertThat(root.resolve("no-report")).doesNotExist();
  }

  /** Peaks lie on the objects that the atlas was measured against, not on the manifest's. */
  @Test
  public void objectsAreTheAtlas() throws IOException {
    make();
    List<String> images = new ArrayList<>();
    List<String> objects = new ArrayList<>();
    for (Row row :
        session()
            .read()
            .parquet(root.resolve("run/explanations").toString())
            .selectExpr("path", "width", "height")
            .distinct()
            .collectAsList()) {
      int id = images.size();
      int width = row.getInt(1);
      int height = row.getInt(2);
      images.add("{\"id\": %d, \"file_name\": \"%s\"}".formatted(id, row.getString(0)));
      objects.add(
          "{\"id\": %d, \"image_id\": %d, \"category_id\": 1, \"bbox\": [0, 0, %d, %d]}"
              .formatted(id, id, width, height));
    }
    Path coco = root.resolve("whole.json");
    Files.writeString(
        coco,
        "{\"images\": %s, \"annotations\": %s, \"categories\": [{\"id\": 1, \"name\": \"%s\"}]}"
            .formatted(images, objects, MARKED));
    SmallDemo.atlas(
        session(), root.resolve("atlas-whole"), root.resolve("run"), "truth", coco.toString());
    strategies(root.resolve("atlas-whole").toString(), "found-whole");
    Row whole = onObjects("found-whole");
    assertThat(whole.getLong(0)).as("judged").isEqualTo(whole.getLong(1)).isPositive();
    assertThat(whole.getDouble(2)).as("hits").isEqualTo(1);
    assertThat(onObjects("found").getDouble(2)).as("hits of the manifest's").isLessThan(1);

    Files.delete(coco);
    strategies(root.resolve("atlas-whole").toString(), "found-without");
    assertThat(onObjects("found-without").getLong(0)).isZero();
    assertThat(onObjects("found-without").getLong(1)).isEqualTo(whole.getLong(1));
    assertThat(Files.readString(root.resolve("found-without/strategies.json")))
        .contains("\"objects_missing\" : [");
  }

  /** Of the marked class: images with objects, images, and the lowest share of peaks on them. */
  private Row onObjects(String out) {
    return table(out, StrategiesTable.NAME)
        .where("class = '" + MARKED + "'")
        .selectExpr("sum(object_judged)", "sum(n)", "min(object_hits)")
        .head();
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

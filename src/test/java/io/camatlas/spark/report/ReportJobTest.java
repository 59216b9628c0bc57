package io.camatlas.spark.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.camatlas.TestScale;
import io.camatlas.config.AtlasOptions;
import io.camatlas.config.ExplainOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.PackOptions;
import io.camatlas.config.ReportOptions;
import io.camatlas.demo.DemoDataset;
import io.camatlas.demo.DemoSettings;
import io.camatlas.report.site.Chromium;
import io.camatlas.setup.AtlasSetup;
import io.camatlas.setup.ExplainSetup;
import io.camatlas.setup.PackSetup;
import io.camatlas.setup.ReportSetup;
import io.camatlas.spark.InputException;
import io.camatlas.spark.SparkSuite;
import io.camatlas.spark.atlas.AtlasJob;
import io.camatlas.spark.atlas.AtlasJobSettings;
import io.camatlas.spark.explain.ExplainJob;
import io.camatlas.spark.notebook.SmallDemo;
import io.camatlas.spark.pack.PackJob;
import io.camatlas.spark.results.AtlasFolder;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.opentest4j.TestAbortedException;

/** Reports of real runs, in a real Spark in this JVM. */
public class ReportJobTest extends SparkSuite {
  @ClassRule public static final TemporaryFolder FOLDER = new TemporaryFolder();

  private static final int PER_CLASS = 6;
  private static final String HOSTILE_LABEL = "</script><script>window.hacked=1</script>";
  private static final String HOSTILE_FILE = "<img src=x onerror=window.hacked=2>.png";
  private static final PrintStream SILENT = new PrintStream(new ByteArrayOutputStream());

  private static Path root;

  @BeforeClass
  public static void drawScenes() throws IOException {
    root = FOLDER.getRoot().toPath();
    Path data = root.resolve("data");
    DemoDataset.write(data, DemoSettings.audit(PER_CLASS, 3));
    Path someone;
    try (Stream<Path> anchors = Files.list(data.resolve("images/anchor"))) {
      someone = anchors.sorted().findFirst().orElseThrow();
    }
    byte[] scene = Files.readAllBytes(someone);
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(ImageIO.read(someone.toFile()), "png", png);
    Files.write(data.resolve(HOSTILE_FILE), png.toByteArray());
    Files.write(data.resolve("cut.jpg"), java.util.Arrays.copyOf(scene, scene.length / 2));
    Path manifest = data.resolve("manifest.csv");
    List<String> rows = new ArrayList<>(Files.readAllLines(manifest));
    List<String> header = List.of(rows.get(0).split(","));
    rows.add(row(header, HOSTILE_FILE, HOSTILE_LABEL));
    rows.add(row(header, "cut.jpg", "anchor"));
    Files.write(manifest, rows);
  }

  private static String row(List<String> header, String path, String label) {
    List<String> cells = new ArrayList<>();
    for (String column : header) {
      cells.add(column.equals("path") ? path : column.equals("label") ? label : "");
    }
    return String.join(",", cells);
  }

  private void explain(Path out, Path images, String... more) throws IOException {
    SmallDemo.explain(session(), root, images, out, more);
  }

  private void atlas(Path out, Path from) throws IOException {
    SmallDemo.atlas(session(), out, from);
  }

  private ReportJob.Report report(Path atlas, Path out, String... more) throws IOException {
    Map<String, String> flags = new LinkedHashMap<>();
    flags.put("from", atlas.toString());
    flags.put("out", out.toString());
    flags.put("least-images", "5");
    for (int i = 0; i < more.length; i += 2) {
      flags.put(more[i], more[i + 1]);
    }
    return new ReportJob(
            session(),
            ReportSetup.resolve(new GivenSettings(ReportOptions.ALL, flags, List.of())),
            SILENT)
        .run();
  }

  private static final String WRONG_LABEL = "1 image has a label that is no class of the model";

  /** Number of pictures in the report that all tests share. */
  private static long sharedPictures;

  /** What all tests share: a run of two layers, its atlas, and their report. */
  private Path shared() throws IOException {
    Path all = root.resolve("shared");
    if (!Files.exists(all)) {
      explain(
          all.resolve("run"),
          root.resolve("data/manifest.csv"),
          "layer",
          "features.14,features.12",
          "targets",
          "label,predicted");
      atlas(all.resolve("atlas"), all.resolve("run"));
      ReportJob.Report report =
          report(all.resolve("atlas"), all.resolve("report"), "single-file", "true");
      assertThat(report.gone()).isZero();
      assertThat(notes(report)).singleElement().asString().contains(WRONG_LABEL);
      sharedPictures = report.pictures();
    }
    return all;
  }

  private static String text(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8);
  }

  private static JsonNode data(Path page) throws IOException {
    Matcher data =
        Pattern.compile("class=\"page-data\">(.*?)</script>", Pattern.DOTALL).matcher(text(page));
    assertThat(data.find()).isTrue();
    return new ObjectMapper().readTree(data.group(1));
  }

  private static List<Path> files(Path folder, String ending) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    }
  }

  @Test
  public void pagesShowTheClassesFeatureMapsAndFailuresOfAllViews() throws IOException {
    Path report = shared().resolve("report");
    Dataset<Row> attention =
        session().read().parquet(shared().resolve("atlas/class_attention").toString());
    for (int view = 1; view <= 2; view++) {
      String suffix = view == 1 ? "" : "-2";
      assertThat(files(report.resolve("classes" + suffix), ".html")).hasSize(10);
      assertThat(files(report.resolve("feature-maps" + suffix), ".html")).isNotEmpty();
      assertThat(report.resolve(view == 1 ? "index.html" : "view-2.html")).exists();
    }
    assertThat(attention.select("layer").distinct().count()).isEqualTo(2);
    assertThat(text(report.resolve("index.html"))).contains("1 failed", "Class &#39;anchor&#39;");
    assertThat(text(report.resolve("failures.html"))).contains("cut.jpg", "decode");
    assertThat(report.resolve("report.html")).exists();
    assertThat(files(report, ".crc")).isEmpty();
    assertThat(report.resolve("_scratch")).doesNotExist();
    assertThat(text(report.resolve("assets/d3.LICENSE.txt"))).contains("Permission to use");
  }

  @Test
  public void picturesAreSmallCopiesOfTheImagesThatPagesName() throws IOException {
    Path report = shared().resolve("report");
    TreeSet<String> named = new TreeSet<>();
    for (Path page : files(report, ".html")) {
      Matcher image = Pattern.compile("src=\"(?:\\.\\./)?(images/[^\"]*)\"").matcher(text(page));
      while (image.find()) {
        named.add(image.group(1));
      }
    }
    assertThat(named).hasSizeGreaterThan(20);
    for (String name : named) {
      BufferedImage picture = ImageIO.read(report.resolve(name).toFile());
      assertThat(Math.max(picture.getWidth(), picture.getHeight())).isBetween(200, 256);
    }
    List<Row> rows =
        session()
            .read()
            .parquet(shared().resolve("run/explanations").toString())
            .select("sha256", "path", "width", "height")
            .distinct()
            .collectAsList();
    for (Row row : rows.subList(0, 8)) {
      Path file = report.resolve("images/" + row.getString(0).substring(0, 24) + ".jpg");
      if (Files.exists(file)) {
        BufferedImage picture = ImageIO.read(file.toFile());
        assertThat((double) picture.getWidth() / picture.getHeight())
            .isEqualTo((double) row.getInt(2) / row.getInt(3), within(0.02));
      }
    }
  }

  @Test
  public void chosenPicturesAreThoseThatTheTableSays() throws IOException {
    Path all = shared();
    List<Row> surest =
        session()
            .read()
            .parquet(all.resolve("run/explanations").toString())
            .where("target = 'cup' AND layer = 'features.14'")
            .orderBy(
                org.apache.spark.sql.functions.col("target_probability").desc(),
                org.apache.spark.sql.functions.col("image_id").asc())
            .select("image_id", "sha256")
            .collectAsList();
    int cup = DemoDataset.classes().indexOf("cup");
    int view = text(all.resolve("report/index.html")).contains("<code>features.14</code>") ? 1 : 2;
    String page =
        text(all.resolve("report/classes" + (view == 1 ? "" : "-2") + "/" + cup + ".html"));
    String confident =
        page.substring(
            page.indexOf("id=\"pictures-confident\""), page.indexOf("id=\"pictures-uns"));
    Matcher shown = Pattern.compile("data-picture=\"i([0-9a-f]{12})").matcher(confident);
    List<String> found = new ArrayList<>();
    while (shown.find()) {
      found.add(shown.group(1));
    }
    assertThat(found)
        .isEqualTo(surest.stream().limit(6).map(row -> row.getString(1).substring(0, 12)).toList());
  }

  @Test
  public void theCommandOfAPictureGivesItsMapAgain() throws Exception {
    Path report = shared().resolve("report");
    JsonNode picture =
        data(report.resolve("classes/" + DemoDataset.classes().indexOf("fish") + ".html"))
            .path("pictures")
            .get(0);
    String command = picture.path("command").asText();
    assertThat(command).startsWith("jobs/camatlas explain ");
    Process shell =
        new ProcessBuilder("bash", "-c", "set -- " + command + "; printf '%s\\0' \"$@\"").start();
    String[] words =
        new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8).split("\0");
    assertThat(shell.waitFor()).isZero();
    Map<String, String> flags = new LinkedHashMap<>();
    for (int i = 2; i < words.length; i += 2) {
      flags.put(words[i].substring(2), words[i + 1]);
    }
    Path out = root.resolve("again");
    flags.put("out", out.toString());
    GivenSettings given = new GivenSettings(ExplainOptions.ALL, flags, List.of());
    new ExplainJob(session(), ExplainSetup.resolve(given, FOLDER.newFolder().toPath()), SILENT)
        .run();
    Dataset<Row> again = session().read().parquet(out.resolve("explanations").toString());
    assertThat(again.select("image_id").distinct().count()).isEqualTo(1);
    Row one = again.where("layer = 'features.14'").first();
    Row before =
        session()
            .read()
            .parquet(shared().resolve("run/explanations").toString())
            .where("layer = 'features.14' AND target = '" + one.getAs("target") + "'")
            .where("sha256 = '" + one.getAs("sha256") + "'")
            .first();
    assertThat(one.<String>getAs("target")).isEqualTo("fish");
    assertThat(one.getList(one.fieldIndex("map")))
        .isEqualTo(before.getList(before.fieldIndex("map")));
  }

  @Test
  public void pagesOfARealRunOpenWithoutAnErrorWhateverItsNames() throws IOException {
    Path report = shared().resolve("report");
    Chromium chromium;
    try {
      chromium = Chromium.start();
    } catch (TestAbortedException noBrowser) {
      org.junit.Assume.assumeNoException(noBrowser);
      return;
    }
    try (chromium) {
      List<Path> pages = new ArrayList<>(files(report.resolve("classes"), ".html"));
      pages.add(report.resolve("index.html"));
      pages.add(report.resolve("failures.html"));
      pages.add(report.resolve("report.html"));
      boolean met = false;
      for (Path page : pages) {
        try (Chromium.Tab tab = chromium.open()) {
          tab.go(page, "");
          assertThat(tab.page.evaluate("() => window.hacked")).as(page.toString()).isNull();
          met |= tab.page.content().contains("&lt;img src=x onerror=window.hacked=2&gt;.png");
          tab.hasNoErrors();
        }
      }
      assertThat(met).as("the hostile file is on a page").isTrue();
    }
  }

  @Test
  public void imagesThatAreGoneOrHaveChangedAreToldAndTheOthersShown() throws IOException {
    Path all = shared();
    Path data = root.resolve("short-lived");
    copy(root.resolve("data"), data);
    List<Path> images = new ArrayList<>();
    try (Stream<Path> found = Files.walk(data.resolve("images"))) {
      found.filter(Files::isRegularFile).sorted().forEach(images::add);
    }
    Files.delete(images.get(0));
    Files.copy(images.get(3), images.get(2), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    Path out = root.resolve("report-of-short-lived");
    ReportJob.Report report =
        report(all.resolve("atlas"), out, "images", data.resolve("manifest.csv").toString());
    assertThat(report.gone()).isEqualTo(2);
    assertThat(report.pictures()).isEqualTo(sharedPictures - 2);
    assertThat(notes(report)).hasSize(2).last().asString().contains(WRONG_LABEL);
    assertThat(notes(report).subList(0, 1))
        .containsExactly(
            "2 of "
                + sharedPictures
                + " images could not be shown: 1 cannot be read, 1 has changed. If the images have"
                + " moved, set `images` to where they are now.");
    assertThat(text(out.resolve("index.html"))).contains("2 of " + sharedPictures + " images");
    assertThat(text(out.resolve("classes/0.html"))).contains("The image cannot be read");
  }

  @Test
  public void imagesAreShownWhetherOrNotTheyArePartOfAMeanImage() throws IOException {
    TestScale.onlyNightly();
    Path all = shared();
    ReportJob.Report none =
        report(all.resolve("atlas"), root.resolve("no-means"), "mean-images", "0");
    assertThat(none.pictures()).isPositive();
    assertThat(text(root.resolve("no-means/classes/0.html"))).doesNotContain("Mean image");
    ReportJob.Report two =
        report(all.resolve("atlas"), root.resolve("two-means"), "mean-images", "2");
    assertThat(two.pictures()).isEqualTo(none.pictures());
    assertThat(text(root.resolve("two-means/classes/0.html"))).contains("the mean of 2 images");
  }

  @Test
  public void imagesOfATableAreShown() throws IOException {
    TestScale.onlyNightly();
    Path packed = root.resolve("packed");
    Map<String, String> flags =
        Map.of("images", root.resolve("data/images").toString(), "out", packed.toString());
    new PackJob(
            session(),
            PackSetup.resolve(new GivenSettings(PackOptions.ALL, flags, List.of())),
            SILENT)
        .run();
    Path table = root.resolve("table");
    session()
        .read()
        .parquet(packed.toString())
        .drop("path")
        .limit(20)
        .write()
        .parquet(table.toString());
    Path run = root.resolve("run-of-table");
    explain(run, table);
    Path atlas = root.resolve("atlas-of-table");
    atlas(atlas, run);
    ReportJob.Report report = report(atlas, root.resolve("report-of-table"));
    assertThat(report.gone()).isZero();
    assertThat(report.pictures()).isEqualTo(20);
  }

  /** The notes beside the one on the layers. */
  private static List<String> notes(ReportJob.Report report) {
    assertThat(report.notes().get(0))
        .isEqualTo(
            "The atlas holds 2 layers. The verdict is about features.12. The others have overviews"
                + " of their own.");
    return report.notes().subList(1, report.notes().size());
  }

  @Test
  public void anAtlasWithoutItsRunsHasAReportThatSaysSo() throws IOException {
    Path all = shared();
    Path alone = root.resolve("alone/atlas");
    copy(all.resolve("atlas"), alone);
    rename(alone, all.resolve("run").toString(), "/nowhere/run-that-is-gone");
    ReportJob.Report report = report(alone, root.resolve("report-alone"));
    assertThat(report.pictures()).isZero();
    assertThat(notes(report).get(0)).contains("/nowhere/run-that-is-gone", "`runs`");
    assertThat(text(root.resolve("report-alone/index.html"))).contains("run-that-is-gone");
    ReportJob.Report given =
        report(alone, root.resolve("report-given"), "runs", all.resolve("run").toString());
    assertThat(given.pictures()).isPositive();
    assertThat(notes(given)).singleElement().asString().contains(WRONG_LABEL);
    assertThatThrownBy(
            () -> report(alone, root.resolve("never"), "runs", root.resolve("data").toString()))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("`runs` is ");
  }

  /** Counts of a run that has grown since are no longer those of its atlas. */
  @Test
  public void aRunThatWentOnAfterItsAtlasIsTold() throws IOException {
    List<String> rows = Files.readAllLines(root.resolve("data/manifest.csv"));
    Path manifest = root.resolve("data/growing.csv");
    Path run = root.resolve("growing/run");
    Files.write(manifest, rows.subList(0, 8));
    explain(run, manifest);
    Path atlas = root.resolve("growing/atlas");
    atlas(atlas, run);
    Files.write(manifest, rows.subList(0, 11));
    explain(run, manifest);
    assertThat(report(atlas, root.resolve("growing/report")).notes())
        .singleElement()
        .asString()
        .contains("made of 7 explanations", "hold 10 now");
  }

  @Test
  public void runsThatMovedWithTheirAtlasAreFoundBesideIt() throws IOException {
    Path all = shared();
    Path moved = root.resolve("moved");
    copy(all.resolve("atlas"), moved.resolve("atlas"));
    copy(all.resolve("run"), moved.resolve("run"));
    rename(moved.resolve("atlas"), all.resolve("run").toString(), "/nowhere/run");
    ReportJob.Report report = report(moved.resolve("atlas"), moved.resolve("report"));
    assertThat(notes(report)).singleElement().asString().contains(WRONG_LABEL);
    assertThat(report.pictures()).isPositive();
  }

  /** As after a model was trained again, and audited into the same folder. */
  @Test
  public void ofSeveralRunsTheVerdictIsAboutTheOneThatWasCompletedLast() throws IOException {
    Path all = shared();
    Path run = root.resolve("several/run");
    copy(all.resolve("run"), run);
    String id = new ObjectMapper().readTree(run.resolve("run.json").toFile()).get("run").asText();
    // Its id is the first by name.
    addRun(run, id, "r000000000000", "2020-01-01T00:00:00Z");
    Files.writeString(
        run.resolve("runs/rffffffffffff.json"),
        "{\"run\": \"rffffffffffff\", \"status\": \"running\"}");
    String left = "Run rffffffffffff in " + run + " has not finished";

    Path atlas = root.resolve("several/atlas");
    AtlasJobSettings settings =
        AtlasSetup.resolve(
            SmallDemo.given(AtlasOptions.ALL, "from", run.toString(), "out", atlas.toString()));
    ByteArrayOutputStream console = new ByteArrayOutputStream();
    new AtlasJob(session(), settings, new PrintStream(console)).run();
    assertThat(console.toString(StandardCharsets.UTF_8)).contains("Note: " + left);
    ReportJob.Report report = report(atlas, root.resolve("several/report"));
    assertThat(report.notes())
        .anyMatch(note -> note.startsWith(left))
        .first()
        .asString()
        .startsWith("The atlas holds 2 runs or rules of runs.")
        .contains("The verdict is about the run that was completed last: ", "(run " + id + ")");
    assertThat(text(root.resolve("several/report/index.html"))).contains("(run " + id + ")", left);

    // An audit is about its own run, whatever else is in the folder.
    Path own = root.resolve("several/own");
    new AtlasJob(
            session(),
            new AtlasJobSettings(
                    settings.from(),
                    Optional.empty(),
                    own.toString(),
                    false,
                    settings.truth(),
                    settings.given())
                .ofRun("r000000000000"),
            SILENT)
        .run();
    Configuration hadoop = session().sparkContext().hadoopConfiguration();
    assertThat(AtlasFolder.open(own.toString(), hadoop).runs()).containsOnlyKeys("r000000000000");
  }

  /** Adds a run of the same rows to a folder. */
  private static void addRun(Path folder, String from, String id, String time) throws IOException {
    for (String table : List.of("explanations", "failures")) {
      copy(folder.resolve(table + "/run=" + from), folder.resolve(table + "/run=" + id));
    }
    ObjectMapper json = new ObjectMapper();
    ObjectNode record =
        (ObjectNode) json.readTree(folder.resolve("runs/" + from + ".json").toFile());
    record.put("run", id).put("started", time).put("ended", time);
    Files.writeString(folder.resolve("runs/" + id + ".json"), record.toString());
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        Files.createDirectories(target.getParent());
        Files.copy(file, target);
      }
    }
  }

  private static void rename(Path atlas, String from, String to) throws IOException {
    Path json = atlas.resolve("atlas.json");
    Files.writeString(
        json,
        text(json)
            .replace("\"" + from + "\"", "\"" + to + "\"")
            .replace("\"file:" + from + "\"", "\"file:" + to + "\""));
    Files.deleteIfExists(atlas.resolve(".atlas.json.crc"));
  }

  @Test
  public void whatIsThereIsReplacedOnlyWhereItIsAReportAndThatIsAskedFor() throws IOException {
    Path all = shared();
    assertThatThrownBy(() -> report(all.resolve("atlas"), all.resolve("report")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("is not empty");
    assertThatThrownBy(() -> report(all.resolve("atlas"), all.resolve("run"), "overwrite", "true"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("holds no report.json");
    assertThatThrownBy(() -> report(all.resolve("run"), root.resolve("never")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("which is a run; make an atlas of it first");
    assertThatThrownBy(() -> report(all, root.resolve("never")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("Did you mean " + all.resolve("atlas") + "?");
    assertThatThrownBy(() -> report(root.resolve("nothing"), root.resolve("never")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("which does not exist");
    assertThat(root.resolve("never")).doesNotExist();
  }
}

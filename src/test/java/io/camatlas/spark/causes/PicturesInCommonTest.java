package io.camatlas.spark.causes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.camatlas.causes.Cause;
import io.camatlas.causes.CauseTest;
import io.camatlas.causes.Effect;
import io.camatlas.causes.Suspect;
import io.camatlas.config.CausesOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.ReportOptions;
import io.camatlas.image.ChannelOrder;
import io.camatlas.image.Crop;
import io.camatlas.image.DecodeLimits;
import io.camatlas.image.Interpolation;
import io.camatlas.image.Preprocessing;
import io.camatlas.image.Resize;
import io.camatlas.image.ResizeAs;
import io.camatlas.image.Sha256;
import io.camatlas.localize.FractionBox;
import io.camatlas.model.InputShape;
import io.camatlas.report.facts.PicturesCompared;
import io.camatlas.report.facts.PicturesCompared.Comparison;
import io.camatlas.report.findings.Finding;
import io.camatlas.setup.CausesSetup;
import io.camatlas.setup.ReportSetup;
import io.camatlas.spark.SparkSuite;
import io.camatlas.spark.input.ImagesTable;
import io.camatlas.spark.notebook.SmallDemo;
import io.camatlas.spark.report.ReportJob;
import io.camatlas.spark.results.CausesTable;
import io.camatlas.spark.results.PicturesComparedTable;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/**
 * Squares on noise, for a network that takes colours (see colour_network.py). Those of the first
 * class lie in one place, those of the second show one badge anywhere, and those of the third have
 * neither in common.
 */
public class PicturesInCommonTest extends SparkSuite {
  @ClassRule public static final TemporaryFolder FOLDER = new TemporaryFolder();

  private static final int PER_CLASS = 24;
  private static final int SIDE = 64;
  private static final int BADGE = 14;
  private static final int SQUARE = 8;
  private static final int FRAME = 5;
  private static final PrintStream SILENT = new PrintStream(new ByteArrayOutputStream());

  private final Path root = FOLDER.getRoot().toPath();
  private final Path causes = root.resolve("causes");

  @Before
  public void testAllClasses() throws IOException {
    if (Files.exists(causes)) {
      return;
    }
    for (String file : List.of("colours.pt", "colours.json")) {
      try (InputStream in = SecondPartsTest.class.getResourceAsStream(file)) {
        Files.copy(in, root.resolve(file));
      }
    }
    Random random = new Random(4);
    for (int i = 0; i < PER_CLASS; i++) {
      square("images/warm", i, Color.RED, 48, 4, random);
      badge(i, random);
      square("images/green", i, Color.GREEN, anywhere(random), anywhere(random), random);
    }
    atlas("images", "run", "atlas");
    CausesJob.Report report = causes(Map.of("out", causes.toString()));
    assertThat(report.notCompared()).isEqualTo(new CausesJob.Report.NotCompared(0, 0));
  }

  private void atlas(String images, String run, String atlas) throws IOException {
    SmallDemo.explain(
        session(),
        root,
        root.resolve(images),
        root.resolve(run),
        "model",
        root.resolve("colours.pt").toString(),
        "method",
        "grad-cam");
    SmallDemo.atlas(session(), root.resolve(atlas), root.resolve(run));
  }

  private CausesJob.Report causes(Map<String, String> more) throws IOException {
    Map<String, String> flags = new HashMap<>(more);
    flags.putIfAbsent("from", root.resolve("atlas").toString());
    Path prepared = Files.createDirectories(root.resolve("prepared-again"));
    return new CausesJob(
            session(),
            CausesSetup.resolve(new GivenSettings(CausesOptions.ALL, flags, List.of()), prepared),
            SILENT)
        .run();
  }

  private ReportJob.Report report(Path experiments, Path out) throws IOException {
    Map<String, String> flags =
        Map.of(
            "from", root.resolve("atlas").toString(),
            "causes", experiments.toString(),
            "out", out.toString());
    return new ReportJob(
            session(),
            ReportSetup.resolve(new GivenSettings(ReportOptions.ALL, flags, List.of())),
            SILENT)
        .run();
  }

  private static int anywhere(Random random) {
    return random.nextInt(SIDE - BADGE);
  }

  private static BufferedImage noise(Random random) {
    BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        int grey = 110 + random.nextInt(30);
        image.setRGB(x, y, new Color(grey, grey, grey).getRGB());
      }
    }
    return image;
  }

  /** A square whose brightness is another in each pixel, and in each picture. */
  private void square(String name, int number, Color colour, int left, int top, Random random)
      throws IOException {
    BufferedImage image = noise(random);
    fill(image, colour, left, top, SQUARE, SQUARE, random);
    write(name, number, image);
  }

  private void frame(String name, int number, Color colour, Random random) throws IOException {
    BufferedImage image = noise(random);
    fill(image, colour, 0, 0, SIDE, FRAME, random);
    fill(image, colour, 0, SIDE - FRAME, SIDE, FRAME, random);
    fill(image, colour, 0, 0, FRAME, SIDE, random);
    fill(image, colour, SIDE - FRAME, 0, FRAME, SIDE, random);
    write(name, number, image);
  }

  private static void fill(
      BufferedImage image, Color colour, int left, int top, int width, int height, Random random) {
    for (int y = top; y < top + height; y++) {
      for (int x = left; x < left + width; x++) {
        int level = 120 + random.nextInt(136);
        image.setRGB(
            x,
            y,
            new Color(
                    colour.getRed() * level / 255,
                    colour.getGreen() * level / 255,
                    colour.getBlue() * level / 255)
                .getRGB());
      }
    }
  }

  private void badge(int number, Random random) throws IOException {
    BufferedImage image = noise(random);
    int left = anywhere(random);
    int top = anywhere(random);
    for (int y = 0; y < BADGE; y++) {
      for (int x = 0; x < BADGE; x++) {
        boolean ink = (x - y) % 5 == 0 || (x + 2 * y) % 7 == 0;
        image.setRGB(left + x, top + y, (ink ? Color.BLACK : Color.BLUE).getRGB());
      }
    }
    write("images/blue", number, image);
  }

  private void write(String name, int number, BufferedImage image) throws IOException {
    Path folder = Files.createDirectories(root.resolve(name));
    ImageIO.write(
        image,
        "png",
        folder.resolve("%s-%02d.png".formatted(folder.getFileName(), number)).toFile());
  }

  private List<Cause> all(Path folder) {
    return CausesTable.fromRows(
        session().read().parquet(folder.resolve("causes").toString()).collectAsList(), Map.of());
  }

  private List<Cause> found() {
    return all(causes).stream()
        .filter(
            one ->
                one.suspect() instanceof Suspect.OfPattern
                    || one.suspect() instanceof Suspect.OfRepeat)
        .toList();
  }

  @Test
  public void whatLiesInOnePlaceIsAPatternAndTheSameThingAnywhereARepeat() {
    List<Cause> found = found();
    assertThat(found).hasSize(2);
    Suspect.OfPattern pattern = (Suspect.OfPattern) found.get(0).suspect();
    assertThat(pattern.classIndex()).isZero();
    assertThat(pattern.pattern().n()).isEqualTo(PER_CLASS);
    FractionBox box = pattern.pattern().place().boxes().get(0);
    assertThat(box.x0()).isBetween(0.68, 0.75);
    assertThat(box.x1()).isBetween(0.875, 0.95);
    assertThat(box.y0()).isBetween(0.0, 0.0625);
    assertThat(box.y1()).isBetween(0.1875, 0.26);
    Suspect.OfRepeat repeat = (Suspect.OfRepeat) found.get(1).suspect();
    assertThat(repeat.classIndex()).isEqualTo(1);
    assertThat(repeat.repeats().n()).isEqualTo(PER_CLASS);
    assertThat(repeat.repeats().share()).isGreaterThan(0.5);
    assertThat(repeat.repeats().others().turned()).isZero();
    assertThat(found).allMatch(one -> one.verdict() == Cause.Verdict.CONFIRMED);
    assertThat(found.get(1).effect(CauseTest.PASTE).orElseThrow().predicted().after())
        .isGreaterThan(0.8);
  }

  /** A frame leaves nothing equal elsewhere; its class may be what any damage leads to. */
  @Test
  public void aFrameIsComparedWithTheBordersOfOthers() throws IOException {
    Random random = new Random(8);
    for (int i = 0; i < PER_CLASS; i++) {
      frame("frames/warm", i, Color.RED, random);
      square("frames/blue", i, Color.BLUE, anywhere(random), anywhere(random), random);
      square("frames/green", i, Color.GREEN, anywhere(random), anywhere(random), random);
    }
    atlas("frames", "frames-run", "frames-atlas");
    Path out = root.resolve("frames-causes");
    causes(Map.of("from", root.resolve("frames-atlas").toString(), "out", out.toString()));
    List<Cause> ofFrames =
        all(out).stream()
            .filter(one -> one.suspect().at().isPresent() && !one.suspect().hasControl())
            .toList();
    assertThat(ofFrames).as(all(out).toString()).isNotEmpty();
    for (Cause one : ofFrames) {
      Effect pasted = one.effect(CauseTest.PASTE).orElseThrow();
      assertThat(pasted.n()).isEqualTo(PER_CLASS);
      assertThat(pasted.predicted().after()).isGreaterThan(0.9);
      assertThat(pasted.predicted().control()).isLessThan(0.1);
      assertThat(one.verdict()).isEqualTo(Cause.Verdict.CONFIRMED);
    }
    int suspect = all(out).indexOf(ofFrames.get(0));
    assertThat(
            session()
                .read()
                .parquet(out.resolve("causes_images").toString())
                .where("test = 'paste' and state = 'control' and suspect = " + suspect)
                .selectExpr("split(other_image_id, '/')[0]")
                .distinct()
                .collectAsList())
        .extracting(row -> row.getString(0))
        .containsExactlyInAnyOrder("blue", "green");
  }

  @Test
  public void picturesThatAreGoneOrChangedAreCounted() throws IOException {
    Path some = root.resolve("some-images");
    try (Stream<Path> files = Files.walk(root.resolve("images"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = some.resolve(root.resolve("images").relativize(file));
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
    for (int i = 5; i < 10; i++) {
      Files.delete(some.resolve("green/green-0%d.png".formatted(i)));
    }
    Files.copy(
        some.resolve("green/green-04.png"),
        some.resolve("blue/blue-05.png"),
        StandardCopyOption.REPLACE_EXISTING);
    Path out = root.resolve("causes-of-some");
    CausesJob.Report report =
        causes(Map.of("images", some.toString(), "out", out.toString(), "most-suspects", "0"));
    assertThat(report.notCompared()).isEqualTo(new CausesJob.Report.NotCompared(6, 6));
    assertThat(Files.readString(out.resolve("causes.json")))
        .containsPattern("\"for_patterns\" : 6,\\s+\"for_repeats\" : 6");
    // The first are so alike that they are taken for copies of one picture. Of the last 19 are
    // left, one less than patterns need.
    assertThat(compared(out))
        .isEqualTo(
            Map.of(
                0, how(PER_CLASS, true, 0, false),
                1, how(PER_CLASS - 1, false, PER_CLASS - 1, true),
                2, how(0, false, PER_CLASS - 5, false)));

    ReportJob.Report shown = report(out, root.resolve("report-of-some"));
    assertThat(
            shown.checks().stream()
                .filter(
                    asked ->
                        asked.check().question().startsWith("Do a class's pictures show")
                            || asked.check().question().startsWith("Do maps of a class mark"))
                .map(asked -> asked.passed() + " of " + asked.judged()))
        .containsExactly("1 of 1 class, 23 images", "1 of 1 class, 19 images");
    assertThat(shown.notes())
        .contains(
            "At least 6 pictures could not be compared with others, as they are gone, changed or"
                + " broken.")
        .noneMatch(note -> note.startsWith("Experiments could not use "));
  }

  private Map<Integer, PicturesCompared> compared(Path causes) {
    Map<Integer, PicturesCompared> compared = new HashMap<>();
    session()
        .read()
        .parquet(causes.resolve(PicturesComparedTable.NAME).toString())
        .collectAsList()
        .forEach(
            row -> {
              PicturesComparedTable.OfClass one = PicturesComparedTable.fromRow(row);
              compared.put(one.classIndex(), one.pictures());
            });
    return compared;
  }

  private static PicturesCompared how(
      long forPatterns, boolean pattern, long forRepeats, boolean repeat) {
    return new PicturesCompared(
        Optional.of(new Comparison(forPatterns, pattern)),
        Optional.of(new Comparison(forRepeats, repeat)));
  }

  /** Draws what a class has in common. */
  private interface Mark {
    void draw(Graphics2D pen, int classIndex);
  }

  /**
   * Patterns of pictures of one channel, 160 wide and 80 high, of whose width a crop keeps 30 to
   * 130.
   */
  private PatternStage.Patterns greyPatterns(String name, int classes, Mark mark)
      throws IOException {
    Path folder = Files.createDirectories(root.resolve(name));
    Random random = new Random(9);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < classes * PER_CLASS; i++) {
      BufferedImage image = new BufferedImage(160, 80, BufferedImage.TYPE_BYTE_GRAY);
      for (int y = 0; y < 80; y++) {
        for (int x = 0; x < 160; x++) {
          int grey = 90 + random.nextInt(60);
          image.setRGB(x, y, new Color(grey, grey, grey).getRGB());
        }
      }
      Graphics2D pen = image.createGraphics();
      pen.setColor(Color.WHITE);
      mark.draw(pen, i % classes);
      pen.dispose();
      Path file = folder.resolve(i + ".png");
      ImageIO.write(image, "png", file.toFile());
      rows.add(
          RowFactory.create(
              file.toString(), file.toString(), Sha256.of(Files.readAllBytes(file)), i % classes));
    }
    StructType type =
        new StructType()
            .add(ImagesTable.IMAGE_ID, DataTypes.StringType)
            .add(ImagesTable.PATH, DataTypes.StringType)
            .add(ImagesTable.SHA256, DataTypes.StringType)
            .add(CausePairs.CLASS_INDEX, DataTypes.IntegerType);
    Preprocessing preprocessing =
        new Preprocessing(
            new Resize.ShorterSide(40),
            Interpolation.BILINEAR,
            ResizeAs.PILLOW_12,
            new Crop.Center(40, 50),
            ChannelOrder.GRAY,
            List.of(0.5),
            List.of(0.2));
    PatternStage.Patterns found =
        PatternStage.find(
            session(),
            session().createDataFrame(rows, type),
            new PatternStage.Plan(preprocessing, new InputShape(1, 40, 50), DecodeLimits.DEFAULT),
            root.resolve("gathered-" + name).toString(),
            new SerializableConfiguration(session().sparkContext().hadoopConfiguration()));
    assertThat(found.missing()).isZero();
    return found;
  }

  /**
   * What is the same of class 0 lies where the crop has its lower left; of class 1 it is cut off.
   */
  @Test
  public void patternsOfGreyRectanglesLieWhereTheNetworkSeesThem() throws IOException {
    PatternStage.Patterns found =
        greyPatterns("grey", 2, (pen, index) -> pen.fillRect(index == 0 ? 40 : 0, 60, 20, 10));
    assertThat(found.byClass().keySet()).containsExactly(0);
    FractionBox box = found.byClass().get(0).place().boxes().get(0);
    assertThat(box.x0()).isCloseTo(0.1, within(0.05));
    assertThat(box.x1()).isCloseTo(0.3, within(0.05));
    assertThat(box.y0()).isCloseTo(0.75, within(0.05));
    assertThat(box.y1()).isCloseTo(0.875, within(0.05));
  }

  @Test
  public void whatLiesInTheMiddleCountsWhereFewClassesHaveSomethingThere() throws IOException {
    PatternStage.Patterns one =
        greyPatterns("one-middle", 3, (pen, index) -> pen.fillRect(72, 36, index == 1 ? 16 : 0, 8));
    assertThat(one.leftOut()).isZero();
    assertThat(one.byClass().keySet()).containsExactly(1);
    assertThat(one.byClass().get(1).inTheMiddle()).isTrue();
    FractionBox box = one.byClass().get(1).place().boxes().get(0);
    assertThat(box.x0()).isCloseTo(0.42, within(0.05));
    assertThat(box.y1()).isCloseTo(0.55, within(0.06));

    // Two of three: objects. What one of them has in a corner as well is told all the same.
    PatternStage.Patterns two =
        greyPatterns(
            "two-middles",
            3,
            (pen, index) -> {
              pen.fillRect(index == 1 ? 72 : 60, 36, index < 2 ? 16 : 0, 8);
              pen.fillRect(110, 4, index == 0 ? 16 : 0, 8);
            });
    assertThat(two.leftOut()).isEqualTo(1);
    assertThat(two.byClass().keySet()).containsExactly(0);
    // It is known of which class, so that it does not pass.
    assertThat(two.of(1)).contains(new Comparison(PER_CLASS, true));
    assertThat(two.of(2)).contains(new Comparison(PER_CLASS, false));
    assertThat(two.byClass().get(0).inTheMiddle()).isFalse();
  }

  @Test
  public void theReportSaysWhatTheyAre() throws IOException {
    Path report = root.resolve("report");
    List<String> findings =
        report(causes, report).findings().stream().map(Finding::sentence).toList();
    assertThat(findings)
        .anyMatch(
            finding ->
                finding.startsWith("Maps of class 'blue' mark the same thing wherever it lies: in ")
                    && finding.contains("in other classes in 0 of 48."))
        .noneMatch(finding -> finding.startsWith("Maps of class 'green'"))
        // Maps mark the red square's place too, and it is told once.
        .noneMatch(finding -> finding.startsWith("Pictures of class"));
    assertThat(findings.get(1)).contains("class 'warm' gathers in the top right");
    assertThat(Files.readString(report.resolve("classes/1.html")))
        .contains("The part that each map marks most: in ", "images/tested/");
    assertThat(Files.readString(report.resolve("classes/0.html")))
        .contains("What the class&#39;s pictures have in common: ");
  }
}

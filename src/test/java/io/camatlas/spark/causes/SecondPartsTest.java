package io.camatlas.spark.causes;

import static org.assertj.core.api.Assertions.assertThat;

import io.camatlas.causes.Cause;
import io.camatlas.causes.CauseTest;
import io.camatlas.causes.Effect;
import io.camatlas.causes.Suspect;
import io.camatlas.causes.TrialState;
import io.camatlas.config.CausesOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.ReportOptions;
import io.camatlas.report.findings.Finding;
import io.camatlas.setup.CausesSetup;
import io.camatlas.setup.ReportSetup;
import io.camatlas.spark.SparkSuite;
import io.camatlas.spark.notebook.SmallDemo;
import io.camatlas.spark.report.ReportJob;
import io.camatlas.spark.results.CausesImagesTable;
import io.camatlas.spark.results.CausesTable;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Row;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/**
 * A network that takes a red square for its first class, and a yellow one as well (see
 * colour_network.py); both lie anywhere, so that no place is suspect.
 */
public class SecondPartsTest extends SparkSuite {
  @ClassRule public static final TemporaryFolder FOLDER = new TemporaryFolder();

  private static final int PER_CLASS = 24;
  private static final int SIDE = 64;
  private static final int SQUARE = 12;
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
      draw("warm", i, random, Color.RED, i % 4 == 0 ? null : Color.YELLOW, SQUARE);
      // Half of these have a second part, which is too little for the class.
      draw("blue", i, random, Color.BLUE, i % 2 == 0 ? null : Color.BLUE, SQUARE / 2);
      draw("green", i, random, Color.GREEN, null, SQUARE);
    }
    SmallDemo.explain(
        session(),
        root,
        root.resolve("images"),
        root.resolve("run"),
        "model",
        root.resolve("colours.pt").toString(),
        "method",
        "grad-cam");
    SmallDemo.atlas(session(), root.resolve("atlas"), root.resolve("run"));
    Path prepared = Files.createDirectories(root.resolve("prepared-again"));
    Map<String, String> flags =
        Map.of("from", root.resolve("atlas").toString(), "out", causes.toString());
    CausesJob.Report report =
        new CausesJob(
                session(),
                CausesSetup.resolve(
                    new GivenSettings(CausesOptions.ALL, flags, List.of()), prepared),
                SILENT)
            .run();
    assertThat(report.suspects()).isZero();
    assertThat(report.second()).isEqualTo(new CausesJob.Report.SecondParts(3, 1));
  }

  /** Squares on noise, the second in the other half of the picture. */
  private void draw(
      String name, int number, Random random, Color first, Color second, int secondSide)
      throws IOException {
    BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        int grey = 110 + random.nextInt(30);
        image.setRGB(x, y, new Color(grey, grey, grey).getRGB());
      }
    }
    Graphics2D pen = image.createGraphics();
    boolean swapped = random.nextBoolean();
    square(pen, first, SQUARE, swapped ? 42 : 0, random);
    if (second != null) {
      square(pen, second, secondSide, swapped ? 0 : 42, random);
    }
    pen.dispose();
    Path folder = Files.createDirectories(root.resolve("images/" + name));
    ImageIO.write(image, "png", folder.resolve("%s-%02d.png".formatted(name, number)).toFile());
  }

  private static void square(Graphics2D pen, Color colour, int side, int left, Random random) {
    pen.setColor(colour);
    pen.fillRect(left + random.nextInt(11), random.nextInt(SIDE - SQUARE + 1), side, side);
  }

  @Test
  public void theClassWithAMarkAnywhereStandsOut() {
    List<Cause> found =
        CausesTable.fromRows(
            session().read().parquet(causes.resolve("causes").toString()).collectAsList(),
            Map.of());
    assertThat(found).hasSize(2).allMatch(one -> one.suspect() instanceof Suspect.OfSecondPart);
    for (Cause one : found) {
      Effect pasted = one.effect(CauseTest.PASTE).orElseThrow();
      assertThat(pasted.predicted().control()).isZero();
      if (one.suspect().classIndex() == 0) {
        assertThat(one.verdict()).isEqualTo(Cause.Verdict.CONFIRMED);
        // A quarter has no second part, and does not turn.
        assertThat(pasted.predicted().after()).isBetween(0.65, 0.75);
        assertThat(pasted.n()).isEqualTo(PER_CLASS);
        assertThat(one.others().orElseThrow().turned()).isZero();
        assertThat(one.others().orElseThrow().n()).isEqualTo(2 * PER_CLASS);
      } else {
        assertThat(one.verdict()).isEqualTo(Cause.Verdict.UNDECIDED);
        assertThat(pasted.predicted().after()).isZero();
      }
    }
  }

  @Test
  public void picturesAreThoseThatTurned() {
    List<Row> rows =
        session()
            .read()
            .parquet(causes.resolve("causes_images").toString())
            .orderBy(CausesImagesTable.PAIR)
            .collectAsList();
    List<CausesImagesTable.Trial> trials = rows.stream().map(CausesImagesTable::fromRow).toList();
    assertThat(
            trials.stream()
                .map(one -> one.suspect() + " " + one.pair() + " " + one.state())
                .distinct())
        .hasSameSizeAs(trials);
    List<CausesImagesTable.Trial> kept =
        trials.stream().filter(one -> one.picture() != null).toList();
    assertThat(kept).hasSize(3 * CauseStage.KEPT);
    for (CausesImagesTable.Trial one : kept) {
      assertThat(one.targetIndex()).isZero();
      assertThat(one.predictedIndex() == 0).isEqualTo(one.state() == TrialState.AFTER);
      assertThat(causes.resolve(one.picture())).exists();
    }
  }

  @Test
  public void theReportSaysSoAndShowsThePictures() throws IOException {
    Path report = root.resolve("report");
    Map<String, String> flags = new HashMap<>();
    flags.put("from", root.resolve("atlas").toString());
    flags.put("causes", causes.toString());
    flags.put("out", report.toString());
    List<String> findings =
        new ReportJob(
                session(),
                ReportSetup.resolve(new GivenSettings(ReportOptions.ALL, flags, List.of())),
                SILENT)
            .run().findings().stream().map(Finding::sentence).toList();
    assertThat(findings.get(0))
        .startsWith("For class 'warm' a second part of the picture is enough.")
        .contains(
            "as much from elsewhere 0 %", "Of the images of other classes, 0 % turn in this way.");
    assertThat(Files.readString(report.resolve("classes/0.html")))
        .contains("clearly more often than in other classes", "images/tested/");
    assertThat(Files.readString(report.resolve("classes/1.html")))
        .contains("It does not stand out from other classes.");
  }
}

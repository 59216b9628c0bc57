package io.camatlas.spark.compare;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.camatlas.TestScale;
import io.camatlas.compare.ComparedClass;
import io.camatlas.config.CompareOptions;
import io.camatlas.config.FaithfulnessOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.SettingsException;
import io.camatlas.demo.DemoDataset;
import io.camatlas.demo.DemoSettings;
import io.camatlas.report.compared.Comparison.OfClass;
import io.camatlas.setup.CompareSetup;
import io.camatlas.setup.FaithfulnessSetup;
import io.camatlas.spark.InputException;
import io.camatlas.spark.SparkSuite;
import io.camatlas.spark.faithfulness.FaithfulnessJob;
import io.camatlas.spark.notebook.SmallDemo;
import io.camatlas.spark.results.ComparisonTable;
import io.camatlas.spark.results.ComparisonTable.Compared;
import io.camatlas.spark.results.ExplanationsTable;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Comparisons of real runs of the demo's scenes and network. */
public class CompareJobTest extends SparkSuite {
  @ClassRule public static final TemporaryFolder FOLDER = new TemporaryFolder();

  private static final PrintStream SILENT = new PrintStream(new ByteArrayOutputStream());

  private static Path root;
  private static boolean made;

  @BeforeClass
  public static void name() {
    root = FOLDER.getRoot().toPath();
  }

  /** A run, and one of a dataset in which all images of one class changed. */
  private void make() throws IOException {
    if (made) {
      return;
    }
    Path data = root.resolve("data");
    Path manifest = DemoDataset.write(data, DemoSettings.audit(10, 3));
    SmallDemo.explain(session(), root, manifest, root.resolve("one"), "seed", "1");
    Path other = root.resolve("other");
    copy(data, other);
    try (Stream<Path> keys = Files.list(other.resolve("images/key"))) {
      for (Path image : keys.toList()) {
        paint(image);
      }
    }
    SmallDemo.explain(
        session(),
        root,
        other.resolve(manifest.getFileName()),
        root.resolve("painted"),
        "seed",
        "1");
    made = true;
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path copy = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(file, copy);
        }
      }
    }
  }

  /** Stripes of a width of its own in the place of what was there. */
  private static void paint(Path file) throws IOException {
    BufferedImage image = ImageIO.read(file.toFile());
    Graphics2D pen = image.createGraphics();
    int step = 8 + Math.floorMod(file.getFileName().toString().hashCode(), 24);
    for (int y = 0; y < image.getHeight(); y += step) {
      pen.setColor(y / step % 2 == 0 ? Color.ORANGE : Color.BLUE);
      pen.fillRect(0, y, image.getWidth(), step);
    }
    pen.dispose();
    String name = file.getFileName().toString();
    ImageIO.write(image, name.substring(name.lastIndexOf('.') + 1), file.toFile());
  }

  private CompareJob.Report compare(String from, String with, String out, String... more)
      throws IOException {
    make();
    Map<String, String> flags = new LinkedHashMap<>();
    flags.put("from", root.resolve(from).toString());
    flags.put("with", root.resolve(with).toString());
    flags.put("out", root.resolve(out).toString());
    for (int i = 0; i < more.length; i += 2) {
      flags.put(more[i], more[i + 1]);
    }
    GivenSettings given = new GivenSettings(CompareOptions.ALL, flags, List.of());
    return new CompareJob(session(), CompareSetup.resolve(given), SILENT).run();
  }

  private List<Compared> numbers(String out) {
    return session()
        .read()
        .parquet(root.resolve(out).resolve(ComparisonTable.NAME).toString())
        .collectAsList()
        .stream()
        .map(ComparisonTable::fromRow)
        .toList();
  }

  private static Compared number(List<Compared> all, int index, String measure) {
    return all.stream()
        .filter(one -> one.classIndex() == index && one.measure().equals(measure))
        .filter(one -> one.trait().isEmpty() && one.featureMap() < 0)
        .findFirst()
        .orElseThrow();
  }

  @Test
  public void anotherSeedOfTheNoiseIsNoDifference() throws IOException {
    TestScale.onlyNightly();
    make();
    Path manifest = root.resolve("data/manifest.csv");
    SmallDemo.explain(session(), root, manifest, root.resolve("two"), "seed", "2");
    session().conf().set("spark.sql.shuffle.partitions", "2");
    CompareJob.Report report = compare("one", "two", "seeds", "least-images", "5");
    assertThat(report.comparison().all().pairs()).isEqualTo(100);
    assertThat(report.findings().worstFirst()).isEmpty();
    List<Compared> numbers = numbers("seeds");
    long sure = numbers.stream().filter(one -> one.q() <= 0.05).count();
    assertThat(sure).isLessThanOrEqualTo(numbers.size() / 100);
    // Predictions are those of the image itself; maps differ a little.
    assertThat(number(numbers, -1, "accuracy").difference().gap()).isZero();
    assertThat(number(numbers, -1, "spread").difference().gap()).isNotZero();
    assertThat(report.comparison().all().moved()).isBetween(0.001, 0.3);
    // Partitions do not matter.
    session().conf().set("spark.sql.shuffle.partitions", "5");
    compare("one", "two", "seeds-again", "pictures", "0");
    assertThat(lines(numbers("seeds-again"))).isEqualTo(lines(numbers));
  }

  @Test
  public void aClassWhoseImagesWereReplacedIsFound() throws IOException {
    CompareJob.Report report = compare("one", "painted", "painted-one", "least-images", "5");
    assertThat(report.comparison().all().pairs()).isEqualTo(90);
    OfClass key =
        report.comparison().classes().stream()
            .filter(one -> one.name().equals("key"))
            .findFirst()
            .orElseThrow();
    assertThat(key.pairs()).isZero();
    assertThat(report.findings().worstFirst().get(0).classIndex()).isEqualTo(key.index());
    assertThat(report.findings().worstFirst().get(0).severity().word()).isEqualTo("serious");
    assertThat(report.findings().verdict(report.comparison()))
        .startsWith("With painted, predictions are clearly worse than with one for 'key'");
    // All others are the same images, with the same noise.
    List<Compared> numbers = numbers("painted-one");
    Compared anchor = number(numbers, 0, "confidence");
    assertThat(anchor.difference().pairs()).isEqualTo(10);
    assertThat(anchor.difference().gap()).isZero();
    // Means are those of the runs' rows.
    for (String run : List.of("one", "painted")) {
      double told = run.equals("one") ? anchor.difference().mean() : anchor.difference().withMean();
      assertThat(told).isCloseTo(meanConfidence(run, 0), within(1e-6));
    }
    JsonNode findings =
        new ObjectMapper().readTree(root.resolve("painted-one/findings.json").toFile());
    assertThat(findings.at("/findings/0/class_name").asText()).isEqualTo("key");
    assertThat(root.resolve("painted-one/index.html")).exists();
    String evidence = findings.at("/findings/0/evidence").asText().replaceFirst("#.*", "");
    assertThat(Files.readString(root.resolve("painted-one").resolve(evidence))).contains("key");
  }

  /** As if one audit's manifest listed each picture a second time, under another name. */
  @Test
  public void copiesOfPicturesInOneAuditAreNoDifference() throws IOException {
    make();
    Path twice = root.resolve("twice-data");
    copy(root.resolve("data"), twice);
    copy(twice.resolve("images"), twice.resolve("again"));
    Path manifest = twice.resolve("manifest.csv");
    List<String> lines = Files.readAllLines(manifest);
    List<String> copies =
        lines.stream()
            .filter(line -> line.startsWith("images/"))
            .map(line -> line.replaceFirst("^images/", "again/"))
            .toList();
    assertThat(copies).hasSize(100);
    Files.write(manifest, copies, StandardOpenOption.APPEND);
    SmallDemo.explain(session(), root, manifest, root.resolve("twice"), "seed", "1");
    for (List<String> sides : List.of(List.of("one", "twice"), List.of("twice", "one"))) {
      String out = String.join("-", sides);
      CompareJob.Report report = compare(sides.get(0), sides.get(1), out, "least-images", "5");
      assertThat(report.comparison().all().pairs()).isEqualTo(100);
      assertThat(report.findings().worstFirst()).isEmpty();
      for (Compared share : numbers(out)) {
        if (share.measure().equals(ComparedClass.PREDICTED_SHARE)) {
          assertThat(share.difference().gap()).as("class %d", share.classIndex()).isZero();
          assertThat(share.difference().n()).isEqualTo(100);
        }
      }
    }
  }

  @Test
  public void lostLabelsAreNoPass() throws IOException {
    make();
    Path data = root.resolve("data");
    List<String> lines = Files.readAllLines(data.resolve("manifest.csv"));
    int label = List.of(lines.get(0).split(",")).indexOf("label");
    List<String> few = new ArrayList<>();
    for (String line : lines) {
      String[] cells = line.split(",", -1);
      // Keys only keep theirs.
      cells[label] = few.isEmpty() || cells[label].equals("key") ? cells[label] : "";
      few.add(String.join(",", cells));
    }
    Path manifest = Files.write(data.resolve("few-labels.csv"), few);
    SmallDemo.explain(session(), root, manifest, root.resolve("few-labels"), "seed", "1");
    CompareJob.Report report = compare("one", "few-labels", "labels-lost");
    assertThat(report.findings().verdict(report.comparison()))
        .startsWith(
            "Accuracy could not be compared: few-labels has only 10 images with a label. Nothing else");
    assertThat(report.comparison().notes())
        .contains(
            "90 images in both have a label in one only, as a label counts only where it is one of"
                + " the model's classes. Whether they are predicted right is not compared.");
  }

  @Test
  public void scoresOfOtherRunsAreRefused() throws IOException {
    make();
    score("one", "scores-one", "2");
    score("painted", "scores-painted", "2");
    score("painted", "scores-finer", "3");
    withScores("painted", "scored", "scores-one", "scores-painted");
    assertThat(number(numbers("scored"), -1, ComparedClass.INSERTION).difference().n())
        .isPositive();
    assertThatThrownBy(() -> withScores("painted", "swapped", "scores-painted", "scores-one"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("scores-painted has the scores of `with`")
        .hasMessageContaining("are swapped");
    assertThatThrownBy(() -> withScores("painted", "finer", "scores-one", "scores-finer"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("has curves of 2 steps (`steps`)")
        .hasMessageContaining("scores-finer of 3,");
    // The same where nobody knows which run was scored: most images are others.
    for (int others : List.of(2, 6)) {
      Path moved = root.resolve("scores-moved-" + others);
      copy(root.resolve("scores-one"), moved);
      Files.writeString(
          moved.resolve("faithfulness.json"),
          Files.readString(moved.resolve("faithfulness.json"))
              .replaceAll("\"from\" : \"[^\"]*\"", "\"from\" : \"elsewhere\""));
      session()
          .read()
          .parquet(root.resolve("scores-one/faithfulness_images").toString())
          .withColumn(
              "image_id",
              when(col("target_index").lt(others), concat(lit("other-"), col("image_id")))
                  .otherwise(col("image_id")))
          .write()
          .mode("overwrite")
          .parquet(moved.resolve("faithfulness_images").toString());
    }
    assertThatThrownBy(() -> withScores("one", "moved", "scores-moved-6", "scores-one"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("has scores of other images than")
        .hasMessageContaining("of 10 maps, 4 are explained there");
    withScores("one", "moved", "scores-moved-2", "scores-one");
    assertThat(number(numbers("moved"), -1, ComparedClass.INSERTION).difference().n()).isEqualTo(8);
  }

  private void withScores(String other, String out, String scores, String withScores)
      throws IOException {
    compare(
        "one",
        other,
        out,
        "faithfulness",
        root.resolve(scores).toString(),
        "with-faithfulness",
        root.resolve(withScores).toString());
  }

  private void score(String from, String out, String steps) throws IOException {
    GivenSettings given =
        SmallDemo.given(
            FaithfulnessOptions.ALL,
            "from",
            root.resolve(from).toString(),
            "out",
            root.resolve(out).toString(),
            "sample",
            "1",
            "again",
            "0",
            "steps",
            steps);
    Path folder = Files.createDirectories(root.resolve("prepared-" + out));
    new FaithfulnessJob(session(), FaithfulnessSetup.resolve(given, folder), SILENT).run();
  }

  private double meanConfidence(String run, int label) {
    return session()
        .read()
        .parquet(root.resolve(run).resolve(ExplanationsTable.NAME).toString())
        .where(col(ExplanationsTable.LABEL_INDEX).equalTo(label))
        .agg(Map.of(ExplanationsTable.CONFIDENCE, "avg"))
        .first()
        .getDouble(0);
  }

  private static List<String> lines(List<Compared> numbers) {
    return numbers.stream()
        .map(
            one ->
                "%s %s %s %s %s %.9f %d"
                    .formatted(
                        one.classIndex(),
                        one.measure(),
                        one.featureMap(),
                        one.trait(),
                        one.value(),
                        one.difference().gap(),
                        one.difference().pairs()))
        .sorted()
        .toList();
  }

  @Test
  public void wrongSettingsAreToldTogether() throws IOException {
    make();
    Files.writeString(root.resolve("file.txt"), "no run", StandardCharsets.UTF_8);
    assertThatThrownBy(() -> compare("nothing", "one", "wrong", "with-layer", "features.41"))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("from is")
        .hasMessageContaining("which does not exist")
        .hasMessageContaining("with-layer is 'features.41'")
        .hasMessageContaining("closest is 'features.14'");
    assertThatThrownBy(() -> compare("one", "painted", "wrong", "with-rule", "3"))
        .hasMessageContaining("with-rule is 3; the run has 1");
    Path kept = Files.createDirectories(root.resolve("kept"));
    Files.writeString(kept.resolve("note.txt"), "mine");
    assertThatThrownBy(() -> compare("one", "painted", "kept"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("which is not empty");
    assertThatThrownBy(() -> compare("one", "painted", "scores", "faithfulness", kept.toString()))
        .hasMessageContaining("faithfulness is set, and with-faithfulness is not");
    assertThatThrownBy(
            () ->
                compare(
                    "one",
                    "painted",
                    "scores",
                    "faithfulness",
                    kept.toString(),
                    "with-faithfulness",
                    kept.toString()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("give the folder that 'camatlas faithfulness' wrote");
    assertThat(root.resolve("scores")).doesNotExist();
  }
}

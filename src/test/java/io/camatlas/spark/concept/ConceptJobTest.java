package io.camatlas.spark.concept;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.camatlas.concepts.ConceptFit;
import io.camatlas.config.AtlasOptions;
import io.camatlas.config.ConceptOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.SettingsException;
import io.camatlas.demo.DemoDataset;
import io.camatlas.demo.DemoSettings;
import io.camatlas.model.Component;
import io.camatlas.setup.AtlasSetup;
import io.camatlas.setup.ConceptSetup;
import io.camatlas.spark.InputException;
import io.camatlas.spark.SparkSuite;
import io.camatlas.spark.atlas.AtlasJob;
import io.camatlas.spark.notebook.SmallDemo;
import io.camatlas.spark.results.ConceptClassesTable;
import io.camatlas.spark.results.ConceptClassesTable.OfClass;
import io.camatlas.spark.results.ConceptImagesTable;
import io.camatlas.spark.results.ExplanationsTable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Concepts of a real run of the demo's scenes and network. */
public class ConceptJobTest extends SparkSuite {
  @ClassRule public static final TemporaryFolder FOLDER = new TemporaryFolder();

  private static final PrintStream SILENT = new PrintStream(new ByteArrayOutputStream());

  private static Path root;
  private static Path run;

  @BeforeClass
  public static void name() throws IOException {
    root = FOLDER.getRoot().toPath();
  }

  /** What all tests share: a run, with two rows for each image. */
  private Path shared() throws IOException {
    if (run == null) {
      Path manifest = DemoDataset.write(root.resolve("data"), DemoSettings.audit(12, 3));
      SmallDemo.explain(
          session(),
          root,
          manifest,
          root.resolve("run"),
          "targets",
          "predicted,anchor",
          "method",
          "grad-cam,smooth-grad-cam++");
      run = root.resolve("run");
    }
    return run;
  }

  private ConceptJob.Report concept(String out, String... more) throws IOException {
    Map<String, String> flags = new LinkedHashMap<>();
    flags.put("from", shared().toString());
    flags.put("out", root.resolve(out).toString());
    for (int i = 0; i < more.length; i += 2) {
      flags.put(more[i], more[i + 1]);
    }
    return new ConceptJob(
            session(),
            ConceptSetup.resolve(new GivenSettings(ConceptOptions.ALL, flags, List.of())),
            SILENT)
        .run();
  }

  private String examples(List<String> names) throws IOException {
    return Files.write(root.resolve("badges.txt"), names).toString();
  }

  /** Images with the badge, and all others. */
  private Map<Boolean, List<String>> badges() throws IOException {
    return session()
        .read()
        .parquet(shared().resolve("explanations").toString())
        .select(ExplanationsTable.IMAGE_ID, ExplanationsTable.METADATA)
        .dropDuplicates(ExplanationsTable.IMAGE_ID)
        .collectAsList()
        .stream()
        .collect(
            Collectors.partitioningBy(
                row -> row.<String, String>getJavaMap(1).get("watermark").equals("true"),
                Collectors.mapping(
                    row -> row.getString(0),
                    Collectors.collectingAndThen(
                        Collectors.toList(), list -> List.copyOf(new TreeSet<>(list))))));
  }

  @Test
  public void theBadgeIsFoundFromSomeExamples() throws IOException {
    List<String> badges = badges().get(true);
    List<String> some = badges.subList(0, 6);
    ConceptJob.Report report = concept("badge", "examples", examples(some), "name", "badge");
    assertThat(report.images()).isEqualTo(120);
    assertThat(report.examples()).isEqualTo(6);
    assertThat(report.isTold()).isTrue();
    assertThat(report.random().mean()).isCloseTo(0.5, within(0.15));

    Dataset<Row> images =
        session().read().parquet(root.resolve("badge/" + ConceptImagesTable.NAME).toString());
    assertThat(images.count()).isEqualTo(120);
    // Those that were no examples.
    Map<Boolean, double[]> scores =
        images.where("concept_role is null or concept_role = 'other'").collectAsList().stream()
            .collect(
                Collectors.partitioningBy(
                    row -> badges.contains(row.<String>getAs(ConceptImagesTable.IMAGE_ID)),
                    Collectors.collectingAndThen(
                        Collectors.mapping(
                            row -> row.<Double>getAs(ConceptImagesTable.SCORE),
                            Collectors.toList()),
                        list -> list.stream().mapToDouble(one -> one).toArray())));
    assertThat(ConceptFit.auroc(scores.get(true), scores.get(false))).isGreaterThan(0.95);

    OfClass first = report.classes().get(0);
    assertThat(first.name()).isEqualTo("anchor");
    assertThat(first.alignment().p()).isLessThan(0.05);
    assertThat(first.tcav()).isGreaterThan(0.9);
    // Explained for every image, since it is one of the targets.
    assertThat(first.explained()).isEqualTo(120);
    assertThat(session().read().parquet(root.resolve("badge/concept_classes").toString()).count())
        .isEqualTo(report.classes().size());

    // Those that show it are a group of images in an atlas.
    Map<String, String> flags =
        Map.of(
            "from", shared().toString(),
            "concepts", root.resolve("badge").toString(),
            "out", root.resolve("atlas").toString());
    new AtlasJob(
            session(),
            AtlasSetup.resolve(new GivenSettings(AtlasOptions.ALL, flags, List.of())),
            SILENT)
        .run();
    long showing = images.where("shows_concept").count();
    assertThat(
            session()
                .read()
                .parquet(root.resolve("atlas/slices").toString())
                .where("trait = 'concept badge' and value = 'true' and measure = 'confidence'")
                .where("class is null or class = 'anchor'")
                .collectAsList())
        .isNotEmpty()
        .allSatisfy(row -> assertThat(row.<Long>getAs("images")).isBetween(1L, showing));

    Component component = Component.read(root.resolve("badge").resolve(ConceptJob.COMPONENT));
    assertThat(component.name()).isEqualTo("badge");
    assertThat(component.layer()).isEqualTo("features.14");
    assertThat(component.direction()).hasSize(112);
  }

  /** Scores, alignments and TCAV from the tables' own vectors, written out again. */
  @Test
  public void numbersAreThoseOfTheDirection() throws IOException {
    concept("again", "examples", examples(badges().get(true).subList(0, 8)), "rule", "1");
    Component component = Component.read(root.resolve("again").resolve(ConceptJob.COMPONENT));
    Map<String, Double> scores =
        session()
            .read()
            .parquet(root.resolve("again/concept_images").toString())
            .collectAsList()
            .stream()
            .collect(
                Collectors.toMap(
                    row -> row.getAs(ConceptImagesTable.IMAGE_ID),
                    row -> row.getAs(ConceptImagesTable.SCORE)));
    List<Row> rows =
        session()
            .read()
            .parquet(shared().resolve("explanations").toString())
            .where(ExplanationsTable.ofRule(1))
            .collectAsList();
    JsonNode scoring =
        new ObjectMapper().readTree(root.resolve("again/concept.json").toFile()).get("scoring");
    for (Row row : rows) {
      List<Float> activations = row.getList(row.fieldIndex("mean_activations"));
      double along = 0;
      for (int k = 0; k < activations.size(); k++) {
        along += scoring.get("unit").get(k).asDouble() * activations.get(k);
      }
      double expected = (along - scoring.get("at").asDouble()) / scoring.get("scale").asDouble();
      assertThat(scores.get(row.<String>getAs("image_id"))).isCloseTo(expected, within(1e-6));
    }
    for (Row one :
        session()
            .read()
            .parquet(root.resolve("again/" + ConceptClassesTable.NAME).toString())
            .collectAsList()) {
      List<Row> own =
          rows.stream()
              .filter(row -> row.getAs("target_index").equals(one.getAs("class_index")))
              .toList();
      double[] cosines =
          own.stream()
              .mapToDouble(
                  row -> {
                    List<Float> weights = row.getList(row.fieldIndex("weights"));
                    double square = weights.stream().mapToDouble(w -> (double) w * w).sum();
                    return dot(component, weights) / Math.sqrt(square);
                  })
              .toArray();
      assertThat(one.<Long>getAs(ConceptClassesTable.EXPLAINED)).isEqualTo(own.size());
      assertThat(one.<Double>getAs(ConceptClassesTable.ALIGNMENT))
          .isCloseTo(Arrays.stream(cosines).average().orElseThrow(), within(1e-5));
      assertThat(one.<Double>getAs(ConceptClassesTable.TCAV))
          .isCloseTo(
              Arrays.stream(cosines).filter(cosine -> cosine > 0).count() / (double) own.size(),
              within(1e-9));
    }
  }

  private static double dot(Component component, List<Float> vector) {
    double sum = 0;
    for (int k = 0; k < component.direction().length; k++) {
      sum += component.direction()[k] * vector.get(k);
    }
    return sum;
  }

  @Test
  public void examplesAreAFolderOfTheRunOrAreNamedByFile() throws IOException {
    List<String> ids = badges().get(false).stream().filter(id -> id.contains("fish")).toList();
    String folder = ids.get(0).substring(0, ids.get(0).lastIndexOf('/'));
    ConceptJob.Report fish = concept("fish", "examples", folder);
    assertThat(fish.name()).isEqualTo("fish");
    assertThat(fish.classes().get(0).name()).isEqualTo("fish");
    Set<String> roles =
        session()
            .read()
            .parquet(root.resolve("fish/concept_images").toString())
            .where("concept_role = 'example'")
            .collectAsList()
            .stream()
            .map(row -> row.<String>getAs("image_id"))
            .collect(Collectors.toSet());
    assertThat(roles).containsExactlyInAnyOrderElementsOf(ids);
  }

  @Test
  public void wrongExamplesAreToldAndLeaveNothing() throws IOException {
    List<String> badges = badges().get(true);
    assertThatThrownBy(() -> concept("none", "examples", examples(List.of("a.jpg", badges.get(0)))))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("1 of its 2 names are no image that the run explained: a.jpg");
    assertThatThrownBy(() -> concept("none", "examples", examples(badges.subList(0, 3))))
        .hasMessageContaining("names 3 images; give at least 5");
    assertThatThrownBy(() -> concept("none", "examples", "no/such/folder"))
        .hasMessageContaining("neither a file nor a folder of the run's images");
    String file = examples(badges.subList(0, 6));
    assertThatThrownBy(() -> concept("none", "examples", file, "against", file))
        .hasMessageContaining("`against` names 6 of the examples as well");
    Files.write(root.resolve("few.txt"), badges().get(false).subList(0, 2));
    String few = root.resolve("few.txt").toString();
    assertThatThrownBy(() -> concept("none", "examples", file, "against", few))
        .hasMessageContaining("`against` names 2 pictures other than the examples");
    assertThatThrownBy(() -> concept("none", "examples", file, "layer", "features.41"))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("features.41");
    assertThatThrownBy(() -> concept("none", "examples", file, "rule", "2"))
        .hasMessageContaining("the run has 2");
    assertThat(root.resolve("none")).doesNotExist();
  }
}

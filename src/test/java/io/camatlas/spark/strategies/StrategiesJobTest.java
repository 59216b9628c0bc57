package io.camatlas.spark.strategies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.camatlas.config.GivenSettings;
import io.camatlas.config.StrategiesOptions;
import io.camatlas.demo.DemoDataset;
import io.camatlas.demo.DemoSettings;
import io.camatlas.model.Component;
import io.camatlas.setup.StrategiesSetup;
import io.camatlas.spark.InputException;
import io.camatlas.spark.SparkSuite;
import io.camatlas.spark.notebook.SmallDemo;
import io.camatlas.spark.results.ErrorSlicesTable;
import io.camatlas.spark.results.StrategiesTable;
import io.camatlas.spark.results.StrategiesTable.Strategy;
import io.camatlas.spark.results.StrategyImagesTable;
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
    SmallDemo.explain(
        session(),
        root,
        manifest,
        root.resolve("run"),
        "method",
        "grad-cam++",
        "targets",
        "label,predicted");
    SmallDemo.atlas(session(), root.resolve("atlas"), root.resolve("run"));
    made = true;
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
    StrategiesJob.Report report = strategies(root.resolve("atlas").toString(), "found");
    assertThat(report.suspicious()).hasSize(1);
    Strategy badge = report.suspicious().get(0);
    assertThat(badge.name()).isEqualTo("anchor");
    assertThat(badge.rank()).isEqualTo(1);
    assertThat(badge.hits()).isBetween(0.0, 1.0);
    assertThat(badge.often()).anySatisfy(one -> assertThat(one.trait()).isEqualTo("watermark"));

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
    assertThat(rows.selectExpr("sum(n)").head().getLong(0)).isEqualTo(128);
    assertThat(report.images()).isEqualTo(128);

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
      assertThat(component.layer()).isEqualTo(badge.layer());
      assertThat(component.direction()).hasSize(badge.direction().length);
    }
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

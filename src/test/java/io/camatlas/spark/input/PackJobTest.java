package io.camatlas.spark.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.camatlas.config.ExplainOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.InputKind;
import io.camatlas.config.PackOptions;
import io.camatlas.config.SettingsException;
import io.camatlas.demo.DemoDataset;
import io.camatlas.demo.DemoModel;
import io.camatlas.demo.DemoSettings;
import io.camatlas.setup.ExplainSetup;
import io.camatlas.setup.PackSetup;
import io.camatlas.spark.InputException;
import io.camatlas.spark.SparkSuite;
import io.camatlas.spark.explain.ExplainJob;
import io.camatlas.spark.pack.PackJob;
import io.camatlas.spark.results.PackedImagesTable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.ClassRule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Packing, and what explaining a packed table gives. */
public class PackJobTest extends SparkSuite {
  @ClassRule public static final TemporaryFolder FOLDER = new TemporaryFolder();

  private PackJob.Report pack(ByteArrayOutputStream console, String... flags) throws IOException {
    Map<String, String> given = new HashMap<>();
    for (int i = 0; i < flags.length; i += 2) {
      given.put(flags[i], flags[i + 1]);
    }
    return new PackJob(
            session(),
            PackSetup.resolve(new GivenSettings(PackOptions.ALL, given, List.of())),
            new PrintStream(console, true, StandardCharsets.UTF_8))
        .run();
  }

  private Path explain(Path model, String images) throws IOException {
    Path out = FOLDER.newFolder().toPath().resolve("out");
    Map<String, String> given =
        Map.of(
            "model",
            model.toString(),
            "images",
            images,
            "out",
            out.toString(),
            "samples",
            "2",
            "partitions",
            "1",
            "max-bytes",
            "2000000");
    new ExplainJob(
            session(),
            ExplainSetup.resolve(
                new GivenSettings(ExplainOptions.ALL, given, List.of()),
                FOLDER.newFolder().toPath()),
            new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8))
        .run();
    return out;
  }

  private List<String> table(Path out, String name, String... columns) {
    Dataset<Row> table = session().read().parquet(out.resolve(name).toString());
    return table.orderBy("image_id").selectExpr(columns).toJSON().collectAsList();
  }

  @Test
  public void explainingThePackedTableEqualsExplainingTheFolder() throws IOException {
    Path root = FOLDER.newFolder().toPath();
    DemoDataset.write(root.resolve("data"), DemoSettings.audit(1, 3));
    Path images = root.resolve("data/images");
    Files.writeString(images.resolve("fish/text.jpg"), "no picture");
    Files.write(images.resolve("fish/large.jpg"), new byte[2_100_000]);
    ByteArrayOutputStream console = new ByteArrayOutputStream();
    String packed = root.resolve("packed").toString();
    PackJob.Report report =
        pack(console, "images", images.toString(), "out", packed, "max-bytes", "2000000");
    assertThat(report.images()).isEqualTo(12);
    assertThat(report.skipped()).isEqualTo(1);
    assertThat(console.toString(StandardCharsets.UTF_8))
        .contains("fish/large.jpg: ")
        .contains("2100000 bytes");
    Dataset<Row> table = session().read().parquet(packed);
    assertThat(table.schema().fieldNames()).containsExactly(PackedImagesTable.SCHEMA.fieldNames());
    assertThat(table.where("width > 0 and height > 0 and length(content) = bytes").count())
        .isEqualTo(10);
    assertThat(table.where("content is null and bytes = 2100000 and problem is not null").count())
        .isEqualTo(1);
    assertThat(table.where("width is null and content is not null and length(sha256) = 64").count())
        .isEqualTo(1);

    Path model = DemoModel.copyTo(root.resolve("model"));
    Path fromFolder = explain(model, images.toString());
    Path fromTable = explain(model, packed);
    String[] failures = {"image_id", "path", "label", "stage", "reason", "detail"};
    assertThat(table(fromTable, "failures", failures))
        .hasSize(2)
        .isEqualTo(table(fromFolder, "failures", failures));
    String[] columns = {
      "image_id", "path", "label", "sha256", "predicted", "target", "map", "weights", "boxes"
    };
    assertThat(table(fromTable, "explanations", columns))
        .hasSize(10)
        .isEqualTo(table(fromFolder, "explanations", columns));

    assertThatThrownBy(() -> pack(console, "images", images.toString(), "out", packed))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("is not empty");
    String again = root.resolve("again").toString();
    assertThat(pack(console, "images", packed, "out", again).skipped()).isZero();
    assertThat(pack(console, "images", packed, "out", again, "overwrite", "true").images())
        .isEqualTo(12);
  }

  @Test
  public void severalLabelsAreKeptOrAnError() throws IOException {
    Path root = FOLDER.newFolder().toPath();
    String query = "SELECT 'i%d' image_id, encode('x', 'UTF-8') content, %s label, %s labels";
    String lists = root.resolve("lists").toString();
    session()
        .sql(query.formatted(1, "cast(null as string)", "array('dog', 'cat')"))
        .union(session().sql(query.formatted(2, "'dog'", "array('dog')")))
        .union(session().sql(query.formatted(3, "'dog'", "null")))
        .union(session().sql(query.formatted(4, "null", "array()")))
        .union(session().sql(query.formatted(5, "'dog'", "array()")))
        .write()
        .parquet(lists);
    String packed = root.resolve("packed").toString();
    pack(new ByteArrayOutputStream(), "images", lists, "out", packed);
    assertThat(session().read().parquet(packed).orderBy("image_id").select("label").collectAsList())
        .extracting(row -> row.getString(0))
        .containsExactly("dog|cat", "dog", "dog", "No Finding", "dog");
    session().read().parquet(lists).drop("label").write().parquet(root.resolve("list").toString());
    String alone = root.resolve("alone").toString();
    pack(new ByteArrayOutputStream(), "images", root.resolve("list").toString(), "out", alone);
    assertThat(session().read().parquet(alone).orderBy("image_id").select("label").collectAsList())
        .extracting(row -> row.getString(0))
        .containsExactly("dog|cat", "dog", null, "No Finding", "No Finding");

    List<String> wrong =
        List.of("'dog'", "array('dog', 'cat')", "cast(null as string)", "array('cat|dog')");
    List<String> messages =
        List.of(
            " has the label 'dog' beside the list of labels [dog, cat], and a packed table keeps"
                + " one of them; leave out one of the columns 'label' and 'labels'.",
            " has the label 'cat|dog' in a list in the column 'labels'; '|' stands between labels,"
                + " so leave it out of their names.");
    for (int i = 0; i < messages.size(); i++) {
      String message = messages.get(i);
      String table = root.resolve("wrong-" + i).toString();
      session()
          .sql(query.formatted(1, wrong.get(2 * i), wrong.get(2 * i + 1)))
          .write()
          .parquet(table);
      assertThatThrownBy(
              () -> pack(new ByteArrayOutputStream(), "images", table, "out", table + "-packed"))
          .isInstanceOf(InputException.class)
          .hasMessage(table + message);
    }
  }

  @Test
  public void filesAndRowGroupsHaveTheSizeThatWasAskedFor() throws IOException {
    Path root = FOLDER.newFolder().toPath();
    Random random = new Random(1);
    for (int i = 0; i < 90; i++) {
      byte[] bytes = new byte[100_000];
      random.nextBytes(bytes);
      Files.write(root.resolve("%02d.bin".formatted(i)), bytes);
    }
    byte[] large = new byte[5_000_000];
    random.nextBytes(large);
    Files.write(root.resolve("50-large.bin"), large);
    String out = FOLDER.newFolder() + "/table";
    pack(
        new ByteArrayOutputStream(),
        "images",
        root.toString(),
        "out",
        out,
        "row-group-mb",
        "1",
        "file-mb",
        "4");
    try (Stream<Path> files = Files.list(Path.of(out))) {
      List<Path> parts =
          files.filter(file -> String.valueOf(file.getFileName()).endsWith(".parquet")).toList();
      assertThat(parts).hasSize(3);
      for (Path part : parts) {
        try (ParquetFileReader reader =
            ParquetFileReader.open(
                HadoopInputFile.fromPath(
                    new org.apache.hadoop.fs.Path(part.toUri()), new Configuration()))) {
          for (BlockMetaData group : reader.getRowGroups()) {
            assertThat(group.getCompressedSize()).isLessThan(6_100_000);
            assertThat(group.getRowCount()).isLessThan(20);
          }
        }
      }
    }
    SourceImages images =
        new ImageSource(session())
            .read(out, InputKind.AUTO, java.util.Optional.empty(), FOLDER.newFolder() + "/l");
    assertThat(images.kind()).isEqualTo(InputKind.PARQUET);
    assertThat(images.count()).isEqualTo(91);
    assertThat(images.listing().where("bytes is null or sha256 is null").count()).isZero();
  }

  @Test
  public void sizesThatMakeNoSenseAreNamed() {
    assertThatThrownBy(
            () ->
                pack(
                    new ByteArrayOutputStream(),
                    "images",
                    "x",
                    "out",
                    "y",
                    "row-group-mb",
                    "64",
                    "file-mb",
                    "32"))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("file-mb is 32; it must be at least row-group-mb, 64.");
  }
}

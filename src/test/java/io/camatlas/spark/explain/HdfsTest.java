package io.camatlas.spark.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.camatlas.config.ExplainOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.InputKind;
import io.camatlas.config.PackOptions;
import io.camatlas.demo.DemoDataset;
import io.camatlas.demo.DemoModel;
import io.camatlas.demo.DemoSettings;
import io.camatlas.setup.ExplainSetup;
import io.camatlas.setup.PackSetup;
import io.camatlas.spark.InputException;
import io.camatlas.spark.SparkSuite;
import io.camatlas.spark.input.ImageSource;
import io.camatlas.spark.input.SourceImages;
import io.camatlas.spark.pack.PackJob;
import io.camatlas.spark.results.FinishedRun;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Images on HDFS in, results on HDFS out; a real Namenode and Datanode. */
@EnabledIf("io.camatlas.TestScale#isFull")
class HdfsTest {
  @TempDir static java.nio.file.Path folder;

  private static MiniDFSCluster cluster;
  private static SparkSession spark;
  private static FileSystem hdfs;
  private static String root;

  @BeforeAll
  static void start() throws IOException {
    Configuration conf = new Configuration();
    conf.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.resolve("hdfs").toString());
    cluster = new MiniDFSCluster.Builder(conf).numDataNodes(1).build();
    hdfs = cluster.getFileSystem();
    root = hdfs.getUri().toString();
    spark = SparkSuite.session();
    DemoDataset.write(folder.resolve("data"), DemoSettings.audit(1, 3));
    DemoModel.copyTo(folder.resolve("model"));
    hdfs.copyFromLocalFile(new Path(folder.resolve("model").toString()), new Path("/model"));
    hdfs.copyFromLocalFile(new Path(folder.resolve("data").toString()), new Path("/data"));
  }

  @AfterAll
  static void stop() {
    cluster.shutdown();
  }

  private static SourceImages list(String given) throws IOException {
    String listing = Files.createTempDirectory(folder, "listing") + "/x";
    return new ImageSource(spark).read(given, InputKind.AUTO, Optional.empty(), listing);
  }

  private static List<String> explain(String images, String out) throws IOException {
    Map<String, String> given = new HashMap<>();
    given.put("model", root + "/model/model.pt");
    given.put("images", images);
    given.put("out", out);
    given.put("samples", "1");
    given.put("overlays", "1");
    java.nio.file.Path work = Files.createTempDirectory(folder, "probed");
    new ExplainJob(
            spark,
            ExplainSetup.resolve(new GivenSettings(ExplainOptions.ALL, given, List.of()), work),
            new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8))
        .run();
    return spark
        .read()
        .parquet(out + "/explanations")
        .orderBy("image_id")
        .select("sha256")
        .collectAsList()
        .stream()
        .map(row -> row.getString(0))
        .toList();
  }

  @Test
  void aFolderIsExplainedAndItsResultsAreReadBack() throws IOException {
    SourceImages images = list(root + "/data/images");
    assertThat(images.count()).isEqualTo(10);
    assertThat(images.labels()).hasSize(10);
    for (Row row : images.listing().collectAsList()) {
      Path path = new Path(row.<String>getAs("path"));
      assertThat(path.toUri().getScheme()).isEqualTo("hdfs");
      assertThat(row.<Long>getAs("bytes")).isEqualTo(hdfs.getFileStatus(path).getLen());
      assertThat(row.<Long>getAs("modified"))
          .isEqualTo(hdfs.getFileStatus(path).getModificationTime());
    }
    List<String> fromFolder = explain(root + "/data/images", root + "/results");
    assertThat(fromFolder).hasSize(10);
    assertThat(hdfs.exists(new Path("/results/run.json"))).isTrue();
    assertThat(hdfs.listStatus(new Path("/results/overlays"))).hasSize(10);
    assertThat(FinishedRun.read(root + "/results").classes()).hasSize(10);
    assertThatThrownBy(() -> explain(root + "/data/images", root + "/data"))
        .isInstanceOf(InputException.class);
    // A glob, a manifest and a packed table name the same images.
    assertThat(list(root + "/data/images/*/*").count()).isEqualTo(10);
    assertThat(list(root + "/data/manifest.csv").listing().where("bytes > 0").count())
        .isEqualTo(10);
    new PackJob(
            spark,
            PackSetup.resolve(
                new GivenSettings(
                    PackOptions.ALL,
                    Map.of("images", root + "/data/images", "out", root + "/packed"),
                    List.of())),
            new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8))
        .run();
    assertThat(explain(root + "/packed", root + "/from-packed"))
        .containsExactlyElementsOf(fromFolder);
  }

  @Test
  void shardsAreReadInPlace() throws IOException {
    try (OutputStream out = hdfs.create(new Path("/shards/s-0.tar"));
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
      // Gaps of both kinds: read over, and gone past.
      for (int bytes : List.of(10, 3_000_000, 20)) {
        TarArchiveEntry entry = new TarArchiveEntry(bytes + ".jpg");
        entry.setSize(bytes);
        tar.putArchiveEntry(entry);
        tar.write(new byte[bytes]);
        tar.closeArchiveEntry();
      }
    }
    List<Row> rows = list(root + "/shards").listing().orderBy("bytes").collectAsList();
    assertThat(rows.stream().map(row -> row.getString(0)))
        .containsExactly("s-0/10.jpg", "s-0/20.jpg", "s-0/3000000.jpg");
    assertThat(rows.get(0).<String>getAs("path")).isEqualTo(root + "/shards/s-0.tar#512+10");
  }
}

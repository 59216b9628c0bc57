package io.camatlas.spark.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.camatlas.demo.DemoDataset;
import io.camatlas.demo.DemoSettings;
import io.camatlas.image.Sha256;
import io.camatlas.spark.InputException;
import io.camatlas.spark.SparkSuite;
import io.camatlas.spark.notebook.SmallDemo;
import io.camatlas.spark.storage.HadoopFiles;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Results that earlier states of CamAtlas wrote are refused with words, and left as they are.
 *
 * <p>The folders hold explanations of four scenes of the demo, made by the last commit of each
 * version of the table.
 */
class OlderTablesTest {
  private static final Path RESULTS =
      Path.of(System.getProperty("camatlas.project"), "src/test/resources/older-tables");

  @TempDir Path folder;

  private Path copy(int version) throws IOException {
    Path from = RESULTS.resolve("explanations-" + version);
    Path to = folder.resolve("results");
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = to.resolve(from.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
    return to;
  }

  private static Map<String, String> content(Path folder) throws IOException {
    Map<String, String> hashes = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        hashes.put(folder.relativize(file).toString(), Sha256.of(Files.readAllBytes(file)));
      }
    }
    return hashes;
  }

  /** Hadoop keeps a file system with the configuration of whoever opened it first. */
  @Test
  void whoOpenedTheFileSystemFirstDoesNotMatter() throws IOException {
    Path results = copy(4);
    URI files = URI.create("file:///");
    FileSystem.closeAll();
    Configuration elsewhere = new Configuration(HadoopFiles.configuration());
    elsewhere.set("fs.defaultFS", "hdfs://localhost:1");
    try {
      assertThat(FileSystem.get(files, elsewhere).getConf().get("fs.defaultFS")).contains("hdfs");
      assertThatThrownBy(() -> FinishedRun.read(results.toString()))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("the table explanations in version 4");
    } finally {
      FileSystem.closeAll();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void neitherAnAtlasNorAnotherRunTouchesThem(int version) throws IOException {
    SparkSession spark = SparkSuite.session();
    Path results = copy(version);
    Map<String, String> before = content(results);
    String named = "the table explanations in version " + version;

    assertThatThrownBy(() -> FinishedRun.read(results.toString()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(named)
        .hasMessageContaining("reads and writes version " + ExplanationsTable.VERSION);
    assertThatThrownBy(() -> SmallDemo.atlas(spark, folder.resolve("atlas"), results))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(named);
    Path images = folder.resolve("data");
    DemoDataset.write(images, DemoSettings.audit(1, 3));
    assertThatThrownBy(
            () ->
                SmallDemo.explain(
                    spark, folder.resolve("work"), images.resolve("manifest.csv"), results))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(named);

    assertThat(content(results)).isEqualTo(before);
    assertThat(folder.resolve("atlas")).doesNotExist();
  }
}

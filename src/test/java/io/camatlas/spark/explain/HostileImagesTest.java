package io.camatlas.spark.explain;

import static org.assertj.core.api.Assertions.assertThat;

import io.camatlas.TestScale;
import io.camatlas.config.ExplainOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.image.MutatedFiles;
import io.camatlas.model.TestArchives;
import io.camatlas.setup.ExplainSetup;
import io.camatlas.spark.SparkSuite;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.ClassRule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/**
 * Damaged image files go through the job, ten thousand of them with {@code -Pnightly}; a test that
 * hangs or crashes fails.
 */
public class HostileImagesTest extends SparkSuite {
  private static final int FILES = TestScale.of(300, 10_000);
  private static final int WARM = TestScale.of(100, 2_000);
  private static final int TEN_MINUTES = 600_000;
  private static final long MOST_GROWTH_MB = 200;

  @ClassRule public static final TemporaryFolder FOLDER = new TemporaryFolder();

  private ExplainJob.Report explain(Path images, String out) throws IOException {
    Path root = FOLDER.getRoot().toPath();
    Map<String, String> given = new HashMap<>();
    given.put("model", TestArchives.file("relu-three-times-traced.pt").toString());
    given.put("layer", "relu");
    given.put("images", images.toString());
    given.put("out", root.resolve(out).toString());
    given.put("samples", "0");
    given.put("resize", "40");
    given.put("crop", "32");
    given.put("max-pixels", "1000000");
    given.put("max-bytes", "1048576");
    ExplainJobSettings settings =
        ExplainSetup.resolve(
            new GivenSettings(ExplainOptions.ALL, given, List.of()), FOLDER.newFolder().toPath());
    SparkSession spark = session();
    return new ExplainJob(
            spark,
            settings,
            new PrintStream(PrintStream.nullOutputStream(), true, StandardCharsets.UTF_8))
        .run();
  }

  private static Path mutatedFiles(String folder, int from, int to) throws IOException {
    Path root = Files.createDirectories(FOLDER.getRoot().toPath().resolve(folder));
    List<String> names = MutatedFiles.names();
    for (int i = from; i < to; i++) {
      String name = names.get(i % names.size());
      Files.write(root.resolve(i + "-" + name), MutatedFiles.mutated(name, i));
    }
    return root;
  }

  /**
   * Memory that this process holds outside of Java's heap, once the heap has been shrunk.
   *
   * @param looks how often to look, as the collector hands memory back some time later
   * @param enough ends the looking
   */
  private static long nativeMegabytes(int looks, long enough)
      throws IOException, InterruptedException {
    System.gc();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < looks && least > enough; i++) {
      Thread.sleep(500);
      least = Math.min(least, residentMegabytes() - (Runtime.getRuntime().totalMemory() >> 20));
    }
    return least;
  }

  private static long residentMegabytes() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
      return lines
          .filter(line -> line.startsWith("VmRSS"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) >> 10)
          .findFirst()
          .orElse(0);
    }
  }

  @Test(timeout = TEN_MINUTES)
  public void everyMutatedFileEndsInOneOfTheTables() throws Exception {
    explain(mutatedFiles("warm", 0, WARM), "warm-out");
    boolean linux = Files.exists(Path.of("/proc/self/status"));
    long before = linux ? nativeMegabytes(6, 0) : 0;
    Path images = mutatedFiles("all", 0, FILES);
    ExplainJob.Report report = explain(images, "out");
    assertThat(report.images()).isEqualTo(FILES);
    SparkSession spark = session();
    Dataset<Row> explained =
        spark.read().parquet(report.out() + "/explanations").select("image_id");
    Dataset<Row> failed = spark.read().parquet(report.out() + "/failures").select("image_id");
    assertThat(explained.count() + failed.count()).isEqualTo(FILES);
    assertThat(explained.union(failed).distinct().count()).isEqualTo(FILES);
    assertThat(explained.count()).isBetween(FILES / 10L, FILES * 9L / 10);
    if (linux) {
      assertThat(nativeMegabytes(20, before + MOST_GROWTH_MB - 1) - before)
          .as("growth in MB")
          .isLessThan(MOST_GROWTH_MB);
    }
  }
}

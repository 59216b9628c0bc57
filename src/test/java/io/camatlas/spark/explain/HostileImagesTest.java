package io.camatlas.spark.explain;

import static org.assertj.core.api.Assertions.assertThat;

import com.holdenkarau.spark.testing.JavaDatasetSuiteBase;
import io.camatlas.config.ExplainOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.image.MutatedFiles;
import io.camatlas.model.TestArchives;
import io.camatlas.setup.ExplainSetup;
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

/** Ten thousand damaged image files go through the job; a test that hangs or crashes fails. */
public class HostileImagesTest extends JavaDatasetSuiteBase {
  private static final int FILES = 10_000;
  private static final int WARM = 2_000;
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
    SparkSession spark = sqlContext().sparkSession();
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

  /** Memory that this process holds outside of Java's heap, once the heap has been shrunk. */
  private static long nativeMegabytes() throws IOException, InterruptedException {
    System.gc();
    long least = Long.MAX_VALUE;
    // The collector hands memory back some time after it has shrunk the heap.
    for (int i = 0; i < 20; i++) {
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
    long before = linux ? nativeMegabytes() : 0;
    Path images = mutatedFiles("all", 0, FILES);
    ExplainJob.Report report = explain(images, "out");
    assertThat(report.images()).isEqualTo(FILES);
    SparkSession spark = sqlContext().sparkSession();
    Dataset<Row> explained =
        spark.read().parquet(report.out() + "/explanations").select("image_id");
    Dataset<Row> failed = spark.read().parquet(report.out() + "/failures").select("image_id");
    assertThat(explained.count() + failed.count()).isEqualTo(FILES);
    assertThat(explained.union(failed).distinct().count()).isEqualTo(FILES);
    assertThat(explained.count()).isBetween(FILES / 10L, FILES * 9L / 10);
    if (linux) {
      assertThat(nativeMegabytes() - before).as("growth in MB").isLessThan(MOST_GROWTH_MB);
    }
  }
}

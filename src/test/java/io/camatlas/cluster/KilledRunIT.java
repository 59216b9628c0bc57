package io.camatlas.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.camatlas.TestScale;
import io.camatlas.demo.DemoDataset;
import io.camatlas.demo.DemoModel;
import io.camatlas.demo.DemoSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Runs that are killed at any point and started again end as if nothing had happened. */
class KilledRunIT {
  private static final int PER_CLASS = TestScale.of(5, 10);
  private static final int IMAGES = 10 * PER_CLASS + 1;

  @TempDir static Path root;

  private static Path data;
  private static Path model;
  private static SparkSession spark;
  private static List<Row> uninterrupted;

  @BeforeAll
  static void runOnceUndisturbed() throws Exception {
    DemoDataset.write(root.resolve("data"), DemoSettings.audit(PER_CLASS, 3));
    data = root.resolve("data/images");
    Files.writeString(data.resolve("fish/broken.jpg"), "no image");
    model = DemoModel.copyTo(root.resolve("model"));
    spark =
        SparkSession.builder()
            .master("local[1]")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "2")
            .getOrCreate();
    Path out = root.resolve("undisturbed");
    try (Submission run = local(out)) {
      assertThat(run.exitCode()).as(run.output()).isZero();
    }
    uninterrupted = rows(out);
  }

  @AfterAll
  static void stopSpark() {
    spark.stop();
  }

  private static List<String> explain(Path out) {
    return List.of(
        "explain",
        "--model",
        model.toString(),
        "--images",
        data.toString(),
        "--out",
        out.toString(),
        "--samples",
        "2",
        "--batch",
        "4");
  }

  private static Submission local(Path out, String... more) throws IOException {
    return Submission.start(
        root,
        Stream.of(
                Stream.of("--master", "local[2]", "--conf", "spark.ui.enabled=false"),
                explain(out).stream(),
                Stream.of(more))
            .flatMap(arguments -> arguments)
            .toList());
  }

  /** Whether an image was in work at two kills, and is blamed for them. */
  private static boolean hasBlamed(Path out) {
    return !spark
        .read()
        .parquet(out.resolve("failures").toString())
        .where("reason = 'quarantined'")
        .isEmpty();
  }

  /** Everything that a run says of its images, in one order. */
  private static List<Row> rows(Path out) {
    Dataset<Row> explanations = spark.read().parquet(out.resolve("explanations").toString());
    Dataset<Row> failures = spark.read().parquet(out.resolve("failures").toString());
    assertThat(failures.select("image_id").collectAsList())
        .extracting(row -> row.getString(0))
        .containsExactly("fish/broken.jpg");
    assertThat(explanations.select("image_id").distinct().count()).isEqualTo(IMAGES - 1);
    return explanations.drop("parameters").orderBy("image_id").collectAsList();
  }

  private static long parts(Path out) {
    if (!Files.exists(out.resolve("explanations"))) {
      return 0;
    }
    try (Stream<Path> files = Files.walk(out.resolve("explanations"))) {
      return files.filter(file -> file.toString().endsWith(".parquet")).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void assertAsIfUndisturbed(Path out) {
    assertThat(rows(out)).isEqualTo(uninterrupted);
    assertThat(out.resolve("_camatlas")).doesNotExist();
  }

  private static JsonNode runJson(Path out) throws IOException {
    return new ObjectMapper().readTree(out.resolve("run.json").toFile());
  }

  @Test
  void killedDriverDoesOnlyWhatIsMissing() throws Exception {
    Path out = root.resolve("driver-killed");
    for (int kill = 1; kill <= TestScale.of(1, 2); kill++) {
      long before = parts(out);
      try (Submission run = local(out)) {
        run.until("a part", () -> parts(out) > before);
        run.kill();
      }
      assertThat(out.resolve("run.json")).doesNotExist();
    }
    try (Submission run = local(out)) {
      assertThat(run.exitCode()).as(run.output()).isZero();
      assertThat(run.output()).contains("of them are done already");
    }
    long done = runJson(out).at("/this_start/images").asLong();
    assertThat(done).isPositive().isLessThan(IMAGES);
    assertThat(runJson(out).at("/this_start/images_done_before").asLong()).isEqualTo(IMAGES - done);
    // The second kill may have come while an image of the first was tried again.
    if (hasBlamed(out)) {
      try (Submission run = local(out, "--retry-failures")) {
        assertThat(run.exitCode()).as(run.output()).isZero();
      }
    }
    assertAsIfUndisturbed(out);
  }

  @Test
  void executorsKilledMidRunAndWhileTasksAreRetried() throws Exception {
    Path folder = Files.createDirectory(root.resolve("cluster"));
    Path out = root.resolve("executors-killed");
    try (LoopbackCluster cluster = LoopbackCluster.start(folder, 2, 1);
        Submission run = cluster.submit(List.of(), explain(out))) {
      run.until("a part", () -> parts(out) > 0);
      List<ProcessHandle> first = cluster.executors();
      assertThat(first).hasSize(2);
      first.get(0).destroyForcibly();
      long before = parts(out);
      run.until("another part", () -> parts(out) > before);
      // The tasks of the first executor run again on those that are left.
      cluster.executors().forEach(ProcessHandle::destroyForcibly);
      assertThat(run.exitCode()).as(run.output()).isZero();
    }
    assertThat(runJson(out).at("/counts/explanations").asLong()).isEqualTo(IMAGES - 1);
    assertAsIfUndisturbed(out);
  }

  @Test
  @EnabledIf("io.camatlas.TestScale#isFull")
  void driverKilledOnAClusterGoesOnLocally() throws Exception {
    Path folder = Files.createDirectory(root.resolve("cluster-driver"));
    Path out = root.resolve("cluster-driver-killed");
    try (LoopbackCluster cluster = LoopbackCluster.start(folder, 2, 1)) {
      try (Submission run = cluster.submit(List.of(), explain(out))) {
        run.until("a part", () -> parts(out) > 0);
        run.kill();
      }
    }
    try (Submission run = local(out)) {
      assertThat(run.exitCode()).as(run.output()).isZero();
    }
    assertAsIfUndisturbed(out);
  }

  @Test
  @EnabledIf("io.camatlas.TestScale#isFull")
  void fullDiskStopsTheRunAndKeepsWhatIsDone() throws Exception {
    Path disk = Files.createDirectory(root.resolve("disk"));
    Path copy = root.resolve("copy");
    assumeTrue(mayMount(), "no tmpfs can be mounted here, so no disk can be filled");
    String script =
        """
        set -u
        mount -t tmpfs -o size=1600k none "$1" || exit 90
        "${@:3}"
        echo "FIRST $?"
        find "$1" -name 'part-*.parquet' | wc -l | sed 's/^/PARTS /'
        mount -o remount,size=100m "$1" || exit 91
        "${@:3}"
        echo "SECOND $?"
        cp -r "$1/out" "$2"
        """;
    List<String> command =
        Stream.concat(
                Stream.of("unshare", "-rm", "bash", "-c", script, "fill"),
                Stream.of(
                        List.of(
                            disk.toString(),
                            copy.toString(),
                            Submission.project().resolve("jobs/camatlas").toString()),
                        Submission.QUICKLY,
                        List.of("--master", "local[2]"),
                        explain(disk.resolve("out")))
                    .flatMap(List::stream))
            .toList();
    try (Submission both = Submission.startCommand(root, command)) {
      assertThat(both.exitCode()).as(both.output()).isZero();
      assertThat(both.output())
          .contains(
              "FIRST 1", "No space left on device", "run the same command to resume", "SECOND 0")
          .doesNotContain("PARTS 0");
    }
    assertThat(runJson(copy).at("/this_start/images_done_before").asLong()).isPositive();
    assertAsIfUndisturbed(copy);
  }

  private static boolean mayMount() throws IOException, InterruptedException {
    try {
      return new ProcessBuilder("unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt")
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }
}

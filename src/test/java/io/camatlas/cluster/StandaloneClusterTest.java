package io.camatlas.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.camatlas.config.ExplainOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.demo.DemoDataset;
import io.camatlas.demo.DemoModel;
import io.camatlas.demo.DemoSettings;
import io.camatlas.spark.explain.ExplainJob;
import io.camatlas.spark.explain.ExplainJobSettings;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command on a cluster whose driver and executors are JVMs of their own. */
@Tag("cluster")
class StandaloneClusterTest {
  private static final Duration LIMIT = Duration.ofMinutes(3);

  @TempDir private Path folder;

  @Test
  void clusterWritesTheTablesThatOneProcessWrites() throws Exception {
    DemoDataset.write(folder.resolve("data"), DemoSettings.audit(1, 3));
    DemoModel.copyTo(folder.resolve("model"));
    try (LoopbackCluster cluster =
        LoopbackCluster.start(folder.resolve("cluster"), 2, LoopbackCluster.Worker.withCores(1))) {
      Submission job =
          cluster.submit(List.of("--executor-memory", "1g", "--driver-memory", "1g"), explain());
      assertThat(job.awaitExecutors(2, LIMIT)).hasSize(2);
      assertThat(job.exitCode(LIMIT)).as(job.err()).isZero();
      assertThat(job.out()).contains("10 images in").contains("10 explanations, 0 failures");
      assertThat(job.err()).as("what a user sees beside the results").isBlank();
    }
    try (SparkSession spark =
        SparkSession.builder().master("local[2]").config("spark.ui.enabled", false).getOrCreate()) {
      new ExplainJob(spark, settings(), new PrintStream(OutputStream.nullOutputStream())).run();
      List<Row> onCluster = explanations(spark, "on-cluster");
      assertThat(onCluster).hasSize(10);
      assertThat(onCluster).isEqualTo(explanations(spark, "here"));
    }
  }

  private Map<String, String> given(String out) {
    return Map.of(
        "model",
        folder.resolve("model").resolve(DemoModel.ARCHIVE).toString(),
        "images",
        folder.resolve("data/manifest.csv").toString(),
        "out",
        folder.resolve(out).toString(),
        "samples",
        "2",
        // Equal partitions have equal batches, and equal batches have equal bits.
        "partitions",
        "4");
  }

  private List<String> explain() {
    List<String> arguments = new ArrayList<>(List.of("explain"));
    given("on-cluster").forEach((name, value) -> arguments.addAll(List.of("--" + name, value)));
    return arguments;
  }

  private ExplainJobSettings settings() {
    return ExplainOptions.resolve(
        new GivenSettings(ExplainOptions.ALL, given("here"), List.of()), folder);
  }

  private List<Row> explanations(SparkSession spark, String out) {
    return spark
        .read()
        .parquet(folder.resolve(out).resolve("explanations").toString())
        .orderBy("image_id")
        .collectAsList();
  }
}

package io.camatlas.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.camatlas.demo.DemoDataset;
import io.camatlas.demo.DemoModel;
import io.camatlas.demo.DemoSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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
      Submission onCluster =
          cluster.submit(
              List.of("--executor-memory", "1g", "--driver-memory", "1g"), arguments("on-cluster"));
      assertThat(onCluster.awaitExecutors(2, LIMIT)).hasSize(2);
      assertThat(onCluster.exitCode(LIMIT)).as(onCluster.err()).isZero();
      assertThat(onCluster.out()).contains("10 images in").contains("10 explanations, 0 failures");
      assertThat(onCluster.err()).as("what a user sees beside the results").isBlank();
      Submission here =
          cluster.submit(
              List.of("--master", "local[2]", "--driver-memory", "1g"), arguments("here"));
      assertThat(here.exitCode(LIMIT)).as(here.err()).isZero();
    }
    try (SparkSession spark = SparkSession.builder().master("local[2]").getOrCreate()) {
      List<Row> onCluster = explanations(spark, "on-cluster");
      List<Row> here = explanations(spark, "here");
      assertThat(onCluster).hasSize(10);
      assertThat(onCluster).isEqualTo(here);
    }
  }

  private List<String> arguments(String out) {
    return List.of(
        "explain",
        "--model",
        folder.resolve("model/model.pt").toString(),
        "--images",
        folder.resolve("data/manifest.csv").toString(),
        "--out",
        folder.resolve(out).toString(),
        "--samples",
        "2",
        "--partitions",
        "4");
  }

  private List<Row> explanations(SparkSession spark, String out) {
    return spark
        .read()
        .parquet(folder.resolve(out).resolve("explanations").toString())
        .orderBy("image_id")
        .collectAsList();
  }
}

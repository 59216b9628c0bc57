package io.camatlas.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.camatlas.demo.DemoDataset;
import io.camatlas.demo.DemoModel;
import io.camatlas.demo.DemoSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/**
 * GPUs as Spark's resource scheduling hands them out, with a script that only claims to have some.
 */
class DevicesIT {
  @TempDir static Path root;

  private static Path data;
  private static Path model;
  private static String[] twoGpus;

  @BeforeAll
  static void claimTwoGpus() throws IOException {
    DemoDataset.write(root.resolve("data"), DemoSettings.audit(16, 3));
    data = root.resolve("data/images");
    model = DemoModel.copyTo(root.resolve("model"));
    Path script = root.resolve("claim.sh");
    Files.writeString(
        script, "#!/bin/sh\necho '{\"name\": \"gpu\", \"addresses\": [\"0\", \"1\"]}'\n");
    assertThat(script.toFile().setExecutable(true)).isTrue();
    twoGpus =
        new String[] {
          "-Dspark.worker.resource.gpu.amount=2",
          "-Dspark.worker.resource.gpu.discoveryScript=" + script
        };
  }

  private static List<String> explain(Path out, String... flags) {
    return java.util.stream.Stream.concat(
            java.util.stream.Stream.of(
                "explain",
                "--model",
                model.toString(),
                "--images",
                data.toString(),
                "--out",
                out.toString(),
                "--batch",
                "4",
                "--samples",
                "0"),
            java.util.stream.Stream.of(flags))
        .toList();
  }

  private static long networks(Path out) throws IOException {
    return new ObjectMapper()
        .readTree(out.resolve("run.json").toFile())
        .at("/this_start/networks_loaded")
        .asLong();
  }

  @Test
  @EnabledIf("io.camatlas.TestScale#isFull")
  void twoExecutorsWithTwoAddressesEachLoadFourNetworks() throws Exception {
    Path folder = Files.createDirectory(root.resolve("task-amount"));
    Path out = root.resolve("four");
    List<String> gpus =
        List.of(
            "--conf",
            "spark.executor.cores=4",
            "--conf",
            "spark.executor.resource.gpu.amount=2",
            "--conf",
            "spark.task.resource.gpu.amount=0.5");
    try (LoopbackCluster cluster = LoopbackCluster.start(folder, 2, 4, twoGpus);
        Submission run =
            cluster.submit(gpus, explain(out, "--device", "cpu", "--partitions", "40"))) {
      assertThat(run.exitCode()).as(run.output()).isZero();
    }
    assertThat(networks(out)).isEqualTo(4);
  }

  @Test
  @EnabledIf("io.camatlas.TestScale#isFull")
  void explainAsksForGpusByStageWhereTasksAreGivenNone() throws Exception {
    Path folder = Files.createDirectory(root.resolve("by-stage"));
    Path out = root.resolve("staged");
    List<String> gpus =
        List.of(
            "--conf", "spark.executor.cores=4", "--conf", "spark.executor.resource.gpu.amount=2");
    int workers = 2;
    try (LoopbackCluster cluster = LoopbackCluster.start(folder, workers, 4, twoGpus)) {
      try (Submission run = cluster.submit(gpus, explain(out, "--device", "auto"))) {
        assertThat(run.exitCode()).as(run.output()).isEqualTo(2);
        assertThat(run.output())
            .contains("--device is auto, and Spark gave this task GPU ", "sees no GPU here");
      }
      assertThat(out).doesNotExist();
      try (Submission run =
          cluster.submit(gpus, explain(out, "--device", "cpu", "--partitions", "12"))) {
        assertThat(run.exitCode()).as(run.output()).isZero();
      }
    }
    assertThat(networks(out)).isEqualTo(2L * workers);
  }

  @Test
  @EnabledIf("io.camatlas.TestScale#isFull")
  void askingForCudaWhereThereIsNoneNamesTheExecutors() throws Exception {
    Path folder = Files.createDirectory(root.resolve("no-cuda"));
    Path out = root.resolve("none");
    try (LoopbackCluster cluster = LoopbackCluster.start(folder, 2, 1);
        Submission run = cluster.submit(List.of(), explain(out, "--device", "cuda"))) {
      assertThat(run.exitCode()).isEqualTo(2);
      assertThat(run.output()).contains("executor 0 on ", "executor 1 on ", "--device to cpu");
      try (Submission doctor = cluster.submit(List.of(), List.of("doctor"))) {
        assertThat(doctor.exitCode()).as(doctor.output()).isZero();
        assertThat(doctor.output())
            .contains("driver on ", "executor 0 on ", "executor 1 on ", "A run would work here.")
            .containsPattern("CPU +runs the demo's network in [\\d.]+ ms");
      }
    }
    assertThat(out).doesNotExist();
  }

  @Test
  @EnabledIf("io.camatlas.TestScale#isFull")
  void theDoctorSaysOnWhichExecutorsCudaIsMissing() throws Exception {
    Path folder = Files.createDirectory(root.resolve("doctor"));
    try (LoopbackCluster cluster = LoopbackCluster.start(folder, 2, 1);
        Submission doctor = cluster.submit(List.of(), List.of("doctor", "--device", "cuda"))) {
      assertThat(doctor.exitCode()).as(doctor.output()).isEqualTo(1);
      assertThat(doctor.output())
          .contains("a run would not work here", "executor 1 on ", "--device is cuda");
    }
  }
}

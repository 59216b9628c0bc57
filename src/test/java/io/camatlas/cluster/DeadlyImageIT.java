package io.camatlas.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.camatlas.demo.DemoDataset;
import io.camatlas.demo.DemoModel;
import io.camatlas.demo.DemoSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** An image that takes its process with it ends as a failure, and all others are explained. */
class DeadlyImageIT {
  private static final int PER_CLASS = 2;
  private static final String CLASSES =
      Submission.project().resolve("target/test-classes").toString();

  @TempDir static Path root;

  private static Path data;
  private static Path model;

  @BeforeAll
  static void draw() throws IOException {
    DemoDataset.write(root.resolve("data"), DemoSettings.audit(PER_CLASS, 3));
    data = root.resolve("data/images");
    Files.writeString(data.resolve("fish").resolve(DeadlyFileSystem.NAME), "opened once");
    model = DemoModel.copyTo(root.resolve("model"));
  }

  private static List<String> deadly(String... more) {
    return Stream.concat(
            Stream.of("--conf", "spark.hadoop.fs.deadly.impl=" + DeadlyFileSystem.class.getName()),
            Stream.of(more))
        .toList();
  }

  private static List<String> explain(Path out) {
    return List.of(
        "explain",
        "--model",
        model.toString(),
        "--images",
        "deadly://" + data,
        "--out",
        out.toString(),
        "--samples",
        "0",
        "--batch",
        "4");
  }

  private static void assertSetAside(Path out) throws IOException {
    JsonNode run = new ObjectMapper().readTree(out.resolve("run.json").toFile());
    assertThat(run.at("/counts/explanations").asInt()).isEqualTo(10 * PER_CLASS);
    assertThat(run.at("/failures/explain: quarantined").asInt()).as(run.toString()).isEqualTo(1);
    assertThat(out.resolve("_in-work")).doesNotExist();
    assertThat(out.resolve("_camatlas")).doesNotExist();
  }

  @Test
  void executorsThatDieOfItAreFollowedByOneThatLeavesItOut() throws Exception {
    Path folder = Files.createDirectory(root.resolve("cluster"));
    Path out = root.resolve("on-a-cluster");
    List<String> options =
        deadly(
            "--conf",
            "spark.executor.extraClassPath=" + CLASSES,
            "--conf",
            "spark.driver.extraClassPath=" + CLASSES);
    try (LoopbackCluster cluster = LoopbackCluster.start(folder, 1, 2);
        Submission run = cluster.submit(options, explain(out))) {
      assertThat(run.exitCode()).as(run.output()).isZero();
    }
    assertSetAside(out);
  }

  @Test
  @EnabledIf("io.camatlas.TestScale#isFull")
  void theSameCommandOnOneMachineLeavesItOutAtTheThirdStart() throws Exception {
    Path out = root.resolve("local");
    Path jar = root.resolve("deadly.jar");
    String classFile = DeadlyFileSystem.class.getName().replace('.', '/') + ".class";
    try (java.util.jar.JarOutputStream file =
        new java.util.jar.JarOutputStream(Files.newOutputStream(jar))) {
      file.putNextEntry(new java.util.zip.ZipEntry(classFile));
      Files.copy(Path.of(CLASSES, classFile), file);
      file.closeEntry();
    }
    List<String> command =
        Stream.concat(
                deadly("--master", "local[2]", "--jars", jar.toString()).stream(),
                explain(out).stream())
            .toList();
    for (int start = 1; start <= 2; start++) {
      try (Submission run = Submission.start(root, command)) {
        assertThat(run.exitCode()).as(run.output()).isEqualTo(137);
      }
      assertThat(out.resolve("_in-work")).isDirectory();
    }
    try (Submission run = Submission.start(root, command)) {
      assertThat(run.exitCode()).as(run.output()).isZero();
    }
    assertSetAside(out);
  }
}

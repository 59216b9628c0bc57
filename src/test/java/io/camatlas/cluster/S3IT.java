package io.camatlas.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.camatlas.S3Server;
import io.camatlas.demo.DemoDataset;
import io.camatlas.demo.DemoModel;
import io.camatlas.demo.DemoSettings;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** A run with images and results in a bucket is killed, and the same command ends it. */
class S3IT {
  private static final int PER_CLASS = 8;

  @TempDir Path folder;

  @Test
  @EnabledIf("io.camatlas.TestScale#isFull")
  void aRunInABucketIsKilledAndResumed() throws Exception {
    assumeTrue(S3Server.exists(), "This Spark's Hadoop has no client for S3 here.");
    DemoDataset.write(folder.resolve("data"), DemoSettings.audit(PER_CLASS, 3));
    Path model = DemoModel.copyTo(folder.resolve("model"));
    try (S3Server server = S3Server.start(folder)) {
      server.upload(folder.resolve("data/images"), "images");
      List<String> command = command(server, model);
      Path results = server.objects().resolve("results");
      try (Submission run = Submission.start(folder, command)) {
        run.until("a part", () -> parts(results) > 0);
        run.kill();
      }
      assertThat(results.resolve("run.json")).doesNotExist();
      try (Submission run = Submission.start(folder, command)) {
        assertThat(run.exitCode()).as(run.output()).isZero();
        assertThat(run.output()).contains("of them are done already");
      }
      String run = Files.readString(results.resolve("run.json"));
      assertThat(run.replaceAll("\\s", ""))
          .contains("\"images\":" + 10 * PER_CLASS, "\"explanations\":" + 10 * PER_CLASS);
    }
  }

  private static List<String> command(S3Server server, Path model) {
    List<String> command = new ArrayList<>(List.of("--master", "local[2]"));
    command.addAll(List.of("--jars", clients(), "--conf", "spark.ui.enabled=false"));
    server
        .settings()
        .forEach(
            (name, value) ->
                command.addAll(List.of("--conf", "spark.hadoop." + name + "=" + value)));
    command.addAll(List.of("explain", "--model", model.toString(), "--samples", "2"));
    command.addAll(List.of("--images", S3Server.BUCKET + "/images", "--batch", "4"));
    command.addAll(List.of("--out", S3Server.BUCKET + "/results"));
    return command;
  }

  /** What a user adds to Spark for S3. */
  private static String clients() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(
            jar ->
                jar.matches(
                    ".*(hadoop-aws|software.amazon|reactive-streams|httpcomponents).*[.]jar"))
        .collect(Collectors.joining(","));
  }

  private static long parts(Path results) {
    if (!Files.exists(results.resolve("explanations"))) {
      return 0;
    }
    try (Stream<Path> files = Files.walk(results.resolve("explanations"))) {
      return files.filter(file -> file.toString().endsWith(".parquet")).count();
    } catch (IOException e) {
      // The server moves its files while they are listed.
      return 0;
    }
  }
}

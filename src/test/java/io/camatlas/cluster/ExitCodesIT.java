package io.camatlas.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.camatlas.TestScale;
import io.camatlas.demo.DemoDataset;
import io.camatlas.demo.DemoModel;
import io.camatlas.demo.DemoSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** What the shell learns from {@code jobs/camatlas}. */
class ExitCodesIT {
  @TempDir static Path root;

  private static Path data;
  private static Path model;

  @BeforeAll
  static void draw() throws IOException {
    DemoDataset.write(root.resolve("data"), DemoSettings.audit(1, 3));
    data = root.resolve("data/images");
    Files.writeString(data.resolve("broken.jpg"), "no image");
    model = DemoModel.copyTo(root.resolve("model"));
  }

  private static Submission run(String command, Path images, String out, String... more)
      throws IOException {
    List<String> arguments = new ArrayList<>(List.of("--master", "local[2]"));
    arguments.addAll(List.of("--conf", "spark.ui.enabled=false", command));
    arguments.addAll(List.of("--model", model.toString(), "--images", images.toString()));
    arguments.addAll(List.of("--out", root.resolve(out).toString(), "--samples", "0"));
    arguments.addAll(List.of(more));
    return Submission.start(root, arguments);
  }

  @Test
  void moreFailuresThanAllowedIsThreeAndTheResultsAreComplete() throws Exception {
    String command = TestScale.of("explain", "audit");
    try (Submission run = run(command, data, "few", "--max-failures", "0")) {
      assertThat(run.exitCode()).as(run.output()).isEqualTo(3);
      assertThat(run.output())
          .contains("1 of 11 images failed, and --max-failures is 0", "1 failures");
    }
    assertThat(root.resolve(TestScale.of("few/run.json", "few/run/run.json")))
        .content()
        .contains("\"finished\"");
    if (TestScale.FULL) {
      assertThat(root.resolve("few/report/index.html")).exists();
    }
  }

  @Test
  @EnabledIf("io.camatlas.TestScale#isFull")
  void allImagesAreAlwaysTooMany() throws Exception {
    Path broken = Files.createDirectory(root.resolve("broken"));
    Files.writeString(broken.resolve("a.jpg"), "no image");
    try (Submission run = run("explain", broken, "none")) {
      assertThat(run.exitCode()).as(run.output()).isEqualTo(3);
      assertThat(run.output()).contains("all of the 1 images failed");
    }
  }

  @Test
  @EnabledIf("io.camatlas.TestScale#isFull")
  void packCountsTheFilesItLeavesOut() throws Exception {
    Path empty = Files.createDirectory(root.resolve("with-an-empty-file"));
    Files.write(empty.resolve("a.jpg"), new byte[0]);
    Files.writeString(empty.resolve("b.jpg"), "packed as it is");
    List<String> arguments = new ArrayList<>(List.of("--master", "local[2]"));
    arguments.addAll(List.of("--conf", "spark.ui.enabled=false", "pack"));
    arguments.addAll(List.of("--images", empty.toString(), "--max-failures", "0"));
    arguments.addAll(List.of("--max-bytes", "5", "--out", root.resolve("packed").toString()));
    try (Submission run = Submission.start(root, arguments)) {
      assertThat(run.exitCode()).as(run.output()).isEqualTo(3);
      assertThat(run.output()).contains("could not be packed", "the column problem of");
    }
    assertThat(root.resolve("packed")).isDirectory();
  }

  @Test
  void wrongSettingsAreTwoAndLeaveNothing() throws Exception {
    try (Submission run = run("explain", data, "wrong", "--layer", "features.14,features.14")) {
      assertThat(run.exitCode()).as(run.output()).isEqualTo(2);
      assertThat(run.output()).contains("--layer names 'features.14' twice");
    }
    assertThat(root.resolve("wrong")).doesNotExist();
  }
}

package io.camatlas.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.camatlas.demo.DemoModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the first start leaves for those that follow. */
class ClassArchiveIT {
  /** How Java says that a class was read from the archive of an earlier start. */
  private static final String KEPT =
      "io.camatlas.cli.LayersCommand source: shared objects file (top)";

  @TempDir Path root;

  private String layers(int exitCode, String model) throws Exception {
    List<String> command = new ArrayList<>(List.of("env", "CAMATLAS_ARCHIVE=" + root + "/classes"));
    command.add(Submission.project().resolve("jobs/camatlas").toString());
    // With an option for Spark, spark-submit starts it.
    command.addAll(List.of("--master", "local[1]", "--conf"));
    command.add("spark.driver.extraJavaOptions=-Xlog:class+load -XX:TieredStopAtLevel=1");
    command.addAll(List.of("layers", model));
    try (Submission run = Submission.startCommand(root, command)) {
      assertThat(run.exitCode()).as(run.output()).isEqualTo(exitCode);
      return run.output();
    }
  }

  private List<Path> archives() throws Exception {
    try (Stream<Path> files = Files.list(root)) {
      return files.filter(file -> file.toString().endsWith(".jsa")).toList();
    }
  }

  @Test
  void aStartThatIsDoneLeavesItsClassesAndOneThatFailsDoesNot() throws Exception {
    String model = DemoModel.copyTo(root.resolve("model")).toString();
    layers(2, root.resolve("none.pt").toString());
    assertThat(archives()).isEmpty();

    assertThat(layers(0, model)).contains("Java keeps the classes").doesNotContain(KEPT);
    assertThat(archives()).hasSize(1);

    assertThat(layers(0, model)).contains(KEPT).doesNotContain("Java keeps the classes", "[cds");

    // One that cannot be used is no reason to fail.
    Path kept = archives().get(0);
    Files.delete(kept);
    Files.write(kept, new byte[4096]);
    assertThat(layers(0, model)).doesNotContain(KEPT, "[cds");
  }
}

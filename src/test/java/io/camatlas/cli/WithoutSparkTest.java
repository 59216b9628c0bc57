package io.camatlas.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the script runs with CamAtlas's own libraries alone: help, versions and the rules. */
class WithoutSparkTest {
  @TempDir Path folder;

  private String run(String... arguments) throws Exception {
    Path classes = Path.of(Main.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Path library = Path.of(System.getProperty("camatlas.target"), "lib", "*");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp"));
    command.add(classes + File.pathSeparator + library);
    command.add(Main.class.getName());
    command.addAll(List.of(arguments));
    File said = folder.resolve("said").toFile();
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said).start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    return process.exitValue() + " " + Files.readString(said.toPath());
  }

  @Test
  void helpOfEveryCommandNeedsNoSpark() throws Exception {
    for (Command command : Main.COMMANDS) {
      assertThat(run(command.name(), "--help"))
          .as(command.name())
          .startsWith("0 ")
          .contains("--help")
          .doesNotContain("Exception", "Error");
    }
  }

  @Test
  void rulesAndMistakesNeedNoSpark() throws Exception {
    assertThat(run("rules")).startsWith("0 ").contains("integrated-gradients", "smooth-grad-cam++");
    assertThat(run("explian")).startsWith("2 ").contains("closest is 'explain'");
    assertThat(run("--version")).startsWith("0 ").contains("CamAtlas");
  }
}

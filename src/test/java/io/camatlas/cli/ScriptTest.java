package io.camatlas.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script, with programs in place of spark-submit and Java that say how they were started. */
class ScriptTest {
  private static final String TF32 = "products=1 libraries=";
  private static final String EXACT = "products= libraries=0";

  @TempDir Path folder;

  @BeforeEach
  void writePrograms() throws IOException {
    Files.createDirectories(folder.resolve("jars"));
    Files.createFile(folder.resolve("jars/spark-core_2.13-4.0.1.jar"));
    program(
        "bin/spark-submit",
        "echo \"submit $*\"",
        "echo \"products=${TORCH_ALLOW_TF32_CUBLAS_OVERRIDE:-}"
            + " libraries=${NVIDIA_TF32_OVERRIDE:-}\"");
    program("java/bin/java", "echo \"java $*\"");
  }

  private void program(String name, String... lines) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    List<String> all = new ArrayList<>(List.of("#!/usr/bin/env bash"));
    all.addAll(Arrays.asList(lines));
    Files.write(file, all);
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private List<String> run(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("bash", "jobs/camatlas"));
    command.addAll(Arrays.asList(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(name -> name.matches(".*TF32.*|CAMATLAS_.*|SPARK_.*"));
    environment.put("SPARK_HOME", folder.toString());
    environment.put("JAVA_HOME", folder.resolve("java").toString());
    environment.put("CAMATLAS_JAR", "some.jar");
    File said = folder.resolve("said").toFile();
    Process process = builder.redirectOutput(said).start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return Files.readAllLines(said.toPath());
  }

  private String file(String... lines) throws IOException {
    Path file = Files.createTempFile(folder, "settings", ".conf");
    Files.write(file, List.of(lines));
    return file.toString();
  }

  @Test
  void precisionInAFileDoesWhatTheFlagDoes() throws Exception {
    String tf32 = file("# of a GPU", "samples = 2", "  precision =  tf32 ", "seed = 1");
    String float32 = file("precision = float32");
    String commented = file("#precision = tf32");
    assertThat(run("explain")).contains(EXACT);
    assertThat(run("explain", "--precision", "tf32")).contains(TF32);
    assertThat(run("explain", "--precision=tf32")).contains(TF32);
    assertThat(run("explain", "--config", tf32)).contains(TF32);
    assertThat(run("explain", "--config=" + tf32, "--out", "tf32")).contains(TF32);
    assertThat(run("--master", "yarn", "audit", "--config", tf32)).contains(TF32);
    assertThat(run("explain", "--config", float32)).contains(EXACT);
    assertThat(run("explain", "--config", commented)).contains(EXACT);
    assertThat(run("explain", "--config", folder.resolve("none").toString())).contains(EXACT);
  }

  @Test
  void flagsWinOverTheFileAndTheLastOneOverThoseBefore() throws Exception {
    String tf32 = file("precision = tf32");
    String float32 = file("precision = float32");
    assertThat(run("explain", "--config", tf32, "--precision", "float32")).contains(EXACT);
    assertThat(run("explain", "--precision=tf32", "--config", float32)).contains(TF32);
    assertThat(run("explain", "--precision", "tf32", "--precision", "float32")).contains(EXACT);
    assertThat(run("explain", "--config", float32, "--config", tf32)).contains(TF32);
  }

  @Test
  void everyCommandIsSubmitted() throws Exception {
    for (Command command : Main.COMMANDS) {
      assertThat(run("--conf", "a=b", command.name(), "--out", "x").get(0))
          .startsWith("submit ")
          .endsWith(" " + command.name() + " --out x");
    }
  }

  @Test
  void sparkInOneProcessHasAShareOfTheMemoryUnlessItIsTold() throws Exception {
    Matcher given =
        Pattern.compile(".* --driver-memory (\\d+)m .*").matcher(run("atlas", "--out", "x").get(0));
    assertThat(given.matches()).isTrue();
    assertThat(Integer.parseInt(given.group(1))).isBetween(1024, 16_384);
    for (String[] told :
        List.of(
            new String[] {"--driver-memory", "3g"},
            new String[] {"--driver-memory=3g"},
            new String[] {"--conf", "spark.driver.memory=3g"},
            new String[] {"--conf=spark.driver.memory=3g"},
            new String[] {"--master", "local[2]", "--properties-file", "x"},
            new String[] {"--master", "spark://host:7077"})) {
      List<String> arguments = new ArrayList<>(List.of(told));
      arguments.addAll(List.of("atlas", "--out", "x"));
      assertThat(run(arguments.toArray(String[]::new)).get(0))
          .as(String.join(" ", told))
          .doesNotContainPattern("--driver-memory \\d+m");
    }
  }

  @Test
  void fewImagesNeedNoSecondCompiler() throws Exception {
    String plain = "TieredStopAtLevel=1";
    Path few = Files.createDirectories(folder.resolve("few of them/cats"));
    Files.createFile(few.resolve("a.jpg"));
    String images = few.getParent().toString();
    assertThat(run("explain", "--images", images).get(0)).contains(plain);
    assertThat(run("audit", "--images=" + images).get(0)).contains(plain);
    assertThat(run("explain", "--config", file("images = " + images)).get(0)).contains(plain);
    assertThat(run("explain", "--images", images + "/*.jpg").get(0)).doesNotContain(plain);
    assertThat(run("explain", "--out", images).get(0)).doesNotContain(plain);
    Path many = Files.createDirectories(folder.resolve("many"));
    for (int i = 0; i < 210; i++) {
      Files.createFile(many.resolve(i + ".jpg"));
    }
    assertThat(run("explain", "--images", many.toString()).get(0)).doesNotContain(plain);
    Path large = Files.createDirectories(folder.resolve("large"));
    Files.write(large.resolve("shard.tar"), new byte[70 << 20]);
    assertThat(run("explain", "--images", large.toString()).get(0)).doesNotContain(plain);
  }

  @Test
  void sparkIsToldWhatTheFileOfSettingsSaysOfIt() throws Exception {
    String file =
        file(
            "samples = 2", " spark.driver.memory=  3g ", "#spark.a = 1", "spark.ui.enabled = true");
    String said = run("explain", "--config", file, "--out", "x").get(0);
    assertThat(said)
        .contains("--conf spark.driver.memory=3g ")
        .doesNotContain("spark.a", "--driver-memory");
    assertThat(said.lastIndexOf("spark.ui.enabled=true"))
        .isGreaterThan(said.lastIndexOf("spark.ui.enabled=false"));
    // What stands before the command wins.
    String flagged = run("--conf", "spark.driver.memory=5g", "explain", "--config=" + file).get(0);
    assertThat(flagged.indexOf("spark.driver.memory=5g"))
        .isGreaterThan(flagged.indexOf("spark.driver.memory=3g"));
    String master = file("spark.master = spark://host:7077", "spark.jars = own.jar");
    assertThat(run("atlas", "--config", master, "--out", "x").get(0))
        .contains("--conf spark.master=spark://host:7077")
        .containsPattern("--jars \\S+,own\\.jar ")
        .doesNotContain("local[*]");
    assertThat(run("--conf", "spark.master=local[1]", "atlas", "--config", master).get(0))
        .contains("--driver-class-path");
  }

  @Test
  void layersStartNoSparkUnlessItIsToldSomething() throws Exception {
    assertThat(run("layers", "model.pt").get(0))
        .startsWith("java ")
        .contains(folder.resolve("jars") + "/*")
        .endsWith(" io.camatlas.cli.Main layers model.pt");
    assertThat(run("--master", "local[1]", "layers", "model.pt").get(0)).startsWith("submit ");
  }

  @Test
  void jarsThatAreGivenGoWithItsOwn() throws Exception {
    String cluster =
        run("--jars", "a.jar,b.jar", "--master", "spark://host:7077", "--jars=c.jar", "atlas")
            .get(0);
    assertThat(cluster).containsPattern("--jars \\S+,a\\.jar,b\\.jar,c\\.jar ");
    assertThat(cluster.split(" --jars ", -1)).hasSize(2);
    String local =
        run("--jars", "a.jar", "--driver-class-path", "x.jar", "--driver-class-path=y.jar", "atlas")
            .get(0);
    assertThat(local)
        .contains(" --jars a.jar ")
        .containsPattern("--driver-class-path \\S+:x\\.jar:y\\.jar ");
    assertThat(local.split(" --driver-class-path ", -1)).hasSize(2);
    assertThat(
            run("--conf", "spark.jars=a.jar", "--conf", "spark.x=1", "--master", "yarn", "atlas")
                .get(0))
        .containsPattern("--jars \\S+,a\\.jar ")
        .contains(" --conf spark.x=1 ")
        .doesNotContain("spark.jars");
  }

  @Test
  void rulesStartSparkOnlyForTheRulesOfOthers() throws Exception {
    assertThat(run("rules").get(0)).startsWith("java ").endsWith(" io.camatlas.cli.Main rules");
    assertThat(run("--jars", "a.jar", "rules").get(0)).startsWith("submit ").contains("a.jar");
  }

  @Test
  void helpAndVersionsAndUnknownCommandsStartPlainJava() throws Exception {
    for (String[] arguments :
        List.of(
            new String[] {},
            new String[] {"--help"},
            new String[] {"-h"},
            new String[] {"--version"},
            new String[] {"-V"},
            new String[] {"explian", "--model", "x"},
            new String[] {"explain", "--help"},
            new String[] {"--master", "yarn", "explain", "--model", "x", "-h"})) {
      assertThat(run(arguments)).as(String.join(" ", arguments)).hasSize(1);
      assertThat(run(arguments).get(0))
          .startsWith("java ")
          .contains("-Dcamatlas.spark=4.0.1 (Scala 2.13)")
          .contains("io.camatlas.cli.Main");
    }
  }
}

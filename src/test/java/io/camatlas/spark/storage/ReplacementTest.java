package io.camatlas.spark.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.camatlas.TestScale;
import io.camatlas.spark.InputException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A driver is killed at each place where it renames, deletes or makes something while it replaces
 * results; after that the old results or the new ones exist, and the same command mends the rest.
 */
class ReplacementTest {
  @TempDir Path parent;

  /** The local file system, of a process that may be killed. */
  public static final class MortalFileSystem extends RawLocalFileSystem {
    private static int left = Integer.MAX_VALUE;
    private static boolean doesTheLast;
    private static boolean dead;

    static void liveFor(int operations, boolean doesTheLast) {
      left = operations;
      dead = false;
      MortalFileSystem.doesTheLast = doesTheLast;
    }

    private interface Operation<T> {
      T run() throws IOException;
    }

    private static synchronized <T> T unlessDead(Operation<T> operation) throws IOException {
      if (Thread.currentThread().getName().equals("camatlas-lock")) {
        // Beats come at any time, so they are not counted.
        return operation.run();
      }
      if (!dead && --left <= 0) {
        dead = true;
        if (doesTheLast) {
          operation.run();
        }
      }
      if (dead) {
        throw new IOException("killed");
      }
      return operation.run();
    }

    @Override
    public URI getUri() {
      return URI.create("mortal:///");
    }

    @Override
    public String getScheme() {
      return "mortal";
    }

    @Override
    public boolean rename(org.apache.hadoop.fs.Path from, org.apache.hadoop.fs.Path to)
        throws IOException {
      return unlessDead(() -> super.rename(from, to));
    }

    @Override
    public boolean delete(org.apache.hadoop.fs.Path path, boolean recursive) throws IOException {
      return unlessDead(() -> super.delete(path, recursive));
    }

    @Override
    public boolean mkdirs(org.apache.hadoop.fs.Path path) throws IOException {
      return unlessDead(() -> super.mkdirs(path));
    }
  }

  private static Configuration mortal() {
    Configuration hadoop = new Configuration();
    hadoop.setClass(
        "fs.mortal.impl", MortalFileSystem.class, org.apache.hadoop.fs.FileSystem.class);
    hadoop.setBoolean("fs.mortal.impl.disable.cache", true);
    return hadoop;
  }

  private interface Command {
    void run(String out, String text, Configuration hadoop) throws IOException;
  }

  /** What explain does with its folder: a part, a record, and the end. */
  private static void explain(String out, String text, Configuration hadoop) throws IOException {
    try (RunFolder folder = RunFolder.open(out, true, "r1", hadoop)) {
      folder.record("running");
      String part = folder.scratch("parts/part.parquet");
      HadoopFiles.write(
          new org.apache.hadoop.fs.Path(part), text.getBytes(StandardCharsets.UTF_8), hadoop);
      for (String committed : folder.parts("explanations")) {
        folder.drop(committed);
      }
      folder.commit(List.of(new StagedPart("explanations", part, RunFolder.crc32c(part, hadoop))));
      folder.finish(text);
    }
  }

  /** What atlas and report do with theirs. */
  private static void atlas(String out, String text, Configuration hadoop) throws IOException {
    try (ResultFolder folder = ResultFolder.open(out, true, ResultFolder.ATLAS_JSON, hadoop)) {
      HadoopFiles.write(
          new org.apache.hadoop.fs.Path(folder.part("table")),
          text.getBytes(StandardCharsets.UTF_8),
          hadoop);
      folder.commit(text);
    }
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }

  /** The texts of complete results, wherever they stand. */
  private Set<String> complete(String mark) throws IOException {
    Set<String> texts = new TreeSet<>();
    for (String name : names(parent)) {
      Path file = parent.resolve(name).resolve(mark);
      if (Files.exists(file)) {
        texts.add(Files.readString(file));
      }
    }
    return texts;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void explainIsKilledAnywhere(boolean doesTheLast) throws IOException {
    killedAnywhere(ReplacementTest::explain, ResultFolder.RUN_JSON, doesTheLast);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void atlasIsKilledAnywhere(boolean doesTheLast) throws IOException {
    killedAnywhere(ReplacementTest::atlas, ResultFolder.ATLAS_JSON, doesTheLast);
  }

  private void killedAnywhere(Command command, String mark, boolean doesTheLast)
      throws IOException {
    String out = "mortal://" + parent.resolve("out");
    Configuration hadoop = mortal();
    // At every build, each of the two takes every second place.
    int kills = doesTheLast ? 0 : TestScale.of(1, 0);
    for (boolean killed = true; killed; kills += TestScale.of(2, 1)) {
      MortalFileSystem.liveFor(Integer.MAX_VALUE, false);
      command.run(out, "old", hadoop);
      MortalFileSystem.liveFor(kills + 1, doesTheLast);
      killed = false;
      try {
        command.run(out, "new", hadoop);
      } catch (IOException | InputException e) {
        killed = true;
      }
      FolderLock.dieHere();
      MortalFileSystem.liveFor(Integer.MAX_VALUE, false);
      assertThat(complete(mark)).as("killed at " + kills).isNotEmpty().isSubsetOf("old", "new");
      command.run(out, "new", hadoop);
      assertThat(Files.readString(parent.resolve("out").resolve(mark))).isEqualTo("new");
      assertThat(names(parent)).as("killed at " + kills).containsExactly("out");
      assertThat(names(parent.resolve("out"))).doesNotContain("_camatlas");
    }
    assertThat(kills).as("places").isGreaterThan(10);
  }

  @Test
  void aRunThatIsReplacedCannotBeContinuedMeanwhile() throws IOException {
    String out = "mortal://" + parent.resolve("out");
    Configuration hadoop = mortal();
    MortalFileSystem.liveFor(Integer.MAX_VALUE, false);
    explain(out, "old", hadoop);
    try (RunFolder replacing = RunFolder.open(out, true, "r1", hadoop)) {
      assertThat(replacing.record()).isEmpty();
      assertThatThrownBy(() -> RunFolder.open(out, false, "r1", hadoop))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("which another run is writing to");
    }
    assertThat(names(parent)).containsExactly("out");
    assertThat(names(parent.resolve("out"))).containsExactly("explanations", "run.json", "runs");
  }

  @Test
  void whatIsNotOursIsNeitherContinuedNorReplaced() throws IOException {
    Files.writeString(Files.createDirectory(parent.resolve("out")).resolve("letter.txt"), "mine");
    String out = parent.resolve("out").toString();
    assertThatThrownBy(() -> RunFolder.open(out, true, "r1", new Configuration()))
        .hasMessageContaining("holds no run.json")
        .hasMessageContaining("choose another folder");
    assertThatThrownBy(
            () -> ResultFolder.open(out, true, ResultFolder.ATLAS_JSON, new Configuration()))
        .hasMessageContaining("holds no atlas.json");
    assertThat(names(parent.resolve("out"))).containsExactly("letter.txt");
  }

  @Test
  void whatCameIntoThePlaceMeanwhileIsNotReplaced() throws IOException {
    Path out = parent.resolve("out");
    for (boolean overwrite : List.of(false, true)) {
      try (ResultFolder folder =
          ResultFolder.open(
              out.toString(), overwrite, ResultFolder.ATLAS_JSON, new Configuration())) {
        Files.writeString(Files.createDirectories(out).resolve("letter.txt"), "mine");
        assertThatThrownBy(() -> folder.commit("new"))
            .isInstanceOf(InputException.class)
            .hasMessageStartingWith("Something else was written to " + out)
            .hasMessageContaining(overwrite ? "holds no atlas.json" : "which is not empty");
      }
      assertThat(names(parent)).containsExactly("out");
      assertThat(names(out)).containsExactly("letter.txt");
      Files.delete(out.resolve("letter.txt"));
    }
  }

  /** Else the next start would take the folder for somebody else's. */
  @Test
  void aRunThatFailedAndLeftMarksCanBeResumed() throws IOException {
    String out = parent.resolve("out").toString();
    Configuration hadoop = new Configuration();
    try (RunFolder folder = RunFolder.open(out, false, "r1", hadoop)) {
      folder.record("running");
      HadoopFiles.write(new org.apache.hadoop.fs.Path(folder.marks(), "mark"), new byte[0], hadoop);
    }
    assertThat(names(parent.resolve("out"))).containsExactly("_in-work", "runs");
    try (RunFolder again = RunFolder.open(out, false, "r1", hadoop)) {
      assertThat(again.record()).isPresent();
      again.finish("done");
    }
    assertThat(names(parent.resolve("out"))).containsExactly("run.json", "runs");
  }
}

package io.camatlas.spark.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.camatlas.spark.InputException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many parts on a store that takes its time, and parts that need not be read again. */
class RunFolderTest {
  private static final String TABLE = "explanations";

  @TempDir Path parent;

  /** The local file system as a store that takes 50 milliseconds for each request. */
  public static final class SlowFileSystem extends RawLocalFileSystem {
    private static final int MILLIS = 50;

    private static int requests;
    private static int inFlight;
    private static int mostInFlight;
    private static String broken = "";
    private static String kept = "";

    static synchronized void reset() {
      requests = 0;
      mostInFlight = 0;
      broken = "";
      kept = "";
    }

    private interface Request<T> {
      T run() throws IOException;
    }

    private static synchronized void enter(int change) {
      inFlight += change;
      mostInFlight = Math.max(mostInFlight, inFlight);
      requests += change > 0 ? 1 : 0;
    }

    private static <T> T slowly(Request<T> request) throws IOException {
      if (Thread.currentThread().getName().equals("camatlas-lock")) {
        // Beats come at any time, so they are not counted.
        return request.run();
      }
      enter(1);
      try {
        TimeUnit.MILLISECONDS.sleep(MILLIS);
        return request.run();
      } catch (InterruptedException e) {
        throw new IOException(e);
      } finally {
        enter(-1);
      }
    }

    @Override
    public URI getUri() {
      return URI.create("slow:///");
    }

    @Override
    public String getScheme() {
      return "slow";
    }

    @Override
    public boolean rename(org.apache.hadoop.fs.Path from, org.apache.hadoop.fs.Path to)
        throws IOException {
      if (!broken.isEmpty() && from.toString().contains(broken)) {
        throw new IOException("no answer for " + from.getName());
      }
      return slowly(() -> super.rename(from, to));
    }

    @Override
    public boolean delete(org.apache.hadoop.fs.Path path, boolean recursive) throws IOException {
      if (!kept.isEmpty() && path.toString().contains(kept)) {
        throw new IOException("no answer for " + path.getName());
      }
      return super.delete(path, recursive);
    }

    @Override
    public boolean mkdirs(org.apache.hadoop.fs.Path path) throws IOException {
      return slowly(() -> super.mkdirs(path));
    }

    @Override
    public FileStatus[] listStatus(org.apache.hadoop.fs.Path path) throws IOException {
      return slowly(() -> super.listStatus(path));
    }

    @Override
    public FSDataInputStream open(org.apache.hadoop.fs.Path path, int buffer) throws IOException {
      return slowly(() -> super.open(path, buffer));
    }
  }

  @BeforeEach
  void quick() {
    SlowFileSystem.reset();
  }

  private static Configuration slow() {
    Configuration hadoop = new Configuration();
    hadoop.setClass("fs.slow.impl", SlowFileSystem.class, org.apache.hadoop.fs.FileSystem.class);
    hadoop.setBoolean("fs.slow.impl.disable.cache", true);
    return hadoop;
  }

  private static List<StagedPart> staged(RunFolder folder, int count, Configuration hadoop)
      throws IOException {
    List<StagedPart> parts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String file = folder.scratch("part-" + i + ".parquet");
      Path local = Path.of(new org.apache.hadoop.fs.Path(file).toUri().getPath());
      Files.createDirectories(local.getParent());
      Files.writeString(local, "part " + i);
      parts.add(new StagedPart(TABLE, file, RunFolder.crc32c(local.toString(), hadoop)));
    }
    return parts;
  }

  @Test
  void aHundredPartsTakeAHundredRequestsOfWhichManyWaitAtOnce() throws IOException {
    Configuration hadoop = slow();
    try (RunFolder folder =
        RunFolder.open("slow://" + parent.resolve("out"), false, "r1", hadoop)) {
      List<StagedPart> parts = staged(folder, 100, hadoop);
      SlowFileSystem.reset();
      folder.commit(parts.subList(0, 40));
      folder.commit(parts.subList(40, 100));
      // One each, a folder for the table, and a look at the lock before each group.
      assertThat(SlowFileSystem.requests).isBetween(101, 110);
      // 50 parts a second are 2.5 in flight where each takes 50 milliseconds.
      assertThat(SlowFileSystem.mostInFlight).isBetween(8, 16);
      assertThat(folder.parts(TABLE)).hasSize(100);
      assertThat(folder.parts(TABLE)).allMatch(part -> RunFolder.isWhole(part, hadoop));
    }
  }

  @Test
  void aPartThatCannotBeMovedDoesNotKeepOthersBack() throws IOException {
    Configuration hadoop = slow();
    try (RunFolder folder =
        RunFolder.open("slow://" + parent.resolve("out"), false, "r1", hadoop)) {
      List<StagedPart> parts = staged(folder, 20, hadoop);
      SlowFileSystem.broken = "part-7.";
      assertThatThrownBy(() -> folder.commit(parts))
          .isInstanceOf(IOException.class)
          .hasMessage("no answer for part-7.parquet");
      assertThat(folder.parts(TABLE)).hasSize(19);
    }
  }

  @Test
  void onlyPartsThatAreNewOrChangedAreRead() throws IOException {
    Configuration hadoop = new Configuration();
    String out = parent.resolve("out").toString();
    try (RunFolder folder = RunFolder.open(out, false, "r1", hadoop)) {
      folder.record("running");
      folder.commit(staged(folder, 3, hadoop));
      // The process ends here without finishing.
      assertThat(folder.uncheckedParts(TABLE)).hasSize(3);
    }
    try (RunFolder folder = RunFolder.open(out, false, "r1", hadoop)) {
      assertThat(folder.uncheckedParts(TABLE)).hasSize(3);
      folder.noteWhole(TABLE, folder.parts(TABLE).subList(0, 2));
      assertThat(folder.uncheckedParts(TABLE)).containsExactly(folder.parts(TABLE).get(2));
      folder.noteWhole(TABLE, folder.parts(TABLE).subList(2, 3));
      assertThat(folder.uncheckedParts(TABLE)).isEmpty();
      List<String> before = folder.parts(TABLE);
      folder.commit(staged(folder, 2, hadoop));
      assertThat(folder.uncheckedParts(TABLE))
          .hasSize(2)
          .doesNotContainAnyElementsOf(before)
          .isSubsetOf(folder.parts(TABLE));
      // Parts that another program puts there are not this run's word.
      Path foreign = local(folder.parts(TABLE).get(0)).resolveSibling("part-of-another.parquet");
      Files.writeString(foreign, "foreign");
      folder.finish("{}");
    }
    try (RunFolder folder = RunFolder.open(out, false, "r1", hadoop)) {
      assertThat(folder.parts(TABLE)).hasSize(6);
      List<String> unknown = folder.uncheckedParts(TABLE);
      assertThat(unknown).singleElement().asString().endsWith("part-of-another.parquet");
      folder.drop(unknown.get(0));
      Path longer = local(folder.parts(TABLE).get(1));
      Files.writeString(longer, "another text");
      Path touched = local(folder.parts(TABLE).get(3));
      Files.setLastModifiedTime(touched, FileTime.fromMillis(1_000_000));
      assertThat(folder.uncheckedParts(TABLE).stream().map(RunFolderTest::local))
          .containsExactlyInAnyOrder(longer, touched);
    }
  }

  private static Path local(String part) {
    return Path.of(new org.apache.hadoop.fs.Path(part).toUri().getPath());
  }

  /**
   * Parts that take the place of others, and a process that ends in between, once early and once
   * late.
   */
  @Test
  void whatReplacesPartsIsUndoneOrFinished() throws IOException {
    Configuration hadoop = slow();
    String out = "slow://" + parent.resolve("out");
    List<String> before;
    try (RunFolder folder = RunFolder.open(out, false, "r1", hadoop)) {
      folder.record("running");
      folder.commit(staged(folder, 3, hadoop));
      before = folder.parts(TABLE);
      SlowFileSystem.broken = "part-1.";
      assertThatThrownBy(() -> folder.replace(staged(folder, 2, hadoop), paths(before)))
          .hasMessage("no answer for part-1.parquet");
      assertThat(folder.parts(TABLE)).hasSize(4);
    }
    SlowFileSystem.reset();
    List<String> after;
    try (RunFolder folder = RunFolder.open(out, false, "r1", hadoop)) {
      assertThat(folder.parts(TABLE)).isEqualTo(before);
      SlowFileSystem.kept = new org.apache.hadoop.fs.Path(before.get(1)).getName();
      assertThatThrownBy(() -> folder.replace(staged(folder, 2, hadoop), paths(before)))
          .hasMessageStartingWith("no answer");
      after = new ArrayList<>(folder.parts(TABLE));
      assertThat(after).contains(before.get(1), before.get(2)).hasSize(4);
    }
    SlowFileSystem.reset();
    after.removeAll(before);
    try (RunFolder folder = RunFolder.open(out, false, "r1", hadoop)) {
      assertThat(folder.parts(TABLE)).isEqualTo(after).hasSize(2);
      folder.replace(List.of(), paths(after));
      assertThat(folder.parts(TABLE)).isEmpty();
    }
  }

  private static List<org.apache.hadoop.fs.Path> paths(List<String> parts) {
    return parts.stream().map(org.apache.hadoop.fs.Path::new).toList();
  }

  /** A record is replaced by way of a second file, since a store cannot rename over another one. */
  @Test
  void aRecordIsThereAlsoWhereItsReplacementWasCutShort() throws IOException {
    Configuration hadoop = slow();
    String out = "slow://" + parent.resolve("out");
    try (RunFolder folder = RunFolder.open(out, false, "r1", hadoop)) {
      folder.record("first");
      SlowFileSystem.broken = "_next-";
      assertThatThrownBy(() -> folder.record("second")).isInstanceOf(IOException.class);
      assertThat(folder.record()).contains("second");
      SlowFileSystem.reset();
      folder.record("third");
      assertThat(folder.record()).contains("third");
    }
  }

  /** Digits of other scripts would be read back as the name of a file that is not the run's. */
  @Test
  void namesOfPartsAreTheSameInEveryLanguage() throws IOException {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("fa-IR-u-nu-arabext"));
    Configuration hadoop = new Configuration();
    try (RunFolder folder = RunFolder.open(parent.resolve("out").toString(), false, "r1", hadoop)) {
      folder.commit(staged(folder, 1, hadoop));
      assertThat(folder.parts(TABLE)).allMatch(part -> RunFolder.isWhole(part, hadoop)).hasSize(1);
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void aFolderWhoseNameIsAPatternIsRefused() {
    String out = parent.resolve("audit [v2]").toString();
    assertThatThrownBy(() -> RunFolder.open(out, false, "r1", new Configuration()))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("`out` is " + out)
        .hasMessageContaining("as a pattern");
    assertThat(Path.of(out)).doesNotExist();
  }
}

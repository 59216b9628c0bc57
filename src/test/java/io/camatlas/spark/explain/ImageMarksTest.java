package io.camatlas.spark.explain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.util.SparkUncaughtExceptionHandler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whether an image is blamed depends on how its process ended. */
class ImageMarksTest {
  private static final String READY = "in work";
  private static final String OUT_OF_MEMORY = "out of memory";
  private static final String SLOW = "slow.jpg";

  @TempDir Path folder;

  /** A task of a run on one machine, which works on one image until its process ends. */
  public static final class Worker {
    private Worker() {}

    public static void main(String[] arguments) throws Exception {
      ImageMarks marks = marks(Path.of(arguments[0]));
      marks.begin("done.jpg");
      marks.end("done.jpg");
      marks.begin(SLOW);
      System.out.println(READY);
      if (arguments[1].equals(OUT_OF_MEMORY)) {
        new SparkUncaughtExceptionHandler(true)
            .uncaughtException(Thread.currentThread(), new OutOfMemoryError(OUT_OF_MEMORY));
      }
      Thread.sleep(600_000);
    }
  }

  private static ImageMarks marks(Path folder) throws IOException {
    ImageMarks.Plan plan = new ImageMarks.Plan(folder.toString(), true, false, left(folder));
    return new ImageMarks(plan, null, new Configuration());
  }

  /** What the next start finds. */
  private static Map<String, Integer> left(Path folder) throws IOException {
    MarkPage.spread(folder);
    return ImageMarks.marks(folder.toString(), new Configuration());
  }

  private Process worker(String how) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Xmx64m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Worker.class.getName(),
                folder.toString(),
                how)
            .redirectErrorStream(true)
            .start();
    BufferedReader said =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    assertThat(Stream.generate(() -> line(said)).takeWhile(line -> !line.equals(READY)))
        .doesNotContain("");
    return process;
  }

  private static String line(BufferedReader said) {
    try {
      String line = said.readLine();
      return line == null ? "" : line;
    } catch (IOException e) {
      return "";
    }
  }

  private int ended() throws IOException {
    try (ImageMarks next = marks(folder)) {
      assertThat(next.ended("done.jpg")).isZero();
      return next.ended(SLOW);
    }
  }

  @Test
  void anOrdinaryStopIsNotTheImagesFault() throws Exception {
    for (int start = 1; start <= ImageMarks.MOST; start++) {
      Process process = worker("");
      process.destroy();
      process.waitFor();
      assertThat(ended()).isZero();
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void aProcessThatIsKilledLeavesMarksWhichALaterStopKeeps() throws Exception {
    Process process = worker("");
    process.destroyForcibly().waitFor();
    assertThat(ended()).isEqualTo(1);

    Process stopped = worker("");
    stopped.destroy();
    stopped.waitFor();
    assertThat(ended()).isEqualTo(1);

    worker("").destroyForcibly().waitFor();
    assertThat(ended()).isEqualTo(ImageMarks.MOST);
  }

  @Test
  void aProcessThatLacksMemoryLeavesMarks() throws Exception {
    Process process = worker(OUT_OF_MEMORY);
    assertThat(process.waitFor()).isNotZero();
    assertThat(ended()).isEqualTo(1);
  }

  @Test
  void marksWithoutRoomInAPageAreForgottenToo() throws IOException {
    ImageMarks marks = marks(folder);
    List<String> many = Stream.iterate(0, i -> i + 1).limit(600).map(i -> i + ".jpg").toList();
    for (String image : many) {
      marks.begin(image);
    }
    marks.stop();
    marks.begin("later.jpg");
    marks.begin(SLOW);
    assertThat(left(folder)).isEmpty();
  }
}

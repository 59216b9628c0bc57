package io.camatlas.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A process that holds many times Java's heap, as those do in which a large network runs. */
class NativeMemoryTest {
  private static final String DONE = "is blurred";

  /** What the process does. */
  public static final class Reader {
    private Reader() {}

    public static void main(String[] arguments) {
      // Zeroed, so that the system gives the memory at once.
      ByteBuffer network = ByteBuffer.allocateDirect(400 << 20);
      RgbImage image = new RgbImage(8, 8, new byte[3 * 8 * 8]);
      RgbImage blurred = OpenCv.blurred(image, 0, 0, 8, 8, 1);
      double[] best = new TemplateMatch(List.of(image)).best(blurred);
      System.out.println(DONE + " " + best.length + " " + network.get(0));
    }
  }

  @Test
  void picturesAreReadBesideALargeNetwork() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Xmx64m",
                "-XX:MaxDirectMemorySize=500m",
                "-cp",
                System.getProperty("java.class.path"),
                Reader.class.getName())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    assertThat(said).contains(DONE + " 1 0");
  }
}

package io.camatlas.image;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/**
 * Files written by {@code src/test/python/make_image_fixtures.py}, and what Pillow or torchvision
 * makes of them.
 */
final class Fixtures {
  private Fixtures() {}

  static byte[] file(String name) {
    return bytes("files/" + name);
  }

  static byte[] photo(String name) {
    return bytes("photos/" + name);
  }

  static boolean isExpected(String name) {
    return Fixtures.class.getResource("expected/" + name + ".png") != null;
  }

  /** Read by the JDK, so that OpenCV is not compared with itself. */
  static RgbImage expected(String name) {
    try {
      BufferedImage png =
          ImageIO.read(new ByteArrayInputStream(bytes("expected/" + name + ".png")));
      byte[] rgb = new byte[3 * png.getWidth() * png.getHeight()];
      for (int y = 0, out = 0; y < png.getHeight(); y++) {
        for (int x = 0; x < png.getWidth(); x++) {
          int value = png.getRGB(x, y);
          rgb[out++] = (byte) (value >> 16);
          rgb[out++] = (byte) (value >> 8);
          rgb[out++] = (byte) value;
        }
      }
      return new RgbImage(png.getWidth(), png.getHeight(), rgb);
    } catch (IOException broken) {
      throw new AssertionError(broken);
    }
  }

  static List<String> names() {
    try (Stream<Path> files =
        Files.list(Path.of(Objects.requireNonNull(Fixtures.class.getResource("files")).toURI()))) {
      return files.map(path -> path.getFileName().toString()).sorted().toList();
    } catch (IOException | URISyntaxException broken) {
      throw new AssertionError(broken);
    }
  }

  /** Largest and mean difference of two pictures of one size, in levels of 0 to 255. */
  record Difference(int largest, double mean) {
    static Difference between(RgbImage one, RgbImage other) {
      if (one.width() != other.width() || one.height() != other.height()) {
        throw new AssertionError(one + " is compared with " + other);
      }
      int largest = 0;
      long sum = 0;
      for (int i = 0; i < one.rgb().length; i++) {
        int difference = Math.abs((one.rgb()[i] & 0xff) - (other.rgb()[i] & 0xff));
        largest = Math.max(largest, difference);
        sum += difference;
      }
      return new Difference(largest, (double) sum / one.rgb().length);
    }
  }

  private static byte[] bytes(String name) {
    try (var in = Fixtures.class.getResourceAsStream(name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    } catch (IOException broken) {
      throw new AssertionError(broken);
    }
  }
}

package io.camatlas.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.junit.jupiter.api.Test;

class TemplateMatchTest {
  private static final int GREY = 100;

  private static RgbImage noise(Random random, int width, int height) {
    byte[] rgb = new byte[3 * width * height];
    random.nextBytes(rgb);
    return new RgbImage(width, height, rgb);
  }

  private static RgbImage plain(int width, int height) {
    byte[] rgb = new byte[3 * width * height];
    Arrays.fill(rgb, (byte) GREY);
    return new RgbImage(width, height, rgb);
  }

  private static Mat mat(RgbImage image) {
    Mat mat = new Mat(image.height(), image.width(), opencv_core.CV_8UC3);
    mat.data().put(image.rgb());
    return mat;
  }

  private static double byOpenCv(RgbImage part, RgbImage image) {
    try (Mat template = mat(part);
        Mat all = mat(image);
        Mat result = new Mat();
        DoublePointer least = new DoublePointer(1);
        DoublePointer most = new DoublePointer(1)) {
      opencv_imgproc.matchTemplate(all, template, result, opencv_imgproc.TM_CCOEFF_NORMED);
      opencv_core.minMaxLoc(result, least, most, null, null, null);
      return most.get();
    }
  }

  @Test
  void agreesWithOpenCv() {
    Random random = new Random(3);
    for (int[] size : new int[][] {{5, 4, 17, 12}, {24, 24, 64, 64}, {6, 9, 6, 9}, {1, 3, 4, 3}}) {
      List<RgbImage> parts = new ArrayList<>();
      for (int i = 0; i < 7; i++) {
        parts.add(noise(random, size[0], size[1]));
      }
      TemplateMatch match = new TemplateMatch(parts);
      // The same parts in several pictures: nothing of one is left in the next.
      for (int i = 0; i < 3; i++) {
        RgbImage image = noise(random, size[2], size[3]);
        double[] best = match.best(image);
        for (int j = 0; j < best.length; j++) {
          assertThat(best[j]).isCloseTo(byOpenCv(parts.get(j), image), within(1e-5));
        }
      }
    }
  }

  /** A part of one picture, faded into another one. */
  private static RgbImage faded(Random random, RgbImage part, double share, int side) {
    RgbImage image = noise(random, side, side);
    int left = random.nextInt(side - part.width() + 1);
    int top = random.nextInt(side - part.height() + 1);
    for (int y = 0; y < part.height(); y++) {
      for (int i = 0; i < 3 * part.width(); i++) {
        int at = 3 * ((top + y) * side + left) + i;
        int own = part.rgb()[3 * y * part.width() + i] & 0xff;
        image.rgb()[at] = (byte) Math.round(share * own + (1 - share) * (image.rgb()[at] & 0xff));
      }
    }
    return image;
  }

  @Test
  void findsWhatIsAlikeEnoughAndNothingElse() {
    Random random = new Random(11);
    for (int side : new int[] {24, 12, 10, 9, 7}) {
      List<RgbImage> parts = new ArrayList<>();
      for (int i = 0; i < 9; i++) {
        // Blurred ones are told by their blocks, noise is not.
        RgbImage part = noise(random, side, side);
        parts.add(i % 2 == 0 ? part : OpenCv.blurred(part, 0, 0, side, side, 2));
      }
      parts.add(plain(side, side));
      TemplateMatch match = new TemplateMatch(parts);
      int found = 0;
      for (double share = 0.4; share <= 1; share += 0.03) {
        RgbImage image = faded(random, parts.get((int) (share * 20) % 9), share, 3 * side);
        for (RgbImage one : List.of(image, OpenCv.blurred(image, 0, 0, 3 * side, 3 * side, 1))) {
          double[] best = match.best(one);
          for (double least : new double[] {0.3, 0.7, 0.9}) {
            boolean[] are = match.found(one, least);
            for (int i = 0; i < best.length; i++) {
              // Nearer than floats tell, it may be either.
              if (Math.abs(best[i] - least) > 1e-5) {
                assertThat(are[i])
                    .as("%d at %s of %s", i, best[i], least)
                    .isEqualTo(best[i] > least);
                found += are[i] ? 1 : 0;
              }
            }
          }
        }
      }
      assertThat(found).as("parts of %d", side).isBetween(20, 600);
    }
  }

  @Test
  void aPartIsFoundWhereverItLies() {
    Random random = new Random(5);
    RgbImage image = noise(random, 20, 16);
    for (int[] at : new int[][] {{0, 0}, {14, 11}, {14, 0}, {0, 11}, {7, 3}}) {
      RgbImage part = OpenCv.resized(image, at[0], at[1], 6, 5, 6, 5);
      assertThat(new TemplateMatch(List.of(part)).best(image)[0]).isCloseTo(1, within(1e-6));
    }
  }

  @Test
  void whatIsOfOneColourIsLikeNothing() {
    RgbImage image = noise(new Random(7), 12, 12);
    RgbImage part = OpenCv.resized(image, 2, 2, 4, 4, 4, 4);
    double[] best = new TemplateMatch(List.of(plain(4, 4), part)).best(image);
    assertThat(best[0]).isZero();
    assertThat(best[1]).isGreaterThan(0.99);
    assertThat(new TemplateMatch(List.of(part)).best(plain(12, 12))).containsExactly(0);
  }
}

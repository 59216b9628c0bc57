package io.camatlas.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ThumbnailTest {
  /** Left half one colour, right half another. */
  private static RgbImage halves(int width, int height, int left, int right) {
    byte[] rgb = new byte[3 * width * height];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        Arrays.fill(
            rgb,
            3 * (y * width + x),
            3 * (y * width + x) + 3,
            (byte) (x < width / 2 ? left : right));
      }
    }
    return new RgbImage(width, height, rgb);
  }

  private static int at(RgbImage image, int x, int y) {
    return image.rgb()[3 * (y * image.width() + x)] & 0xff;
  }

  @Test
  void theLongerSideIsCutToSizeAndTheShapeKept() {
    RgbImage small = Thumbnail.of(halves(400, 200, 10, 200), 100);
    assertThat(small.width()).isEqualTo(100);
    assertThat(small.height()).isEqualTo(50);
    assertThat(at(small, 10, 25)).isEqualTo(10);
    assertThat(at(small, 90, 25)).isEqualTo(200);
    assertThat(Thumbnail.of(halves(1000, 1, 1, 2), 100).height()).isEqualTo(1);
  }

  @Test
  void whatIsSmallStaysAsItIs() {
    RgbImage image = halves(40, 20, 10, 200);
    assertThat(Thumbnail.of(image, 100)).isSameAs(image);
  }

  @Test
  void theJpegIsThePicture() throws ImageException {
    RgbImage image = halves(64, 48, 30, 220);
    RgbImage read = new ImageDecoder(DecodeLimits.DEFAULT).decode(Thumbnail.jpeg(image));
    assertThat(read.width()).isEqualTo(64);
    assertThat(read.height()).isEqualTo(48);
    assertThat(at(read, 5, 5)).isCloseTo(30, within(4));
    assertThat(at(read, 60, 40)).isCloseTo(220, within(4));
  }

  @Test
  void theMeanImageIsOfWhatTheNetworkSaw() {
    MeanImage mean = new MeanImage(10, 10);
    // The view is the right half, then the left one.
    mean.add(halves(200, 100, 0, 100), new Box(100, 0, 200, 100));
    mean.add(halves(40, 20, 50, 250), new Box(0, 0, 20, 20));
    assertThat(mean.images()).isEqualTo(2);
    assertThat(at(mean.mean(), 5, 5)).isEqualTo(75);
  }

  @Test
  void paddingCountsForNoImage() {
    MeanImage mean = new MeanImage(10, 10);
    mean.add(halves(100, 100, 80, 80), new Box(-100, 0, 100, 100));
    mean.add(halves(100, 100, 40, 40), new Box(0, 0, 100, 100));
    RgbImage picture = mean.mean();
    assertThat(at(picture, 2, 5)).isEqualTo(40);
    assertThat(at(picture, 8, 5)).isEqualTo(60);
  }

  @Test
  void partsOfAMeanMergeExactlyAndSurviveBeingWritten() {
    MeanImage whole = new MeanImage(8, 6);
    MeanImage one = new MeanImage(8, 6);
    MeanImage other = new MeanImage(8, 6);
    for (int i = 0; i < 7; i++) {
      RgbImage image = halves(30 + i, 20 + i, 10 * i, 255 - i);
      Box view = new Box(-i, 0, 30, 20);
      whole.add(image, view);
      (i % 2 == 0 ? one : other).add(image, view);
    }
    one.merge(MeanImage.read(other.write()));
    assertThat(one.images()).isEqualTo(7);
    assertThat(one.mean()).isEqualTo(whole.mean());
    assertThat(one.write()).isEqualTo(whole.write());
  }
}

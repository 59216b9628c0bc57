package io.camatlas.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageHeaderTest {
  @ParameterizedTest
  @CsvSource({
    "baseline.jpg, JPEG, 37, 29",
    "orientation-6.jpg, JPEG, 11, 7",
    "rgb16.png, PNG, 37, 29",
    "huge.png, PNG, 20000, 20000",
    "lossy.webp, WEBP, 37, 29",
    "lossless.webp, WEBP, 37, 29",
    "lossy-alpha.webp, WEBP, 37, 29",
    "animated.webp, WEBP, 20, 15",
    "rgb.bmp, BMP, 37, 29",
    "top-down.bmp, BMP, 37, 29",
    "rgb16-big-endian.tif, TIFF, 37, 29",
    "big.tif, TIFF, 37, 29",
    "still.gif, GIF, 37, 29",
    "offset.gif, GIF, 42, 33"
  })
  void sizeIsReadFromTheFirstBytes(String name, ImageFormat format, int width, int height)
      throws ImageException {
    assertThat(ImageHeader.read(Fixtures.file(name)))
        .isEqualTo(new ImageHeader(format, width, height));
  }

  @Test
  void headerNeedsNoPixels() throws ImageException {
    byte[] start = Arrays.copyOf(Fixtures.file("rgb.png"), 40);

    assertThat(ImageHeader.read(start)).isEqualTo(new ImageHeader(ImageFormat.PNG, 37, 29));
  }
}

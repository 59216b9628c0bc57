package io.camatlas.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Random;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;

class PictureTraitsTest {
  private static final byte[] NO_JPEG = {1, 2, 3, 4};

  private interface Colour {
    int of(int x, int y);
  }

  private static RgbImage picture(int width, int height, Colour colour) {
    byte[] rgb = new byte[3 * width * height];
    for (int i = 0; i < width * height; i++) {
      int value = colour.of(i % width, i / width);
      rgb[3 * i] = (byte) (value >> 16);
      rgb[3 * i + 1] = (byte) (value >> 8);
      rgb[3 * i + 2] = (byte) value;
    }
    return new RgbImage(width, height, rgb);
  }

  @Test
  void aGreyAreaHasNoContrast() {
    PictureTraits traits = PictureTraits.of(picture(300, 200, (x, y) -> 0x333333), NO_JPEG);
    assertThat(traits.brightness()).isCloseTo(0.2, within(1e-9));
    assertThat(traits.contrast()).isCloseTo(0, within(1e-6));
    assertThat(traits.sharpness()).isZero();
    assertThat(traits.greyness()).isEqualTo(1);
    assertThat(traits.jpegQuality()).isEmpty();
  }

  @Test
  void blackBesideWhite() {
    PictureTraits traits =
        PictureTraits.of(picture(100, 100, (x, y) -> x < 50 ? 0 : 0xffffff), NO_JPEG);
    assertThat(traits.brightness()).isCloseTo(0.5, within(1e-9));
    assertThat(traits.contrast()).isCloseTo(0.5, within(1e-9));
    // Each of 100 rows has one step, among 2 x 99 x 100 neighbours.
    assertThat(traits.sharpness()).isCloseTo(1.0 / (2 * 99), within(1e-9));
    PictureTraits stripes =
        PictureTraits.of(picture(100, 100, (x, y) -> x % 2 == 0 ? 0 : 0xffffff), NO_JPEG);
    assertThat(stripes.sharpness()).isCloseTo(0.5, within(1e-9));
  }

  @Test
  void coloursAreNotGrey() {
    PictureTraits red = PictureTraits.of(picture(7, 5, (x, y) -> 0xff0000), NO_JPEG);
    assertThat(red.greyness()).isCloseTo(0, within(1e-9));
    assertThat(red.brightness()).isCloseTo(0.299, within(1e-9));
    PictureTraits one = PictureTraits.of(picture(1, 1, (x, y) -> 0xff0000), NO_JPEG);
    assertThat(one.sharpness()).isZero();
  }

  @Test
  void largePicturesAreSampled() {
    Random random = new Random(1);
    int[] noise = random.ints(2000 * 1500, 0, 0x1000000).toArray();
    PictureTraits traits =
        PictureTraits.of(picture(2000, 1500, (x, y) -> noise[2000 * y + x]), NO_JPEG);
    assertThat(traits.brightness()).isCloseTo(0.5, within(0.01));
    // Variance of a colour is 1/12; of luma, that times the sum of squared weights.
    assertThat(traits.contrast()).isCloseTo(Math.sqrt(0.44696 / 12), within(0.01));
    // The range of three numbers is half of their own on average.
    assertThat(traits.greyness()).isCloseTo(0.5, within(0.01));
  }

  @Test
  void theQualityOfJpegsIsRead() throws IOException {
    BufferedImage image = new BufferedImage(64, 48, BufferedImage.TYPE_INT_RGB);
    for (int quality : new int[] {10, 50, 75, 90, 95, 100}) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
      ImageWriteParam param = writer.getDefaultWriteParam();
      param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      param.setCompressionQuality(quality / 100f);
      try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
        writer.setOutput(out);
        writer.write(null, new IIOImage(image, null, null), param);
      }
      assertThat(PictureTraits.of(picture(1, 1, (x, y) -> 0), bytes.toByteArray()).jpegQuality())
          .as("quality %d", quality)
          .hasValue(quality);
    }
    byte[] cut = {(byte) 0xff, (byte) 0xd8, (byte) 0xff, (byte) 0xdb, 0, 90, 0, 1};
    assertThat(PictureTraits.of(picture(1, 1, (x, y) -> 0), cut).jpegQuality()).isEmpty();
  }
}

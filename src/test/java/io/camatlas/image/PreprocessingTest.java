package io.camatlas.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PreprocessingTest {
  private static final Crop NO_CROP = new Crop.None();
  private final ImageDecoder decoder = new ImageDecoder(DecodeLimits.DEFAULT);

  @ParameterizedTest
  @ValueSource(strings = {"grace-hopper.jpg", "astronaut.jpg", "rocket.jpg"})
  void photographEqualsTorchvision(String name) throws ImageException {
    RgbImage photo = decoder.decode(Fixtures.photo(name));

    RgbImage input =
        levels(
            photo,
            plain(new Resize.ShorterSide(256), Interpolation.BILINEAR, new Crop.Center(224, 224)));

    // Equal where OpenCV's libjpeg is Pillow's; another build may round a JPEG differently.
    assertThat(Fixtures.Difference.between(input, Fixtures.expected(name + ".bilinear")).mean())
        .isLessThan(0.5);
  }

  @Test
  void photographEqualsTorchvisionWithBicubicFilter() throws ImageException {
    RgbImage photo = decoder.decode(Fixtures.photo("astronaut.jpg"));

    RgbImage cropped =
        levels(
            photo,
            plain(new Resize.ShorterSide(256), Interpolation.BICUBIC, new Crop.Center(224, 224)));
    RgbImage exact = levels(photo, plain(new Resize.Exact(61, 97), Interpolation.BICUBIC, NO_CROP));

    assertThat(
            Fixtures.Difference.between(cropped, Fixtures.expected("astronaut.jpg.bicubic")).mean())
        .isLessThan(0.5);
    assertThat(Fixtures.Difference.between(exact, Fixtures.expected("astronaut.jpg.exact")).mean())
        .isLessThan(0.5);
  }

  @Test
  void greyEqualsTorchvisionsGrayscaleBeforeResize() throws ImageException {
    RgbImage photo = decoder.decode(Fixtures.photo("astronaut.jpg"));
    Preprocessing grey =
        new Preprocessing(
            new Resize.ShorterSide(72),
            Interpolation.BILINEAR,
            ResizeAs.PILLOW_12,
            new Crop.Center(64, 64),
            ChannelOrder.GRAY,
            List.of(0.0),
            List.of(1.0));

    RgbImage input = levels(photo, grey);

    assertThat(Fixtures.Difference.between(input, Fixtures.expected("astronaut.jpg.grey")).mean())
        .isLessThan(0.5);
  }

  /** Lossless files, so that nothing but the resampling is compared: to the last bit. */
  @ParameterizedTest
  @CsvSource({
    "long, BILINEAR", "long, BICUBIC", "tall, BILINEAR", "tall, BICUBIC", "tiny, BILINEAR",
    "tiny, BICUBIC", "dot, BILINEAR", "dot, BICUBIC", "same, BILINEAR", "same, BICUBIC"
  })
  void resizedNoiseIsPillowsToTheLastBit(String shape, Interpolation filter) throws ImageException {
    RgbImage noise = decoder.decode(Fixtures.file("noise-" + shape + ".png"));
    String suffix = "." + filter.name().toLowerCase(Locale.ROOT);

    RgbImage shorter =
        levels(noise, plain(new Resize.ShorterSide(72), filter, new Crop.Center(63, 64)));
    RgbImage exact = levels(noise, plain(new Resize.Exact(61, 97), filter, NO_CROP));

    assertThat(shorter).isEqualTo(Fixtures.expected("noise-" + shape + ".short" + suffix));
    assertThat(exact).isEqualTo(Fixtures.expected("noise-" + shape + ".exact" + suffix));
  }

  /** What Pillow 13 makes of the same noise; it takes the rows of the tall one first. */
  @ParameterizedTest
  @CsvSource({
    "tall, BILINEAR",
    "tall, BICUBIC",
    "long, BILINEAR",
    "long, BICUBIC",
    "same, BILINEAR",
    "same, BICUBIC"
  })
  void resizedNoiseIsThatOfPillow13ToTheLastBit(String shape, Interpolation filter)
      throws ImageException {
    RgbImage noise = decoder.decode(Fixtures.file("noise-" + shape + ".png"));
    String expected = "noise-" + shape + ".rows." + filter.name().toLowerCase(Locale.ROOT);
    Preprocessing older = plain(new Resize.Exact(31, 97), filter, NO_CROP);
    Preprocessing newer = older.resizedAs(ResizeAs.PILLOW_13);

    assertThat(levels(noise, newer)).isEqualTo(Fixtures.expected(expected));
    assertThat(levels(noise, older).equals(levels(noise, newer))).isEqualTo(!shape.equals("tall"));
    Preprocessing grey =
        new Preprocessing(
            newer.resize(),
            filter,
            ResizeAs.PILLOW_13,
            NO_CROP,
            ChannelOrder.GRAY,
            List.of(0.0),
            List.of(1.0));
    assertThat(levels(noise, grey)).isEqualTo(Fixtures.expected(expected + ".grey"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"long", "tall", "tiny", "dot", "same"})
  void cropLargerThanThePictureIsPaddedWithZeros(String shape) throws ImageException {
    RgbImage noise = decoder.decode(Fixtures.file("noise-" + shape + ".png"));

    RgbImage input =
        levels(noise, plain(new Resize.None(), Interpolation.BILINEAR, new Crop.Center(40, 51)));

    assertThat(input).isEqualTo(Fixtures.expected("noise-" + shape + ".crop"));
  }

  @Test
  void valuesAreNormalisedInSinglePrecision() {
    RgbImage pixel = new RgbImage(1, 1, new byte[] {0, (byte) 128, (byte) 255});
    Preprocessing imagenet =
        new Preprocessing(
            new Resize.Exact(1, 1),
            Interpolation.BILINEAR,
            ResizeAs.PILLOW_12,
            NO_CROP,
            ChannelOrder.RGB,
            Preprocessing.IMAGENET.mean(),
            Preprocessing.IMAGENET.std());
    float[] target = new float[5];

    imagenet.apply(pixel, target, 1);

    // torchvision 0.22: Normalize(mean, std)(ToTensor(pixel))
    assertThat(target)
        .containsExactly(
            0f, -2.117904f, (128 / 255f - 0.456f) / 0.224f, (1f - 0.406f) / 0.225f, 0f);
    assertThat(target[2]).isCloseTo(0.205182f, within(1e-6f));
  }

  @Test
  void bgrIsRgbBackwards() throws ImageException {
    RgbImage photo = decoder.decode(Fixtures.photo("rocket.jpg"));
    Resize small = new Resize.Exact(8, 9);
    List<Double> mean = List.of(0.1, 0.2, 0.3);
    List<Double> std = List.of(0.4, 0.5, 0.6);
    float[] rgb = new float[3 * 72];
    float[] bgr = new float[3 * 72];

    new Preprocessing(
            small, Interpolation.BILINEAR, ResizeAs.PILLOW_12, NO_CROP, ChannelOrder.RGB, mean, std)
        .apply(photo, rgb, 0);
    new Preprocessing(
            small,
            Interpolation.BILINEAR,
            ResizeAs.PILLOW_12,
            NO_CROP,
            ChannelOrder.BGR,
            reversed(mean),
            reversed(std))
        .apply(photo, bgr, 0);

    for (int c = 0; c < 3; c++) {
      for (int i = 0; i < 72; i++) {
        assertThat(bgr[(2 - c) * 72 + i]).isEqualTo(rgb[c * 72 + i]);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Interpolation.class)
  void buffersOfALargerPictureDoNotShowInASmallerOne(Interpolation filter) throws ImageException {
    RgbImage photo = decoder.decode(Fixtures.photo("astronaut.jpg"));
    RgbImage tiny = decoder.decode(Fixtures.file("noise-tiny.png"));
    Preprocessing steps = plain(new Resize.Exact(61, 97), filter, NO_CROP);
    RgbImage before = levels(tiny, steps);

    levels(photo, plain(new Resize.Exact(300, 310), Interpolation.BICUBIC, NO_CROP));

    assertThat(levels(tiny, steps)).isEqualTo(before);
  }

  @Test
  void inputsLieSideBySideInABatch() throws ImageException {
    RgbImage photo = decoder.decode(Fixtures.photo("astronaut.jpg"));
    Preprocessing steps = Preprocessing.IMAGENET;
    float[] batch = new float[3 * steps.inputLength()];

    PixelMapping mapping = steps.apply(photo, batch, steps.inputLength());

    assertThat(mapping).isEqualTo(steps.mapping(500, 375));
    assertThat(batch[steps.inputLength() - 1]).isZero();
    assertThat(batch[steps.inputLength()]).isNotZero();
    assertThat(batch[2 * steps.inputLength() - 1]).isNotZero();
    assertThat(batch[2 * steps.inputLength()]).isZero();
    assertThatThrownBy(() -> steps.apply(photo, batch, 2 * steps.inputLength() + 1))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void imagenetHasTheUsualShape() {
    assertThat(Preprocessing.IMAGENET.channels()).isEqualTo(3);
    assertThat(Preprocessing.IMAGENET.inputHeight()).isEqualTo(224);
    assertThat(Preprocessing.IMAGENET.inputWidth()).isEqualTo(224);
  }

  @Test
  void shapeThatDependsOnThePictureIsRefused() {
    assertThatThrownBy(() -> plain(new Resize.ShorterSide(256), Interpolation.BILINEAR, NO_CROP))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "resize is ShorterSide and crop is None; pictures would keep different shapes. Set a"
                + " crop, or resize to an exact height and width.");
  }

  @Test
  void wrongSettingsNameTheirValue() {
    assertThatThrownBy(() -> new Resize.ShorterSide(0))
        .hasMessage("resize is 0; it must be from 1 to 2047 pixels.");
    assertThatThrownBy(() -> new Resize.Exact(224, 4000))
        .hasMessage("resize width is 4000; it must be from 1 to 2047 pixels.");
    assertThatThrownBy(() -> new Crop.Center(224, 0))
        .hasMessage("crop is 224x0; both sides must be from 1 to 2047 pixels.");
    assertThatThrownBy(() -> withStatistics(List.of(0.5), List.of(1.0, 1.0, 1.0)))
        .hasMessage("mean has 1 values; RGB needs 3, one for each channel.");
    assertThatThrownBy(() -> withStatistics(List.of(0.0, Double.NaN, 0.0), List.of(1.0, 1.0, 1.0)))
        .hasMessage("mean has NaN; it must be finite, in units of 0 to 1.");
    assertThatThrownBy(() -> withStatistics(List.of(0.0, 0.0, 0.0), List.of(1.0, 0.0, 1.0)))
        .hasMessage(
            "std has 0.0; it must be above 0, in units of 0 to 1. Use 1 to leave a channel"
                + " unscaled.");
    // As many libraries have them, of pixels from 0 to 255: every image would be the same blank.
    List<Double> ones = List.of(1.0, 1.0, 1.0);
    assertThatThrownBy(() -> withStatistics(List.of(123.675, 116.28, 103.53), ones))
        .hasMessage(
            "mean has 123.675; it must be at most 1, in units of 0 to 1. Divide numbers of 0 to 255"
                + " by 255: 0.485.");
    assertThatThrownBy(() -> withStatistics(ones, List.of(58.395, 57.12, 57.375)))
        .hasMessageStartingWith("std has 58.395; it must be at most 1");
  }

  private static Preprocessing withStatistics(List<Double> mean, List<Double> std) {
    return new Preprocessing(
        new Resize.Exact(2, 2),
        Interpolation.BILINEAR,
        ResizeAs.PILLOW_12,
        NO_CROP,
        ChannelOrder.RGB,
        mean,
        std);
  }

  private static Preprocessing plain(Resize resize, Interpolation filter, Crop crop) {
    return new Preprocessing(
        resize,
        filter,
        ResizeAs.PILLOW_12,
        crop,
        ChannelOrder.RGB,
        List.of(0.0, 0.0, 0.0),
        List.of(1.0, 1.0, 1.0));
  }

  private static <T> List<T> reversed(List<T> values) {
    List<T> backwards = new ArrayList<>(values);
    Collections.reverse(backwards);
    return backwards;
  }

  /**
   * The 8-bit levels behind an input without normalisation; one plane is shown as three equal ones.
   */
  private static RgbImage levels(RgbImage image, Preprocessing steps) {
    int plane = steps.inputHeight() * steps.inputWidth();
    float[] target = new float[steps.inputLength()];
    steps.apply(image, target, 0);
    byte[] rgb = new byte[3 * plane];
    for (int i = 0; i < plane; i++) {
      for (int c = 0; c < 3; c++) {
        float value = target[(steps.channels() == 1 ? 0 : c) * plane + i];
        rgb[3 * i + c] = (byte) Math.round(value * 255);
      }
    }
    return new RgbImage(steps.inputWidth(), steps.inputHeight(), rgb);
  }
}

package io.camatlas.explain;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.camatlas.image.ChannelOrder;
import io.camatlas.image.Crop;
import io.camatlas.image.Interpolation;
import io.camatlas.image.PictureTraits;
import io.camatlas.image.PixelMapping;
import io.camatlas.image.Preprocessing;
import io.camatlas.image.Resize;
import io.camatlas.image.ResizeAs;
import io.camatlas.image.RgbImage;
import io.camatlas.model.DeviceChoice;
import io.camatlas.model.InputShape;
import io.camatlas.model.Network;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Pictures that the device, a GPU where there is one, resizes beside those that Java resizes. */
class DevicePixelsTest {
  private static final PictureTraits TRAITS = new PictureTraits(0, 0, 0, 1, OptionalInt.empty());

  private static final Random RANDOM = new Random(11);
  private static Network network;
  @TempDir static Path folder;

  @BeforeAll
  static void load() throws IOException {
    try (LoadedNetwork loaded =
        LoadedNetwork.fixture("relu-three-times-scripted.pt", "conv2", 8, folder)) {
      network = Network.load(loaded.prepared.file(), DeviceChoice.AUTO.device(DeviceChoice.NONE));
    }
  }

  @AfterAll
  static void close() {
    network.close();
  }

  static List<Preprocessing> preprocessings() {
    List<Preprocessing> all = new ArrayList<>();
    for (Interpolation filter : Interpolation.values()) {
      for (ChannelOrder order : ChannelOrder.values()) {
        for (ResizeAs as : ResizeAs.values()) {
          Stream.of(
                  preprocessing(
                      new Resize.ShorterSide(37), new Crop.Center(32, 33), filter, as, order),
                  // Wider than what is left of most pictures, so that there is padding.
                  preprocessing(
                      new Resize.ShorterSide(20), new Crop.Center(32, 29), filter, as, order),
                  preprocessing(new Resize.Exact(40, 31), new Crop.None(), filter, as, order),
                  preprocessing(new Resize.None(), new Crop.Center(24, 24), filter, as, order))
              .forEach(all::add);
        }
      }
    }
    return all;
  }

  private static Preprocessing preprocessing(
      Resize resize, Crop crop, Interpolation filter, ResizeAs as, ChannelOrder order) {
    int channels = order.channels();
    return new Preprocessing(
        resize,
        filter,
        as,
        crop,
        order,
        List.of(0.485, 0.456, 0.406).subList(0, channels),
        List.of(0.229, 0.224, 0.225).subList(0, channels));
  }

  @ParameterizedTest
  @MethodSource("preprocessings")
  void deviceGivesJavasPixelsToTheLastBit(Preprocessing preprocessing) {
    for (int[] size :
        new int[][] {
          {50, 37}, {37, 50}, {1, 1}, {3, 90}, {91, 4}, {20, 20}, {400, 30}, {64, 500}
        }) {
      RgbImage picture = picture(size[0], size[1]);
      float[] expected = new float[preprocessing.inputLength()];
      PixelMapping mapping = preprocessing.apply(picture, expected, 0);

      try (NDManager manager = network.newManager()) {
        DevicePixels pixels = new DevicePixels(network, shape(preprocessing), preprocessing);
        NDArray found = pixels.send(pixels.gather(List.of(image(picture, mapping)), 1), manager);

        assertThat(found.toFloatArray())
            .as("%dx%d, %s", size[0], size[1], preprocessing)
            .isEqualTo(expected);
      }
    }
  }

  @Test
  void batchKeepsOrderAndPadding() {
    Preprocessing preprocessing = Preprocessing.IMAGENET;
    int length = preprocessing.inputLength();
    List<PreparedImage> images = new ArrayList<>();
    float[] expected = new float[8 * length];
    int[][] sizes = {{500, 375}, {300, 300}, {500, 375}, {375, 500}, {260, 280}, {500, 375}};
    for (int i = 0; i < sizes.length; i++) {
      RgbImage picture = picture(sizes[i][0], sizes[i][1]);
      PixelMapping mapping = preprocessing.apply(picture, expected, i * length);
      boolean onHost = i % 2 == 1;
      images.add(
          onHost
              ? new PreparedImage(
                  named(),
                  new DecodedImage("", mapping, TRAITS),
                  new Pixels.Input(
                      java.util.Arrays.copyOfRange(expected, i * length, (i + 1) * length)))
              : image(picture, mapping));
    }

    DevicePixels pixels = new DevicePixels(network, shape(preprocessing), preprocessing);
    try (NDManager manager = network.newManager()) {
      NDArray found = pixels.send(pixels.gather(images, 8), manager);
      // Other pictures must not change what is on the device already.
      PreparedImage other = image(picture(500, 375), images.get(0).decoded().mapping());
      pixels.send(pixels.gather(List.of(other), 8), manager);

      assertThat(found.toFloatArray()).isEqualTo(expected);
      Collections.swap(images, 0, 2);
      assertThat(pixels.send(pixels.gather(images, 8), manager).toFloatArray())
          .isNotEqualTo(expected);
    }
  }

  private static InputShape shape(Preprocessing preprocessing) {
    return new InputShape(
        preprocessing.channels(), preprocessing.inputHeight(), preprocessing.inputWidth());
  }

  private static NamedImage named() {
    return new NamedImage("a", "a", Optional.empty());
  }

  private static PreparedImage image(RgbImage picture, PixelMapping mapping) {
    return new PreparedImage(
        named(), new DecodedImage("", mapping, TRAITS), new Pixels.Picture(picture));
  }

  /** Noise, half of it black or white, where sums overshoot most. */
  private static RgbImage picture(int width, int height) {
    byte[] rgb = new byte[3 * width * height];
    RANDOM.nextBytes(rgb);
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = RANDOM.nextBoolean() ? rgb[i] : (byte) (RANDOM.nextBoolean() ? 255 : 0);
    }
    return new RgbImage(width, height, rgb);
  }
}

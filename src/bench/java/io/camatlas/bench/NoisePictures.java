package io.camatlas.bench;

import io.camatlas.explain.ImageInput;
import io.camatlas.explain.NamedImage;
import io.camatlas.image.ChannelOrder;
import io.camatlas.image.Crop;
import io.camatlas.image.Interpolation;
import io.camatlas.image.Preprocessing;
import io.camatlas.image.Resize;
import io.camatlas.image.ResizeAs;
import io.camatlas.model.InputShape;
import io.camatlas.model.ModelCard;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import javax.imageio.ImageIO;

/** JPEG files of noise with the input's size, so that they cost decoding but no resizing. */
final class NoisePictures {
  private NoisePictures() {}

  /** Creates files; the same ones each time. */
  static List<ImageInput> jpegs(InputShape input, int count) {
    Random random = new Random(2);
    List<ImageInput> images = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] encoded = jpeg(input, random);
      images.add(
          new ImageInput(
              new NamedImage("image-" + i, "image-" + i, Optional.empty()), () -> encoded));
    }
    return images;
  }

  private static byte[] jpeg(InputShape input, Random random) {
    BufferedImage image =
        new BufferedImage(input.width(), input.height(), BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < input.height(); y++) {
      for (int x = 0; x < input.width(); x++) {
        image.setRGB(x, y, random.nextInt(1 << 24));
      }
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "jpeg", bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** The same card, for images that already have the input's size. */
  static ModelCard sized(ModelCard card, InputShape input) {
    Preprocessing given = card.preprocessing();
    return new ModelCard(
        card.name(),
        card.classes(),
        card.layer(),
        card.scores(),
        new Preprocessing(
            new Resize.Exact(input.height(), input.width()),
            Interpolation.BILINEAR,
            ResizeAs.PILLOW_12,
            new Crop.None(),
            input.channels() == 1 ? ChannelOrder.GRAY : ChannelOrder.RGB,
            given.mean(),
            given.std()));
  }

  /** Normalised noise, {@code count} images of the input's shape. */
  static float[] pixels(InputShape input, int count) {
    float[] pixels = new float[count * input.elements()];
    Random random = new Random(1);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) random.nextGaussian();
    }
    return pixels;
  }
}

package io.camatlas.image;

import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * What happens to a picture before the network sees it, in torchvision's order: resize, centre
 * crop, divide by 255, subtract the mean, divide by the standard deviation.
 *
 * <p>Resizing matches Pillow to the last bit ({@link ResizeAs}), and the floats equal those of
 * {@code ToTensor} and {@code Normalize}.
 *
 * @param resize first step; together with {@code crop} it must bring every picture to the same size
 * @param interpolation filter of the resize
 * @param resizeAs whose resize is followed
 * @param crop second step
 * @param order planes of the result
 * @param mean one value for each plane, in the order of {@code order}; for pixels from 0 to 1
 * @param std one value for each plane, as {@code mean}; above 0
 */
public record Preprocessing(
    Resize resize,
    Interpolation interpolation,
    ResizeAs resizeAs,
    Crop crop,
    ChannelOrder order,
    List<Double> mean,
    List<Double> std)
    implements Serializable {
  /** The preprocessing of torchvision's ImageNet classifiers: shorter side 256, centre 224x224. */
  public static final Preprocessing IMAGENET =
      new Preprocessing(
          new Resize.ShorterSide(256),
          Interpolation.BILINEAR,
          ResizeAs.PILLOW_12,
          new Crop.Center(224, 224),
          ChannelOrder.RGB,
          List.of(0.485, 0.456, 0.406),
          List.of(0.229, 0.224, 0.225));

  public Preprocessing {
    Objects.requireNonNull(interpolation, "interpolation");
    if (crop instanceof Crop.None && !(resize instanceof Resize.Exact)) {
      throw new IllegalArgumentException(
          "resize is %s and crop is None; pictures would keep different shapes. Set a crop, or resize to an exact height and width."
              .formatted(resize.getClass().getSimpleName()));
    }
    mean = List.copyOf(mean);
    std = List.copyOf(std);
    requireOnePerChannel("mean", mean, order);
    requireOnePerChannel("std", std, order);
    for (double value : mean) {
      if (!Double.isFinite(value)) {
        throw new IllegalArgumentException(
            "mean has %s; it must be finite, in units of 0 to 1.".formatted(value));
      }
    }
    for (double value : std) {
      if (!(value > 0 && Double.isFinite(value))) {
        throw new IllegalArgumentException(
            "std has %s; it must be above 0, in units of 0 to 1. Use 1 to leave a channel unscaled."
                .formatted(value));
      }
    }
    requireAtMostOne("mean", mean);
    requireAtMostOne("std", std);
  }

  /** Pixels are 0 to 1; what other libraries have in units of 0 to 255 would blank every image. */
  private static void requireAtMostOne(String name, List<Double> values) {
    for (double value : values) {
      if (value > 1) {
        throw new IllegalArgumentException(
            "%s has %s; it must be at most 1, in units of 0 to 1. Divide numbers of 0 to 255 by 255: %s."
                .formatted(name, value, Math.round(value / 255 * 1e6) / 1e6));
      }
    }
  }

  /** With another resize. */
  public Preprocessing resizedAs(ResizeAs other) {
    return new Preprocessing(resize, interpolation, other, crop, order, mean, std);
  }

  /** In words; equal texts mean equal preprocessing. */
  @Override
  public String toString() {
    return "%s, %s, %s, mean %s, std %s"
        .formatted(resizeText(), cropText(), order, numbers(mean), numbers(std));
  }

  private String resizeText() {
    if (resize instanceof Resize.None) {
      return "not resized";
    }
    String size =
        resize instanceof Resize.Exact exact
            ? exact.height() + "x" + exact.width()
            : "shorter side " + ((Resize.ShorterSide) resize).size();
    return "resized to %s (%s, as Pillow %s)"
        .formatted(
            size,
            interpolation.name().toLowerCase(Locale.ROOT),
            resizeAs == ResizeAs.PILLOW_12 ? "12" : "13");
  }

  private String cropText() {
    return crop instanceof Crop.Center center
        ? "centre %dx%d".formatted(center.height(), center.width())
        : "not cropped";
  }

  private static String numbers(List<Double> values) {
    return values.stream().map(String::valueOf).collect(Collectors.joining(" "));
  }

  /** Number of planes of the input. */
  public int channels() {
    return order.channels();
  }

  /** Number of rows of the input. */
  public int inputHeight() {
    return crop instanceof Crop.Center center ? center.height() : ((Resize.Exact) resize).height();
  }

  /** Number of columns of the input. */
  public int inputWidth() {
    return crop instanceof Crop.Center center ? center.width() : ((Resize.Exact) resize).width();
  }

  /** Number of floats in one input: channels times rows times columns. */
  public int inputLength() {
    return channels() * inputHeight() * inputWidth();
  }

  /** The mapping for an upright picture of this size; its pixels are not needed. */
  public PixelMapping mapping(int width, int height) {
    Resize.Size resized = resize.of(width, height);
    return new PixelMapping(
        width,
        height,
        resized.width(),
        resized.height(),
        Crop.Center.start(resized.width(), inputWidth()),
        Crop.Center.start(resized.height(), inputHeight()),
        inputWidth(),
        inputHeight());
  }

  /**
   * Writes the input of one picture.
   *
   * @param target receives {@code [C,H,W]}, normalised
   * @param offset index of the first float; {@link #inputLength} are written
   * @return the mapping from the input to the picture
   */
  public PixelMapping apply(RgbImage image, float[] target, int offset) {
    Objects.checkFromIndexSize(offset, inputLength(), target.length);
    PixelMapping mapping = mapping(image.width(), image.height());
    Resampler.ofThisThread()
        .resample(image, interpolation, resizeAs, order, mapping, levels(), target, offset);
    return mapping;
  }

  /** The sums that {@link #apply} computes for pictures of the mapping's size. */
  public ResizeTables tables(PixelMapping mapping) {
    return Resampler.ofThisThread().tables(interpolation, resizeAs, mapping);
  }

  /**
   * The float of each 8-bit value in each plane, computed in single precision as torchvision does.
   */
  public float[][] levels() {
    float[][] levels = new float[channels()][256];
    for (int c = 0; c < levels.length; c++) {
      float middle = mean.get(c).floatValue();
      float scale = std.get(c).floatValue();
      for (int value = 0; value < 256; value++) {
        levels[c][value] = (value / 255f - middle) / scale;
      }
    }
    return levels;
  }

  private static void requireOnePerChannel(String name, List<Double> values, ChannelOrder order) {
    if (values.size() != order.channels()) {
      throw new IllegalArgumentException(
          "%s has %d values; %s needs %d, one for each channel."
              .formatted(name, values.size(), order, order.channels()));
    }
  }
}

package io.camatlas.image;

import java.io.Serializable;
import java.util.List;

/**
 * From pixels to a network's input, as torchvision's transforms: resize, centre crop, rescale to
 * 0..1, normalise.
 *
 * @param resize before the crop
 * @param interpolation of the resize
 * @param crop size of the centre crop, padded with black where the image is smaller; null for none
 * @param channels order of the channels
 * @param mean subtracted from each channel, in units of 0..1
 * @param std each channel is divided by it, positive, likewise
 */
public record Preprocessing(
    Resize resize,
    Interpolation interpolation,
    CropSize crop,
    Channels channels,
    List<Double> mean,
    List<Double> std)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  /** What most classifiers of torchvision were evaluated with. */
  public static final Preprocessing IMAGENET =
      new Preprocessing(
          new Resize.Shorter(256),
          Interpolation.BILINEAR,
          new CropSize(224, 224),
          Channels.RGB,
          List.of(0.485, 0.456, 0.406),
          List.of(0.229, 0.224, 0.225));

  private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

  /**
   * A crop's size.
   *
   * @param height in pixels
   * @param width in pixels
   */
  public record CropSize(int height, int width) implements Serializable {
    public CropSize {
      if (height < 1 || width < 1 || height > 8192 || width > 8192) {
        throw new IllegalArgumentException(
            "crop is " + height + "x" + width + "; both must be from 1 to 8192 pixels.");
      }
    }
  }

  public Preprocessing {
    mean = List.copyOf(mean);
    std = List.copyOf(std);
    if (crop == null && !(resize instanceof Resize.Exact)) {
      throw new IllegalArgumentException(
          "Images of different sizes would stay so; give a crop, or a resize to height and width.");
    }
    if (mean.size() != channels.count() || std.size() != channels.count()) {
      throw new IllegalArgumentException(
          "mean is "
              + mean
              + " and std is "
              + std
              + "; channels "
              + channels
              + " need "
              + channels.count()
              + " of each.");
    }
    for (double deviation : std) {
      if (!(deviation > 0)) {
        throw new IllegalArgumentException("std is " + std + "; each must be positive.");
      }
    }
  }

  private static final class Scratch {
    private final Resampler resampler = new Resampler();
    private byte[] window = new byte[0];
  }

  /** Height of the network's input, in pixels. */
  public int inputHeight() {
    return crop == null ? resize.height(0, 0) : crop.height();
  }

  /** Width of the network's input, in pixels. */
  public int inputWidth() {
    return crop == null ? resize.width(0, 0) : crop.width();
  }

  /** Where the input lies in an image of the given size. */
  public PixelMapping mapping(int width, int height) {
    Placement placement = new Placement(width, height);
    double scaleX = (double) width / placement.resizedWidth;
    double scaleY = (double) height / placement.resizedHeight;
    return new PixelMapping(
        scaleX, scaleY, placement.left * scaleX, placement.top * scaleY, width, height);
  }

  /**
   * Transforms an image.
   *
   * @param target receives {@code [C,H,W]} numbers
   * @param offset of the first
   * @return where the input lies in the image
   */
  public PixelMapping apply(RgbImage image, float[] target, int offset) {
    Placement place = new Placement(image.width(), image.height());
    int height = inputHeight();
    int width = inputWidth();
    Scratch scratch = SCRATCH.get();
    int x0 = Math.max(0, place.left);
    int y0 = Math.max(0, place.top);
    int shownWidth = Math.min(place.resizedWidth, place.left + width) - x0;
    int shownHeight = Math.min(place.resizedHeight, place.top + height) - y0;
    int needed = 3 * shownWidth * shownHeight;
    if (scratch.window.length < needed) {
      scratch.window = new byte[needed];
    }
    scratch.resampler.resize(
        image,
        place.resizedWidth,
        place.resizedHeight,
        interpolation,
        x0,
        y0,
        shownWidth,
        shownHeight,
        scratch.window);
    int plane = height * width;
    boolean padded = shownWidth < width || shownHeight < height;
    for (int channel = 0; channel < channels.count(); channel++) {
      float scale = (float) (1 / (255 * std.get(channel)));
      float shift = (float) (-mean.get(channel) / std.get(channel));
      int planeAt = offset + channel * plane;
      if (padded) {
        java.util.Arrays.fill(target, planeAt, planeAt + plane, shift);
      }
      for (int y = 0; y < shownHeight; y++) {
        int in = 3 * y * shownWidth;
        int out = planeAt + (y0 + y - place.top) * width + x0 - place.left;
        for (int x = 0; x < shownWidth; x++) {
          target[out + x] = value(scratch.window, in + 3 * x, channel) * scale + shift;
        }
      }
    }
    return mapping(image.width(), image.height());
  }

  private int value(byte[] rgb, int at, int channel) {
    return switch (channels) {
      case RGB -> rgb[at + channel] & 0xff;
      case BGR -> rgb[at + 2 - channel] & 0xff;
      case GRAY ->
          (19595 * (rgb[at] & 0xff)
                  + 38470 * (rgb[at + 1] & 0xff)
                  + 7471 * (rgb[at + 2] & 0xff)
                  + 0x8000)
              >> 16;
    };
  }

  /** Where the crop stands in the resized image; negative where it is padded. */
  private final class Placement {
    private final int resizedWidth;
    private final int resizedHeight;
    private final int left;
    private final int top;

    Placement(int width, int height) {
      this.resizedWidth = Math.max(1, resize.width(width, height));
      this.resizedHeight = Math.max(1, resize.height(width, height));
      this.left = start(resizedWidth, inputWidth());
      this.top = start(resizedHeight, inputHeight());
    }

    /** torchvision pads on the left by half, rounded down, and rounds a crop's start to even. */
    private static int start(int size, int wanted) {
      if (wanted > size) {
        return -((wanted - size) / 2);
      }
      return (int) Math.rint((size - wanted) / 2.0);
    }
  }
}

package io.camatlas.image;

import java.util.List;

/**
 * Changes places of a picture and leaves the rest. Places are rounded outwards to whole pixels;
 * what lies beyond the picture is left out.
 */
public final class Retouch {
  /** Sigma of the blur, as a share of the place's longer side: no letter or edge survives it. */
  private static final double BLUR = 0.5;

  private static final double MOST = 0.9;

  private Retouch() {}

  /** Whether at least nine tenths of the places lie within the picture, and not in its padding. */
  public static boolean holds(RgbImage image, List<Box> places) {
    Box whole = new Box(0, 0, image.width(), image.height());
    double area = places.stream().mapToDouble(Box::area).sum();
    double inside = places.stream().mapToDouble(place -> place.intersection(whole).area()).sum();
    return inside >= MOST * area;
  }

  /** The picture with its places blurred; the blur takes in what surrounds them. */
  public static RgbImage blurred(RgbImage image, List<Box> places) {
    byte[] rgb = image.rgb().clone();
    for (Box place : places) {
      Pixels to = Pixels.of(place, image);
      if (!to.isEmpty()) {
        double sigma = BLUR * Math.max(to.width(), to.height());
        copy(
            OpenCv.blurred(image, to.left, to.top, to.width(), to.height(), sigma), rgb, image, to);
      }
    }
    return new RgbImage(image.width(), image.height(), rgb);
  }

  /** The picture with its places filled with its mean colour. */
  public static RgbImage filledWithMean(RgbImage image, List<Box> places) {
    long[] sums = new long[3];
    byte[] from = image.rgb();
    for (int i = 0; i < from.length; i++) {
      sums[i % 3] += from[i] & 0xff;
    }
    long pixels = (long) image.width() * image.height();
    byte[] rgb = from.clone();
    for (Box place : places) {
      Pixels to = Pixels.of(place, image);
      for (int y = to.top; y < to.bottom; y++) {
        for (int x = to.left; x < to.right; x++) {
          for (int c = 0; c < 3; c++) {
            rgb[3 * (y * image.width() + x) + c] = (byte) ((sums[c] + pixels / 2) / pixels);
          }
        }
      }
    }
    return new RgbImage(image.width(), image.height(), rgb);
  }

  /**
   * The picture with places of another picture pasted into its own, resized where sizes differ.
   *
   * @param places in {@code image}
   * @param from the other picture
   * @param sources for each place, the place in {@code from}
   */
  public static RgbImage pasted(
      RgbImage image, List<Box> places, RgbImage from, List<Box> sources) {
    byte[] rgb = image.rgb().clone();
    for (int i = 0; i < places.size(); i++) {
      Pixels to = Pixels.of(places.get(i), image);
      Pixels source = Pixels.of(sources.get(i), from);
      if (!to.isEmpty() && !source.isEmpty()) {
        copy(
            OpenCv.resized(
                from,
                source.left,
                source.top,
                source.width(),
                source.height(),
                to.width(),
                to.height()),
            rgb,
            image,
            to);
      }
    }
    return new RgbImage(image.width(), image.height(), rgb);
  }

  private static void copy(RgbImage patch, byte[] rgb, RgbImage onto, Pixels to) {
    for (int y = 0; y < to.height(); y++) {
      System.arraycopy(
          patch.rgb(),
          3 * y * to.width(),
          rgb,
          3 * ((to.top + y) * onto.width() + to.left),
          3 * to.width());
    }
  }

  private record Pixels(int left, int top, int right, int bottom) {
    /** A millionth of a pixel is rounding. */
    private static final double ROUNDING = 1e-6;

    static Pixels of(Box box, RgbImage image) {
      return new Pixels(
          (int) Math.max(0, Math.floor(box.x0() + ROUNDING)),
          (int) Math.max(0, Math.floor(box.y0() + ROUNDING)),
          (int) Math.min(image.width(), Math.ceil(box.x1() - ROUNDING)),
          (int) Math.min(image.height(), Math.ceil(box.y1() - ROUNDING)));
    }

    boolean isEmpty() {
      return right <= left || bottom <= top;
    }

    int width() {
      return right - left;
    }

    int height() {
      return bottom - top;
    }
  }
}

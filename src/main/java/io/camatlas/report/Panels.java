package io.camatlas.report;

import io.camatlas.image.Box;
import java.util.Arrays;

/**
 * The pixels of the two panels: the photograph, and the photograph overlaid with heat.
 *
 * <p>An image whose longer side is between {@value #SHORTEST} and {@value #LONGEST} pixels is shown
 * pixel for pixel. A smaller one is enlarged by a whole factor, each pixel to a square, so that the
 * stored pixels are what is seen; a larger one is scaled down by averaging.
 */
final class Panels {

  /** Longer side below which an image is enlarged. */
  static final int SHORTEST = 224;

  /** Longer side above which an image is reduced. */
  static final int LONGEST = 1600;

  /** Heat below this share of the maximum leaves the photograph as it is. */
  private static final double CLEAR_BELOW = 0.04;

  private static final double HIGHEST_OPACITY = 0.72;

  final int width;
  final int height;

  /** Panel pixels per pixel of the original; the two directions differ only by rounding. */
  final double scaleX;

  final double scaleY;

  /** Row-major, {@code 0xRRGGBB}. */
  final int[] photo;

  final int[] overlay;

  Panels(OverlayRequest request, HeatPalette palette) {
    int longer = Math.max(request.width(), request.height());
    if (longer > LONGEST) {
      double scale = (double) LONGEST / longer;
      width = (int) Math.max(1, Math.round(request.width() * scale));
      height = (int) Math.max(1, Math.round(request.height() * scale));
    } else {
      int factor = longer < SHORTEST ? (SHORTEST + longer - 1) / longer : 1;
      width = request.width() * factor;
      height = request.height() * factor;
    }
    scaleX = (double) width / request.width();
    scaleY = (double) height / request.height();
    photo =
        longer > LONGEST
            ? reduced(request, width, height)
            : enlarged(request, width, height, width / request.width());
    overlay = heated(request.map(), palette);
  }

  private static int[] enlarged(OverlayRequest image, int width, int height, int factor) {
    byte[] rgb = image.rgb();
    int[] pixels = new int[width * height];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int at = 3 * (y / factor * image.width() + x / factor);
        pixels[y * width + x] =
            pack(
                Byte.toUnsignedInt(rgb[at]),
                Byte.toUnsignedInt(rgb[at + 1]),
                Byte.toUnsignedInt(rgb[at + 2]));
      }
    }
    return pixels;
  }

  /** Each panel pixel is the mean of the original pixels whose centres it covers. */
  private static int[] reduced(OverlayRequest image, int width, int height) {
    byte[] rgb = image.rgb();
    int[] pixels = new int[width * height];
    int[] startX = cuts(image.width(), width);
    int[] startY = cuts(image.height(), height);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        long red = 0;
        long green = 0;
        long blue = 0;
        for (int v = startY[y]; v < startY[y + 1]; v++) {
          int at = 3 * (v * image.width() + startX[x]);
          for (int u = startX[x]; u < startX[x + 1]; u++, at += 3) {
            red += Byte.toUnsignedInt(rgb[at]);
            green += Byte.toUnsignedInt(rgb[at + 1]);
            blue += Byte.toUnsignedInt(rgb[at + 2]);
          }
        }
        double count = (double) (startY[y + 1] - startY[y]) * (startX[x + 1] - startX[x]);
        pixels[y * width + x] = pack(red / count, green / count, blue / count);
      }
    }
    return pixels;
  }

  private static int[] cuts(int from, int to) {
    int[] cuts = new int[to + 1];
    for (int i = 0; i <= to; i++) {
      cuts[i] = (int) Math.round((double) i * from / to);
    }
    return cuts;
  }

  private int[] heated(PlacedMap map, HeatPalette palette) {
    Box covered = map.covered();
    Cubic columns = new Cubic(width, scaleX, covered.x0(), covered.x1(), map.width());
    Cubic rows = new Cubic(height, scaleY, covered.y0(), covered.y1(), map.height());
    float maximum = map.maximum();
    float[][] stretched = new float[map.height()][];
    for (int r = 0; r < map.height(); r++) {
      stretched[r] = columns.stretch(map.values(), r * map.width());
    }
    int[] pixels = new int[width * height];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int at = y * width + x;
        if (!rows.isInside(y) || !columns.isInside(x)) {
          pixels[at] = dimmed(photo[at]);
        } else if (maximum == 0) {
          pixels[at] = photo[at];
        } else {
          // The cubic overshoots next to steep slopes; saliency must stay between zero and its
          // maximum.
          double share = Math.max(0, Math.min(1, rows.at(stretched, y, x) / maximum));
          pixels[at] = blend(photo[at], palette.rgb(share), opacity(share));
        }
      }
    }
    return pixels;
  }

  /**
   * Increases smoothly from zero: low values show the photograph, and high values still let it show
   * through.
   */
  static double opacity(double share) {
    double t = Math.max(0, (share - CLEAR_BELOW) / (1 - CLEAR_BELOW));
    return HIGHEST_OPACITY * Math.sqrt(t) * t / (t + 0.12) * 1.12;
  }

  /** The grey and dark colour of pixels that the network never saw. */
  static int dimmed(int rgb) {
    int red = rgb >> 16 & 0xff;
    int green = rgb >> 8 & 0xff;
    int blue = rgb & 0xff;
    double grey = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    return pack(
        0.38 * (0.3 * red + 0.7 * grey),
        0.38 * (0.3 * green + 0.7 * grey),
        0.38 * (0.3 * blue + 0.7 * grey));
  }

  private static int blend(int below, int above, double opacity) {
    double rest = 1 - opacity;
    return pack(
        rest * (below >> 16 & 0xff) + opacity * (above >> 16 & 0xff),
        rest * (below >> 8 & 0xff) + opacity * (above >> 8 & 0xff),
        rest * (below & 0xff) + opacity * (above & 0xff));
  }

  private static int pack(double red, double green, double blue) {
    return (int) (red + 0.5) << 16 | (int) (green + 0.5) << 8 | (int) (blue + 0.5);
  }

  /**
   * Catmull-Rom interpolation along one axis: through the values at the cells' centres, without the
   * diamond shapes that bilinear interpolation produces from a 7x7 map. Edges are clamped.
   */
  private static final class Cubic {

    private final int[] before;
    private final float[][] weights;
    private final int cells;

    Cubic(int pixels, double scale, double from, double to, int cells) {
      this.cells = cells;
      before = new int[pixels];
      weights = new float[pixels][];
      Arrays.fill(before, -1);
      for (int i = 0; i < pixels; i++) {
        double share = ((i + 0.5) / scale - from) / (to - from);
        if (share >= 0 && share < 1) {
          double at = Math.max(0, Math.min(cells - 1, share * cells - 0.5));
          before[i] = (int) at;
          weights[i] = weights(at - before[i]);
        }
      }
    }

    boolean isInside(int pixel) {
      return before[pixel] >= 0;
    }

    float[] stretch(float[] values, int start) {
      float[] stretched = new float[before.length];
      for (int i = 0; i < stretched.length; i++) {
        if (isInside(i)) {
          for (int k = 0; k < 4; k++) {
            stretched[i] += weights[i][k] * values[start + cell(i, k)];
          }
        }
      }
      return stretched;
    }

    float at(float[][] stretchedRows, int pixel, int column) {
      float sum = 0;
      for (int k = 0; k < 4; k++) {
        sum += weights[pixel][k] * stretchedRows[cell(pixel, k)][column];
      }
      return sum;
    }

    private int cell(int pixel, int tap) {
      return Math.max(0, Math.min(cells - 1, before[pixel] - 1 + tap));
    }

    private static float[] weights(double t) {
      return new float[] {
        (float) (t * (-0.5 + t * (1 - 0.5 * t))),
        (float) (1 + t * t * (-2.5 + 1.5 * t)),
        (float) (t * (0.5 + t * (2 - 1.5 * t))),
        (float) (t * t * (-0.5 + 0.5 * t))
      };
    }
  }
}

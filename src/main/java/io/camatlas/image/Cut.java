package io.camatlas.image;

import java.util.List;

/**
 * A small part of a picture, with what surrounds it, to tell whether another picture shows the same
 * thing pixel by pixel: a badge, a stamp, a logo. Two photographs of an object differ in size,
 * light and view, so that their parts are never this alike.
 *
 * @param part the detail of the part itself
 * @param around the detail of the part and of what surrounds it
 * @param whole the detail of the picture, very small
 */
public record Cut(RgbImage part, RgbImage around, RgbImage whole) {
  /** Pictures are compared as if their longer side had so many pixels. */
  private static final int SIDE = 224;

  /** Width and height of a part in these pixels: less than a mark has. */
  private static final int PART = 24;

  /** How much is looked at on each side of a part, since maps are coarse. */
  private static final int MARGIN = 20;

  private static final int WHOLE = 48;

  /** Sigma of a blur that hides how pixels were resampled. */
  private static final double BLUR = 1;

  /** Sigma of a blur that leaves what is smooth. */
  private static final double SMOOTH = 6;

  private static final int GREY = 128;

  /** Parts whose pixels differ less than this from their neighbours, of 255, are plain. */
  private static final double PLAIN = 2;

  /** Slopes across the strongest ones are at least this share of them, squared, beyond one edge. */
  private static final double ONE_EDGE = 0.1;

  /** From this correlation on two parts show the same thing; photographs hardly ever reach it. */
  private static final double SAME = 0.9;

  /** From this correlation on two pictures are copies, or frames of one film. */
  private static final double COPIES = 0.9;

  /**
   * Cuts a part out.
   *
   * @param image upright
   * @param view what the network sees of it, in its pixels
   * @param x centre of the part, as a fraction of the view
   * @param y likewise
   */
  public static Cut of(RgbImage image, Box view, double x, double y) {
    int left = (int) Math.max(0, Math.floor(view.x0()));
    int top = (int) Math.max(0, Math.floor(view.y0()));
    int right = (int) Math.min(image.width(), Math.max(left + 1, Math.ceil(view.x1())));
    int bottom = (int) Math.min(image.height(), Math.max(top + 1, Math.ceil(view.y1())));
    double scale = SIDE / Math.max(view.width(), view.height());
    RgbImage seen =
        OpenCv.resized(
            image,
            left,
            top,
            right - left,
            bottom - top,
            (int) Math.max(PART, Math.round((right - left) * scale)),
            (int) Math.max(PART, Math.round((bottom - top) * scale)));
    RgbImage soft = detail(seen);
    // Padding that the network sees is no part of the picture.
    double column = (view.x0() + x * view.width() - left) * scale;
    double row = (view.y0() + y * view.height() - top) * scale;
    return new Cut(
        square(soft, column, row, PART),
        square(soft, column, row, PART + 2 * MARGIN),
        detail(OpenCv.resized(seen, 0, 0, seen.width(), seen.height(), WHOLE, WHOLE)));
  }

  /**
   * A picture without what is smooth in it, around a middle grey: two slopes of brightness are
   * alike wherever they come from.
   */
  private static RgbImage detail(RgbImage seen) {
    byte[] fine = OpenCv.blurred(seen, 0, 0, seen.width(), seen.height(), BLUR).rgb();
    byte[] coarse = OpenCv.blurred(seen, 0, 0, seen.width(), seen.height(), SMOOTH).rgb();
    byte[] detail = new byte[fine.length];
    for (int i = 0; i < detail.length; i++) {
      int difference = (fine[i] & 0xff) - (coarse[i] & 0xff);
      detail[i] = (byte) Math.max(0, Math.min(255, GREY + difference));
    }
    return new RgbImage(seen.width(), seen.height(), detail);
  }

  /** A square, moved or made smaller so that it lies within the picture. */
  private static RgbImage square(RgbImage image, double x, double y, int side) {
    int width = Math.min(side, image.width());
    int height = Math.min(side, image.height());
    int left = (int) Math.max(0, Math.min(image.width() - width, Math.round(x - width / 2.0)));
    int top = (int) Math.max(0, Math.min(image.height() - height, Math.round(y - height / 2.0)));
    return OpenCv.resized(image, left, top, width, height, width, height);
  }

  /**
   * Whether the part shows nothing that could be told again: little detail, or a single edge, which
   * is like any other one. By the two eigenvalues of the structure tensor.
   */
  public boolean isPlain() {
    double across = 0;
    double down = 0;
    double both = 0;
    int pixels = 0;
    for (int y = 1; y < part.height() - 1; y++) {
      for (int x = 1; x < part.width() - 1; x++) {
        for (int c = 0; c < 3; c++) {
          double dx = (value(x + 1, y, c) - value(x - 1, y, c)) / 2.0;
          double dy = (value(x, y + 1, c) - value(x, y - 1, c)) / 2.0;
          across += dx * dx;
          down += dy * dy;
          both += dx * dy;
        }
        pixels += 3;
      }
    }
    double middle = (across + down) / 2;
    double apart = Math.hypot((across - down) / 2, both);
    double least = Math.max(0, middle - apart);
    return Math.sqrt((middle + apart) / pixels) < PLAIN || least < ONE_EDGE * (middle + apart);
  }

  private int value(int x, int y, int channel) {
    return part.rgb()[3 * (y * part.width() + x) + channel] & 0xff;
  }

  /** Cuts that are compared with many others. */
  public static final class Wanted {
    private final TemplateMatch parts;
    private final TemplateMatch wholes;

    /**
     * Takes the cuts.
     *
     * @param cuts at least one
     */
    public Wanted(List<Cut> cuts) {
      parts = new TemplateMatch(cuts.stream().map(Cut::part).toList());
      wholes = new TemplateMatch(cuts.stream().map(Cut::whole).toList());
    }

    /** Which of the pictures are the other's, or nearly so. */
    public boolean[] areOfTheSamePicture(Cut other) {
      return wholes.found(other.whole, COPIES);
    }

    /** Which parts are shown, pixel by pixel, somewhere in another one's surroundings. */
    public boolean[] areFoundIn(Cut other) {
      return parts.found(other.around, SAME);
    }
  }
}

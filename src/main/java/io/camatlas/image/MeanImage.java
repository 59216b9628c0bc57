package io.camatlas.image;

import java.nio.ByteBuffer;

/**
 * The mean of many images, each as a network sees it: the same part of the picture, at the same
 * size. Where an image is padded, the mean is over the other images only. Parts merge exactly.
 * Mutable; not thread-safe.
 */
public final class MeanImage {
  private final int width;
  private final int height;
  private final int[] sums;
  private final int[] counts;
  private int images;

  /**
   * Creates an empty mean.
   *
   * @param width in pixels, at least 1
   * @param height in pixels, at least 1
   */
  public MeanImage(int width, int height) {
    this.width = width;
    this.height = height;
    this.sums = new int[3 * width * height];
    this.counts = new int[width * height];
  }

  /**
   * Creates an empty mean with the aspect ratio of a network's input, its longer side of {@code
   * longest} pixels.
   */
  public static MeanImage shapedAs(int inputHeight, int inputWidth, int longest) {
    double scale = (double) longest / Math.max(inputHeight, inputWidth);
    return new MeanImage(
        (int) Math.max(1, Math.round(inputWidth * scale)),
        (int) Math.max(1, Math.round(inputHeight * scale)));
  }

  /**
   * Adds an image.
   *
   * @param image upright original
   * @param view the part that the network saw, in the image's pixels; may extend beyond the image
   */
  public void add(RgbImage image, Box view) {
    int left = (int) Math.round(Math.max(0, view.x0()));
    int top = (int) Math.round(Math.max(0, view.y0()));
    int right = (int) Math.round(Math.min(image.width(), view.x1()));
    int bottom = (int) Math.round(Math.min(image.height(), view.y1()));
    if (right <= left || bottom <= top) {
      return;
    }
    int x0 = place(left, view.x0(), view.width(), width, 0);
    int y0 = place(top, view.y0(), view.height(), height, 0);
    int x1 = place(right, view.x0(), view.width(), width, x0 + 1);
    int y1 = place(bottom, view.y0(), view.height(), height, y0 + 1);
    byte[] rgb =
        OpenCv.resized(image, left, top, right - left, bottom - top, x1 - x0, y1 - y0).rgb();
    int in = 0;
    for (int y = y0; y < y1; y++) {
      for (int x = x0; x < x1; x++) {
        int at = y * width + x;
        counts[at]++;
        for (int c = 0; c < 3; c++) {
          sums[3 * at + c] += rgb[in++] & 0xff;
        }
      }
    }
    images++;
  }

  private static int place(double edge, double start, double extent, int cells, int least) {
    int at = (int) Math.round((edge - start) / extent * cells);
    return Math.max(least, Math.min(least == 0 ? cells - 1 : cells, at));
  }

  /**
   * Merges another part into this one.
   *
   * @throws IllegalArgumentException if the sizes differ
   */
  public void merge(MeanImage other) {
    if (other.width != width || other.height != height) {
      throw new IllegalArgumentException(
          "Cannot merge means of %dx%d and %dx%d pixels; both must have the same size."
              .formatted(width, height, other.width, other.height));
    }
    for (int i = 0; i < sums.length; i++) {
      sums[i] += other.sums[i];
    }
    for (int i = 0; i < counts.length; i++) {
      counts[i] += other.counts[i];
    }
    images += other.images;
  }

  /** Number of images added. */
  public int images() {
    return images;
  }

  /** The mean; grey where no image had a pixel. */
  public RgbImage mean() {
    byte[] rgb = new byte[sums.length];
    for (int i = 0; i < counts.length; i++) {
      for (int c = 0; c < 3; c++) {
        rgb[3 * i + c] =
            (byte) (counts[i] == 0 ? 128 : (sums[3 * i + c] + counts[i] / 2) / counts[i]);
      }
    }
    return new RgbImage(width, height, rgb);
  }

  /** Writes the sums and counts, for {@link #read}. */
  public byte[] write() {
    ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES * (3 + sums.length + counts.length));
    bytes.putInt(width).putInt(height).putInt(images);
    bytes.asIntBuffer().put(sums).put(counts);
    return bytes.array();
  }

  /** Reads what {@link #write} wrote. */
  public static MeanImage read(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    MeanImage image = new MeanImage(in.getInt(), in.getInt());
    image.images = in.getInt();
    in.asIntBuffer().get(image.sums).get(image.counts);
    return image;
  }
}

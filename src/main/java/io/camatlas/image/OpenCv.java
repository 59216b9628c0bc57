package io.camatlas.image;

import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.IntBinaryOperator;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * OpenCV's codecs. Native memory is freed before each method returns or throws.
 *
 * <p>The bindings cannot turn off OpenCV's own log; the environment variable {@code
 * OPENCV_LOG_LEVEL=SILENT} can. Files that are cut off are rejected earlier, so little is left to
 * log.
 */
final class OpenCv {
  /** Wider blurs are made of a picture that is smaller by as much. */
  private static final double FINE_SIGMA = 4;

  static {
    NativeMemory.liftLimit();
    // Callers decode several files at once; OpenCV's own threads would only compete for cores.
    opencv_core.setNumThreads(0);
  }

  private OpenCv() {}

  /** Three 8-bit channels, alpha dropped; as stored, except that TIFF files are upright. */
  static RgbImage rgb(ImageFormat format, byte[] file) throws ImageException {
    return read(
        format,
        file,
        opencv_imgcodecs.IMREAD_COLOR_RGB | opencv_imgcodecs.IMREAD_IGNORE_ORIENTATION,
        decoded -> {
          if (decoded.type() != opencv_core.CV_8UC3 || !decoded.isContinuous()) {
            throw ofUnknownKind(format, decoded);
          }
          byte[] rgb = new byte[3 * decoded.cols() * decoded.rows()];
          decoded.data().get(rgb);
          return new RgbImage(decoded.cols(), decoded.rows(), rgb);
        });
  }

  /**
   * The high bytes of grey, RGB or RGBA samples, alpha dropped. {@link #rgb} would round them, and
   * multiply colours by alpha; if asked for 16-bit RGB directly, OpenCV 4.13 returns uninitialised
   * memory.
   */
  static RgbImage highBytes(ImageFormat format, byte[] file) throws ImageException {
    return unchanged(format, file, (stored, alpha) -> stored);
  }

  /**
   * Like {@link #highBytes}, for colours that are stored multiplied by alpha: divides them by it,
   * as Pillow does.
   */
  static RgbImage highBytesDividedByAlpha(ImageFormat format, byte[] file) throws ImageException {
    return unchanged(
        format, file, (stored, alpha) -> alpha == 0 ? stored : Math.min(255, 255 * stored / alpha));
  }

  private static RgbImage unchanged(ImageFormat format, byte[] file, IntBinaryOperator colour)
      throws ImageException {
    return read(
        format,
        file,
        opencv_imgcodecs.IMREAD_UNCHANGED,
        decoded -> {
          int channels = decoded.channels();
          boolean wide = decoded.depth() == opencv_core.CV_16U;
          if ((!wide && decoded.depth() != opencv_core.CV_8U) || channels == 2 || channels > 4) {
            throw ofUnknownKind(format, decoded);
          }
          int width = decoded.cols();
          int height = decoded.rows();
          byte[] rgb = new byte[3 * width * height];
          byte[] row = new byte[width * channels * (wide ? 2 : 1)];
          int high = wide && ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? 1 : 0;
          int sample = wide ? 2 : 1;
          int out = 0;
          for (int y = 0; y < height; y++) {
            decoded.ptr(y).get(row);
            for (int in = high; in < row.length; in += channels * sample) {
              int alpha = channels == 4 ? row[in + 3 * sample] & 0xff : 255;
              for (int c = 0; c < 3; c++) {
                int stored = row[channels == 1 ? in : in + (2 - c) * sample] & 0xff;
                rgb[out++] = (byte) colour.applyAsInt(stored, alpha);
              }
            }
          }
          return new RgbImage(width, height, rgb);
        });
  }

  @FunctionalInterface
  private interface Copy {
    RgbImage from(Mat decoded) throws ImageException;
  }

  private static RgbImage read(ImageFormat format, byte[] file, int flags, Copy copy)
      throws ImageException {
    try (BytePointer data = new BytePointer(file);
        Mat encoded = new Mat(1, file.length, opencv_core.CV_8UC1, data);
        Mat decoded = opencv_imgcodecs.imdecode(encoded, flags)) {
      if (decoded.empty()) {
        throw ImageException.undecodable(format, "its data is damaged or of an unsupported kind");
      }
      return copy.from(decoded);
    } catch (RuntimeException failed) {
      throw new ImageException(
          ImageProblem.UNDECODABLE,
          "The %s file cannot be decoded: %s. Fetch it again, or convert it to PNG or JPEG."
              .formatted(
                  format, String.valueOf(failed.getMessage()).lines().findFirst().orElse("")),
          failed);
    }
  }

  /**
   * A part of a picture, resized; when shrinking, each pixel is the mean of the area that it
   * covers.
   */
  static RgbImage resized(
      RgbImage image, int left, int top, int width, int height, int newWidth, int newHeight) {
    boolean shrinks = newWidth <= width && newHeight <= height;
    try (BytePointer data = new BytePointer(image.rgb());
        Mat whole = new Mat(image.height(), image.width(), opencv_core.CV_8UC3, data);
        Rect place = new Rect(left, top, width, height);
        Mat part = new Mat(whole, place);
        Size size = new Size(newWidth, newHeight);
        Mat resized = new Mat()) {
      opencv_imgproc.resize(
          part,
          resized,
          size,
          0,
          0,
          shrinks ? opencv_imgproc.INTER_AREA : opencv_imgproc.INTER_LINEAR);
      byte[] rgb = new byte[3 * newWidth * newHeight];
      resized.data().get(rgb);
      return new RgbImage(newWidth, newHeight, rgb);
    }
  }

  /**
   * A part of a picture under a Gaussian blur that takes in what surrounds the part. A wide blur
   * leaves nothing that a smaller picture would not hold, so it is made of one.
   */
  static RgbImage blurred(RgbImage image, int left, int top, int width, int height, double sigma) {
    try (BytePointer data = new BytePointer(image.rgb());
        Mat whole = new Mat(image.height(), image.width(), opencv_core.CV_8UC3, data);
        Rect place = new Rect(left, top, width, height);
        Size kernel = new Size(0, 0);
        Size small =
            new Size(
                (int) Math.max(1, Math.round(image.width() / Math.max(1, sigma / FINE_SIGMA))),
                (int) Math.max(1, Math.round(image.height() / Math.max(1, sigma / FINE_SIGMA))));
        Size full = new Size(image.width(), image.height());
        Mat shrunk = new Mat();
        Mat soft = new Mat();
        Mat blurred = new Mat()) {
      opencv_imgproc.resize(whole, shrunk, small, 0, 0, opencv_imgproc.INTER_AREA);
      opencv_imgproc.GaussianBlur(shrunk, soft, kernel, Math.min(sigma, FINE_SIGMA));
      opencv_imgproc.resize(soft, blurred, full, 0, 0, opencv_imgproc.INTER_LINEAR);
      try (Mat part = new Mat(blurred, place);
          Mat copy = part.clone()) {
        byte[] rgb = new byte[3 * width * height];
        copy.data().get(rgb);
        return new RgbImage(width, height, rgb);
      }
    }
  }

  /** A plane as means of areas, less their Gaussian blur, which repeats the outermost areas. */
  static void detail(
      float[] planes,
      int from,
      int height,
      int width,
      float[] to,
      int at,
      int rows,
      int columns,
      double sigma) {
    float[] given = Arrays.copyOfRange(planes, from, from + height * width);
    try (FloatPointer data = new FloatPointer(given);
        Mat plane = new Mat(height, width, opencv_core.CV_32FC1, data);
        Size size = new Size(columns, rows);
        Size kernel = new Size(0, 0);
        Mat areas = new Mat();
        Mat soft = new Mat()) {
      opencv_imgproc.resize(plane, areas, size, 0, 0, opencv_imgproc.INTER_AREA);
      opencv_imgproc.GaussianBlur(
          areas,
          soft,
          kernel,
          sigma,
          sigma,
          opencv_core.BORDER_REPLICATE,
          opencv_core.ALGO_HINT_DEFAULT);
      float[] means = new float[rows * columns];
      float[] around = new float[rows * columns];
      new FloatPointer(areas.data()).get(means);
      new FloatPointer(soft.data()).get(around);
      for (int i = 0; i < means.length; i++) {
        to[at + i] = means[i] - around[i];
      }
    }
  }

  /** With the gaps filled that are at most {@code 2 * radius} cells wide. */
  static boolean[] closed(boolean[] some, int rows, int columns, int radius) {
    byte[] cells = bytes(some);
    try (BytePointer data = new BytePointer(cells);
        Size size = new Size(2 * radius + 1, 2 * radius + 1);
        Mat given = new Mat(rows, columns, opencv_core.CV_8UC1, data);
        Mat square = opencv_imgproc.getStructuringElement(opencv_imgproc.MORPH_RECT, size);
        Mat filled = new Mat()) {
      opencv_imgproc.morphologyEx(given, filled, opencv_imgproc.MORPH_CLOSE, square);
      new BytePointer(filled.data()).get(cells);
    }
    boolean[] closed = new boolean[cells.length];
    for (int i = 0; i < cells.length; i++) {
      closed[i] = cells[i] != 0;
    }
    return closed;
  }

  /** Numbers cells that touch one another, also at a corner, from 1; 0 for the others. */
  static int[] regions(boolean[] some, int rows, int columns) {
    try (BytePointer data = new BytePointer(bytes(some));
        Mat given = new Mat(rows, columns, opencv_core.CV_8UC1, data);
        Mat labels = new Mat()) {
      opencv_imgproc.connectedComponents(given, labels);
      int[] numbers = new int[some.length];
      new IntPointer(labels.data()).get(numbers);
      return numbers;
    }
  }

  private static byte[] bytes(boolean[] some) {
    byte[] cells = new byte[some.length];
    for (int i = 0; i < cells.length; i++) {
      cells[i] = (byte) (some[i] ? 1 : 0);
    }
    return cells;
  }

  /** The picture as a JPEG file. */
  static byte[] jpeg(RgbImage image, int quality) {
    try (BytePointer data = new BytePointer(image.rgb());
        Mat rgb = new Mat(image.height(), image.width(), opencv_core.CV_8UC3, data);
        Mat bgr = new Mat();
        IntPointer parameters = new IntPointer(opencv_imgcodecs.IMWRITE_JPEG_QUALITY, quality);
        BytePointer extension = new BytePointer(".jpg");
        BytePointer file = new BytePointer()) {
      opencv_imgproc.cvtColor(rgb, bgr, opencv_imgproc.COLOR_RGB2BGR);
      if (!opencv_imgcodecs.imencode(extension, bgr, file, parameters)) {
        throw new IllegalStateException("OpenCV has no JPEG encoder on this machine.");
      }
      byte[] bytes = new byte[(int) file.limit()];
      file.get(bytes);
      return bytes;
    }
  }

  private static ImageException ofUnknownKind(ImageFormat format, Mat decoded) {
    return ImageException.undecodable(
        format,
        "its samples are of an unsupported kind (OpenCV's type %d)".formatted(decoded.type()));
  }
}

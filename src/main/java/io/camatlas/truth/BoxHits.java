package io.camatlas.truth;

import io.camatlas.image.NativeMemory;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.MatVector;
import org.bytedeco.opencv.opencv_core.Point;
import org.bytedeco.opencv.opencv_core.Rect;

/**
 * The thresholds at which a box drawn around a map's high values matches a true box
 * (arXiv:2001.07437, section 4.1): the map is stretched to 0 to 255 and truncated, values above the
 * threshold are outlined, and each outline's bounding box is a guess.
 *
 * <p>The published thresholds are {@code (int) (t * 255)} for t = 0, 0.001 and so on below 1, which
 * are exactly the levels 0 to {@value #LEVELS} - 1. Boxes are compared as in the published code:
 * corners are whole pixels, a side's length is one more than the difference of its ends, and a
 * guess extends from its first pixel to the one after its last, but not beyond the plane.
 */
final class BoxHits {
  /** Thresholds 0 to 254. */
  static final int LEVELS = 255;

  /** Bit of a level: the largest outline's box has IoU at least 0.5. */
  static final int LARGEST_50 = 1;

  /** Bit of a level: some outline's box has IoU at least 0.3. */
  static final int ANY_30 = 2;

  /** Bit of a level: some outline's box has IoU at least 0.5. */
  static final int ANY_50 = 4;

  /** Bit of a level: some outline's box has IoU at least 0.7. */
  static final int ANY_70 = 8;

  private static final double LOWEST_IOU = 0.3;

  static {
    NativeMemory.liftLimit();
  }

  private BoxHits() {}

  /** A box of whole pixels, including both corners. */
  record PixelBox(int x0, int y0, int x1, int y1) {
    double iou(PixelBox other) {
      long both = shared(other);
      return (double) both / (area() + other.area() - both);
    }

    /** Whether a box inside this one could reach the lowest IoU that counts with the other. */
    boolean mayHoldHit(PixelBox other) {
      return shared(other) >= LOWEST_IOU * other.area();
    }

    private long shared(PixelBox other) {
      return (long) Math.max(0, Math.min(x1, other.x1) - Math.max(x0, other.x0) + 1)
          * Math.max(0, Math.min(y1, other.y1) - Math.max(y0, other.y0) + 1);
    }

    private long area() {
      return (long) (x1 - x0 + 1) * (y1 - y0 + 1);
    }
  }

  /**
   * Which guesses match a true box, at each threshold.
   *
   * @param scores {@code [height,width]}, with minimum 0 and maximum 1, or 0 everywhere
   * @param truth at least one box
   * @return {@value #LEVELS} bytes, each a bitwise OR of the bits above
   */
  static byte[] perLevel(double[] scores, int height, int width, List<PixelBox> truth) {
    byte[] grey = new byte[scores.length];
    Extent[] extents = new Extent[256];
    for (int i = 0; i < grey.length; i++) {
      int level = (int) (scores[i] * 255);
      grey[i] = (byte) level;
      if (extents[level] == null) {
        extents[level] = new Extent(width, height);
      }
      extents[level].add(i % width, i / width);
    }
    byte[] hits = new byte[LEVELS];
    if (extents[255] == null) {
      // A flat map has no outline; the published code then guesses the top left pixel.
      byte corner = (byte) hits(List.of(new PixelBox(0, 0, 0, 0)), 0, truth);
      Arrays.fill(hits, corner);
      return hits;
    }
    try (PointerScope scope = new PointerScope();
        BytePointer data = new BytePointer(grey);
        Mat plane = new Mat(height, width, opencv_core.CV_8UC1, data)) {
      byte before = 0;
      Extent above = new Extent(width, height);
      // Descending, so that the part of the plane above the threshold only grows.
      for (int level = LEVELS - 1; level >= 0; level--) {
        if (extents[level + 1] != null) {
          above.add(extents[level + 1]);
          before = above.mayHit(truth) ? (byte) hits(plane, level, above, truth) : 0;
        }
        hits[level] = before;
      }
    }
    return hits;
  }

  /** The bits of one level; no value outside {@code above} exceeds the level. */
  private static int hits(Mat plane, int level, Extent above, List<PixelBox> truth) {
    int lastColumn = plane.cols() - 1;
    int lastRow = plane.rows() - 1;
    try (PointerScope scope = new PointerScope()) {
      Mat part =
          new Mat(
              plane,
              new Rect(
                  above.left,
                  above.top,
                  above.right - above.left + 1,
                  above.bottom - above.top + 1));
      Mat binary = new Mat();
      opencv_imgproc.threshold(part, binary, level, 255, opencv_imgproc.THRESH_BINARY);
      MatVector outlines = new MatVector();
      opencv_imgproc.findContours(
          binary,
          outlines,
          opencv_imgproc.RETR_TREE,
          opencv_imgproc.CHAIN_APPROX_SIMPLE,
          new Point(above.left, above.top));
      PixelBox[] boxes = new PixelBox[(int) outlines.size()];
      int largest = 0;
      double largestArea = -1;
      for (int i = 0; i < boxes.length; i++) {
        Mat outline = outlines.get(i);
        Rect box = opencv_imgproc.boundingRect(outline);
        boxes[i] =
            new PixelBox(
                box.x(),
                box.y(),
                Math.min(box.x() + box.width(), lastColumn),
                Math.min(box.y() + box.height(), lastRow));
        if (boxes.length > 1) {
          double area = opencv_imgproc.contourArea(outline);
          if (area > largestArea) {
            largestArea = area;
            largest = i;
          }
        }
      }
      return hits(List.of(boxes), largest, truth);
    }
  }

  private static int hits(List<PixelBox> guesses, int largest, List<PixelBox> truth) {
    double best = 0;
    double bestOfLargest = 0;
    for (int i = 0; i < guesses.size(); i++) {
      for (PixelBox object : truth) {
        double iou = guesses.get(i).iou(object);
        best = Math.max(best, iou);
        if (i == largest) {
          bestOfLargest = Math.max(bestOfLargest, iou);
        }
      }
    }
    return (bestOfLargest >= 0.5 ? LARGEST_50 : 0)
        | (best >= LOWEST_IOU ? ANY_30 : 0)
        | (best >= 0.5 ? ANY_50 : 0)
        | (best >= 0.7 ? ANY_70 : 0);
  }

  /** The smallest rectangle around some pixels, including its corners. */
  private static final class Extent {
    private int left;
    private int top;
    private int right = -1;
    private int bottom = -1;

    Extent(int width, int height) {
      left = width;
      top = height;
    }

    void add(int x, int y) {
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }

    /** Whether an outline inside could hit: its box lies within this one, so it shares no more. */
    boolean mayHit(List<PixelBox> truth) {
      PixelBox most = new PixelBox(left, top, right + 1, bottom + 1);
      return truth.stream().anyMatch(most::mayHoldHit);
    }

    void add(Extent other) {
      add(other.left, other.top);
      add(other.right, other.bottom);
    }
  }
}

package io.camatlas.truth;

import io.camatlas.image.Box;
import io.camatlas.image.PixelMapping;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The pixels of the original that show the class: masks, and boxes of objects without a mask. */
final class PointTarget {
  private final int width;
  private final int height;

  /** Boxes of objects without a mask. */
  private final List<BoxHits.PixelBox> boxes = new ArrayList<>();

  /** All masks in one, with the grid values of {@link Mask}; null if there are none. */
  private byte[] grid;

  /** Pixels of {@link #grid} that belong to a crowd; null if there are none. */
  private byte[] crowd;

  private PointTarget(int width, int height) {
    this.width = width;
    this.height = height;
  }

  static PointTarget of(
      List<TruthObject> objects, List<TruthObject> crowds, PixelMapping mapping, MaskFiles files) {
    PointTarget target = new PointTarget(mapping.width(), mapping.height());
    for (TruthObject object : objects) {
      if (object.maskOrNull() == null) {
        target.boxes.add(target.pixels(object.box()));
      } else {
        target.grid = target.union(target.grid, object.maskOrNull(), files);
      }
    }
    for (TruthObject object : crowds) {
      if (object.maskOrNull() != null) {
        target.crowd = target.union(target.crowd, object.maskOrNull(), files);
      }
    }
    return target;
  }

  /** The box in whole pixels: at least one pixel, even if the box contains no pixel's centre. */
  private BoxHits.PixelBox pixels(Box box) {
    int left = Math.min(PixelSpan.start(box.x0(), width), width - 1);
    int top = Math.min(PixelSpan.start(box.y0(), height), height - 1);
    return new BoxHits.PixelBox(
        left,
        top,
        Math.max(left, PixelSpan.start(box.x1(), width) - 1),
        Math.max(top, PixelSpan.start(box.y1(), height) - 1));
  }

  /** Object wins over ignore, ignore over background. */
  private byte[] union(byte[] sofar, Mask mask, MaskFiles files) {
    byte[] next = mask.rasterise(width, height, files);
    if (sofar == null) {
      return next;
    }
    for (int i = 0; i < sofar.length; i++) {
      if (next[i] == Mask.OBJECT || sofar[i] == Mask.BACKGROUND) {
        sofar[i] = next[i];
      }
    }
    return sofar;
  }

  /** Whether a pixel of the class is less than {@code tolerance} from pixel (x,y). */
  boolean isHit(int x, int y, int tolerance) {
    for (BoxHits.PixelBox box : boxes) {
      long dx = Math.max(0, Math.max(box.x0() - x, x - box.x1()));
      long dy = Math.max(0, Math.max(box.y0() - y, y - box.y1()));
      if (dx * dx + dy * dy < (long) tolerance * tolerance) {
        return true;
      }
    }
    return isHit(grid, x, y, tolerance) || isHit(crowd, x, y, tolerance);
  }

  private boolean isHit(byte[] pixels, int x, int y, int tolerance) {
    if (pixels == null) {
      return false;
    }
    for (int dy = 1 - tolerance; dy < tolerance; dy++) {
      for (int dx = 1 - tolerance; dx < tolerance; dx++) {
        int column = x + dx;
        int row = y + dy;
        if (dx * dx + dy * dy < tolerance * tolerance
            && column >= 0
            && column < width
            && row >= 0
            && row < height
            && pixels[row * width + column] == Mask.OBJECT) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * The masks on the input plane, with the grid values of {@link Mask}; padding and crowds are
   * {@link Mask#IGNORE}. Null if an object lacks a mask, since its pixels are then unknown.
   */
  byte[] onPlane(PixelMapping mapping) {
    if (!boxes.isEmpty()) {
      return null;
    }
    byte[] plane = new byte[mapping.inputWidth() * mapping.inputHeight()];
    Arrays.fill(plane, Mask.IGNORE);
    for (int r = 0; r < mapping.inputHeight(); r++) {
      int y = (int) Math.floor(mapping.toOriginalY(r + 0.5));
      if (y < 0 || y >= height) {
        continue;
      }
      for (int c = 0; c < mapping.inputWidth(); c++) {
        int x = (int) Math.floor(mapping.toOriginalX(c + 0.5));
        if (x >= 0 && x < width) {
          int at = y * width + x;
          boolean inCrowd =
              crowd != null && crowd[at] != Mask.BACKGROUND && grid[at] == Mask.BACKGROUND;
          plane[r * mapping.inputWidth() + c] = inCrowd ? Mask.IGNORE : grid[at];
        }
      }
    }
    return plane;
  }
}

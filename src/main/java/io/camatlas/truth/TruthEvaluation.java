package io.camatlas.truth;

import io.camatlas.image.Box;
import io.camatlas.image.PixelMapping;
import io.camatlas.localize.SaliencyRule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Measures saliency maps of one image against its objects of one class.
 *
 * <p>Every map is first brought to the network's input plane: bilinear, half-pixel centres, clamped
 * edges (OpenCV's {@code INTER_LINEAR}). Four measurements follow.
 *
 * <ul>
 *   <li><b>Pointing game</b> (Zhang et al., arXiv:1608.00507; a circle in place of a square as in
 *       TorchRay, arXiv:1910.08485). The plane's highest pixel, the first in row-major order if
 *       there are several, is mapped to the original, and hits if an object's pixel is less than
 *       {@value #TOLERANCE} pixels away. An object's pixels are those of its mask, or of its box if
 *       it has none; a crowd's mask counts, as in TorchRay. The plane's centre is measured as well.
 *       A map that is zero everywhere misses.
 *   <li><b>Energy-based pointing game</b> (Score-CAM, arXiv:1910.01279, section 4.3): the share of
 *       the map's sum that lies on pixels inside a box, and the share of pixels that lie inside a
 *       box, which is the value for a uniform map.
 *   <li><b>MaxBoxAcc and MaxBoxAccV2</b> (arXiv:2001.07437, section 4.1, and its extension
 *       arXiv:2007.04178): at which of 255 thresholds the box around the largest outline, or around
 *       any outline, overlaps a true box with enough IoU. True boxes are mapped to the plane,
 *       clipped and truncated to whole pixels. The published code enlarges maps with cubic
 *       interpolation; here it is linear.
 *   <li><b>PxAP</b> (arXiv:2001.07437, section 4.1): histograms of the map, stretched to 0 to 1,
 *       over object and over background pixels, if every object has a mask. Masks are mapped to the
 *       plane by nearest neighbour between pixel centres (the published code reads the pixel at
 *       each pixel's corner). Pixels marked to be ignored, crowds, and padding around the image are
 *       left out.
 * </ul>
 *
 * <p>An object that the crop removes completely is counted but not measured against. An instance is
 * prepared once for an image and a class; maps of several layers share that work. Measuring does
 * not change it, so several threads may use one instance.
 */
public final class TruthEvaluation {
  /** Distance in pixels of the original below which a point hits. */
  public static final int TOLERANCE = 15;

  private final PixelMapping mapping;
  private final int croppedOut;
  private final boolean hasObjects;
  private final List<BoxHits.PixelBox> boxes;

  /** Whether each pixel of the plane is inside a box. */
  private final boolean[] covered;

  private final double coverage;
  private final PointTarget target;

  /** The plane's pixels, with the grid values of {@link Mask}; null if a mask is missing. */
  private final byte[] planeMask;

  /**
   * Prepares to measure maps.
   *
   * @param objects the objects of the class that count, in pixels of the upright original; at least
   *     one that is not a crowd
   * @param mapping from the upright original to the input plane
   * @param files source of masks that are files
   * @throws TruthException if all objects are crowds, or a mask cannot be drawn at the original's
   *     size
   */
  public TruthEvaluation(List<TruthObject> objects, PixelMapping mapping, MaskFiles files) {
    this.mapping = mapping;
    List<TruthObject> visible = new ArrayList<>();
    List<TruthObject> crowds = new ArrayList<>();
    int lost = 0;
    for (TruthObject object : objects) {
      if (object.crowd()) {
        crowds.add(object);
      } else if (mapping.toInput(object.box()).area() > 0) {
        visible.add(object);
      } else {
        lost++;
      }
    }
    if (visible.isEmpty() && lost == 0) {
      throw new TruthException(
          "There is no object to measure against (%d crowds); at least 1 is needed. Leave this image out."
              .formatted(crowds.size()));
    }
    croppedOut = lost;
    hasObjects = !visible.isEmpty();
    boxes = visible.stream().map(object -> truncated(mapping.toInput(object.box()))).toList();
    covered = new boolean[mapping.inputWidth() * mapping.inputHeight()];
    for (TruthObject object : visible) {
      cover(mapping.toInput(object.box()));
    }
    int inside = 0;
    for (boolean pixel : covered) {
      inside += pixel ? 1 : 0;
    }
    coverage = (double) inside / covered.length;
    target = hasObjects ? PointTarget.of(visible, crowds, mapping, files) : null;
    planeMask = hasObjects ? target.onPlane(mapping) : null;
  }

  private static BoxHits.PixelBox truncated(Box box) {
    return new BoxHits.PixelBox((int) box.x0(), (int) box.y0(), (int) box.x1(), (int) box.y1());
  }

  private void cover(Box box) {
    int width = mapping.inputWidth();
    int from = PixelSpan.start(box.x0(), width);
    int end = PixelSpan.start(box.x1(), width);
    int endRow = PixelSpan.start(box.y1(), mapping.inputHeight());
    for (int y = PixelSpan.start(box.y0(), mapping.inputHeight()); y < endRow; y++) {
      Arrays.fill(covered, y * width + from, y * width + Math.max(from, end), true);
    }
  }

  /**
   * The measurements of one map.
   *
   * @param croppedOut number of objects that the crop removes completely
   * @param measured whether any other object was left; if not, the remaining values are meaningless
   * @param blank whether the map is zero everywhere
   * @param peakHit whether the highest pixel hits
   * @param centreHit whether the plane's centre hits
   * @param energy share of the map's sum inside the boxes, 0 to 1; NaN for a blank map
   * @param coverage share of the plane's pixels inside the boxes, 0 to 1
   * @param boxHits for each threshold 0 to 254, the bits 1 (largest outline, IoU 0.5), 2, 4 and 8
   *     (any outline, IoU 0.3, 0.5 and 0.7)
   * @param pixels histograms of the map over object and background; null without masks
   */
  public record Result(
      int croppedOut,
      boolean measured,
      boolean blank,
      boolean peakHit,
      boolean centreHit,
      double energy,
      double coverage,
      byte[] boxHits,
      PixelScores pixels) {
    static Result croppedOut(int objects) {
      return new Result(
          objects, false, false, false, false, Double.NaN, 0, new byte[BoxHits.LEVELS], null);
    }
  }

  /**
   * Measures one map.
   *
   * @param map saliency {@code [height,width]} on the layer's grid, row-major; may be zero
   *     everywhere
   * @throws IllegalArgumentException if the length is not {@code height * width}, or a value is
   *     negative or not finite
   */
  public Result measure(float[] map, int height, int width) {
    SaliencyRule.require(map, height, width);
    if (!hasObjects) {
      return Result.croppedOut(croppedOut);
    }
    int planeWidth = mapping.inputWidth();
    int planeHeight = mapping.inputHeight();
    double[] plane = Upsampling.bilinear(map, height, width, planeHeight, planeWidth);
    int peak = peak(plane);
    double lowest = plane[0];
    double sum = 0;
    double inside = 0;
    for (int i = 0; i < plane.length; i++) {
      double value = plane[i];
      sum += value;
      if (covered[i]) {
        inside += value;
      }
      lowest = Math.min(lowest, value);
    }
    double highest = plane[peak];
    boolean blank = highest == 0;
    boolean peakHit = !blank && hitsPixel(peak % planeWidth, peak / planeWidth);
    boolean centreHit = hits(planeWidth / 2.0, planeHeight / 2.0);
    // Stretched to 0 to 1; a flat map becomes 0, as in the published code.
    double range = highest - lowest;
    for (int i = 0; i < plane.length; i++) {
      plane[i] = range > 0 ? (plane[i] - lowest) / range : 0;
    }
    return new Result(
        croppedOut,
        true,
        blank,
        peakHit,
        centreHit,
        blank ? Double.NaN : Math.min(1, inside / sum),
        coverage,
        BoxHits.perLevel(plane, planeHeight, planeWidth, boxes),
        planeMask == null ? null : PixelScores.of(plane, planeMask));
  }

  /**
   * Whether the highest pixel of a map hits, and nothing else.
   *
   * @param map as for {@link #measure}
   * @return empty if the crop removes all objects; false for a blank map
   */
  public Optional<Boolean> peakHit(float[] map, int height, int width) {
    SaliencyRule.require(map, height, width);
    if (!hasObjects) {
      return Optional.empty();
    }
    int planeWidth = mapping.inputWidth();
    double[] plane = Upsampling.bilinear(map, height, width, mapping.inputHeight(), planeWidth);
    int peak = peak(plane);
    return Optional.of(plane[peak] > 0 && hitsPixel(peak % planeWidth, peak / planeWidth));
  }

  /** The first of the highest pixels. */
  private static int peak(double[] plane) {
    int peak = 0;
    for (int i = 1; i < plane.length; i++) {
      peak = plane[i] > plane[peak] ? i : peak;
    }
    return peak;
  }

  private boolean hitsPixel(int column, int row) {
    return hits(column + 0.5, row + 0.5);
  }

  private boolean hits(double xInput, double yInput) {
    return target.isHit(
        (int) Math.floor(mapping.toOriginalX(xInput)),
        (int) Math.floor(mapping.toOriginalY(yInput)),
        TOLERANCE);
  }
}

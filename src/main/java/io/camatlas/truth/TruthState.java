package io.camatlas.truth;

import io.camatlas.atlas.Moments;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * How well many maps agree with ground truth; parts merge in any order. Holds counts, histograms
 * and moments, from which the metrics are read. Immutable.
 *
 * <p>A metric over no images is NaN. Images whose crop shows no object are counted in {@link
 * #withoutVisibleObject} and nowhere else.
 */
public final class TruthState {
  private static final int VERSION = 2;

  private static final int VARIANTS = 4;

  /** The neutral element of {@link #merge}. */
  public static final TruthState EMPTY =
      new TruthState(
          new Counts(0, 0, 0, 0, 0, 0),
          Moments.EMPTY,
          Moments.EMPTY,
          new long[VARIANTS][BoxHits.LEVELS],
          null,
          null);

  /**
   * The counts.
   *
   * @param images images measured
   * @param withoutVisibleObject images not measured, because the crop shows none of their objects
   * @param croppedOut objects that the crop removes completely, in either kind of image
   * @param blank measured images whose map is zero everywhere
   * @param peakHits measured images whose highest pixel hits
   * @param centreHits measured images whose centre hits
   */
  private record Counts(
      long images,
      long withoutVisibleObject,
      long croppedOut,
      long blank,
      long peakHits,
      long centreHits) {
    Counts plus(Counts other) {
      return new Counts(
          images + other.images,
          withoutVisibleObject + other.withoutVisibleObject,
          croppedOut + other.croppedOut,
          blank + other.blank,
          peakHits + other.peakHits,
          centreHits + other.centreHits);
    }
  }

  private final Counts counts;
  private final Moments energy;
  private final Moments coverage;

  /** Images that hit, by bit of {@link BoxHits} and by level. */
  private final long[][] boxHits;

  /**
   * Pixels by bin of {@link PixelScores}; this and the next field are null while no image had
   * masks.
   */
  private final long[] objectPixels;

  private final long[] backgroundPixels;

  private TruthState(
      Counts counts,
      Moments energy,
      Moments coverage,
      long[][] boxHits,
      long[] objectPixels,
      long[] backgroundPixels) {
    this.counts = counts;
    this.energy = energy;
    this.coverage = coverage;
    this.boxHits = boxHits;
    this.objectPixels = objectPixels;
    this.backgroundPixels = backgroundPixels;
  }

  /** Returns the state with one more measurement. */
  public TruthState add(TruthEvaluation.Result result) {
    if (!result.measured()) {
      return new TruthState(
          counts.plus(new Counts(0, 1, result.croppedOut(), 0, 0, 0)),
          energy,
          coverage,
          boxHits,
          objectPixels,
          backgroundPixels);
    }
    Counts one =
        new Counts(
            1,
            0,
            result.croppedOut(),
            result.blank() ? 1 : 0,
            result.peakHit() ? 1 : 0,
            result.centreHit() ? 1 : 0);
    long[][] hits = new long[VARIANTS][];
    for (int variant = 0; variant < VARIANTS; variant++) {
      hits[variant] = boxHits[variant].clone();
      for (int level = 0; level < BoxHits.LEVELS; level++) {
        hits[variant][level] += (result.boxHits()[level] >> variant) & 1;
      }
    }
    PixelScores pixels = result.pixels();
    return new TruthState(
        counts.plus(one),
        result.blank() ? energy : energy.with(result.energy()),
        result.blank() ? coverage : coverage.with(result.coverage()),
        hits,
        pixels == null ? objectPixels : sum(objectPixels, widened(pixels.object())),
        pixels == null ? backgroundPixels : sum(backgroundPixels, widened(pixels.background())));
  }

  /** Merges two states; order matters only to the rounding of the moments. */
  public TruthState merge(TruthState other) {
    long[][] hits = new long[VARIANTS][];
    for (int variant = 0; variant < VARIANTS; variant++) {
      hits[variant] = sum(boxHits[variant], other.boxHits[variant]);
    }
    return new TruthState(
        counts.plus(other.counts),
        energy.merge(other.energy),
        coverage.merge(other.coverage),
        hits,
        sum(objectPixels, other.objectPixels),
        sum(backgroundPixels, other.backgroundPixels));
  }

  private static long[] widened(int[] pixels) {
    return Arrays.stream(pixels).asLongStream().toArray();
  }

  private static long[] sum(long[] a, long[] b) {
    if (a == null || b == null) {
      return a == null ? b : a;
    }
    long[] both = a.clone();
    for (int i = 0; i < both.length; i++) {
      both[i] += b[i];
    }
    return both;
  }

  /** Images measured. */
  public long images() {
    return counts.images;
  }

  /** Images not measured, because the crop shows none of their objects. */
  public long withoutVisibleObject() {
    return counts.withoutVisibleObject;
  }

  /** Objects that the crop removes completely, over all images. */
  public long croppedOutObjects() {
    return counts.croppedOut;
  }

  /** Measured images whose map is zero everywhere. */
  public long blank() {
    return counts.blank;
  }

  /** Share of the images whose highest pixel hits. */
  public double pointingAccuracy() {
    return share(counts.peakHits);
  }

  /** Share of the images whose centre hits. */
  public double pointingCentre() {
    return share(counts.centreHits);
  }

  /** Share of each map's sum that lies inside the boxes; blank maps are left out. */
  public Moments energy() {
    return energy;
  }

  /** Share of each plane's pixels that lie inside the boxes. */
  public Moments coverage() {
    return coverage;
  }

  /**
   * The accuracy at the best threshold.
   *
   * @param accuracy share of the images, 0 to 1; NaN over no images
   * @param threshold the lowest of the best thresholds, as a share of the map's stretched range;
   *     pixels above it are outlined. NaN over no images
   */
  public record BestThreshold(double accuracy, double threshold) {}

  /**
   * MaxBoxAcc: the largest outline's box has IoU of at least 0.5 (arXiv:2001.07437, section 4.1).
   */
  public BestThreshold maxBoxAcc() {
    return best(0);
  }

  /** Share of images in which any outline's box has IoU of at least 0.3, at the best threshold. */
  public BestThreshold maxBoxAccV2At30() {
    return best(1);
  }

  /** Share of images in which any outline's box has IoU of at least 0.5, at the best threshold. */
  public BestThreshold maxBoxAccV2At50() {
    return best(2);
  }

  /** Share of images in which any outline's box has IoU of at least 0.7, at the best threshold. */
  public BestThreshold maxBoxAccV2At70() {
    return best(3);
  }

  /** MaxBoxAccV2: the mean of the three, each at its own best threshold (arXiv:2007.04178). */
  public double maxBoxAccV2() {
    return (best(1).accuracy + best(2).accuracy + best(3).accuracy) / 3;
  }

  /**
   * PxAP: the area under precision over recall of all images' pixels together, summed over
   * descending thresholds as precision times the gain in recall (arXiv:2001.07437, section 4.1).
   *
   * @return 0 to 1; NaN while no image showed a pixel of a mask
   */
  public double pxap() {
    if (objectPixels == null) {
      return Double.NaN;
    }
    long objects = Arrays.stream(objectPixels).sum();
    if (objects == 0) {
      return Double.NaN;
    }
    double area = 0;
    long truePositives = 0;
    long falsePositives = 0;
    for (int bin = PixelScores.BINS - 1; bin >= 0; bin--) {
      truePositives += objectPixels[bin];
      falsePositives += backgroundPixels[bin];
      if (objectPixels[bin] > 0) {
        double precision = (double) truePositives / (truePositives + falsePositives);
        area += precision * objectPixels[bin] / objects;
      }
    }
    return area;
  }

  private double share(long hits) {
    return counts.images == 0 ? Double.NaN : (double) hits / counts.images;
  }

  private BestThreshold best(int variant) {
    int best = 0;
    for (int level = 1; level < BoxHits.LEVELS; level++) {
      if (boxHits[variant][level] > boxHits[variant][best]) {
        best = level;
      }
    }
    return new BestThreshold(
        share(boxHits[variant][best]), counts.images == 0 ? Double.NaN : best / 255.0);
  }

  /** Writes a version and the counts, with small numbers in few bytes: about 1 to 10 kB. */
  public void write(DataOutput out) throws IOException {
    out.writeInt(VERSION);
    for (long count :
        new long[] {
          counts.images,
          counts.withoutVisibleObject,
          counts.croppedOut,
          counts.blank,
          counts.peakHits,
          counts.centreHits
        }) {
      out.writeLong(count);
    }
    energy.write(out);
    coverage.write(out);
    for (long[] hits : boxHits) {
      write(hits, out);
    }
    out.writeBoolean(objectPixels != null);
    if (objectPixels != null) {
      write(objectPixels, out);
      write(backgroundPixels, out);
    }
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws IOException if the data ends early, is damaged, or was written by another version
   */
  public static TruthState read(DataInput in) throws IOException {
    int version = in.readInt();
    if (version != VERSION) {
      throw new IOException(
          "The ground-truth state has version %d; this program reads %d. Use the program that wrote it."
              .formatted(version, VERSION));
    }
    Counts counts =
        new Counts(
            in.readLong(),
            in.readLong(),
            in.readLong(),
            in.readLong(),
            in.readLong(),
            in.readLong());
    Moments energy = Moments.read(in);
    Moments coverage = Moments.read(in);
    long[][] hits = new long[VARIANTS][];
    for (int variant = 0; variant < VARIANTS; variant++) {
      hits[variant] = read(in, BoxHits.LEVELS);
    }
    boolean masks = in.readBoolean();
    return new TruthState(
        counts,
        energy,
        coverage,
        hits,
        masks ? read(in, PixelScores.BINS) : null,
        masks ? read(in, PixelScores.BINS) : null);
  }

  /** Seven bits per byte, lowest first; the eighth says that more follow. */
  private static void write(long[] numbers, DataOutput out) throws IOException {
    for (long number : numbers) {
      long rest = number;
      while (rest > 127) {
        out.writeByte((int) ((rest & 127) | 128));
        rest >>= 7;
      }
      out.writeByte((int) rest);
    }
  }

  private static long[] read(DataInput in, int size) throws IOException {
    long[] numbers = new long[size];
    for (int i = 0; i < size; i++) {
      int shift = 0;
      int next;
      do {
        next = in.readByte();
        if (shift > 56) {
          throw new IOException(
              "The ground-truth state is damaged: count %d of %d does not end. Run again."
                  .formatted(i + 1, size));
        }
        numbers[i] |= (long) (next & 127) << shift;
        shift += 7;
      } while (next < 0);
    }
    return numbers;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TruthState that
        && counts.equals(that.counts)
        && energy.equals(that.energy)
        && coverage.equals(that.coverage)
        && Arrays.deepEquals(boxHits, that.boxHits)
        && Arrays.equals(objectPixels, that.objectPixels)
        && Arrays.equals(backgroundPixels, that.backgroundPixels);
  }

  @Override
  public int hashCode() {
    return 31 * counts.hashCode() + Arrays.deepHashCode(boxHits);
  }

  @Override
  public String toString() {
    return "TruthState[%s, MaxBoxAcc %s, PxAP %s]".formatted(counts, maxBoxAcc().accuracy, pxap());
  }
}

package io.camatlas.atlas;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * How far confidence can be trusted, overall and grouped by how the network looked at the images.
 *
 * <p>Holds two histograms, of the map's entropy and of its border mass, each crossed with
 * confidence. All numbers are computed from them, so parts merge exactly. Every labelled image
 * counts once. Mutable; not thread-safe.
 */
public final class CalibrationState {
  /** Raised whenever the written format changes; states that hold this one add it to theirs. */
  static final int VERSION = 0;

  /** Value of {@link Group#by()} for the group of all images. */
  public static final String ALL = "all";

  /** Value of {@link Group#by()} for groups of similar confidence. */
  public static final String CONFIDENCE = "confidence";

  /** Bins of confidence, as in Guo et al. 2017 (arXiv:1706.04599). */
  public static final int CONFIDENCE_BINS = 15;

  /** Bins of an attention measure; quarters are formed from them. */
  private static final int FINE = 512;

  private static final int QUARTILES = 4;

  private final Histogram entropy = new Histogram();
  private final Histogram border = new Histogram();

  /** One measure crossed with confidence; the last row is for blank maps. */
  private static final class Histogram {
    final long[] images = new long[(FINE + 1) * CONFIDENCE_BINS];
    final long[] right = new long[images.length];
    final double[] confidence = new double[images.length];

    void add(double share, double confidenceOfImage, boolean isRight) {
      int row = Double.isNaN(share) ? FINE : bin(share, FINE);
      int at = row * CONFIDENCE_BINS + bin(confidenceOfImage, CONFIDENCE_BINS);
      images[at]++;
      right[at] += isRight ? 1 : 0;
      confidence[at] += confidenceOfImage;
    }

    /** Bins are open below and closed above, the first closed on both sides. */
    static int bin(double share, int bins) {
      return (int) Math.max(0, Math.min(bins - 1.0, Math.ceil(share * bins) - 1));
    }

    void merge(Histogram other) {
      for (int i = 0; i < images.length; i++) {
        images[i] += other.images[i];
        right[i] += other.right[i];
        confidence[i] += other.confidence[i];
      }
    }

    long imagesOf(int row) {
      long sum = 0;
      for (int c = 0; c < CONFIDENCE_BINS; c++) {
        sum += images[row * CONFIDENCE_BINS + c];
      }
      return sum;
    }

    /**
     * Rows {@code from} to {@code to} and confidence bins {@code c0} to {@code c1}, ends exclusive,
     * as one group.
     */
    Group group(String by, int bin, double low, double high, int from, int to, int c0, int c1) {
      long n = 0;
      long correct = 0;
      double sum = 0;
      double gaps = 0;
      for (int c = c0; c < c1; c++) {
        long inBin = 0;
        long rightInBin = 0;
        double sumInBin = 0;
        for (int row = from; row < to; row++) {
          int at = row * CONFIDENCE_BINS + c;
          inBin += images[at];
          rightInBin += right[at];
          sumInBin += confidence[at];
        }
        n += inBin;
        correct += rightInBin;
        sum += sumInBin;
        gaps += Math.abs(rightInBin - sumInBin);
      }
      return n == 0
          ? new Group(by, bin, low, high, 0, Double.NaN, Double.NaN, Double.NaN)
          : new Group(by, bin, low, high, n, (double) correct / n, sum / n, gaps / n);
    }

    /** Assigns bins to quarters by the rank of their middle image; a bin is never split. */
    List<Group> quarters(String by, double unit) {
      long all = 0;
      for (int row = 0; row < FINE; row++) {
        all += imagesOf(row);
      }
      List<Group> groups = new ArrayList<>();
      long before = 0;
      int row = 0;
      for (int quarter = 0; quarter < QUARTILES; quarter++) {
        int from = row;
        while (row < FINE
            && (quarter == QUARTILES - 1
                || (before + imagesOf(row) / 2.0) * QUARTILES < (quarter + 1.0) * all)) {
          before += imagesOf(row);
          row++;
        }
        groups.add(
            group(
                by, quarter, unit * from / FINE, unit * row / FINE, from, row, 0, CONFIDENCE_BINS));
      }
      return groups;
    }

    void write(DataOutput out) throws IOException {
      // Most bins are empty: write the number of filled ones, then each with its position.
      int filled = 0;
      for (long count : images) {
        filled += count > 0 ? 1 : 0;
      }
      out.writeInt(filled);
      for (int i = 0; i < images.length; i++) {
        if (images[i] > 0) {
          out.writeInt(i);
          out.writeLong(images[i]);
          out.writeLong(right[i]);
          out.writeDouble(confidence[i]);
        }
      }
    }

    void read(DataInput in) throws IOException {
      int filled = in.readInt();
      for (int i = 0; i < filled; i++) {
        int at = in.readInt();
        images[at] = in.readLong();
        right[at] = in.readLong();
        confidence[at] = in.readDouble();
      }
    }
  }

  /**
   * Images in one bin.
   *
   * @param by what images are grouped by: all, confidence, entropy or border_mass
   * @param bin from 0, lowest first; quarters for entropy and border mass
   * @param low lower edge, in the measure's unit
   * @param high upper edge
   * @param images labelled images
   * @param accuracy share predicted correctly; NaN without images
   * @param confidence mean probability of the predicted class; NaN without images
   * @param calibrationError expected calibration error (Guo et al. 2017, eq. 3) within the group,
   *     15 equal bins of confidence; NaN without images
   */
  public record Group(
      String by,
      int bin,
      double low,
      double high,
      long images,
      double accuracy,
      double confidence,
      double calibrationError) {}

  /**
   * Adds one image; images without a label are ignored. Where an image may have several labels,
   * adds the probability of each and whether the image has it: the share that is right is the share
   * of labels that are there, and nothing is grouped by maps.
   */
  public void add(ExplainedRow row) {
    if (row.several() != null) {
      add(row.several().all());
      return;
    }
    if (row.said().label() == null) {
      return;
    }
    double most = Math.log((double) row.map().height() * row.map().width());
    double evenness = most > 0 ? row.measures().entropyNats() / most : row.measures().entropyNats();
    entropy.add(evenness, row.said().confidence(), row.said().isRight());
    border.add(row.measures().borderMass(), row.said().confidence(), row.said().isRight());
  }

  private void add(ExplainedRow.AllLabels labels) {
    for (ClassName name : labels.classes()) {
      Boolean has = labels.has(name.index());
      double probability = labels.probability(name.index());
      if (has != null && !Double.isNaN(probability)) {
        entropy.add(Double.NaN, probability, has);
      }
    }
  }

  /** Merges another part into this one. */
  public void merge(CalibrationState other) {
    entropy.merge(other.entropy);
    border.merge(other.border);
  }

  /**
   * All groups: one of all images, {@value #CONFIDENCE_BINS} by confidence, four each by entropy
   * and by border mass. Blank maps have neither entropy nor border mass and are in no quarter.
   *
   * @param cells of the layer's grid, for the unit of entropy
   */
  public List<Group> groups(int cells) {
    List<Group> groups = new ArrayList<>();
    groups.add(entropy.group(ALL, 0, 0, 1, 0, FINE + 1, 0, CONFIDENCE_BINS));
    for (int c = 0; c < CONFIDENCE_BINS; c++) {
      groups.add(
          entropy.group(
              CONFIDENCE,
              c,
              (double) c / CONFIDENCE_BINS,
              (c + 1.0) / CONFIDENCE_BINS,
              0,
              FINE + 1,
              c,
              c + 1));
    }
    groups.addAll(entropy.quarters("entropy", Math.log(cells)));
    groups.addAll(border.quarters("border_mass", 1));
    return groups;
  }

  void write(DataOutput out) throws IOException {
    entropy.write(out);
    border.write(out);
  }

  static CalibrationState read(DataInput in) throws IOException {
    CalibrationState state = new CalibrationState();
    state.entropy.read(in);
    state.border.read(in);
    return state;
  }
}

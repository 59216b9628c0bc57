package io.camatlas.atlas;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * How well a network says whether images have one label, where an image may have several. Every
 * image counts once. Mutable; not thread-safe.
 *
 * <p>Holds counts and a histogram of the probability on a logarithmic scale, so that parts merge
 * exactly. Images of which it is not known whether they have the label are only counted.
 */
public final class LabelState implements State<LabelState> {
  /** Raised whenever the written format changes. */
  private static final int VERSION = 1;

  /** The state of a class at a layer. */
  public static final StateKind<LabelState> KIND =
      new StateKind<>("label", VERSION, LabelState::read);

  /**
   * Bins of the logit, log(p / (1 - p)), from {@code -MOST_LOGIT} to {@code MOST_LOGIT}; rare
   * labels have small probabilities that differ by factors. Two probabilities in one bin count as
   * equal: they differ by 3 % at most.
   */
  private static final int BINS = 1024;

  private static final double MOST_LOGIT = 16;

  /** Standard errors of a 95 % interval. */
  private static final double Z = 1.959963984540054;

  private static final int HALVINGS = 60;

  /** Bins of the probability for calibration, as in {@link CalibrationState}. */
  private static final int PROBABILITY_BINS = CalibrationState.CONFIDENCE_BINS;

  private final ClassName name;
  private long found;
  private long missed;
  private long added;
  private long rejected;
  private long unknown;
  private final long[] present = new long[BINS];
  private final long[] absent = new long[BINS];
  private final long[] images = new long[PROBABILITY_BINS];
  private final long[] labelled = new long[PROBABILITY_BINS];
  private final double[] probability = new double[PROBABILITY_BINS];

  /** Creates an empty state. */
  public LabelState(ClassName name) {
    this.name = name;
  }

  /**
   * Adds an image.
   *
   * @param isLabelled whether the image has the label; null if that is not known
   * @param isPredicted whether the network says that it has
   * @param share the probability that it has, 0 to 1; NaN if that was not kept
   */
  public void add(Boolean isLabelled, boolean isPredicted, double share) {
    if (isLabelled == null) {
      unknown++;
      return;
    }
    if (isLabelled) {
      found += isPredicted ? 1 : 0;
      missed += isPredicted ? 0 : 1;
    } else {
      added += isPredicted ? 1 : 0;
      rejected += isPredicted ? 0 : 1;
    }
    if (!Double.isNaN(share)) {
      (isLabelled ? present : absent)[bin(share)]++;
      int at =
          (int)
              Math.max(
                  0, Math.min(PROBABILITY_BINS - 1.0, Math.ceil(share * PROBABILITY_BINS) - 1));
      images[at]++;
      labelled[at] += isLabelled ? 1 : 0;
      probability[at] += share;
    }
  }

  private static int bin(double share) {
    double logit = Math.log(share / (1 - share));
    double at = (logit / MOST_LOGIT + 1) / 2 * BINS;
    return (int) Math.max(0, Math.min(BINS - 1.0, Math.floor(at)));
  }

  @Override
  public void merge(LabelState other) {
    found += other.found;
    missed += other.missed;
    added += other.added;
    rejected += other.rejected;
    unknown += other.unknown;
    for (int i = 0; i < BINS; i++) {
      present[i] += other.present[i];
      absent[i] += other.absent[i];
    }
    for (int i = 0; i < PROBABILITY_BINS; i++) {
      images[i] += other.images[i];
      labelled[i] += other.labelled[i];
      probability[i] += other.probability[i];
    }
  }

  public ClassName name() {
    return name;
  }

  /** Images of which it is known whether they have the label. */
  public long known() {
    return present() + absent();
  }

  /** Images of which it is not known. */
  public long unknown() {
    return unknown;
  }

  /** Images that have the label. */
  public long present() {
    return found + missed;
  }

  /** Images that do not have it. */
  public long absent() {
    return added + rejected;
  }

  /** Images that have the label and of which the network says so. */
  public long found() {
    return found;
  }

  /** Images that do not have the label, but of which the network says so. */
  public long added() {
    return added;
  }

  /** Share of the images with the label of which the network says so; NaN without such images. */
  public double sensitivity() {
    return (double) found / present();
  }

  /** Share of the images without the label of which the network says so; NaN without such. */
  public double specificity() {
    return (double) rejected / absent();
  }

  /**
   * How well the probability tells images with the label from those without.
   *
   * @param value area under the receiver operating characteristic: how often an image with the
   *     label has the higher probability, where equal ones count half; 0 to 1
   * @param low end of its 95 % interval (Newcombe 2006, method 5)
   * @param high the other end
   */
  public record Auroc(double value, double low, double high) {
    private static final Auroc UNKNOWN = new Auroc(Double.NaN, Double.NaN, Double.NaN);
  }

  /** NaN without images of both kinds whose probabilities were kept. */
  public Auroc auroc() {
    long n = sum(present);
    long m = sum(absent);
    if (n == 0 || m == 0) {
      return Auroc.UNKNOWN;
    }
    double pairs = 0;
    long below = 0;
    for (int i = 0; i < BINS; i++) {
      pairs += present[i] * (below + absent[i] / 2.0);
      below += absent[i];
    }
    double value = pairs / n / m;
    return new Auroc(value, end(value, 0, n, m), end(value, 1, n, m));
  }

  /**
   * An end of the interval: where the value is just {@link #Z} standard errors away, with the error
   * that it has there. The interval keeps its width where all pairs are in order.
   *
   * @param bound 0 or 1
   */
  private static double end(double value, double bound, long n, long m) {
    if (value == bound) {
      return bound;
    }
    double outside = bound;
    double inside = value;
    for (int i = 0; i < HALVINGS; i++) {
      double middle = (outside + inside) / 2;
      if (Math.abs(value - middle) > Z * error(middle, n, m)) {
        outside = middle;
      } else {
        inside = middle;
      }
    }
    return (outside + inside) / 2;
  }

  /** The standard error of an area (Hanley and McNeil 1982), with one size for both kinds. */
  private static double error(double area, long n, long m) {
    double size = (n + m) / 2.0;
    double factor = 1 + (size - 1) * ((1 - area) / (2 - area) + area / (1 + area));
    return Math.sqrt(area * (1 - area) * factor / n / m);
  }

  private static long sum(long[] counts) {
    long sum = 0;
    for (long count : counts) {
      sum += count;
    }
    return sum;
  }

  /**
   * Images with similar probabilities.
   *
   * @param low lower edge of the bin, 0 to 1
   * @param high upper edge
   * @param images in the bin
   * @param share of them that have the label; NaN without images
   * @param probability their mean probability; NaN without images
   */
  public record Bin(double low, double high, long images, double share, double probability) {}

  /** One of {@link CalibrationState#CONFIDENCE_BINS} bins of the probability. */
  public Bin bin(int at) {
    return new Bin(
        (double) at / PROBABILITY_BINS,
        (at + 1.0) / PROBABILITY_BINS,
        images[at],
        (double) labelled[at] / images[at],
        probability[at] / images[at]);
  }

  /** Mean probability of the label; NaN without images whose probabilities were kept. */
  public double meanProbability() {
    double sum = 0;
    for (double one : probability) {
      sum += one;
    }
    return sum / sum(images);
  }

  /**
   * Expected calibration error: how far the probability is from the share of images that have the
   * label, on average over bins (Guo et al. 2017, eq. 3, for one label); NaN without images.
   */
  public double calibrationError() {
    double gaps = 0;
    for (int i = 0; i < PROBABILITY_BINS; i++) {
      gaps += Math.abs(labelled[i] - probability[i]);
    }
    return gaps / sum(images);
  }

  @Override
  public long bytes() {
    return 16L * BINS + 24L * PROBABILITY_BINS + 200;
  }

  @Override
  public void write(DataOutput out) throws IOException {
    out.writeInt(name.index());
    out.writeUTF(name.name());
    out.writeLong(found);
    out.writeLong(missed);
    out.writeLong(added);
    out.writeLong(rejected);
    out.writeLong(unknown);
    write(present, out);
    write(absent, out);
    write(images, out);
    write(labelled, out);
    for (double one : probability) {
      out.writeDouble(one);
    }
  }

  /** Most bins are empty: writes the number of filled ones, then each with its position. */
  private static void write(long[] counts, DataOutput out) throws IOException {
    int filled = 0;
    for (long count : counts) {
      filled += count > 0 ? 1 : 0;
    }
    out.writeInt(filled);
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] > 0) {
        out.writeInt(i);
        out.writeLong(counts[i]);
      }
    }
  }

  private static void read(long[] counts, DataInput in) throws IOException {
    int filled = in.readInt();
    for (int i = 0; i < filled; i++) {
      counts[in.readInt()] = in.readLong();
    }
  }

  /** Reads what {@link #write} wrote. */
  public static LabelState read(DataInput in) throws IOException {
    LabelState state = new LabelState(new ClassName(in.readInt(), in.readUTF()));
    state.found = in.readLong();
    state.missed = in.readLong();
    state.added = in.readLong();
    state.rejected = in.readLong();
    state.unknown = in.readLong();
    read(state.present, in);
    read(state.absent, in);
    read(state.images, in);
    read(state.labelled, in);
    for (int i = 0; i < PROBABILITY_BINS; i++) {
      state.probability[i] = in.readDouble();
    }
    return state;
  }
}

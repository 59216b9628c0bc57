package io.camatlas.atlas;

import io.camatlas.localize.Region;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Metrics that need all classes of a layer: each region's mass over the whole dataset, and how
 * selective each feature map is. Merges classes, not rows: every class is added once, when its
 * state is complete. Mutable; not thread-safe.
 */
public final class ClassComparison implements State<ClassComparison> {
  /** Increased whenever the written format changes. */
  static final int VERSION = 1;

  /** Length of the part of a class's ranking whose feature maps are said to serve the class. */
  public static final int SERVING = 5;

  private AttentionState attention;
  private double[] largest = {};
  private int[] top = {};
  private double[] sum = {};
  private int[] serves = {};
  private int classes;
  private final Map<Integer, String> names = new TreeMap<>();

  /** Adds one complete class. */
  public void add(ClassState state) {
    names.put(state.name().index(), state.name().name());
    state
        .attention()
        .ifPresent(
            own -> {
              if (attention == null) {
                attention = new AttentionState(own.height(), own.width());
              }
              attention.merge(own);
            });
    Optional<VectorMeans> activations = state.activations();
    if (activations.isPresent()) {
      start(activations.get().length());
      classes++;
      for (int k = 0; k < sum.length; k++) {
        double mean = activations.get().mean(k);
        sum[k] += mean;
        offer(k, mean, state.name().index());
      }
    }
    if (state.featureMaps().isPresent() && state.featureMaps().get().shares().count() > 0) {
      FeatureMapState own = state.featureMaps().get();
      int[] ranking = own.ranking();
      start(ranking.length);
      for (int rank = 0; rank < Math.min(SERVING, ranking.length); rank++) {
        if (own.shares().mean(ranking[rank]) > 0) {
          serves[ranking[rank]]++;
        }
      }
    }
  }

  private void start(int maps) {
    if (sum.length == 0) {
      largest = new double[maps];
      Arrays.fill(largest, Double.NEGATIVE_INFINITY);
      top = new int[maps];
      Arrays.fill(top, -1);
      sum = new double[maps];
      serves = new int[maps];
    }
  }

  private void offer(int k, double mean, int index) {
    if (mean > largest[k] || (mean == largest[k] && index < top[k])) {
      largest[k] = mean;
      top[k] = index;
    }
  }

  @Override
  public void merge(ClassComparison other) {
    if (other.attention != null) {
      if (attention == null) {
        attention = other.attention;
      } else {
        attention.merge(other.attention);
      }
    }
    if (other.sum.length > 0) {
      start(other.sum.length);
      for (int k = 0; k < sum.length; k++) {
        sum[k] += other.sum[k];
        serves[k] += other.serves[k];
        if (other.top[k] >= 0) {
          offer(k, other.largest[k], other.top[k]);
        }
      }
    }
    classes += other.classes;
    names.putAll(other.names);
  }

  /** Explanations of all classes. */
  public Optional<AttentionState> attention() {
    return Optional.ofNullable(attention);
  }

  /** Mean share of each region over the whole dataset; NaN where all maps are blank. */
  public Map<Region, Double> masses() {
    Map<Region, Double> masses = new EnumMap<>(Region.class);
    for (Region region : Region.values()) {
      masses.put(region, attention == null ? Double.NaN : attention.mass(region).meanOrNaN());
    }
    return masses;
  }

  /** The class with the largest mean activation of a feature map; empty without any. */
  public Optional<ClassName> topClass(int map) {
    return top.length == 0 || top[map] < 0
        ? Optional.empty()
        : Optional.of(new ClassName(top[map], names.get(top[map])));
  }

  /**
   * Class selectivity of a feature map (Morcos et al. 2018, arXiv:1803.06959): (a - b) / (a + b), a
   * being the largest mean activation of any class and b the mean over all other classes; 0 for a
   * feature map that responds to all classes alike, 1 for one that responds to a single class.
   *
   * @return NaN for fewer than two classes, or where a + b is not above zero
   */
  public double selectivity(int map) {
    if (classes < 2) {
      return Double.NaN;
    }
    double others = (sum[map] - largest[map]) / (classes - 1);
    double both = largest[map] + others;
    return both > 0 ? (largest[map] - others) / both : Double.NaN;
  }

  /** Number of classes in whose ranking a feature map is among the first {@value #SERVING}. */
  public int serves(int map) {
    return serves.length == 0 ? 0 : serves[map];
  }

  @Override
  public long bytes() {
    return 24L * sum.length + (attention == null ? 0 : attention.bytes());
  }

  @Override
  public void write(DataOutput out) throws IOException {
    out.writeBoolean(attention != null);
    if (attention != null) {
      attention.write(out);
    }
    out.writeInt(names.size());
    for (Map.Entry<Integer, String> name : names.entrySet()) {
      out.writeInt(name.getKey());
      out.writeUTF(name.getValue());
    }
    out.writeInt(classes);
    out.writeInt(sum.length);
    for (int k = 0; k < sum.length; k++) {
      out.writeDouble(largest[k]);
      out.writeInt(top[k]);
      out.writeDouble(sum[k]);
      out.writeInt(serves[k]);
    }
  }

  /** Reads what {@link #write} wrote. */
  public static ClassComparison read(DataInput in) throws IOException {
    ClassComparison state = new ClassComparison();
    state.attention = in.readBoolean() ? AttentionState.read(in) : null;
    int named = in.readInt();
    for (int i = 0; i < named; i++) {
      state.names.put(in.readInt(), in.readUTF());
    }
    state.classes = in.readInt();
    int maps = in.readInt();
    if (maps > 0) {
      state.start(maps);
    }
    for (int k = 0; k < maps; k++) {
      state.largest[k] = in.readDouble();
      state.top[k] = in.readInt();
      state.sum[k] = in.readDouble();
      state.serves[k] = in.readInt();
    }
    return state;
  }
}

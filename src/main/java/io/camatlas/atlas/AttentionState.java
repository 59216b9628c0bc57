package io.camatlas.atlas;

import io.camatlas.localize.Region;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;

/**
 * Where a network looked, over many maps on one grid: mean and variance of the maps, each scaled to
 * sum to one, measurements of each map, and the share of its mass in each {@link Region}.
 *
 * <p>Blank maps are counted but otherwise ignored. Mutable; not thread-safe.
 */
public final class AttentionState {
  /** Raised whenever the written format changes; states that hold this one add it to theirs. */
  static final int VERSION = MapMeasure.VERSION;

  private static final Region[] REGIONS = Region.values();
  private static final MapMeasure[] MEASURES = MapMeasure.values();

  private final int height;
  private final int width;
  private long blank;
  private final VectorMoments maps;
  private final long[] peaks;
  private final Map<MapMeasure, Measure> measures = new EnumMap<>(MapMeasure.class);
  private Moments confidence = Moments.EMPTY;
  private Moments undetermined = Moments.EMPTY;
  private final Map<Region, Moments> mass = new EnumMap<>(Region.class);

  /** Creates an empty state for grids of this size. */
  public AttentionState(int height, int width) {
    this(height, width, new VectorMoments(height * width));
    for (MapMeasure measure : MEASURES) {
      measures.put(measure, new Measure());
    }
  }

  private AttentionState(int height, int width, VectorMoments maps) {
    this.height = height;
    this.width = width;
    this.maps = maps;
    this.peaks = new long[height * width];
    for (Region region : REGIONS) {
      mass.put(region, Moments.EMPTY);
    }
  }

  /**
   * Adds one map.
   *
   * @throws StateException if its grid differs
   */
  public void add(ExplainedRow row) {
    require(row.map().height(), row.map().width());
    confidence = confidence.with(row.said().confidence());
    undetermined = undetermined.with(row.measures().undetermined());
    float[] map = row.map().values();
    double total = 0;
    int peak = 0;
    for (int i = 0; i < map.length; i++) {
      total += map[i];
      if (map[i] > map[peak]) {
        peak = i;
      }
    }
    if (!(total > 0)) {
      blank++;
      return;
    }
    maps.add(map, 1 / total);
    peaks[peak]++;
    int cell = peak;
    measures.forEach((measure, all) -> all.add(measure.of(row, cell)));
    for (Region region : REGIONS) {
      mass.put(region, mass.get(region).with(region.mass(map, height, width, total)));
    }
  }

  /**
   * Merges another part into this one.
   *
   * @throws StateException if its grid differs
   */
  public void merge(AttentionState other) {
    require(other.height, other.width);
    blank += other.blank;
    maps.merge(other.maps);
    for (int i = 0; i < peaks.length; i++) {
      peaks[i] += other.peaks[i];
    }
    measures.forEach((measure, all) -> all.merge(other.measures.get(measure)));
    confidence = confidence.merge(other.confidence);
    undetermined = undetermined.merge(other.undetermined);
    mass.replaceAll((region, moments) -> moments.merge(other.mass.get(region)));
  }

  private void require(int otherHeight, int otherWidth) {
    if (otherHeight != height || otherWidth != width) {
      throw new StateException(
          "A map is [%d,%d], others are [%d,%d]; all maps of a layer must have the same size."
              .formatted(otherHeight, otherWidth, height, width));
    }
  }

  public int height() {
    return height;
  }

  public int width() {
    return width;
  }

  /** Maps seen, including blank ones. */
  public long images() {
    return maps.count() + blank;
  }

  /** Maps that were zero everywhere. */
  public long blank() {
    return blank;
  }

  /** Maps that were not blank, each divided by its sum; {@code [h·w]}. */
  public VectorMoments maps() {
    return maps;
  }

  /** How many maps had their peak in each cell, {@code [h·w]}. */
  public long[] peaks() {
    return peaks.clone();
  }

  /** One measure of the maps that were not blank. */
  public Measure measure(MapMeasure measure) {
    return measures.get(measure);
  }

  /** Probability of the predicted class, 0 to 1. */
  public Moments confidence() {
    return confidence;
  }

  /** Share of each map that rounding decides, 0 to 1. */
  public Moments undetermined() {
    return undetermined;
  }

  /** Share of each map's mass in a region, 0 to 1. */
  public Moments mass(Region region) {
    return mass.get(region);
  }

  /** Approximate memory use, in bytes. */
  long bytes() {
    return 24L * peaks.length + 2_500L * MEASURES.length;
  }

  void write(DataOutput out) throws IOException {
    out.writeInt(height);
    out.writeInt(width);
    out.writeLong(blank);
    maps.write(out);
    for (long count : peaks) {
      out.writeLong(count);
    }
    for (MapMeasure measure : MEASURES) {
      measures.get(measure).write(out);
    }
    confidence.write(out);
    undetermined.write(out);
    for (Region region : REGIONS) {
      mass.get(region).write(out);
    }
  }

  static AttentionState read(DataInput in) throws IOException {
    int height = in.readInt();
    int width = in.readInt();
    long blank = in.readLong();
    VectorMoments maps = VectorMoments.read(in);
    long[] peaks = new long[height * width];
    for (int i = 0; i < peaks.length; i++) {
      peaks[i] = in.readLong();
    }
    AttentionState state = new AttentionState(height, width, maps);
    for (MapMeasure measure : MEASURES) {
      state.measures.put(measure, Measure.read(in));
    }
    state.blank = blank;
    System.arraycopy(peaks, 0, state.peaks, 0, peaks.length);
    state.confidence = Moments.read(in);
    state.undetermined = Moments.read(in);
    for (Region region : REGIONS) {
      state.mass.put(region, Moments.read(in));
    }
    return state;
  }
}

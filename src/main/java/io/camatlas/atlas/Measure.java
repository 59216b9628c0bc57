package io.camatlas.atlas;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** Moments and quantiles of one measurement. Mutable; not thread-safe. */
public final class Measure {
  private Moments moments = Moments.EMPTY;
  private final Quantiles quantiles;

  /** Creates an empty state. */
  public Measure() {
    this(new Quantiles());
  }

  private Measure(Quantiles quantiles) {
    this.quantiles = quantiles;
  }

  /** Adds one number; NaN is ignored. */
  public void add(double value) {
    if (!Double.isNaN(value)) {
      moments = moments.with(value);
      quantiles.add((float) value);
    }
  }

  /** Merges another part into this one. */
  public void merge(Measure other) {
    moments = moments.merge(other.moments);
    quantiles.merge(other.quantiles);
  }

  public Moments moments() {
    return moments;
  }

  public Quantiles quantiles() {
    return quantiles;
  }

  void write(DataOutput out) throws IOException {
    moments.write(out);
    quantiles.write(out);
  }

  static Measure read(DataInput in) throws IOException {
    Moments moments = Moments.read(in);
    Measure measure = new Measure(Quantiles.read(in));
    measure.moments = moments;
    return measure;
  }
}

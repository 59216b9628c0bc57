package io.camatlas.compare;

import io.camatlas.atlas.Moments;
import io.camatlas.atlas.StateException;
import io.camatlas.atlas.VectorMoments;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Means and variances of two samples of vectors, some of which come in pairs: the same image, seen
 * by both. Mutable; not thread-safe.
 *
 * <p>Pairs and the rest of each sample are kept apart, since the difference of a pair varies less
 * than its vectors do.
 */
public final class TwoSamples {
  private final int length;
  private final VectorMoments[] pairs = new VectorMoments[3];
  private final VectorMoments[] only = new VectorMoments[2];

  /** Creates an empty state for vectors of {@code length} components. */
  public TwoSamples(int length) {
    this.length = length;
  }

  /** One of the two samples. */
  public enum Side {
    /** The first. */
    FROM,
    /** The second, which is compared with the first. */
    WITH;

    /** What belongs to this sample. */
    public <T> T of(T from, T with) {
      return this == FROM ? from : with;
    }

    int index() {
      return of(0, 1);
    }
  }

  /**
   * One component of the vectors.
   *
   * @param pairs number of pairs
   * @param from the pairs' values in the first sample
   * @param with the pairs' values in the second sample
   * @param gap of each pair, second less first
   * @param fromOnly values of the first sample that have no partner
   * @param withOnly values of the second sample that have no partner
   */
  public record Component(
      long pairs, Moments from, Moments with, Moments gap, Moments fromOnly, Moments withOnly) {
    /** All values of a sample. */
    Moments all(Side side) {
      return side == Side.FROM ? from.merge(fromOnly) : with.merge(withOnly);
    }
  }

  /**
   * Adds a pair.
   *
   * @throws StateException if a length differs
   */
  public void addPair(float[] from, float[] with) {
    if (pairs[0] == null) {
      for (int i = 0; i < pairs.length; i++) {
        pairs[i] = new VectorMoments(length);
      }
    }
    pairs[0].add(from, 1);
    pairs[1].add(with, 1);
    float[] gap = new float[length];
    for (int i = 0; i < length; i++) {
      gap[i] = with[i] - from[i];
    }
    pairs[2].add(gap, 1);
  }

  /**
   * Adds a vector without a partner.
   *
   * @throws StateException if its length differs
   */
  public void add(Side side, float[] vector) {
    int at = side.index();
    if (only[at] == null) {
      only[at] = new VectorMoments(length);
    }
    only[at].add(vector, 1);
  }

  /**
   * Merges another part into this one.
   *
   * @throws StateException if its length differs
   */
  public void merge(TwoSamples other) {
    if (other.length != length) {
      throw new StateException(
          "A vector has %d components, the others have %d; all must have the same length."
              .formatted(other.length, length));
    }
    merge(pairs, other.pairs);
    merge(only, other.only);
  }

  private void merge(VectorMoments[] own, VectorMoments[] other) {
    for (int i = 0; i < own.length; i++) {
      if (other[i] != null) {
        // A copy: what is added here must not reach the other.
        own[i] = own[i] == null ? new VectorMoments(length) : own[i];
        own[i].merge(other[i]);
      }
    }
  }

  /** Components of each vector. */
  public int length() {
    return length;
  }

  /** Number of pairs. */
  public long pairs() {
    return pairs[0] == null ? 0 : pairs[0].count();
  }

  /** Vectors of a sample, with and without a partner. */
  public long count(Side side) {
    VectorMoments alone = only[side.index()];
    return pairs() + (alone == null ? 0 : alone.count());
  }

  /** One component. */
  public Component component(int at) {
    return new Component(
        pairs(),
        moments(pairs[0], at),
        moments(pairs[1], at),
        moments(pairs[2], at),
        moments(only[0], at),
        moments(only[1], at));
  }

  private static Moments moments(VectorMoments vectors, int at) {
    return vectors == null || vectors.count() == 0 ? Moments.EMPTY : vectors.component(at);
  }

  /** Approximate memory use, in bytes. */
  public long bytes() {
    long vectors = 0;
    for (VectorMoments[] some : new VectorMoments[][] {pairs, only}) {
      for (VectorMoments one : some) {
        vectors += one == null ? 0 : 1;
      }
    }
    return 100 + vectors * (50 + 16L * length);
  }

  /** Writes what {@link #read} reads. */
  public void write(DataOutput out) throws IOException {
    out.writeInt(length);
    for (VectorMoments[] some : new VectorMoments[][] {pairs, only}) {
      for (VectorMoments one : some) {
        out.writeBoolean(one != null);
        if (one != null) {
          one.write(out);
        }
      }
    }
  }

  /** Reads what {@link #write} wrote. */
  public static TwoSamples read(DataInput in) throws IOException {
    TwoSamples state = new TwoSamples(in.readInt());
    for (VectorMoments[] some : new VectorMoments[][] {state.pairs, state.only}) {
      for (int i = 0; i < some.length; i++) {
        some[i] = in.readBoolean() ? VectorMoments.read(in) : null;
      }
    }
    return state;
  }
}

package io.camatlas.cam;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import java.util.Random;

/**
 * Standard normal noise that depends only on the run's seed, the image and the sample's number.
 *
 * <p>Drawing Gaussians for each image would cost more than a forward pass on a fast device. So one
 * large pool is drawn once, on the host, so that it is the same for every device; a sample's noise
 * is the slice at an offset hashed from (seed, image, sample).
 */
public final class NoisePool {
  /** Number of possible offsets. */
  static final int OFFSETS = 1 << 22;

  private final NDArray pool;
  private final int length;
  private final long seed;

  /**
   * Draws the pool.
   *
   * @param manager owns the pool, on the device that uses it
   * @param seed of the run
   * @param length length of one slice: C·H·W of the network's input
   */
  public NoisePool(NDManager manager, long seed, int length) {
    this.seed = seed;
    this.length = length;
    Random random = new Random(mix(seed));
    float[] numbers = new float[OFFSETS + length];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) random.nextGaussian();
    }
    this.pool = manager.create(numbers);
  }

  /**
   * The noise of consecutive samples of one image.
   *
   * @param image identifies the image: a hash of its bytes
   * @param first number of the first sample, from 0
   * @return {@code [count, length]}, attached to {@code manager}
   */
  public NDArray samples(NDManager manager, long image, int first, int count) {
    NDList slices = new NDList(count);
    for (int sample = first; sample < first + count; sample++) {
      int offset = offset(image, sample);
      NDArray slice = pool.get(new NDIndex().addSliceDim(offset, (long) offset + length));
      slice.attach(manager);
      slices.add(slice);
    }
    NDArray stacked = NDArrays.stack(slices);
    stacked.attach(manager);
    return stacked;
  }

  /** The numbers that samples are slices of; they live as long as the pool. */
  public NDArray numbers() {
    return pool;
  }

  /**
   * Where the noise of consecutive samples of several images begins in {@link #numbers}.
   *
   * @param images identifies each image: a hash of its bytes
   * @param first number of the first sample, from 0
   * @return all samples of the first image, then those of the second, …
   */
  public long[] offsets(long[] images, int first, int count) {
    long[] offsets = new long[images.length * count];
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = offset(images[i / count], first + i % count);
    }
    return offsets;
  }

  /** Where a sample's slice begins. */
  int offset(long image, int sample) {
    return (int) (mix(mix(mix(seed) ^ image) + sample) >>> (64 - 22));
  }

  /** The finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). */
  private static long mix(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}

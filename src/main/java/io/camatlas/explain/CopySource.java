package io.camatlas.explain;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import io.camatlas.cam.NoisePlan;
import io.camatlas.cam.NoisePool;
import io.camatlas.cam.NoiseScale;
import io.camatlas.cam.Scalars;
import io.camatlas.cam.StraightPath;
import io.camatlas.model.Network;
import java.util.Arrays;
import java.util.Optional;

/** Changes images into the copies that derivatives are averaged over. */
sealed interface CopySource {
  /** Number of copies of each image. */
  int copies();

  /** What all copies of these images need; in their manager. */
  NDArray known(NDArray images);

  /**
   * Some copies of every row.
   *
   * @param images the rows, {@code [N,C,H,W]}
   * @param known what {@link #known} says of them
   * @param rows which rows of the group they are
   * @param first number of the first copy
   * @param size m, number of copies of each row
   * @return {@code [N·m,C,H,W]}, those of a row side by side; in the manager of the images
   */
  NDArray of(NDArray images, NDArray known, Rows rows, ExplainedGroup group, int first, int size);

  /**
   * What the derivatives of some copies count, on average 1 over all copies; empty if all count the
   * same.
   */
  Optional<float[]> weights(int first, int size);

  /** Copies with noise. */
  record Noisy(NoisePlan noise, Network network, NoisePool pool) implements CopySource {
    @Override
    public int copies() {
      return noise.samples();
    }

    @Override
    public NDArray of(
        NDArray images, NDArray known, Rows rows, ExplainedGroup group, int first, int size) {
      long[] offsets =
          pool.offsets(rows.stream().mapToLong(group::noiseKey).toArray(), first, size);
      return network.noisy(images, pool.numbers(), offsets, known);
    }

    /** Standard deviation of the noise for each image, {@code [N,1,1]}, in normalised units. */
    @Override
    public NDArray known(NDArray images) {
      long rows = images.getShape().get(0);
      NDManager manager = images.getManager();
      if (noise.scale() == NoiseScale.ABSOLUTE) {
        return manager.full(new Shape(rows, 1, 1), (float) noise.sigma());
      }
      NDArray flat = images.reshape(rows, -1);
      int[] row = {1};
      return flat.max(row)
          .sub(flat.min(row))
          .mul(Scalars.of(flat, noise.sigma()))
          .reshape(rows, 1, 1);
    }

    @Override
    public Optional<float[]> weights(int first, int size) {
      return Optional.empty();
    }
  }

  /**
   * Points on the way from the mean colour to the image.
   *
   * @param positions of the points, 0 to 1
   * @param shares what each counts in the mean; they add up to 1
   */
  record OnTheWay(float[] positions, float[] shares) implements CopySource {
    static OnTheWay of(StraightPath path) {
      return new OnTheWay(path.positions(), path.weights());
    }

    @Override
    public int copies() {
      return positions.length;
    }

    /** Where the points are, {@code [1,copies,1]}. */
    @Override
    public NDArray known(NDArray images) {
      return images.getManager().create(positions, new Shape(1, positions.length, 1));
    }

    @Override
    public NDArray of(
        NDArray images, NDArray known, Rows rows, ExplainedGroup group, int first, int size) {
      Shape shape = images.getShape();
      NDArray factors =
          known.get(new NDIndex().addAllDim().addSliceDim(first, (long) first + size));
      factors.attach(images.getManager());
      return images
          .reshape(shape.get(0), 1, -1)
          .mul(factors)
          .reshape(shape.get(0) * size, shape.get(1), shape.get(2), shape.get(3));
    }

    @Override
    public Optional<float[]> weights(int first, int size) {
      float[] weights = Arrays.copyOfRange(shares, first, first + size);
      for (int i = 0; i < size; i++) {
        weights[i] *= positions.length;
      }
      return Optional.of(weights);
    }
  }
}

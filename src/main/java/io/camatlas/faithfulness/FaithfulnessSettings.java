package io.camatlas.faithfulness;

import java.io.Serializable;

/**
 * How faithfulness is measured.
 *
 * @param sample number of images for each layer and target class, at least 1
 * @param steps number of steps in which pixels are removed or restored; 2 to 10000
 * @param batch rows that the device holds at once; 1 to 4096
 * @param seed of the sample and of the random maps
 */
public record FaithfulnessSettings(int sample, int steps, int batch, long seed)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  public FaithfulnessSettings {
    if (sample < 1) {
      throw new IllegalArgumentException("sample is " + sample + "; it must be at least 1.");
    }
    if (steps < 2 || steps > 10_000) {
      throw new IllegalArgumentException("steps is " + steps + "; it must be from 2 to 10000.");
    }
    if (batch < 1 || batch > 4096) {
      throw new IllegalArgumentException("batch is " + batch + "; it must be from 1 to 4096.");
    }
  }

  /** The same with other rows at once. */
  FaithfulnessSettings withBatch(int rows) {
    return new FaithfulnessSettings(sample, steps, rows, seed);
  }

  /**
   * Number of rows that the network sees for each image: the whole, the blank and the blurred
   * image, which all maps share; and for each map the image dimmed by it and the inner points of
   * its two curves, {@code steps - 1} rows each.
   */
  public int forwardsPerImage() {
    return 3 + MapKind.values().length * (1 + 2 * (steps - 1));
  }
}

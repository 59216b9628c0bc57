package io.camatlas.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Random;

/** Normalised images of noise that differ in contrast and brightness; the same in every JVM. */
final class NoiseImages {
  private final InputShape input;
  private final Random random;

  NoiseImages(InputShape input, long seed) {
    this.input = input;
    this.random = new Random(seed);
  }

  /** The next images, {@code [count,C,H,W]}. */
  NDArray next(NDManager manager, int count) {
    float[] numbers = new float[count * input.elements()];
    for (int i = 0; i < count; i++) {
      float contrast = (float) Math.exp(random.nextGaussian() * 0.7);
      float brightness = (float) random.nextGaussian() * 0.5f;
      for (int j = i * input.elements(); j < (i + 1) * input.elements(); j++) {
        numbers[j] = (float) random.nextGaussian() * contrast + brightness;
      }
    }
    Shape shape = new Shape(count, input.channels(), input.height(), input.width());
    return manager.create(numbers, shape);
  }
}

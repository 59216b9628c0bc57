package io.camatlas.causes;

import java.util.Set;
import java.util.TreeSet;

/**
 * What a layer does at its borders, and without any content: habits of the network that say nothing
 * about an image.
 *
 * @param height rows of the layer's grid
 * @param width columns
 * @param atTheEdge for each feature map the share of images and shifts for which its maximum lies
 *     in the outermost cells, although the content was moved; NaN if it responds to hardly any
 * @param blank mean activations without content, {@code [K,h,w]}
 */
public record Habits(int height, int width, double[] atTheEdge, float[] blank) {
  /** A feature map answers to the border if so large a share of its maxima stays there. */
  public static final double BORDER = 0.9;

  /** Checks the sizes. */
  public Habits {
    if (blank.length != atTheEdge.length * height * width) {
      throw new IllegalArgumentException(
          "Mean activations have %d values; %d feature maps of %d x %d have %d."
              .formatted(
                  blank.length,
                  atTheEdge.length,
                  height,
                  width,
                  atTheEdge.length * height * width));
    }
  }

  /** The feature maps that answer to the border and not to content. */
  public Set<Integer> borderMaps() {
    Set<Integer> maps = new TreeSet<>();
    // In a grid of three rows nearly every cell is at the edge.
    if (height > 4 && width > 4) {
      for (int k = 0; k < atTheEdge.length; k++) {
        if (atTheEdge[k] >= BORDER) {
          maps.add(k);
        }
      }
    }
    return maps;
  }

  /**
   * A class's map without content, {@code relu(sum_k w_k A_k)} of the mean activations.
   *
   * @param weights the class's mean weights, {@code [K]}
   */
  public double[] map(double[] weights) {
    double[] map = new double[height * width];
    for (int k = 0; k < weights.length; k++) {
      for (int i = 0; i < map.length; i++) {
        map[i] += weights[k] * blank[k * map.length + i];
      }
    }
    for (int i = 0; i < map.length; i++) {
      map[i] = Math.max(0, map[i]);
    }
    return map;
  }

  /**
   * What a class's mean map has beyond its map without content, cell by cell.
   *
   * @param map the class's mean map, {@code [h,w]}, as the rule gives it
   * @param weights the class's mean weights, {@code [K]}
   */
  public double[] excess(double[] map, double[] weights) {
    double[] without = map(weights);
    double[] excess = new double[map.length];
    for (int i = 0; i < map.length; i++) {
      excess[i] = Math.max(0, map[i] - without[i]);
    }
    return excess;
  }
}

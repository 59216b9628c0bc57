package io.camatlas.model;

import java.util.List;

/**
 * What one call of a layer returned.
 *
 * @param id the layer's number in the archive's tree
 * @param dimensions of the tensor, batch first; empty where it returned no tensor
 */
public record LayerShape(int id, List<Long> dimensions) {
  public LayerShape {
    dimensions = List.copyOf(dimensions);
  }

  /** Whether it is [N,C,h,w] with a grid larger than one cell, as class activation maps need. */
  public boolean isSpatial() {
    return dimensions.size() == 4 && dimensions.get(2) * dimensions.get(3) > 1;
  }

  /** Without the batch: {@code [512, 7, 7]}. */
  public String text() {
    return dimensions.isEmpty() ? "no tensor" : dimensions.subList(1, dimensions.size()).toString();
  }
}

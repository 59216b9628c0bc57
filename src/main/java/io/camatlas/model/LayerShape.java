package io.camatlas.model;

import io.camatlas.torchscript.Layer;
import java.util.List;
import java.util.Optional;

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

  /**
   * Where the grid is in it, of more than one cell, as class activation maps need.
   *
   * @param layer the layer
   * @param input shape of the image
   * @param grids of the network's convolutions, rows and columns
   * @return empty if there is no such grid
   */
  Optional<GridLayout> layout(Layer layer, InputShape input, List<long[]> grids) {
    return GridLayout.of(layer.type(), dimensions, input, grids)
        .filter(layout -> layout.isLikely(layer.type(), dimensions, input, grids));
  }

  /** Without the batch: {@code [512, 7, 7]}. */
  public String text() {
    return dimensions.isEmpty() ? "no tensor" : dimensions.subList(1, dimensions.size()).toString();
  }
}

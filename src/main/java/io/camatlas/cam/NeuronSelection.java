package io.camatlas.cam;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which neurons of a feature map are included in the final sum; all others count as zero
 * (arXiv:1908.01224, section 3.2: {@code region} and {@code subset}).
 *
 * <p>Coordinates are cells of the layer's own grid, row first, from zero at the top left.
 */
public sealed interface NeuronSelection extends Serializable {

  /** Every neuron. */
  record All() implements NeuronSelection {
    @Override
    public boolean keeps(int row, int column) {
      return true;
    }

    @Override
    public String describe() {
      return "all";
    }
  }

  /** A rectangle, including both corners. */
  record Rectangle(Cell first, Cell second) implements NeuronSelection {
    @Override
    public boolean keeps(int row, int column) {
      return row >= Math.min(first.row, second.row)
          && row <= Math.max(first.row, second.row)
          && column >= Math.min(first.column, second.column)
          && column <= Math.max(first.column, second.column);
    }

    @Override
    public String describe() {
      return "region " + first + ".." + second;
    }
  }

  /** Individual neurons. */
  record Cells(List<Cell> cells) implements NeuronSelection {
    public Cells {
      cells = List.copyOf(cells);
      if (cells.isEmpty()) {
        throw new IllegalArgumentException("subset is empty; give at least one neuron row:column.");
      }
    }

    @Override
    public boolean keeps(int row, int column) {
      return cells.contains(new Cell(row, column));
    }

    @Override
    public String describe() {
      return "cells " + cells;
    }
  }

  /** One cell of the layer's grid. */
  record Cell(int row, int column) implements Serializable {
    public Cell {
      if (row < 0 || column < 0) {
        throw new IllegalArgumentException(
            "neuron " + row + ":" + column + " is negative; rows and columns count from 0.");
      }
    }

    @Override
    public String toString() {
      return row + ":" + column;
    }
  }

  /** Whether a neuron is included. */
  boolean keeps(int row, int column);

  /** A description for tables and messages. */
  String describe();

  /**
   * Checks the selection against a layer's grid.
   *
   * @throws IllegalArgumentException naming the neuron that is outside the grid
   */
  default void check(int height, int width) {
    List<Cell> named = new ArrayList<>();
    if (this instanceof Rectangle rectangle) {
      named.addAll(List.of(rectangle.first, rectangle.second));
    } else if (this instanceof Cells cells) {
      named.addAll(cells.cells);
    }
    for (Cell cell : named) {
      if (cell.row >= height || cell.column >= width) {
        throw new IllegalArgumentException(
            "neuron "
                + cell
                + " is outside the layer's grid of "
                + height
                + " rows and "
                + width
                + " columns; rows and columns count from 0.");
      }
    }
  }

  /** A mask {@code [1,h,w]} of ones and zeros, or empty if every neuron is included. */
  default Optional<NDArray> mask(NDManager manager, int height, int width) {
    if (this instanceof All) {
      return Optional.empty();
    }
    float[] mask = new float[height * width];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = keeps(i / width, i % width) ? 1f : 0f;
    }
    return Optional.of(manager.create(mask, new Shape(1, height, width)));
  }
}

package io.camatlas.cam;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * Occlusion: how much of the class's score is lost where a square of the image is covered with the
 * mean colour, on average over all squares that cover a place (Zeiler and Fergus 2014, section
 * 4.2). Squares move by one cell of the layer's grid, which is all that the layer is asked for: no
 * feature map is weighed, and all weights are 0.
 *
 * @param patch side of the square in cells; 0 for a seventh of the grid's shorter side. At most the
 *     grid is covered.
 */
public record Occlusion(int patch) implements PerturbationMethod {
  /** The rule's name in settings and tables. */
  public static final String NAME = "occlusion";

  private static final MethodParameter<Integer> PATCH =
      MethodParameter.integer(
          "patch",
          0,
          0,
          null,
          "Side of the square that is covered, in cells of the layer's grid. 0: a seventh of the"
              + " grid's shorter side.");

  /** A cell of the last grid of most networks, 7 x 7. */
  private static final double SHARE = 1.0 / 7;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Changed changed() {
    return Changed.INPUT;
  }

  @Override
  public boolean weighsFeatureMaps() {
    return false;
  }

  private long side(long height, long width) {
    return patch > 0 ? patch : Math.max(1, Math.round(SHARE * Math.min(height, width)));
  }

  /** Where a square may begin along a side of the grid. */
  private static long places(long cells, long side) {
    return cells - Math.min(side, cells) + 1;
  }

  @Override
  public long copies(long maps, long height, long width) {
    long side = side(height, width);
    return places(height, side) * places(width, side);
  }

  @Override
  public NDArray factors(NDArray activations, Shape input, int first, int size) {
    Shape grid = activations.getShape();
    int height = (int) input.get(2);
    int width = (int) input.get(3);
    long side = side(grid.get(2), grid.get(3));
    long across = places(grid.get(3), side);
    float[] factors = new float[size * height * width];
    Arrays.fill(factors, 1);
    for (int copy = 0; copy < size; copy++) {
      long row = (first + copy) / across;
      long column = (first + copy) % across;
      int from = edge(column, grid.get(3), width);
      int to = edge(column + side, grid.get(3), width);
      for (int y = edge(row, grid.get(2), height); y < edge(row + side, grid.get(2), height); y++) {
        int line = (copy * height + y) * width;
        Arrays.fill(factors, line + from, line + to, 0);
      }
    }
    return activations.getManager().create(factors, new Shape(size, 1, height, width));
  }

  /** The pixel at which a cell begins. */
  private static int edge(long cell, long cells, int pixels) {
    return (int) Math.round((double) Math.min(cell, cells) * pixels / cells);
  }

  @Override
  public NDArray weights(NDArray activations, NDArray scores, NDArray changed) {
    Shape shape = activations.getShape();
    return activations
        .getManager()
        .zeros(new Shape(shape.get(0), shape.get(1), 1, 1), activations.getDataType());
  }

  @Override
  public Optional<NDArray> maps(NDArray activations, NDArray scores, NDArray changed) {
    Shape shape = activations.getShape();
    int height = (int) shape.get(2);
    int width = (int) shape.get(3);
    int side = (int) side(height, width);
    int across = (int) places(width, side);
    int copies = (int) copies(shape.get(1), height, width);
    int images = (int) shape.get(0);
    float[] lost = scores.reshape(images, 1).sub(changed).toFloatArray();
    Squares covered = new Squares(height, width, side);
    for (int copy = 0; copy < copies; copy++) {
      covered.add(copy / across, copy % across, 1);
    }
    double[] counts = covered.sums();
    float[] maps = new float[images * height * width];
    for (int image = 0; image < images; image++) {
      Squares squares = new Squares(height, width, side);
      for (int copy = 0; copy < copies; copy++) {
        squares.add(copy / across, copy % across, lost[image * copies + copy]);
      }
      double[] sums = squares.sums();
      for (int i = 0; i < sums.length; i++) {
        maps[image * sums.length + i] = (float) (sums[i] / counts[i]);
      }
    }
    return Optional.of(activations.getManager().create(maps, new Shape(images, height, width)));
  }

  /**
   * Sums of values over squares. Only where a square begins and ends is written down, since on a
   * fine grid there are as many squares as cells, each of a thousand cells.
   */
  private static final class Squares {
    private final int height;
    private final int width;
    private final int side;
    private final double[] steps;

    Squares(int height, int width, int side) {
      this.height = height;
      this.width = width;
      this.side = side;
      this.steps = new double[(height + 1) * (width + 1)];
    }

    void add(int row, int column, double value) {
      int end = Math.min(height, row + side);
      int right = Math.min(width, column + side);
      steps[row * (width + 1) + column] += value;
      steps[row * (width + 1) + right] -= value;
      steps[end * (width + 1) + column] -= value;
      steps[end * (width + 1) + right] += value;
    }

    /** Of each cell, row by row. */
    double[] sums() {
      double[] sums = new double[height * width];
      for (int y = 0; y < height; y++) {
        double inRow = 0;
        for (int x = 0; x < width; x++) {
          inRow += steps[y * (width + 1) + x];
          sums[y * width + x] = inRow + (y == 0 ? 0 : sums[(y - 1) * width + x]);
        }
      }
      return sums;
    }
  }

  @Override
  public String cost() {
    return "1 + places of the square for each layer";
  }

  @Override
  public Map<String, String> parameters() {
    return Map.of(PATCH.name(), String.valueOf(patch));
  }

  /** Brings the rule. */
  public static final class Provider implements MethodProvider {
    @Override
    public CamMethod method(NamedMethod.Parameters given) {
      return new Occlusion(given.get(PATCH));
    }

    @Override
    public String formula() {
      return "map = mean of S - S with a square covered, over the squares at a place";
    }

    @Override
    public String source() {
      return "Zeiler and Fergus 2014 (arXiv:1311.2901), section 4.2";
    }
  }
}

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
    float[] covers = new float[copies * height * width];
    int[] covered = new int[height * width];
    for (int copy = 0; copy < copies; copy++) {
      int row = copy / across;
      int column = copy % across;
      for (int y = row; y < Math.min(height, row + side); y++) {
        for (int x = column; x < Math.min(width, column + side); x++) {
          covers[copy * height * width + y * width + x] = 1;
          covered[y * width + x]++;
        }
      }
    }
    for (int i = 0; i < covers.length; i++) {
      covers[i] /= covered[i % covered.length];
    }
    NDArray lost = scores.reshape(shape.get(0), 1).sub(changed);
    return Optional.of(
        lost.matMul(
                activations.getManager().create(covers, new Shape(copies, (long) height * width)))
            .reshape(shape.get(0), height, width));
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

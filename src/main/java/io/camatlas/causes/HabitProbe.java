package io.camatlas.causes;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.camatlas.image.Preprocessing;
import io.camatlas.image.Resize;
import io.camatlas.image.RgbImage;
import io.camatlas.model.InputShape;
import io.camatlas.model.Network;
import io.camatlas.model.ProbePlan;
import io.camatlas.model.ProbedLayer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Measures a network's {@link Habits}: on pictures without content, and on images whose content is
 * moved. Content moves around the edges, so that nothing of it is lost, and its maximum moves
 * along; what answers to padding stays at the edge.
 *
 * <p>Not thread-safe.
 */
public final class HabitProbe {
  private static final int COLOURS = 16;
  private static final int NOISES = 16;
  private static final long SEED = 7;

  /** Nothing is said of a feature map that responds to fewer pictures. */
  private static final int FEWEST = 20;

  /** Shifts by this share of the grid, down and to the right, and back. */
  private static final double SHIFT = 0.25;

  private final Network network;
  private final ProbePlan plan;
  private final int batch;
  private final List<Counts> counts = new ArrayList<>();
  private final List<Counts> blanks = new ArrayList<>();

  /**
   * A probe.
   *
   * @param batch pictures that the device holds at once, at least 1
   */
  public HabitProbe(Network network, ProbePlan plan, int batch) {
    this.network = network;
    this.plan = plan;
    this.batch = plan.check().oneByOne() ? 1 : batch;
    for (ProbedLayer layer : plan.layers()) {
      counts.add(new Counts(layer));
      blanks.add(new Counts(layer));
    }
  }

  /** What is counted of one layer. */
  private static final class Counts {
    private final int maps;
    private final int height;
    private final int width;
    private final long[] edge;
    private final long[] seen;
    private final double[] sums;
    private long images;

    Counts(ProbedLayer layer) {
      this.maps = layer.maps();
      this.height = layer.height();
      this.width = layer.width();
      this.edge = new long[maps];
      this.seen = new long[maps];
      this.sums = new double[maps * height * width];
    }

    void add(float[] activations) {
      int cells = height * width;
      int n = activations.length / (maps * cells);
      for (int i = 0; i < n; i++) {
        // A network that divides by a picture's own spread has no answer to a uniform colour.
        if (!isFinite(activations, i * maps * cells, maps * cells)) {
          continue;
        }
        images++;
        for (int k = 0; k < maps; k++) {
          int from = (i * maps + k) * cells;
          float atEdge = 0;
          float inside = 0;
          for (int at = 0; at < cells; at++) {
            float value = activations[from + at];
            sums[k * cells + at] += value;
            int row = at / width;
            int column = at % width;
            if (row == 0 || column == 0 || row == height - 1 || column == width - 1) {
              atEdge = Math.max(atEdge, value);
            } else {
              inside = Math.max(inside, value);
            }
          }
          if (Math.max(atEdge, inside) > 0) {
            seen[k]++;
            edge[k] += atEdge > inside ? 1 : 0;
          }
        }
      }
    }

    private static boolean isFinite(float[] values, int from, int count) {
      for (int i = from; i < from + count; i++) {
        if (!Float.isFinite(values[i])) {
          return false;
        }
      }
      return true;
    }
  }

  /**
   * Measures.
   *
   * @param preprocessing how pictures are prepared
   * @param images some images, as the network's input {@code [C,H,W]}, normalised
   * @return one for each layer of the plan
   */
  public List<Habits> of(Preprocessing preprocessing, List<float[]> images) {
    run(blank(preprocessing), blanks);
    InputShape input = plan.input();
    List<float[]> moved = new ArrayList<>();
    int down = (int) Math.round(SHIFT * input.height());
    int right = (int) Math.round(SHIFT * input.width());
    for (float[] image : images) {
      moved.add(image);
      moved.add(rolled(image, down, right));
      moved.add(rolled(image, -down, -right));
    }
    run(moved, counts);
    List<Habits> habits = new ArrayList<>();
    for (int l = 0; l < counts.size(); l++) {
      Counts own = counts.get(l);
      Counts empty = blanks.get(l);
      double[] edge = new double[own.maps];
      for (int k = 0; k < edge.length; k++) {
        edge[k] = own.seen[k] < FEWEST ? Double.NaN : (double) own.edge[k] / own.seen[k];
      }
      float[] mean = new float[empty.sums.length];
      for (int i = 0; i < mean.length; i++) {
        mean[i] = (float) (empty.sums[i] / Math.max(1, empty.images));
      }
      habits.add(new Habits(own.height, own.width, edge, mean));
    }
    return habits;
  }

  private void run(List<float[]> pictures, List<Counts> into) {
    InputShape input = plan.input();
    for (int from = 0; from < pictures.size(); from += batch) {
      List<float[]> some = pictures.subList(from, Math.min(pictures.size(), from + batch));
      float[] pixels = new float[some.size() * input.elements()];
      for (int i = 0; i < some.size(); i++) {
        System.arraycopy(some.get(i), 0, pixels, i * input.elements(), input.elements());
      }
      try (NDManager manager = network.newManager()) {
        NDArray images =
            manager.create(
                pixels, new Shape(some.size(), input.channels(), input.height(), input.width()));
        Network.ForwardPass pass = network.infer(plan, images);
        for (int l = 0; l < into.size(); l++) {
          into.get(l).add(pass.activations(l).toFloatArray());
        }
      }
    }
  }

  /** Uniform colours, and noise that is coarse or fine. */
  static List<float[]> blank(Preprocessing preprocessing) {
    Random random = new Random(SEED);
    List<float[]> pictures = new ArrayList<>();
    int height = preprocessing.inputHeight();
    int width = preprocessing.inputWidth();
    for (int i = 0; i < COLOURS; i++) {
      byte[] rgb = new byte[3 * height * width];
      byte[] colour = new byte[3];
      if (i < COLOURS / 2) {
        Arrays.fill(colour, (byte) Math.round(255.0 * i / (COLOURS / 2 - 1)));
      } else {
        random.nextBytes(colour);
      }
      for (int at = 0; at < rgb.length; at++) {
        rgb[at] = colour[at % 3];
      }
      pictures.add(pixels(preprocessing, new RgbImage(width, height, rgb)));
    }
    for (int i = 0; i < NOISES; i++) {
      int coarseness = 1 << (i % 4);
      int w = Math.max(1, width / coarseness);
      int h = Math.max(1, height / coarseness);
      byte[] rgb = new byte[3 * h * w];
      random.nextBytes(rgb);
      RgbImage noise = new RgbImage(w, h, rgb);
      // What is not resized would be a small square in a black picture.
      boolean isResized = !(preprocessing.resize() instanceof Resize.None);
      pictures.add(pixels(preprocessing, isResized ? noise : noise.enlarged(width, height)));
    }
    return pictures;
  }

  private static float[] pixels(Preprocessing preprocessing, RgbImage image) {
    float[] pixels = new float[preprocessing.inputLength()];
    preprocessing.apply(image, pixels, 0);
    return pixels;
  }

  private float[] rolled(float[] image, int down, int right) {
    InputShape input = plan.input();
    int height = input.height();
    int width = input.width();
    float[] rolled = new float[image.length];
    for (int c = 0; c < input.channels(); c++) {
      for (int y = 0; y < height; y++) {
        int to = (c * height + Math.floorMod(y + down, height)) * width;
        int from = (c * height + y) * width;
        for (int x = 0; x < width; x++) {
          rolled[to + Math.floorMod(x + right, width)] = image[from + x];
        }
      }
    }
    return rolled;
  }
}

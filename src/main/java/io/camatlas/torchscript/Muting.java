package io.camatlas.torchscript;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What is taken out of a layer's output: of all its cells, and of tokens before its grid. */
public sealed interface Muting {
  /**
   * Statements, one a line, that take it out of {@code camatlas_output}.
   *
   * @param isLast whether feature maps are its last dimension; otherwise it is {@code [N,K,h,w]}
   */
  List<String> statements(boolean isLast);

  /** What is taken out, for people: {@code feature maps 3 and 17}. */
  String described();

  /**
   * What stands in the way of taking it out of a layer, if anything does, as a sentence.
   *
   * @param layer the layer's name
   * @param featureMaps K, how many it has
   */
  Optional<String> misfit(String layer, int featureMaps);

  /**
   * What becomes of one neuron of each feature map; the same as the statements do.
   *
   * @param values {@code [K]}
   */
  double[] applied(double[] values);

  /**
   * Feature maps that become zero.
   *
   * @param indices which, from 0
   */
  record FeatureMaps(List<Integer> indices) implements Muting {
    /**
     * @throws IllegalArgumentException if there is none, one is negative or named twice
     */
    public FeatureMaps {
      indices = List.copyOf(indices);
      if (indices.isEmpty()) {
        throw new IllegalArgumentException("`maps` names no feature map; name at least one.");
      }
      HashSet<Integer> seen = new HashSet<>();
      for (int index : indices) {
        if (index < 0) {
          throw new IllegalArgumentException(
              "`maps` contains " + index + "; feature maps count from 0.");
        }
        if (!seen.add(index)) {
          throw new IllegalArgumentException(
              "`maps` names feature map " + index + " twice; name each once.");
        }
      }
    }

    @Override
    public List<String> statements(boolean isLast) {
      String list = indices.stream().map(String::valueOf).collect(Collectors.joining(", "));
      return List.of(
          "camatlas_maps = torch.tensor(["
              + list
              + "], dtype=4, device=ops.prim.device(camatlas_output))",
          "return torch.index_fill(camatlas_output, %d, camatlas_maps, 0)"
              .formatted(isLast ? -1 : 1));
    }

    @Override
    public String described() {
      if (indices.size() == 1) {
        return "feature map " + indices.get(0);
      }
      int last = indices.size() - 1;
      return "feature maps "
          + indices.subList(0, last).stream().map(String::valueOf).collect(Collectors.joining(", "))
          + " and "
          + indices.get(last);
    }

    @Override
    public Optional<String> misfit(String layer, int featureMaps) {
      return indices.stream()
          .filter(index -> index >= featureMaps)
          .findFirst()
          .map(
              index ->
                  "`maps` contains %d, but layer '%s' has %d feature maps, 0 to %d."
                      .formatted(index, layer, featureMaps, featureMaps - 1));
    }

    @Override
    public double[] applied(double[] values) {
      double[] left = values.clone();
      indices.forEach(index -> left[index] = 0);
      return left;
    }
  }

  /**
   * A direction in the space of feature maps: at every place the output's part along it becomes the
   * same, {@code A − v (vᵀA − c)}.
   *
   * @param name for people
   * @param unit v, of length 1, {@code [K]}
   * @param at c: 0 to leave nothing, the mean of {@code vᵀA} to leave what is usual
   */
  record Direction(String name, float[] unit, double at) implements Muting {
    /**
     * Scales the vector to length 1.
     *
     * @throws IllegalArgumentException if it has no length, or holds what is no number
     */
    public Direction {
      double square = 0;
      for (float value : unit) {
        square += (double) value * value;
      }
      if (!(square > 0) || !Double.isFinite(square) || !Double.isFinite(at)) {
        throw new IllegalArgumentException(
            "`component` has a direction of length "
                + Math.sqrt(square)
                + " at "
                + at
                + "; it must have finite numbers that are not all zero.");
      }
      float[] scaled = new float[unit.length];
      for (int i = 0; i < unit.length; i++) {
        scaled[i] = (float) (unit[i] / Math.sqrt(square));
      }
      unit = scaled;
    }

    @Override
    public List<String> statements(boolean isLast) {
      StringBuilder list = new StringBuilder();
      for (float value : unit) {
        list.append(list.length() == 0 ? "" : ", ").append(number(value));
      }
      return List.of(
          "camatlas_unit = torch.tensor(["
              + list
              + "], dtype=ops.prim.dtype(camatlas_output),"
              + " device=ops.prim.device(camatlas_output))",
          "camatlas_wide = torch.reshape(camatlas_unit, [%s])"
              .formatted(isLast ? "-1" : "1, -1, 1, 1"),
          "camatlas_part = torch.sum(torch.mul(camatlas_output, camatlas_wide), [%d], True)"
              .formatted(isLast ? -1 : 1),
          "camatlas_rest = torch.mul(torch.sub(camatlas_part, " + number(at) + "), camatlas_wide)",
          "return torch.sub(camatlas_output, camatlas_rest)");
    }

    private static String number(double value) {
      return String.format(Locale.ROOT, "%.9e", value);
    }

    @Override
    public String described() {
      return "the component '" + name + "'";
    }

    @Override
    public Optional<String> misfit(String layer, int featureMaps) {
      return featureMaps == unit.length
          ? Optional.empty()
          : Optional.of(
              "`component` has a direction of %d numbers, but layer '%s' has %d feature maps; it needs one number for each."
                  .formatted(unit.length, layer, featureMaps));
    }

    @Override
    public double[] applied(double[] values) {
      double part = 0;
      for (int k = 0; k < unit.length; k++) {
        part += values[k] * unit[k];
      }
      double[] left = values.clone();
      for (int k = 0; k < unit.length; k++) {
        left[k] -= (part - at) * unit[k];
      }
      return left;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Direction that
          && name.equals(that.name)
          && Arrays.equals(unit, that.unit)
          && at == that.at;
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(unit);
    }

    @Override
    public String toString() {
      return described();
    }
  }
}

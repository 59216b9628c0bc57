package io.camatlas.model;

import java.util.List;
import java.util.Set;

/**
 * Where the feature maps are in a layer's output of four dimensions: {@code [N,C,h,w]}, as
 * convolutions return it, or {@code [N,h,w,C]}, as the blocks of some transformers do.
 *
 * <p>A grid has the proportions of the network's input; feature maps beside rows or columns do not.
 */
final class ChannelAxis {
  /** These know no other order. */
  private static final Set<String> PLANAR =
      Set.of(
          "Conv2d",
          "ConvTranspose2d",
          "BatchNorm2d",
          "InstanceNorm2d",
          "GroupNorm",
          "MaxPool2d",
          "AvgPool2d",
          "AdaptiveAvgPool2d",
          "AdaptiveMaxPool2d",
          "LayerNorm2d");

  private ChannelAxis() {}

  /** Whether an output of four dimensions may have its feature maps last. */
  static boolean mayBeLast(List<Long> output, InputShape input) {
    return output.size() == 4 && isGrid(output.get(1), output.get(2), input);
  }

  /** Whether layers of a class return {@code [N,C,h,w]} always. */
  static boolean isPlanar(String type) {
    return PLANAR.contains(type);
  }

  /**
   * Whether an output is {@code [N,h,w,C]}.
   *
   * @param type the layer's class
   * @param output all four dimensions
   * @param input what it was computed from
   */
  static boolean isLast(String type, List<Long> output, InputShape input) {
    if (output.size() != 4 || isPlanar(type)) {
      return false;
    }
    boolean last = isGrid(output.get(1), output.get(2), input);
    boolean first = isGrid(output.get(2), output.get(3), input);
    // Where both are possible, a norm over the last dimension tells: it is as wide as there are
    // feature maps.
    return last && (!first || type.equals("LayerNorm"));
  }

  /** Whether rows and columns have the proportions of the input. */
  static boolean isGrid(long rows, long columns, InputShape input) {
    if (rows > input.height() || columns > input.width()) {
      return false;
    }
    double expected = (double) columns * input.height() / input.width();
    return Math.abs(rows - expected) <= Math.max(1, 0.1 * expected);
  }
}

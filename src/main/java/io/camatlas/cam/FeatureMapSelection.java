package io.camatlas.cam;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;

/**
 * Which feature maps the sum runs over (arXiv:1908.01224, section 3.2: {@code filters}).
 *
 * @param indices feature maps from zero, distinct; empty means all
 * @param perFilter whether to also make a map for each listed feature map alone
 */
public record FeatureMapSelection(List<Integer> indices, boolean perFilter)
    implements Serializable {
  /** All feature maps, one map. */
  public static final FeatureMapSelection ALL = new FeatureMapSelection(List.of(), false);

  public FeatureMapSelection {
    indices = List.copyOf(indices);
    for (int index : indices) {
      if (index < 0) {
        throw new IllegalArgumentException(
            "filter " + index + " is negative; feature maps count from 0.");
      }
    }
    if (indices.stream().distinct().count() < indices.size()) {
      throw new IllegalArgumentException("filters " + indices + " name a feature map twice.");
    }
    if (perFilter && indices.isEmpty()) {
      throw new IllegalArgumentException(
          "per-filter is set without filters; list the feature maps to make maps for.");
    }
  }

  /** Whether the sum runs over all feature maps. */
  public boolean isAll() {
    return indices.isEmpty();
  }

  /**
   * Checks the selection against a layer.
   *
   * @param maps K, feature maps of the layer
   * @throws IllegalArgumentException naming the first index that the layer does not have
   */
  public void check(int maps) {
    for (int index : indices) {
      if (index >= maps) {
        throw new IllegalArgumentException(
            "filter "
                + index
                + " does not exist; the layer has feature maps 0 to "
                + (maps - 1)
                + ".");
      }
    }
  }

  /** 1 for feature maps in the sum, 0 for the others, {@code [K]}. */
  float[] mask(int maps) {
    float[] mask = new float[maps];
    if (isAll()) {
      Arrays.fill(mask, 1f);
    }
    indices.forEach(index -> mask[index] = 1f);
    return mask;
  }
}

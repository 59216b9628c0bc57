package io.camatlas.explain;

import io.camatlas.cam.CamMethod;
import io.camatlas.cam.FeatureMapSelection;
import io.camatlas.cam.NeuronSelection;
import io.camatlas.cam.PixelGrid;
import io.camatlas.cam.PixelMethod;
import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;

/**
 * How one map is computed from the results of a pass; several rules share the passes.
 *
 * @param method computes the weights of the feature maps
 * @param filters feature maps that the sum runs over
 * @param neurons neurons that the sum runs over
 */
public record Rule(CamMethod method, FeatureMapSelection filters, NeuronSelection neurons)
    implements Serializable {
  /** Parameters that every method may have; the first is there only if not all maps are summed. */
  public static final String FILTERS = "filters";

  public static final String NEURONS = "neurons";

  /** Everything that distinguishes two rules of one method, by the names that the settings use. */
  public Map<String, String> parameters() {
    Map<String, String> parameters = new TreeMap<>(method.parameters());
    if (!filters.isAll()) {
      parameters.put(FILTERS, filters.indices().toString());
    }
    parameters.put(NEURONS, neurons.describe());
    if (method instanceof PixelMethod pixels) {
      parameters.put(PixelGrid.PARAMETER.name(), String.valueOf(pixels.grid().side()));
    }
    return parameters;
  }
}

package io.camatlas.spark.results;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.camatlas.cam.Occlusion;
import io.camatlas.cam.PixelGrid;
import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;

/**
 * One of the rules of a run, as tables and {@code run.json} name it.
 *
 * @param method name of the method
 * @param parameters everything that distinguishes two rules of one method
 */
public record RunRule(String method, Map<String, String> parameters) implements Serializable {
  public RunRule {
    parameters = parameters == null ? new TreeMap<>() : new TreeMap<>(parameters);
  }

  /** Whether it weighs a layer's feature maps, so that these have shares of the evidence. */
  public boolean weighsFeatureMaps() {
    return !isOfPixels() && !method.equals(Occlusion.NAME);
  }

  /** Whether its maps are of the image's pixels and not of a layer's feature maps. */
  @JsonIgnore
  public boolean isOfPixels() {
    return parameters.containsKey(PixelGrid.PARAMETER.name());
  }
}

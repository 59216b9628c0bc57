package io.camatlas.model;

import java.io.Serializable;
import java.util.List;

/**
 * What a probed archive returns for which input, found by running it once.
 *
 * @param input shape of one image
 * @param classes C, number of scores
 * @param layers the layers probed, in the order in which they were asked for
 */
public record ProbePlan(InputShape input, int classes, List<ProbedLayer> layers)
    implements Serializable {
  public ProbePlan {
    layers = List.copyOf(layers);
  }
}

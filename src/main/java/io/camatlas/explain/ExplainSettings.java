package io.camatlas.explain;

import io.camatlas.cam.CamMethod;
import io.camatlas.cam.FeatureMapSelection;
import io.camatlas.cam.NeuronSelection;
import io.camatlas.image.DecodeLimits;
import java.io.Serializable;

/**
 * How images are explained.
 *
 * @param method the saliency rule
 * @param targets classes of each image
 * @param filters feature maps that the sum runs over
 * @param neurons neurons that the sum runs over
 * @param batch images, or noisy copies of images, that the device holds at once; at least 1
 * @param limits on the files that are decoded
 */
public record ExplainSettings(
    CamMethod method,
    TargetSelection targets,
    FeatureMapSelection filters,
    NeuronSelection neurons,
    int batch,
    DecodeLimits limits)
    implements Serializable {

  public ExplainSettings {
    if (batch < 1 || batch > 4096) {
      throw new IllegalArgumentException("batch is " + batch + "; it must be from 1 to 4096.");
    }
  }
}

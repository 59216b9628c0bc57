package io.camatlas.explain;

import io.camatlas.cam.CamMethod;
import io.camatlas.cam.FeatureMapSelection;
import io.camatlas.cam.NeuronSelection;
import io.camatlas.cam.ScoreTransform;
import io.camatlas.cam.SmoothGradCamPlusPlus;
import io.camatlas.image.DecodeLimits;
import io.camatlas.model.ProbePlan;
import io.camatlas.model.ProbedLayer;
import java.io.Serializable;

/**
 * How images are explained.
 *
 * @param method the saliency rule
 * @param targets classes of each image
 * @param filters feature maps that the sum runs over
 * @param neurons neurons that the sum runs over
 * @param batch images, or noisy copies of images, that the device holds at once; at least 1
 * @param shortcut whether noise is left out where it is proved to change nothing
 * @param limits on the files that are decoded
 */
public record ExplainSettings(
    CamMethod method,
    TargetSelection targets,
    FeatureMapSelection filters,
    NeuronSelection neurons,
    int batch,
    boolean shortcut,
    DecodeLimits limits)
    implements Serializable {

  public ExplainSettings {
    if (batch < 1 || batch > 4096) {
      throw new IllegalArgumentException("batch is " + batch + "; it must be from 1 to 4096.");
    }
  }

  /** The same with another batch. */
  public ExplainSettings withBatch(int other) {
    return new ExplainSettings(method, targets, filters, neurons, other, shortcut, limits);
  }

  /**
   * Whether all noisy copies of an image have the gradients of the image itself, so that one clean
   * pass gives the average over any number of them: scores are differentiated themselves, and are
   * affine in the output of every layer that is explained.
   */
  public boolean isClosedForm(ProbePlan plan) {
    return shortcut
        && method instanceof SmoothGradCamPlusPlus smooth
        && smooth.noise().isNoisy()
        && smooth.score() == ScoreTransform.LOGIT
        && plan.layers().stream().allMatch(ProbedLayer::hasLinearHead);
  }

  /** Whether noisy copies are made. */
  public boolean isSampled(ProbePlan plan) {
    return method.noise().isNoisy() && !isClosedForm(plan);
  }
}

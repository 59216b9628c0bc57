package io.camatlas.bench;

import io.camatlas.cam.AlphaNumerator;
import io.camatlas.cam.AlphaScaling;
import io.camatlas.cam.FeatureMapSelection;
import io.camatlas.cam.NeuronSelection;
import io.camatlas.cam.NoisePlan;
import io.camatlas.cam.NoiseScale;
import io.camatlas.cam.ScoreTransform;
import io.camatlas.cam.SmoothGradCamPlusPlus;
import io.camatlas.explain.ExplainSettings;
import io.camatlas.explain.Rule;
import io.camatlas.explain.TargetSelection;
import io.camatlas.image.DecodeLimits;
import io.camatlas.model.LabelSets;
import io.camatlas.model.ScoreOver;
import java.util.List;

/** Smooth Grad-CAM++ with its defaults, as all measurements use it. */
final class SmoothSettings {
  static final double SIGMA = 0.15;

  private SmoothSettings() {}

  /**
   * @param targets number of classes to explain, those with the highest scores
   * @param shortcut whether linear heads are used
   */
  static ExplainSettings of(int samples, int targets, int batch, boolean shortcut) {
    SmoothGradCamPlusPlus method =
        new SmoothGradCamPlusPlus(
            new NoisePlan(samples, SIGMA, NoiseScale.RANGE, 0),
            ScoreTransform.LOGIT,
            AlphaNumerator.SECOND,
            AlphaScaling.RAW);
    return new ExplainSettings(
        List.of(new Rule(method, FeatureMapSelection.ALL, new NeuronSelection.All())),
        new TargetSelection(false, false, targets, List.of()),
        LabelSets.USUAL,
        ScoreOver.WINNING,
        batch,
        shortcut,
        DecodeLimits.DEFAULT);
  }
}

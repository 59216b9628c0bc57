package io.camatlas.explain;

import io.camatlas.cam.CamMethod;
import io.camatlas.cam.NoisePlan;
import io.camatlas.cam.ScoreTransform;
import io.camatlas.image.DecodeLimits;
import io.camatlas.model.ProbePlan;
import io.camatlas.model.ProbedLayer;
import java.io.Serializable;
import java.util.List;
import java.util.Set;

/**
 * How images are explained.
 *
 * @param rules each gives a map for every image, layer and target; they share the passes, so at
 *     most one of their methods may use noise
 * @param targets classes of each image
 * @param batch images, or noisy copies of images, that the device holds at once; 1 to 4096
 * @param shortcut whether to skip noise where it provably changes nothing
 * @param limits on the files that are decoded
 */
public record ExplainSettings(
    List<Rule> rules, TargetSelection targets, int batch, boolean shortcut, DecodeLimits limits)
    implements Serializable {
  private static final int MOST_RULES = 64;

  public ExplainSettings {
    rules = List.copyOf(rules);
    if (batch < 1 || batch > 4096) {
      throw new IllegalArgumentException("batch is " + batch + "; it must be from 1 to 4096.");
    }
    if (rules.isEmpty() || rules.size() > MOST_RULES) {
      throw new IllegalArgumentException(
          "method, filters and subset make "
              + rules.size()
              + " rules together; there must be from 1 to "
              + MOST_RULES
              + ".");
    }
    if (Set.copyOf(rules).size() < rules.size()) {
      throw new IllegalArgumentException(
          "method, filters or subset name the same value twice; each rule must be different.");
    }
    long noisy =
        rules.stream().map(Rule::method).filter(m -> m.noise().isNoisy()).distinct().count();
    if (noisy > 1) {
      throw new IllegalArgumentException(
          noisy + " methods use noisy copies; rules share their passes, so at most one may.");
    }
  }

  /** The distinct methods of all rules. */
  List<CamMethod> methods() {
    return rules.stream().map(Rule::method).distinct().toList();
  }

  /** The noise that rules are averaged over; {@link NoisePlan#NONE} if none uses noise. */
  public NoisePlan noise() {
    return rules.stream()
        .map(rule -> rule.method().noise())
        .filter(NoisePlan::isNoisy)
        .findFirst()
        .orElse(NoisePlan.NONE);
  }

  /** Returns these settings with another batch. */
  public ExplainSettings withBatch(int other) {
    return new ExplainSettings(rules, targets, other, shortcut, limits);
  }

  /**
   * Whether all noisy copies of an image have the same gradients as the image itself, so that one
   * clean pass gives the average over any number of copies. This holds if the scores themselves are
   * differentiated and are affine in the output of every explained layer.
   */
  public boolean isClosedForm(CamMethod method, ProbePlan plan) {
    return shortcut
        && method.noise().isNoisy()
        && method.score() == ScoreTransform.LOGIT
        && plan.layers().stream().allMatch(ProbedLayer::hasLinearHead);
  }

  /** Whether noisy copies are made for a method. */
  boolean isSampled(CamMethod method, ProbePlan plan) {
    return method.noise().isNoisy() && !isClosedForm(method, plan);
  }

  /** Whether {@link #isClosedForm} holds for any rule. */
  public boolean isClosedForm(ProbePlan plan) {
    return methods().stream().anyMatch(method -> isClosedForm(method, plan));
  }

  /** Whether noisy copies are made for any rule. */
  public boolean isSampled(ProbePlan plan) {
    return methods().stream().anyMatch(method -> isSampled(method, plan));
  }
}

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
 *     most one method among them wants noise
 * @param targets classes of each image
 * @param batch images, or noisy copies of images, that the device holds at once; at least 1
 * @param shortcut whether noise is left out where it is proved to change nothing
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
          "method, filters or subset name the same twice; each rule gives a map of its own.");
    }
    long noisy =
        rules.stream().map(Rule::method).filter(m -> m.noise().isNoisy()).distinct().count();
    if (noisy > 1) {
      throw new IllegalArgumentException(
          noisy + " methods want noisy copies; among rules that share passes one may.");
    }
  }

  /** The methods of all rules, each once. */
  List<CamMethod> methods() {
    return rules.stream().map(Rule::method).distinct().toList();
  }

  /** The noise that rules are averaged over; {@link NoisePlan#NONE} if none has any. */
  public NoisePlan noise() {
    return rules.stream()
        .map(rule -> rule.method().noise())
        .filter(NoisePlan::isNoisy)
        .findFirst()
        .orElse(NoisePlan.NONE);
  }

  /** The same with another batch. */
  public ExplainSettings withBatch(int other) {
    return new ExplainSettings(rules, targets, other, shortcut, limits);
  }

  /**
   * Whether all noisy copies of an image have the gradients of the image itself, so that one clean
   * pass gives the average over any number of them: scores are differentiated themselves, and are
   * affine in the output of every layer that is explained.
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

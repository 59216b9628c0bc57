package io.camatlas.explain;

import io.camatlas.cam.CamMethod;
import io.camatlas.cam.GradientMethod;
import io.camatlas.cam.NoisePlan;
import io.camatlas.cam.PerturbationMethod;
import io.camatlas.cam.PixelMethod;
import io.camatlas.cam.ScoreTransform;
import io.camatlas.image.DecodeLimits;
import io.camatlas.model.LabelSets;
import io.camatlas.model.ProbePlan;
import io.camatlas.model.ProbedLayer;
import io.camatlas.model.ScoreOver;
import java.io.Serializable;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How images are explained.
 *
 * @param rules each gives a map for every image, layer and target; they share the passes, so their
 *     noise must be the same
 * @param targets classes of each image
 * @param labels how labels are read where an image may have several
 * @param over the pixels that scores are means over, where the network scores every pixel
 * @param batch images, or noisy copies of images, that the device holds at once; 1 to 4096
 * @param shortcut whether to skip noise where it provably changes nothing
 * @param limits on the files that are decoded
 */
public record ExplainSettings(
    List<Rule> rules,
    TargetSelection targets,
    LabelSets labels,
    ScoreOver over,
    int batch,
    boolean shortcut,
    DecodeLimits limits)
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
    if (noises(rules).count() > 1) {
      throw new IllegalArgumentException(
          "Methods use different noise; rules share their passes, so it must be the same for all.");
    }
  }

  private static Stream<NoisePlan> noises(List<Rule> rules) {
    return only(GradientMethod.class, rules)
        .map(GradientMethod::noise)
        .filter(NoisePlan::isNoisy)
        .distinct();
  }

  private static <M extends CamMethod> Stream<M> only(Class<M> kind, List<Rule> rules) {
    return rules.stream().map(Rule::method).distinct().filter(kind::isInstance).map(kind::cast);
  }

  /** The distinct methods that differentiate, or that need nothing but activations. */
  public List<GradientMethod> gradientMethods() {
    return only(GradientMethod.class, rules).toList();
  }

  /** The distinct methods that ask the network about changed copies. */
  public List<PerturbationMethod> perturbationMethods() {
    return only(PerturbationMethod.class, rules).toList();
  }

  /** The noise that rules are averaged over; {@link NoisePlan#NONE} if none uses noise. */
  public NoisePlan noise() {
    return noises(rules).findFirst().orElse(NoisePlan.NONE);
  }

  /** Returns these settings with another batch. */
  public ExplainSettings withBatch(int other) {
    return new ExplainSettings(rules, targets, labels, over, other, shortcut, limits);
  }

  /** Whether a method makes maps at a layer: those of pixels at the input, all others elsewhere. */
  public static boolean isAt(CamMethod method, ProbedLayer layer) {
    return method instanceof PixelMethod == layer.isInput();
  }

  /** The places, among the rules, of those that make maps at a layer. */
  public List<Integer> rulesAt(ProbedLayer layer) {
    return IntStream.range(0, rules.size())
        .filter(rule -> isAt(rules.get(rule).method(), layer))
        .boxed()
        .toList();
  }

  /** Number of maps that each target of an image has. */
  public int mapsOfTarget(ProbePlan plan) {
    return plan.layers().stream().mapToInt(layer -> rulesAt(layer).size()).sum();
  }

  /** The layers at which a method makes maps. */
  public static List<ProbedLayer> layersOf(CamMethod method, ProbePlan plan) {
    return plan.layers().stream().filter(layer -> isAt(method, layer)).toList();
  }

  /**
   * Whether all noisy copies of an image have the same gradients as the image itself, so that one
   * clean pass gives the average over any number of copies. This holds if the scores themselves are
   * differentiated and are affine in the layer's output.
   */
  public boolean isClosedForm(CamMethod method, ProbedLayer layer) {
    return shortcut
        && isAt(method, layer)
        && method instanceof GradientMethod gradient
        && gradient.noise().isNoisy()
        && gradient.score() == ScoreTransform.LOGIT
        && layer.hasLinearHead();
  }

  /** Whether derivatives of changed copies are averaged for a method's maps at a layer. */
  boolean isAveraged(GradientMethod method, ProbedLayer layer) {
    return isAt(method, layer)
        && (method.path().isLong() || (method.noise().isNoisy() && !isClosedForm(method, layer)));
  }

  /** The layers at which {@link #isClosedForm} holds for any rule. */
  public List<ProbedLayer> closedForm(ProbePlan plan) {
    return plan.layers().stream()
        .filter(layer -> gradientMethods().stream().anyMatch(one -> isClosedForm(one, layer)))
        .toList();
  }

  /** Whether {@link #isClosedForm} holds for any rule and layer. */
  public boolean isClosedForm(ProbePlan plan) {
    return !closedForm(plan).isEmpty();
  }

  /** Number of changed copies that are made of each image, whatever they are changed in. */
  public long copies(ProbePlan plan) {
    long copies = isNoisy(plan) ? noise().samples() : 0;
    for (GradientMethod method : gradientMethods()) {
      copies += method.path().steps();
    }
    for (PerturbationMethod method : perturbationMethods()) {
      for (ProbedLayer layer : layersOf(method, plan)) {
        copies += method.copies(layer.maps(), layer.height(), layer.width());
      }
    }
    return copies;
  }

  /** Whether noisy copies are made for any rule. */
  public boolean isNoisy(ProbePlan plan) {
    return gradientMethods().stream()
        .filter(method -> method.noise().isNoisy())
        .anyMatch(method -> plan.layers().stream().anyMatch(layer -> isAveraged(method, layer)));
  }
}

package io.camatlas.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.camatlas.torchscript.ArchiveException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Runs a network to see whether gradients are as constant as its code says. Where they are not, the
 * claim is dropped, so that noise is sampled.
 */
final class LinearHeadCheck {
  /** Why a layer has no linear head although the code behind it looks so. */
  static final String CONTRADICTION = "gradients differ from image to image";

  /** The same where the network refuses noise. */
  static final String UNCONFIRMED = "the model fails on images of noise";

  private static final System.Logger LOG = System.getLogger(LinearHeadCheck.class.getName());

  private static final int IMAGES = 4;

  private final Network network;
  private final ProbePlan plan;
  private final NDManager manager;

  /** For each class, the gradients of the first image at each layer. */
  private final Map<Integer, List<NDArray>> expected = new HashMap<>();

  private final boolean[] differs;

  private LinearHeadCheck(Network network, ProbePlan plan, NDManager manager) {
    this.network = network;
    this.plan = plan;
    this.manager = manager;
    this.differs = new boolean[plan.layers().size()];
  }

  /**
   * Compares gradients of several classes between images of noise and between two passes.
   *
   * @param network the probed network
   * @param plan what the code says
   * @param tolerance the share of the largest gradient that rounding may change
   * @return the plan without the claims that gradients contradict
   */
  static ProbePlan confirmed(Network network, ProbePlan plan, double tolerance) {
    if (plan.layers().stream().noneMatch(ProbedLayer::hasLinearHead)) {
      return plan;
    }
    try (NDManager manager = network.newManager()) {
      LinearHeadCheck check = new LinearHeadCheck(network, plan, manager);
      String reason = CONTRADICTION;
      try {
        check.run(tolerance);
      } catch (NetworkException | ArchiveException e) {
        Arrays.fill(check.differs, true);
        reason = UNCONFIRMED;
      }
      List<ProbedLayer> layers = new ArrayList<>();
      for (int i = 0; i < check.differs.length; i++) {
        ProbedLayer layer = plan.layers().get(i);
        boolean dropped = check.differs[i] && layer.hasLinearHead();
        layers.add(dropped ? layer.withNonlinearity(reason) : layer);
        if (dropped) {
          LOG.log(
              System.Logger.Level.WARNING,
              "The model''s code says that scores are linear in the output of layer ''{0}'', but"
                  + " {1}. Every noisy copy is run.",
              layer.name(),
              reason);
        }
      }
      return plan.withLayers(layers);
    }
  }

  private void run(double tolerance) {
    NoiseImages images = new NoiseImages(plan.input(), 1);
    int together = plan.check().oneByOne() ? 1 : 2;
    Network.ForwardPass first = network.forward(plan, images.next(manager, together));
    Set<Integer> classes = new TreeSet<>(List.of(0, plan.classes() / 2, plan.classes() - 1));
    for (long best : first.scores().argMax(1).toLongArray()) {
      classes.add((int) best);
    }
    compare(first, classes, tolerance);
    for (int i = together; i < IMAGES; i++) {
      compare(network.forward(plan, images.next(manager, 1)), classes, tolerance);
    }
  }

  private void compare(Network.ForwardPass pass, Set<Integer> classes, double tolerance) {
    int images = (int) pass.scores().getShape().get(0);
    int left = classes.size();
    for (int target : classes) {
      int[] targets = new int[images];
      Arrays.fill(targets, target);
      List<NDArray> gradients = pass.gradients(targets, --left == 0);
      List<NDArray> references =
          expected.computeIfAbsent(
              target, c -> gradients.stream().map(g -> g.get("0:1").duplicate()).toList());
      for (int i = 0; i < differs.length; i++) {
        NDArray reference = references.get(i);
        float largest = reference.abs().max().getFloat();
        float difference = gradients.get(i).sub(reference).abs().max().getFloat();
        // What is no number is no proof.
        differs[i] |= !(difference <= tolerance * largest);
      }
    }
  }
}

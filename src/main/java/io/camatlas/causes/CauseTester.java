package io.camatlas.causes;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.camatlas.model.InputShape;
import io.camatlas.model.ModelCard;
import io.camatlas.model.Network;
import io.camatlas.model.NetworkException;
import io.camatlas.model.ProbePlan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Shows pictures to a network, some of them without some feature maps, in full batches.
 *
 * <p>Not thread-safe; several testers may share a network.
 */
public final class CauseTester {
  private static final System.Logger LOG = System.getLogger(CauseTester.class.getName());

  private final Network network;
  private final ProbePlan plan;
  private final ModelCard card;
  private final int batch;
  private final List<Trial> waiting = new ArrayList<>();

  /**
   * A tester.
   *
   * @param batch pictures that the device holds at once, at least 1
   */
  public CauseTester(Network network, ProbePlan plan, ModelCard card, int batch) {
    this.network = network;
    this.plan = plan;
    this.card = card;
    this.batch = plan.check().oneByOne() ? 1 : batch;
  }

  /** Takes what the network says of a picture. */
  @FunctionalInterface
  public interface Answer {
    /**
     * Takes it.
     *
     * @param probabilities of all classes; empty if there are none
     * @param problem why there are none, in a few words; empty if there are
     */
    void of(float[] probabilities, String problem);
  }

  /**
   * A picture to show.
   *
   * @param pixels the network's input, {@code [C,H,W]}, normalised
   * @param layer place of a layer in the plan; ignored without feature maps
   * @param without feature maps of the layer to set to zero
   */
  private record Trial(float[] pixels, int layer, List<Integer> without, Answer answer) {
    boolean goesWith(Trial other) {
      return without.isEmpty()
          ? other.without.isEmpty()
          : !other.without.isEmpty() && layer == other.layer;
    }
  }

  /** Shows a picture, now or with later ones. */
  public void show(float[] pixels, Answer answer) {
    add(new Trial(pixels, 0, List.of(), answer));
  }

  /** Shows a picture with some feature maps of a layer set to zero. */
  public void showWithout(float[] pixels, int layer, List<Integer> maps, Answer answer) {
    add(new Trial(pixels, layer, maps, answer));
  }

  private void add(Trial trial) {
    waiting.add(trial);
    List<Trial> alike = waiting.stream().filter(trial::goesWith).toList();
    if (alike.size() == batch) {
      waiting.removeAll(alike);
      run(alike);
    }
  }

  /** Shows all pictures that still wait. */
  public void finish() {
    while (!waiting.isEmpty()) {
      List<Trial> alike = waiting.stream().filter(waiting.get(0)::goesWith).toList();
      waiting.removeAll(alike);
      run(alike);
    }
  }

  /**
   * Where the model fails on a batch, on halves of it; a picture it fails on alone has no answer.
   */
  private void run(List<Trial> trials) {
    try {
      runTogether(trials);
    } catch (NetworkException e) {
      int n = trials.size();
      if (n == 1) {
        LOG.log(System.Logger.Level.DEBUG, "a picture is left out", e);
        trials.get(0).answer().of(new float[0], "the model fails on it");
      } else {
        run(trials.subList(0, n / 2));
        run(trials.subList(n / 2, n));
      }
    }
  }

  private void runTogether(List<Trial> trials) {
    InputShape input = plan.input();
    int n = trials.size();
    float[] pixels = new float[n * input.elements()];
    for (int i = 0; i < n; i++) {
      System.arraycopy(trials.get(i).pixels(), 0, pixels, i * input.elements(), input.elements());
    }
    float[] flat;
    int classes;
    try (NDManager manager = network.newManager()) {
      NDArray images =
          manager.create(pixels, new Shape(n, input.channels(), input.height(), input.width()));
      Trial first = trials.get(0);
      NDArray scores =
          first.without().isEmpty()
              ? network.infer(plan, images).scores()
              : network.scaled(plan, first.layer(), images, factors(trials, manager));
      classes = (int) scores.getShape().get(1);
      flat = scores.toFloatArray();
    }
    for (int i = 0; i < n; i++) {
      float[] own = Arrays.copyOfRange(flat, i * classes, (i + 1) * classes);
      if (isFinite(own)) {
        trials.get(i).answer().of(card.scores().probabilities(own), "");
      } else {
        trials.get(i).answer().of(new float[0], "scores are not finite");
      }
    }
  }

  private static boolean isFinite(float[] scores) {
    for (float score : scores) {
      if (!Float.isFinite(score)) {
        return false;
      }
    }
    return true;
  }

  private NDArray factors(List<Trial> trials, NDManager manager) {
    int maps = plan.layers().get(trials.get(0).layer()).maps();
    float[] factors = new float[trials.size() * maps];
    Arrays.fill(factors, 1);
    for (int i = 0; i < trials.size(); i++) {
      for (int map : trials.get(i).without()) {
        factors[i * maps + map] = 0;
      }
    }
    return manager.create(factors, new Shape(trials.size(), maps));
  }
}

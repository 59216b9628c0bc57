package io.camatlas.explain;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.camatlas.cam.PerturbationMethod;
import io.camatlas.cam.Scalars;
import io.camatlas.model.Network;
import io.camatlas.model.ProbePlan;
import io.camatlas.model.Readout;

/** The scores of changed copies of one image, as a {@link PerturbationMethod} asks for them. */
final class ChangedCopies {
  private final Network network;
  private final ProbePlan plan;
  private final int layer;
  private final PerturbationMethod method;
  private final PassClock clock;

  /**
   * @param layer the layer's place in the plan
   */
  ChangedCopies(
      Network network, ProbePlan plan, int layer, PerturbationMethod method, PassClock clock) {
    this.network = network;
    this.plan = plan;
    this.layer = layer;
    this.method = method;
    this.clock = clock;
  }

  /** Says which pixels are read of copies of one image. */
  @FunctionalInterface
  interface Copies {
    Readout of(int copies, NDManager manager);
  }

  /**
   * Runs the copies of one image.
   *
   * @param image {@code [1,C,H,W]}
   * @param activations {@code [1,K,h,w]}
   * @param targets classes of the image, {@code [1,ranks]}; -1 for none
   * @param readout the pixels whose scores are read of so many copies, in the manager given
   * @param batch the most copies that run at once
   * @param wanted whether anybody asks; zeros are returned otherwise
   * @return the scores of each copy for each target, {@code [copies,ranks]}, in the image's manager
   */
  NDArray scores(
      NDArray image,
      NDArray activations,
      NDArray targets,
      Copies readout,
      int batch,
      boolean wanted) {
    NDManager manager = image.getManager();
    Shape grid = activations.getShape();
    int copies = Math.toIntExact(method.copies(grid.get(1), grid.get(2), grid.get(3)));
    long ranks = targets.getShape().get(1);
    if (!wanted) {
      return manager.zeros(new Shape(copies, ranks));
    }
    NDArray classes =
        targets.maximum(Scalars.of(manager, 0)).toType(DataType.INT64, false).flatten();
    NDList parts = new NDList();
    for (int first = 0; first < copies; first += batch) {
      if (Thread.currentThread().isInterrupted()) {
        throw new IllegalStateException("The task was stopped while the network was asked.");
      }
      int size = Math.min(batch, copies - first);
      try (NDManager scratch = manager.newSubManager()) {
        NDArray own = attached(image, scratch);
        NDArray maps = attached(activations, scratch);
        NDArray factors = method.factors(maps, image.getShape(), first, size);
        factors.attach(scratch);
        long start = System.nanoTime();
        NDArray scores = asked(own, factors, readout.of(size, scratch), size);
        clock.pass(start, size, 0);
        scores.attach(scratch);
        NDArray picked = scores.get(new NDIndex(":, {}", attached(classes, scratch)));
        picked.attach(manager);
        parts.add(picked);
      }
    }
    return NDArrays.concat(parts, 0);
  }

  private NDArray asked(NDArray image, NDArray factors, Readout readout, int size) {
    return switch (method.changed()) {
      case INPUT -> network.infer(plan, image.mul(factors), readout).scores();
      case LAYER -> network.scaled(plan, layer, image.repeat(0, size), factors, readout);
    };
  }

  /** The same array in another manager, so that what is computed from it is freed there. */
  private static NDArray attached(NDArray array, NDManager manager) {
    NDArray view = array.duplicate();
    view.attach(manager);
    return view;
  }
}

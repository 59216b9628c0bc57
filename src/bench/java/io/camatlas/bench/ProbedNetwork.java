package io.camatlas.bench;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.camatlas.cam.NoisePool;
import io.camatlas.explain.ExplainSettings;
import io.camatlas.explain.Explainer;
import io.camatlas.explain.ImageInput;
import io.camatlas.explain.ImageOutcome;
import io.camatlas.explain.PreloadedImages;
import io.camatlas.model.LayerName;
import io.camatlas.model.ModelCard;
import io.camatlas.model.Network;
import io.camatlas.model.Precision;
import io.camatlas.model.PreparedModel;
import io.camatlas.torchscript.ModelEntry;
import io.camatlas.torchscript.TorchScriptArchive;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;

/** A probed network on the CPU, with what explaining needs beside it. */
final class ProbedNetwork implements AutoCloseable {
  private final PreparedModel model;
  private final ModelCard card;
  private final Network network;
  private final NDManager manager;
  private final NoisePool pool;

  ProbedNetwork(PreparedModel model, ModelCard card) {
    this.model = model;
    this.card = NoisePictures.sized(card, model.plan().input());
    this.network = Network.load(model.file(), Device.cpu(), model.precision());
    this.manager = network.newManager();
    this.pool = new NoisePool(manager, 1, model.plan().input().elements());
  }

  /** A random network, loaded. */
  static ProbedNetwork random(RandomModel random, String layer, Precision precision, Path folder)
      throws IOException {
    PreparedModel model = prepare(random, layer, precision, folder);
    return new ProbedNetwork(model, random.card().withClassesFor(model.plan().classes()));
  }

  /** Probes a random network, which is written into the folder unless it is there. */
  static PreparedModel prepare(RandomModel random, String layer, Precision precision, Path folder)
      throws IOException {
    return PreparedModel.prepare(
        TorchScriptArchive.open(random.write(folder)),
        ModelEntry.FORWARD,
        List.of(LayerName.parse(layer)),
        random.card().inputShape(),
        precision,
        folder);
  }

  PreparedModel model() {
    return model;
  }

  ModelCard card() {
    return card;
  }

  Network network() {
    return network;
  }

  NDManager manager() {
    return manager;
  }

  Explainer explainer(ExplainSettings settings) {
    return new Explainer(network, model.plan(), card, settings, pool);
  }

  /** Explains files, decoding them, and says how many seconds it took. */
  static double seconds(Explainer explainer, List<ImageInput> images) {
    long start = System.nanoTime();
    drain(explainer.explain(images.iterator()));
    return Turns.since(start);
  }

  /** Explains decoded images, and says how many seconds it took. */
  static double seconds(Explainer explainer, PreloadedImages images) {
    long start = System.nanoTime();
    drain(explainer.explain(images));
    return Turns.since(start);
  }

  private static void drain(Iterator<ImageOutcome> outcomes) {
    while (outcomes.hasNext()) {
      if (outcomes.next() instanceof ImageOutcome.Skipped skipped) {
        throw new IllegalStateException("An image failed: " + skipped.detail());
      }
    }
  }

  @Override
  public void close() {
    manager.close();
    network.close();
  }
}

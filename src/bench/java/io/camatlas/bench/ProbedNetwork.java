package io.camatlas.bench;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.camatlas.cam.NoisePool;
import io.camatlas.explain.ExplainSettings;
import io.camatlas.explain.Explainer;
import io.camatlas.explain.ImageInput;
import io.camatlas.explain.ImageOutcome;
import io.camatlas.explain.PassClock;
import io.camatlas.explain.Preparation;
import io.camatlas.image.DecodeLimits;
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

/** A probed network on the CPU, with everything else that explaining needs. */
final class ProbedNetwork implements AutoCloseable {
  private final PreparedModel model;
  private final ModelCard card;
  private final Network network;
  private final NDManager manager;
  private final NoisePool pool;
  private final PlainNetwork plain;

  ProbedNetwork(PreparedModel model, ModelCard card) {
    this.model = model;
    this.card = NoisePictures.sized(card, model.plan().input());
    this.network = Network.load(model.file(), Device.cpu(), model.precision());
    this.manager = network.newManager();
    this.plain = new PlainNetwork(model.file());
    this.pool = new NoisePool(manager, 1, model.plan().input().elements());
  }

  /** Loads a random network. */
  static ProbedNetwork random(RandomModel random, String layer, Precision precision, Path folder)
      throws IOException {
    PreparedModel model = prepare(random, layer, precision, folder);
    return new ProbedNetwork(model, random.card().withClassesFor(model.plan().classes()));
  }

  /** Probes a random network, which is first written to the folder if it is not there yet. */
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

  /** The same network for plain inference. */
  PlainNetwork plain() {
    return plain;
  }

  NDManager manager() {
    return manager;
  }

  Explainer explainer(ExplainSettings settings) {
    return new Explainer(network, model.plan(), card, settings, pool);
  }

  /** Decodes images in advance, to measure the device by itself. */
  List<Preparation.Result> prepared(List<ImageInput> images) {
    Preparation preparation =
        new Preparation(card, DecodeLimits.DEFAULT, model.plan().input(), new PassClock());
    return images.stream().map(preparation::prepare).toList();
  }

  /** Decodes and explains files, and returns how many seconds it took. */
  static double seconds(Explainer explainer, List<ImageInput> images) {
    long start = System.nanoTime();
    drain(explainer.explain(images.iterator()));
    return Turns.since(start);
  }

  /** Explains decoded images, and returns how many seconds it took. */
  static double secondsPrepared(Explainer explainer, List<Preparation.Result> images) {
    long start = System.nanoTime();
    drain(explainer.explainPrepared(images.iterator()));
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
    plain.close();
    manager.close();
    network.close();
  }
}

package io.camatlas.bench;

import io.camatlas.bench.EngineBenchmark.Result;
import io.camatlas.bench.EngineBenchmark.Variant;
import io.camatlas.model.ModelCard;
import io.camatlas.model.Precision;
import io.camatlas.model.PreparedModel;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Standard measurements, the same on every machine: networks with random weights at 224x224, with
 * several ways to explain.
 */
public final class StandardBenchmark {
  private final int batch;
  private final int rounds;
  private final int threads;

  /**
   * @param batch number of images, and of rows per pass
   * @param rounds number of rounds that are counted
   * @param threads threads per operation
   */
  public StandardBenchmark(int batch, int rounds, int threads) {
    this.batch = batch;
    this.rounds = rounds;
    this.threads = threads;
  }

  private record Case(RandomModel model, String layer, List<Variant> variants) {}

  private List<Case> cases() {
    Variant eight = variant("sampled", 8, 1, false);
    Variant twentyFive = variant("sampled", 25, 1, false);
    return List.of(
        new Case(
            RandomModel.VGG16,
            "features.28",
            List.of(eight, twentyFive, variant("sampled, 10 targets", 8, 10, false))),
        new Case(RandomModel.SQUEEZENET1_1, "features.12", List.of(eight, twentyFive)),
        new Case(RandomModel.DENSENET121, "features.norm5", List.of(eight, twentyFive)),
        new Case(RandomModel.RESNET50, "layer3", List.of(eight, twentyFive)),
        new Case(
            RandomModel.RESNET50,
            "layer4",
            List.of(twentyFive, variant("closed form", 25, 1, true))));
  }

  private Variant variant(String label, int samples, int targets, boolean shortcut) {
    return new Variant(label, SmoothSettings.of(samples, targets, batch, shortcut));
  }

  /**
   * Runs the measurements and prints each line as soon as it is known.
   *
   * @param folder folder for the networks' archives
   */
  public List<Result> run(Path folder, PrintStream out) throws IOException {
    List<Result> results = new ArrayList<>();
    out.print(EngineBenchmark.heading());
    for (Case one : cases()) {
      PreparedModel model = ProbedNetwork.prepare(one.model, one.layer, Precision.FLOAT32, folder);
      ModelCard card = one.model.card().withClassesFor(model.plan().classes());
      for (Result result : new EngineBenchmark(model, card, threads).run(one.variants, rounds)) {
        results.add(result);
        out.print(EngineBenchmark.text(result));
      }
    }
    return results;
  }
}

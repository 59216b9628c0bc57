package io.camatlas.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.camatlas.bench.EngineBenchmark.Result;
import io.camatlas.bench.EngineBenchmark.Variant;
import io.camatlas.cam.AlphaNumerator;
import io.camatlas.cam.AlphaScaling;
import io.camatlas.cam.FeatureMapSelection;
import io.camatlas.cam.NeuronSelection;
import io.camatlas.cam.NoisePlan;
import io.camatlas.cam.NoiseScale;
import io.camatlas.cam.ScoreTransform;
import io.camatlas.cam.SmoothGradCamPlusPlus;
import io.camatlas.explain.ExplainSettings;
import io.camatlas.explain.TargetSelection;
import io.camatlas.image.DecodeLimits;
import io.camatlas.model.LayerName;
import io.camatlas.model.ModelCard;
import io.camatlas.model.Network;
import io.camatlas.model.PreparedModel;
import io.camatlas.torchscript.ModelEntry;
import io.camatlas.torchscript.TorchScriptArchive;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The same measurements everywhere: networks with random weights at 224x224, and ways to explain.
 */
public final class StandardBenchmark {
  private final int batch;
  private final int rounds;
  private final int threads;

  /**
   * @param batch images, and rows of a pass
   * @param rounds that are counted
   * @param threads of one operation
   */
  public StandardBenchmark(int batch, int rounds, int threads) {
    this.batch = batch;
    this.rounds = rounds;
    this.threads = threads;
  }

  private record Place(RandomModel model, String layer, List<Variant> variants) {}

  private List<Place> places() {
    Variant eight = variant("sampled", 8, 1, false);
    Variant twentyFive = variant("sampled", 25, 1, false);
    return List.of(
        new Place(
            RandomModel.VGG16,
            "features.28",
            List.of(eight, twentyFive, variant("sampled, 10 targets", 8, 10, false))),
        new Place(RandomModel.SQUEEZENET1_1, "features.12", List.of(eight, twentyFive)),
        new Place(RandomModel.DENSENET121, "features.norm5", List.of(eight, twentyFive)),
        new Place(RandomModel.RESNET50, "layer3", List.of(eight, twentyFive)),
        new Place(
            RandomModel.RESNET50,
            "layer4",
            List.of(twentyFive, variant("closed form", 25, 1, true))));
  }

  private Variant variant(String label, int samples, int targets, boolean shortcut) {
    return new Variant(
        label,
        new ExplainSettings(
            new SmoothGradCamPlusPlus(
                new NoisePlan(samples, 0.15, NoiseScale.RANGE, 0),
                ScoreTransform.LOGIT,
                AlphaNumerator.SECOND,
                AlphaScaling.RAW),
            new TargetSelection(false, false, targets, List.of()),
            FeatureMapSelection.ALL,
            new NeuronSelection.All(),
            batch,
            shortcut,
            DecodeLimits.DEFAULT));
  }

  /**
   * Measures, and prints each line as it is known.
   *
   * @param folder for the networks' archives
   */
  public List<Result> run(Path folder, PrintStream out) throws IOException {
    List<Result> results = new ArrayList<>();
    out.print(EngineBenchmark.heading());
    for (Place place : places()) {
      ModelCard card = place.model.card();
      PreparedModel model =
          PreparedModel.prepare(
              TorchScriptArchive.open(place.model.write(folder)),
              ModelEntry.FORWARD,
              List.of(LayerName.parse(place.layer)),
              card.inputShape(),
              folder);
      ModelCard known = card.withClassesFor(model.plan().classes());
      for (Result result : new EngineBenchmark(model, known, threads).run(place.variants, rounds)) {
        results.add(result);
        out.print(EngineBenchmark.text(result));
      }
    }
    return results;
  }

  /** Results, the machine and the versions as JSON. */
  public String json(List<Result> results) throws IOException {
    Map<String, Object> machine = new LinkedHashMap<>();
    machine.put("cores", Runtime.getRuntime().availableProcessors());
    machine.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    machine.put("java", System.getProperty("java.version"));
    machine.put("pytorch", Network.engineVersion());
    machine.put("threads", threads);
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("machine", machine);
    all.put("results", results);
    return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(all);
  }
}

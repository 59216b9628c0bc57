package io.camatlas.bench;

import io.camatlas.explain.Explainer;
import io.camatlas.explain.ImageInput;
import io.camatlas.explain.Pixels;
import io.camatlas.explain.Preparation;
import io.camatlas.explain.PreparedImage;
import io.camatlas.model.InputShape;
import io.camatlas.model.Network;
import io.camatlas.model.Precision;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Compares CamAtlas with other tools on the same work: the same weights, images, number of threads
 * and number of noisy copies, in turns. The other tools get normalised pixels and return maps;
 * CamAtlas also decodes JPEGs and measures its maps.
 */
public final class PeersBenchmark {
  private static final int SAMPLES = 8;

  private final String python;
  private final int batch;
  private final int rounds;
  private final int threads;

  /**
   * @param python a Python that has torch, torchvision, and torchcam or grad-cam
   * @param batch number of images, and of rows per pass
   * @param rounds number of rounds that are counted
   * @param threads threads per operation
   */
  public PeersBenchmark(String python, int batch, int rounds, int threads) {
    this.python = python;
    this.batch = batch;
    this.rounds = rounds;
    this.threads = threads;
  }

  /**
   * The result of one tool.
   *
   * @param model name of the model
   * @param layer the layer that was explained
   * @param way the tool and how it is used
   * @param milliseconds milliseconds per image, by round
   * @param overCamAtlas ratios to CamAtlas, in ascending order
   */
  public record Result(
      String model, String layer, String way, double[] milliseconds, double[] overCamAtlas) {}

  /** Runs the measurements and prints each line as soon as it is known. */
  public List<Result> run(Path folder, PrintStream out) throws IOException {
    List<Result> results = new ArrayList<>();
    compare(RandomModel.SQUEEZENET1_1, "features.12", folder, results, out);
    compare(RandomModel.DENSENET121, "features.norm5", folder, results, out);
    compare(RandomModel.RESNET50, "layer3", folder, results, out);
    compare(RandomModel.RESNET50, "layer4", folder, results, out);
    compare(RandomModel.VGG16, "features.28", folder, results, out);
    return results;
  }

  private void compare(
      RandomModel random, String layer, Path folder, List<Result> results, PrintStream out)
      throws IOException {
    try (ProbedNetwork probed = ProbedNetwork.random(random, layer, Precision.FLOAT32, folder);
        PythonPeers peers =
            new PythonPeers(
                python,
                folder,
                task(random, layer, probed, folder, batch, threads, "cpu", "float32"))) {
      if (results.isEmpty()) {
        out.println("Python has " + peers.versions());
        out.printf(
            "%-14s %-16s %-50s %12s   %s%n",
            "model", "layer", "way, n = " + SAMPLES, "ms per image", "over CamAtlas (least, most)");
      }
      List<ImageInput> images = NoisePictures.jpegs(probed.model().plan().input(), batch);
      Map<String, Turns.Way> ways = new LinkedHashMap<>();
      Explainer explainer = probed.explainer(SmoothSettings.of(SAMPLES, 1, batch, true));
      String own =
          SmoothSettings.of(SAMPLES, 1, batch, true).isClosedForm(probed.model().plan())
              ? "CamAtlas, closed form"
              : "CamAtlas";
      ways.put(
          own,
          () -> {
            Network.prepareThread(threads);
            return ProbedNetwork.seconds(explainer, images);
          });
      if (!own.equals("CamAtlas")) {
        Explainer sampled = probed.explainer(SmoothSettings.of(SAMPLES, 1, batch, false));
        ways.put(
            "CamAtlas, sampled",
            () -> {
              Network.prepareThread(threads);
              return ProbedNetwork.seconds(sampled, images);
            });
      }
      peers.ways().forEach(way -> ways.put(way, () -> peers.seconds(way)));
      double[] first = null;
      for (Map.Entry<String, double[]> way : Turns.take(ways, rounds).entrySet()) {
        double[] milliseconds = way.getValue();
        for (int i = 0; i < milliseconds.length; i++) {
          milliseconds[i] *= 1000.0 / batch;
        }
        first = first == null ? milliseconds : first;
        Result result =
            new Result(
                random.toString(),
                layer,
                way.getKey(),
                milliseconds,
                Turns.ratios(milliseconds, first));
        results.add(result);
        out.printf(
            Locale.ROOT,
            "%-14s %-16s %-50s %12.1f   %.2f (%.2f, %.2f)%n",
            result.model,
            layer,
            result.way,
            Turns.median(milliseconds),
            Turns.median(result.overCamAtlas),
            result.overCamAtlas[0],
            result.overCamAtlas[result.overCamAtlas.length - 1]);
      }
    }
  }

  /** What peers.py is to measure. */
  static Map<String, Object> task(
      RandomModel random,
      String layer,
      ProbedNetwork probed,
      Path folder,
      int batch,
      int threads,
      String device,
      String precision)
      throws IOException {
    InputShape input = probed.model().plan().input();
    Path pixels = folder.resolve("pixels.f32");
    ByteBuffer bytes =
        ByteBuffer.allocate(4 * batch * input.elements()).order(ByteOrder.LITTLE_ENDIAN);
    for (Preparation.Result result : probed.prepared(NoisePictures.jpegs(input, batch))) {
      for (float value : ((Pixels.Input) ((PreparedImage) result).pixels()).values()) {
        bytes.putFloat(value);
      }
    }
    Files.write(pixels, bytes.array());
    Map<String, Object> task = new LinkedHashMap<>();
    task.put("model", random.toString());
    task.put("archive", random.write(folder).toString());
    task.put("layer", layer);
    task.put("pixels", pixels.toString());
    task.put("shape", List.of(batch, input.channels(), input.height(), input.width()));
    task.put("samples", SAMPLES);
    task.put("sigma", SmoothSettings.SIGMA);
    task.put("threads", threads);
    task.put("device", device);
    task.put("precision", precision);
    return task;
  }
}

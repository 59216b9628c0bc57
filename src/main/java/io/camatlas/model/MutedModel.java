package io.camatlas.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.camatlas.torchscript.ArchiveException;
import io.camatlas.torchscript.LayerMuter;
import io.camatlas.torchscript.LayerTree;
import io.camatlas.torchscript.ModelEntry;
import io.camatlas.torchscript.Muting;
import io.camatlas.torchscript.ProbeInjector;
import io.camatlas.torchscript.TorchScriptArchive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * An archive with part of one layer taken out, compared with the original on images of noise.
 *
 * @param originalSha256 of the archive that it was made from, in hexadecimal
 * @param layer the layer, with its shape and its number of calls
 * @param images how many were compared
 * @param difference the largest between what the layer returns and what it should, as a share of
 *     its largest activation
 * @param scoreDifference the same of the scores, as a share of the largest; empty where they cannot
 *     be told beforehand, as for a component or a layer that is called several times
 */
public record MutedModel(
    String originalSha256,
    ProbedLayer layer,
    int images,
    double difference,
    Optional<Double> scoreDifference) {
  private static final System.Logger LOG = System.getLogger(MutedModel.class.getName());
  private static final int IMAGES = 4;
  private static final int MOST_IMAGES = 16;
  private static final double TOLERANCE = 1e-4;

  /** Of layers that compute with 16 bits. */
  private static final double ROUNDED_TOLERANCE = 2e-2;

  /**
   * Writes a muted archive and compares it with the original.
   *
   * @param entry how the model is called
   * @param path the layer; all its calls are muted
   * @param muting what is taken out
   * @param input shape of one image
   * @param out the file to write
   * @param scratch a folder for temporary files
   * @throws ArchiveException if the layer cannot be muted, has other feature maps, or the muted
   *     model does not do what it should
   * @throws NetworkException if the model fails on an image of that shape
   */
  public static MutedModel write(
      TorchScriptArchive archive,
      ModelEntry entry,
      String path,
      Muting muting,
      InputShape input,
      Path out,
      Path scratch)
      throws IOException {
    LayerTree tree = LayerTree.of(archive);
    LayerName name;
    try {
      name = LayerName.parse(path, tree::contains);
    } catch (IllegalArgumentException e) {
      throw new ArchiveException("`" + e.getMessage(), e);
    }
    if (name.call().isPresent()) {
      throw new ArchiveException(
          "`layer` is '%s'; all calls of a layer are muted, so name it without the number: '%s'."
              .formatted(path, name.path()));
    }
    PreparedModel original = PreparedModel.prepare(archive, entry, List.of(name), input, scratch);
    ProbedLayer layer = original.plan().layers().get(0);
    Optional<String> misfit = muting.misfit(layer.path(), layer.maps());
    if (misfit.isPresent()) {
      throw new ArchiveException(misfit.get());
    }
    boolean isLast = !layer.layout().equals(GridLayout.CHANNELS_FIRST);
    LayerMuter.write(tree, tree.find(name.path()), muting, isLast, out);
    requireOneShape(tree, entry, layer, input);
    Path probed = Files.createTempFile(scratch, "camatlas-muted-", ".pt");
    LayerTree muted = LayerTree.of(TorchScriptArchive.open(out));
    ProbeInjector.inject(muted, List.of(muted.find(name.path())), entry, probed);
    try (Network before = Network.load(original.file(), Device.cpu());
        Network after = Network.load(probed, Device.cpu());
        NDManager manager = before.newManager()) {
      return compared(original, layer, muting, before, after, manager);
    }
  }

  /** All calls are muted, so all must return the feature maps that are meant. */
  private static void requireOneShape(
      LayerTree tree, ModelEntry entry, ProbedLayer layer, InputShape input) throws IOException {
    List<LayerShape> calls =
        PreparedModel.shapes(tree, entry, input).stream()
            .filter(one -> one.id() == layer.id())
            .toList();
    boolean isFirst = layer.layout().equals(GridLayout.CHANNELS_FIRST);
    for (int i = 0; i < calls.size(); i++) {
      List<Long> shape = calls.get(i).dimensions();
      boolean fits =
          isFirst
              ? shape.size() == 4 && shape.get(1) == layer.maps()
              : shape.size() > 2 && shape.get(shape.size() - 1) == layer.maps();
      if (!fits) {
        throw new ArchiveException(
            "Layer '%s' returns %s in call %d of %d, and %d feature maps in another; all calls of a layer are muted, so they must have the same feature maps. Choose a layer that is called once."
                .formatted(layer.path(), calls.get(i).text(), i + 1, calls.size(), layer.maps()));
      }
    }
  }

  private static MutedModel compared(
      PreparedModel original,
      ProbedLayer layer,
      Muting muting,
      Network before,
      Network after,
      NDManager manager) {
    boolean once = layer.calls() == 1;
    boolean told = once && muting instanceof Muting.FeatureMaps;
    NoiseImages noise = new NoiseImages(original.plan().input(), 3);
    double difference = 0;
    double scoreDifference = 0;
    double tolerance = TOLERANCE;
    int compared = 0;
    for (int i = 0; i < MOST_IMAGES && compared < IMAGES; i++) {
      try (NDManager scratch = manager.newSubManager()) {
        NDArray image = noise.next(scratch, 1);
        float[] was = before.infer(original.plan(), image).activations(0).toFloatArray();
        float[] is = after.infer(original.plan(), image).activations(0).toFloatArray();
        if (!before.scores(image).getShape().equals(after.scores(image).getShape())) {
          scoreDifference = Double.POSITIVE_INFINITY;
        }
        tolerance = isRounded(is) ? ROUNDED_TOLERANCE : TOLERANCE;
        // Behind an earlier call of the same layer, only what is left can be checked.
        double off = difference(muting, layer, once ? was : is, is);
        difference = Math.max(difference, off);
        if (told) {
          double[] ones = new double[layer.maps()];
          java.util.Arrays.fill(ones, 1);
          double[] left = muting.applied(ones);
          NDArray factors = scratch.create(floats(left), new Shape(1, layer.maps()));
          float[] expected = before.scaled(original.plan(), 0, image, factors).toFloatArray();
          float[] scores = after.scores(image).toFloatArray();
          double scale = ScoreDifference.scale(expected);
          scoreDifference = Math.max(scoreDifference, ScoreDifference.of(scores, expected, scale));
        }
        compared++;
      } catch (LayerSkippedException e) {
        LOG.log(System.Logger.Level.DEBUG, "Another image may pass the layer.", e);
      }
    }
    if (!(difference <= tolerance) || !(scoreDifference <= tolerance) || compared == 0) {
      throw new ArchiveException(
          "The muted model was not written: on %d images of noise, layer '%s' differs by %.1e and the scores by %.1e from what they should be. Please report this, with the model's code."
              .formatted(compared, layer.path(), difference, scoreDifference));
    }
    return new MutedModel(
        original.sha256(),
        layer,
        compared,
        difference,
        told ? Optional.of(scoreDifference) : Optional.empty());
  }

  /** Whether all numbers have no more digits than those of 16 bits. */
  private static boolean isRounded(float[] values) {
    int bits = 0;
    for (float value : values) {
      bits |= Float.floatToRawIntBits(value);
    }
    return (bits & 0x1fff) == 0;
  }

  /** The largest difference from what the muting makes of the layer's output. */
  private static double difference(Muting muting, ProbedLayer layer, float[] was, float[] is) {
    int cells = layer.height() * layer.width();
    double most = 0;
    double scale = Double.MIN_NORMAL;
    double[] values = new double[layer.maps()];
    for (int cell = 0; cell < cells; cell++) {
      for (int k = 0; k < values.length; k++) {
        values[k] = was[k * cells + cell];
        scale = Math.max(scale, Math.abs(values[k]));
      }
      double[] expected = muting.applied(values);
      for (int k = 0; k < values.length; k++) {
        scale = Math.max(scale, Math.abs(expected[k]));
        most = Math.max(most, Math.abs(expected[k] - is[k * cells + cell]));
      }
    }
    return most / scale;
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }
}

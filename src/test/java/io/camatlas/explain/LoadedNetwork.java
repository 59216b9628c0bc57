package io.camatlas.explain;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.camatlas.cam.AlphaNumerator;
import io.camatlas.cam.AlphaScaling;
import io.camatlas.cam.CamMethod;
import io.camatlas.cam.FeatureMapSelection;
import io.camatlas.cam.GradCamPlusPlus;
import io.camatlas.cam.NeuronSelection;
import io.camatlas.cam.NoisePlan;
import io.camatlas.cam.NoisePool;
import io.camatlas.cam.NoiseScale;
import io.camatlas.cam.ScoreTransform;
import io.camatlas.cam.SmoothGradCamPlusPlus;
import io.camatlas.demo.DemoModel;
import io.camatlas.image.ChannelOrder;
import io.camatlas.image.Crop;
import io.camatlas.image.DecodeLimits;
import io.camatlas.image.Interpolation;
import io.camatlas.image.Preprocessing;
import io.camatlas.image.Resize;
import io.camatlas.image.ResizeAs;
import io.camatlas.model.InputShape;
import io.camatlas.model.LabelSets;
import io.camatlas.model.LayerName;
import io.camatlas.model.ModelCard;
import io.camatlas.model.Network;
import io.camatlas.model.Precision;
import io.camatlas.model.PreparedModel;
import io.camatlas.model.ScoreKind;
import io.camatlas.model.ScoreOver;
import io.camatlas.model.TestArchives;
import io.camatlas.torchscript.ModelEntry;
import io.camatlas.torchscript.TorchScriptArchive;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import javax.imageio.ImageIO;

/** A real network on the CPU, and pictures for it. */
final class LoadedNetwork implements AutoCloseable {
  final PreparedModel prepared;
  final ModelCard card;
  final Network network;
  private final NDManager manager;
  private final NoisePool pool;

  private LoadedNetwork(PreparedModel prepared, ModelCard card) {
    Network.prepareThread(1);
    this.prepared = prepared;
    this.card = card.withClassesFor(prepared.plan().classes());
    this.network = Network.load(prepared.file(), Device.cpu(), prepared.precision());
    this.manager = network.newManager();
    this.pool = new NoisePool(manager, 7, prepared.plan().input().elements());
  }

  /** A network of export_fixtures.py. */
  static LoadedNetwork fixture(String archive, String layer, int size, Path folder)
      throws IOException {
    return fixture(archive, layer, size, Precision.FLOAT32, folder);
  }

  /** A network of export_fixtures.py that computes with other numbers; layers by commas. */
  static LoadedNetwork fixture(
      String archive, String layer, int size, Precision precision, Path folder) throws IOException {
    ModelCard card =
        new ModelCard(
            archive,
            List.of(),
            layer,
            ScoreKind.LOGITS,
            new Preprocessing(
                new Resize.Exact(size, size),
                Interpolation.BILINEAR,
                ResizeAs.PILLOW_12,
                new Crop.None(),
                ChannelOrder.RGB,
                List.of(0.485, 0.456, 0.406),
                List.of(0.229, 0.224, 0.225)));
    return prepare(TestArchives.file(archive), card, precision, folder);
  }

  /** A network of export_fixtures.py whose pixels are explained. */
  static LoadedNetwork ofInput(String archive, InputShape input, Path folder) throws IOException {
    ModelCard card =
        new ModelCard(
            archive,
            List.of(),
            LayerName.INPUT.path(),
            ScoreKind.LOGITS,
            new Preprocessing(
                new Resize.Exact(input.height(), input.width()),
                Interpolation.BILINEAR,
                ResizeAs.PILLOW_12,
                new Crop.None(),
                ChannelOrder.RGB,
                List.of(0.5, 0.5, 0.5),
                List.of(0.25, 0.25, 0.25)));
    return prepare(TestArchives.file(archive), card, Precision.FLOAT32, folder);
  }

  static LoadedNetwork demo(Path folder) throws IOException {
    Path archive = DemoModel.copyTo(folder);
    ModelCard card = ModelCard.read(folder.resolve(DemoModel.SIDECAR));
    return prepare(archive, card, Precision.FLOAT32, folder);
  }

  private static LoadedNetwork prepare(
      Path archive, ModelCard card, Precision precision, Path folder) throws IOException {
    InputShape input = card.inputShape();
    PreparedModel prepared =
        PreparedModel.prepare(
            TorchScriptArchive.open(archive),
            ModelEntry.FORWARD,
            Arrays.stream(card.layer().split(",")).map(LayerName::parse).toList(),
            input,
            precision,
            folder);
    return new LoadedNetwork(prepared, card);
  }

  /** Smooth Grad-CAM++, or Grad-CAM++ for no samples; predicted, second and first class. */
  static ExplainSettings settings(int samples, int batch) {
    CamMethod method =
        samples == 0
            ? new GradCamPlusPlus(ScoreTransform.LOGIT, AlphaScaling.RAW)
            : new SmoothGradCamPlusPlus(
                new NoisePlan(samples, 0.15, NoiseScale.RANGE, 7),
                ScoreTransform.EXP,
                AlphaNumerator.SECOND,
                AlphaScaling.RAW);
    return settings(method, new TargetSelection(false, true, 2, List.of(0)), batch, false);
  }

  /** One rule that sums over everything. */
  static ExplainSettings settings(
      CamMethod method, TargetSelection targets, int batch, boolean shortcut) {
    return new ExplainSettings(
        List.of(new Rule(method, FeatureMapSelection.ALL, new NeuronSelection.All())),
        targets,
        LabelSets.USUAL,
        ScoreOver.WINNING,
        batch,
        shortcut,
        new DecodeLimits(1 << 24, 1 << 24));
  }

  Explainer explainer(ExplainSettings settings) {
    return explainer(settings, 0, new PassClock());
  }

  Explainer explainer(ExplainSettings settings, int decoders, PassClock clock) {
    return new Explainer(network, prepared.plan(), card, settings, pool, decoders, clock);
  }

  List<ImageOutcome> explain(ExplainSettings settings, List<ImageInput> images) {
    return all(explainer(settings).explain(images.iterator()));
  }

  static List<ImageOutcome> all(Iterator<ImageOutcome> outcomes) {
    List<ImageOutcome> all = new ArrayList<>();
    outcomes.forEachRemaining(all::add);
    return all;
  }

  /** Pictures of noise over a slope, each different. */
  static List<ImageInput> pictures(int count) {
    List<ImageInput> pictures = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] file = picture(i);
      pictures.add(input("picture-" + i, () -> file));
    }
    return pictures;
  }

  static ImageInput input(String id, ImageInput.ByteSource bytes) {
    return new ImageInput(new NamedImage(id, id + ".png", Optional.empty()), bytes);
  }

  static byte[] picture(int seed) {
    Random random = new Random(seed);
    int tint = random.nextInt(1 << 24);
    BufferedImage image = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < 64; y++) {
      for (int x = 0; x < 64; x++) {
        int noise = random.nextInt(1 << 24);
        image.setRGB(x, y, random.nextInt(64) < x ? tint : noise);
      }
    }
    return png(image);
  }

  /** A picture of one colour. */
  static byte[] plain(int rgb) {
    BufferedImage image = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < 64; y++) {
      for (int x = 0; x < 64; x++) {
        image.setRGB(x, y, rgb);
      }
    }
    return png(image);
  }

  private static byte[] png(BufferedImage image) {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", file);
    } catch (IOException e) {
      throw new IllegalStateException("Memory takes every byte.", e);
    }
    return file.toByteArray();
  }

  @Override
  public void close() {
    manager.close();
    network.close();
  }
}

package io.camatlas.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.camatlas.cam.NoisePool;
import io.camatlas.image.Sha256;
import io.camatlas.torchscript.ArchiveException;
import io.camatlas.torchscript.Layer;
import io.camatlas.torchscript.LayerTree;
import io.camatlas.torchscript.LinearHead;
import io.camatlas.torchscript.ModelEntry;
import io.camatlas.torchscript.ProbeInjector;
import io.camatlas.torchscript.TorchScriptArchive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * A model ready to be sent to executors: its probed archive and what that returns.
 *
 * @param file the probed archive
 * @param sha256 of the archive as the user gave it, in hexadecimal
 * @param plan what the probed archive returns
 * @param precision what it is to compute with
 */
public record PreparedModel(Path file, String sha256, ProbePlan plan, Precision precision) {
  /** Two passes of the same code differ by less than this share of the largest score. */
  private static final double SAME_TENSOR = 1e-4;

  private static final int IMAGES = 8;

  /** What stands for the network's input among layers. */
  private static final Layer INPUT =
      new Layer(LayerName.INPUT.path(), LayerName.INPUT.path(), "", ProbeInjector.INPUT, List.of());

  private static boolean isInput(Layer layer) {
    return layer.id() == ProbeInjector.INPUT;
  }

  /** Prepares a model that computes with 32 bits. */
  public static PreparedModel prepare(
      TorchScriptArchive archive,
      ModelEntry entry,
      List<LayerName> names,
      InputShape input,
      Path folder)
      throws IOException {
    return prepare(archive, entry, names, input, Precision.FLOAT32, folder);
  }

  /** Prepares a model that is not random. */
  public static PreparedModel prepare(
      TorchScriptArchive archive,
      ModelEntry entry,
      List<LayerName> names,
      InputShape input,
      Precision precision,
      Path folder)
      throws IOException {
    return prepare(archive, entry, names, List.of(), input, precision, false, folder);
  }

  /**
   * Probes a model and runs it on images of noise, so that whatever is wrong with it shows before
   * any image is read: the probed model must give the scores of the model as it came, and where the
   * code says that a head is linear, gradients must confirm it.
   *
   * @param archive the user's model
   * @param entry how it is called
   * @param names layers to probe, at least one; {@link LayerName#INPUT} comes after all others
   * @param layouts what each returns, or one for all; empty if that is to be found out
   * @param input shape of one image
   * @param precision what it is to compute with
   * @param allowRandom whether two passes of one image may differ
   * @param folder where the probed archive is written
   * @throws ArchiveException if the model or a layer cannot be used
   * @throws NetworkException if the model fails on an image of that shape
   */
  public static PreparedModel prepare(
      TorchScriptArchive archive,
      ModelEntry entry,
      List<LayerName> names,
      List<GridLayout> layouts,
      InputShape input,
      Precision precision,
      boolean allowRandom,
      Path folder)
      throws IOException {
    LayerTree tree = LayerTree.of(archive);
    List<Layer> layers =
        names.stream().map(name -> name.isInput() ? INPUT : tree.find(name.path())).toList();
    String sha256 = Sha256.of(archive.file());
    Path probed = Files.createTempFile(folder, "camatlas-" + sha256.substring(0, 12) + "-", ".pt");
    ProbeInjector.inject(
        tree, layers.stream().filter(layer -> !isInput(layer)).toList(), entry, probed);
    try (Network network = Network.load(probed, Device.cpu(), precision);
        NDManager manager = network.newManager()) {
      Heads heads =
          (layer, call, calls) ->
              isInput(layer)
                  ? Optional.of("the whole network lies behind the input")
                  : LinearHead.obstacle(tree, layer, entry, call, calls);
      ScoreComparison.Code code =
          new ScoreComparison.Code(
              archive.drawsRandomNumbers(), LinearHead.choosesByImage(tree, entry));
      ScoreComparison.Plain plain =
          ScoreComparison.plain(network, input, precision, code, allowRandom, manager);
      double rounding = 0;
      if (precision.roundsWeights() && !plain.check().random()) {
        RoundedScores rounded = plain.comparison().rounded(probed);
        rounded.require(precision);
        rounding = rounded.difference();
      }
      ProbePlan said =
          plan(
              network,
              manager,
              names,
              layers,
              new Layouts(input, layouts, new GridsOnce(tree, entry, input, precision)),
              heads,
              input,
              plain,
              archive,
              layer -> !isInput(layer) && tree.mayWorkInPlace(layer));
      ProbePlan plan =
          LinearHeadCheck.confirmed(network, said, precision.gradientTolerance())
              .withSwitches(precision.switchRounding(input));
      return new PreparedModel(
          probed, sha256, plan.withCheck(plan.check().withRounding(rounding)), precision);
    } catch (NetworkException e) {
      Files.delete(probed);
      if (precision.keepsWeights()) {
        throw e;
      }
      throw new NetworkException(
          "The model does not run when `precision` is "
              + precision
              + "; tensors that its code creates or holds as constants keep their type. Set"
              + " `precision` to float32. "
              + e.getMessage(),
          e);
    } catch (RuntimeException e) {
      Files.delete(probed);
      throw e;
    }
  }

  /**
   * Why scores may not be affine in what a layer returns in one of its calls; empty if they are.
   */
  @FunctionalInterface
  interface Heads {
    Optional<String> obstacle(Layer layer, int call, int calls);
  }

  static ProbePlan plan(
      Network network,
      NDManager manager,
      List<LayerName> names,
      List<Layer> layers,
      Layouts layouts,
      Heads heads,
      InputShape input,
      ScoreComparison.Plain plain,
      TorchScriptArchive archive,
      Predicate<Layer> inPlace)
      throws IOException {
    Layout layout = plain.check().layout();
    int[] ids = layers.stream().mapToInt(Layer::id).toArray();
    NoiseImages images = new NoiseImages(input, 3);
    NDArray image = images.next(manager, 1);
    int[] calls = network.countCalls(ids, layout, image);
    for (int i = 1; i < IMAGES && IntStream.of(calls).anyMatch(count -> count == 0); i++) {
      // Another image may call the layers that this one leaves out.
      image = images.next(manager, 1);
      calls = network.countCalls(ids, layout, image);
    }
    List<ProbedLayer> probes = new ArrayList<>();
    for (int i = 0; i < calls.length; i++) {
      probes.add(probe(names.get(i), layers.get(i), calls[i], heads));
    }
    for (int i = 0; i < probes.size(); i++) {
      for (ProbedLayer other : probes.subList(0, i)) {
        if (other.id() == probes.get(i).id() && other.call() == probes.get(i).call()) {
          throw new ArchiveException(
              "`layer` names call "
                  + (other.call() + 1)
                  + " of '"
                  + other.path()
                  + "' twice; name each layer once.");
        }
      }
    }
    Network.ForwardPass pass = network.forward(probes, layout, image);
    boolean same = true;
    for (int i = 0; i < calls.length; i++) {
      List<Long> output = LongStream.of(pass.activations(i).getShape().getShape()).boxed().toList();
      probes.set(i, probes.get(i).withLayout(layouts.of(i, layers.get(i), output)));
      same &= probes.get(i).layout().equals(GridLayout.CHANNELS_FIRST);
    }
    if (!same) {
      pass = network.forward(probes, layout, image);
    }
    for (int i = 0; i < calls.length; i++) {
      Shape shape = pass.activations(i).getShape();
      probes.set(
          i, probes.get(i).withShape((int) shape.get(1), (int) shape.get(2), (int) shape.get(3)));
    }
    boolean[] influences = pass.influences(probes);
    for (int i = 0; i < influences.length; i++) {
      if (!influences[i]) {
        throw new ArchiveException(
            "Layer '" + probes.get(i).name() + withoutInfluence(archive, probes.get(i)));
      }
    }
    ScoreCheck check = plain.comparison().tapped(plain.check(), probes);
    List<ProbedLayer> measured = plain.comparison().withRounding(check, probes);
    ProbePlan plan =
        new ProbePlan(input, plain.classes(), plain.pixels(), measured, check, plain.canary());
    for (int i = 0; i < layers.size(); i++) {
      if (inPlace.test(layers.get(i)) && !check.random()) {
        requireOwnTensor(network, manager, plan, i, image);
      }
    }
    return plan;
  }

  /**
   * What a layer returns is handed on as another tensor. Where it changed its input instead, and
   * the network uses that again, a gradient, and a change of the output, would miss that way.
   */
  private static void requireOwnTensor(
      Network network, NDManager manager, ProbePlan plan, int layer, NDArray image) {
    ProbedLayer probed = plan.layers().get(layer);
    NDArray half = manager.full(new Shape(1, probed.maps()), 0.5f);
    double most = 0;
    double largest = 0;
    try {
      float[] other = network.scaled(plan, layer, image, half).toFloatArray();
      float[] same = network.scaledInPlace(plan, layer, image, half).toFloatArray();
      for (int i = 0; i < other.length; i++) {
        most = Math.max(most, Math.abs((double) other[i] - same[i]));
        largest = Math.max(largest, Math.abs((double) other[i]));
      }
    } catch (NetworkException e) {
      // A tensor that cannot be changed is no input that was.
      return;
    }
    if (most > SAME_TENSOR * largest) {
      throw new ArchiveException(
          "Layer '"
              + probed.name()
              + "' changes its input in place, and the model uses that input again, so that a map"
              + " of its output alone would miss a part. Choose another layer, set its inplace to"
              + " False before the export, or export by tracing.");
    }
  }

  private static String withoutInfluence(TorchScriptArchive archive, ProbedLayer layer) {
    if (layer.isInput()) {
      return "' has no gradients: "
          + (archive.isQuantised()
              ? "there are none through quantised layers; export the model before it is quantised."
              : "the model computes its scores so that none reaches the image; rules of pixels need"
                  + " them.");
    }
    if (!layer.layout().equals(GridLayout.CHANNELS_FIRST)) {
      return "' does not influence the scores through its grid"
          + (layer.layout().prefix() > 0 ? ", only through the tokens before it if at all" : "")
          + "; choose a layer before the network's last attention, such as the first norm of its"
          + " last block.";
    }
    return archive.isQuantised()
        ? "' reaches the scores through quantised layers only, if at all, and there are no"
            + " gradients through those; export the model before it is quantised."
        : "' does not influence the scores; choose another layer, or name the output that it leads"
            + " to.";
  }

  /** How the outputs of layers are laid out: as somebody says, or as it is found out. */
  record Layouts(InputShape input, List<GridLayout> wanted, Grids grids) {
    /** Rows and columns of what the network's convolutions return. */
    @FunctionalInterface
    interface Grids {
      List<long[]> find() throws IOException;
    }

    GridLayout of(int index, Layer layer, List<Long> output) throws IOException {
      if (isInput(layer)) {
        return GridLayout.CHANNELS_FIRST;
      }
      String said = "Layer '" + layer.path() + "' returns " + output + " for one image of " + input;
      if (!wanted.isEmpty()) {
        GridLayout told = wanted.get(wanted.size() == 1 ? 0 : index);
        if (!told.fits(output)) {
          throw new ArchiveException(
              said
                  + ", which is not `layout` "
                  + told
                  + "; give the one that it is: "
                  + GridLayout.FORMS
                  + ".");
        }
        return told;
      }
      boolean planar = ChannelAxis.isPlanar(layer.type()) || !ChannelAxis.mayBeLast(output, input);
      List<long[]> known = output.size() == 4 && planar ? List.of() : grids.find();
      GridLayout found =
          GridLayout.of(layer.type(), output, input, known)
              .orElseThrow(
                  () ->
                      new ArchiveException(
                          said
                              + "; class activation maps need a grid: [N,C,h,w], [N,h,w,C], or tokens"
                              + " [N,T,C] of which the last are a grid. If the output has one, say"
                              + " where with `layout`: "
                              + GridLayout.FORMS
                              + ". Else choose a layer that 'camatlas layers' gives a shape without"
                              + " 'not spatial'."));
      if (!ChannelAxis.isPlanar(layer.type())
          && !found.isUsual(output, input)
          && !found.mayBe(output, grids.find())) {
        throw new ArchiveException(
            said
                + ", which is not likely to be a grid of the picture, but, for example, the weights"
                + " of an attention. Choose a layer that 'camatlas layers' gives a shape"
                + " without 'not spatial'; if it is a grid, say where with `layout`: "
                + GridLayout.FORMS
                + ".");
      }
      return found;
    }
  }

  /** Finds the grids of the network's convolutions when they are first asked for. */
  private static final class GridsOnce implements Layouts.Grids {
    private final LayerTree tree;
    private final ModelEntry entry;
    private final InputShape input;
    private final Precision precision;
    private List<long[]> found;

    GridsOnce(LayerTree tree, ModelEntry entry, InputShape input, Precision precision) {
      this.tree = tree;
      this.entry = entry;
      this.input = input;
      this.precision = precision;
    }

    @Override
    public List<long[]> find() throws IOException {
      if (found == null) {
        found =
            withAllLayers(
                tree,
                entry,
                input,
                precision,
                (network, shapes) -> DefaultLayer.grids(tree, shapes));
      }
      return found;
    }
  }

  private static ProbedLayer probe(LayerName name, Layer layer, int calls, Heads heads) {
    if (calls == 0) {
      throw new ArchiveException(
          "Layer '"
              + layer.path()
              + "' is never called in inference; choose one that 'camatlas layers' shows a shape"
              + " for.");
    }
    int call = name.call().orElse(calls);
    if (call > calls) {
      throw new ArchiveException(
          "Layer '"
              + layer.path()
              + "' is called "
              + (calls == 1 ? "once" : calls + " times")
              + "; there is no call #"
              + call
              + ".");
    }
    String nonlinearity = heads.obstacle(layer, call - 1, calls).orElse("");
    return new ProbedLayer(
        layer.path(),
        layer.id(),
        call - 1,
        calls,
        0,
        0,
        0,
        GridLayout.CHANNELS_FIRST,
        nonlinearity,
        0);
  }

  /**
   * What every layer returns, and the layer to explain where nobody has named one.
   *
   * @param shapes one entry for each call of a layer, in the order in which calls end
   * @param layouts of the entries' grids; empty where there is none of more than one cell
   * @param suggested empty if no layer has a grid that the scores depend on
   * @param problem why that could not be found out; empty if it could
   */
  public record Outputs(
      List<LayerShape> shapes,
      List<Optional<GridLayout>> layouts,
      Optional<DefaultLayer> suggested,
      String problem) {}

  /** Work with a network all of whose layers are tapped. */
  @FunctionalInterface
  private interface OfAllLayers<T> {
    T of(Network network, List<LayerShape> shapes);
  }

  private static <T> T withAllLayers(
      LayerTree tree, ModelEntry entry, InputShape input, Precision precision, OfAllLayers<T> work)
      throws IOException {
    Path probed = Files.createTempFile("camatlas-layers-", ".pt");
    try {
      ProbeInjector.injectAll(tree, entry, probed);
      try (Network network = Network.load(probed, Device.cpu(), precision);
          NDManager manager = network.newManager()) {
        return work.of(
            network,
            network.shapes(
                manager.zeros(new Shape(1, input.channels(), input.height(), input.width()))));
      }
    } finally {
      Files.deleteIfExists(probed);
    }
  }

  /**
   * What every layer returns for an image of the given shape.
   *
   * @return one entry for each call of a layer, in the order in which calls end
   * @throws ArchiveException if the archive cannot be loaded
   * @throws NetworkException if the model fails on an image of that shape
   */
  public static List<LayerShape> shapes(LayerTree tree, ModelEntry entry, InputShape input)
      throws IOException {
    return withAllLayers(tree, entry, input, Precision.FLOAT32, (network, shapes) -> shapes);
  }

  /**
   * The same, with what is known of the outputs.
   *
   * @throws ArchiveException if the archive cannot be loaded
   * @throws NetworkException if the model fails on an image of that shape
   */
  public static Outputs outputs(LayerTree tree, ModelEntry entry, InputShape input)
      throws IOException {
    return withAllLayers(
        tree,
        entry,
        input,
        Precision.FLOAT32,
        (network, shapes) -> {
          List<long[]> grids = DefaultLayer.grids(tree, shapes);
          Optional<DefaultLayer> suggested = Optional.empty();
          String problem = "";
          try {
            suggested = DefaultLayer.find(tree, network, shapes, input);
          } catch (NetworkException e) {
            problem = e.getMessage();
          }
          return new Outputs(
              shapes,
              shapes.stream()
                  .map(shape -> shape.layout(tree.layer(shape.id()), input, grids))
                  .toList(),
              suggested,
              problem);
        });
  }

  /**
   * The layer to explain where nobody has named one.
   *
   * @throws ArchiveException if there is none
   */
  public static LayerName suggestedLayer(
      TorchScriptArchive archive, ModelEntry entry, InputShape input) throws IOException {
    Outputs outputs = outputs(LayerTree.of(archive), entry, input);
    return outputs
        .suggested()
        .map(DefaultLayer::name)
        .orElseThrow(
            () ->
                new ArchiveException(
                    !outputs.problem().isEmpty()
                        ? outputs.problem()
                        : "No layer of "
                            + archive.file().getFileName()
                            + " has a grid that the scores depend on, [N,C,h,w], [N,h,w,C] or tokens;"
                            + " class activation maps need one."));
  }

  /**
   * What users need to know of the model before they trust its maps, in sentences.
   *
   * @param said what the scores are said to be
   */
  public List<String> notes(ScoreKind said) {
    List<String> notes = new ArrayList<>();
    ScoreCheck check = plan.check();
    if (check.random()) {
      notes.add(
          "the model gives one image different scores in two passes; `allow-random` is set, so its"
              + " maps are those of one pass among many.");
    }
    if (check.oneByOne()) {
      notes.add(
          "the model takes one image at a time, mixes the images of a batch, or looks at all of them"
              + " to choose what it computes; every pass has one row, whatever `batch` is.");
    }
    if (check.rounding() > precision.scoreTolerance()) {
      notes.add(
          "with `precision` %s, the scores of images of noise differ by up to %.2g %% of the largest"
                  .formatted(precision, 100 * check.rounding())
              + " from those with float32; compare a few maps with those of float32.");
    }
    if (plan.pixels().isDense()) {
      notes.add(
          "the model scores every pixel, "
              + plan.pixels()
              + " of them; what tables call an image's probabilities are the shares of the pixels"
              + " that each class wins.");
      if (said == ScoreKind.LOGITS && check.scores() == ScoreKind.PROBABILITIES) {
        notes.add(
            "the scores of its one class are above 0 in every pixel tried, so they look like"
                + " probabilities; if they are, set `scores` to probabilities, or every pixel counts"
                + " as won.");
      }
      return notes;
    }
    if (check.scores() == ScoreKind.MULTI_LABEL_PROBABILITIES
        && said != ScoreKind.MULTI_LABEL_PROBABILITIES) {
      notes.add(
          (plan.classes() == 1
                  ? "the model's one score lies from 0 to 1 for every image tried; if it is a"
                      + " probability, set `scores` to "
                  : "the model's scores lie from 0 to 1 for every image tried, and do not add up to"
                      + " one; if they are a probability for each label, set `scores` to ")
              + ScoreKind.MULTI_LABEL_PROBABILITIES.text()
              + ", or every probability in the tables is wrong.");
      return notes;
    }
    if (said.isMultiLabel()) {
      if (check.scores() == ScoreKind.PROBABILITIES
          || check.scores() == ScoreKind.LOG_PROBABILITIES) {
        notes.add(
            "`scores` is "
                + said.text()
                + ", but the model's scores look like "
                + check.scores().text()
                + " of classes that exclude one another; if they are, set `scores` to that.");
      } else if (said == ScoreKind.MULTI_LABEL_PROBABILITIES && check.scores() != said) {
        notes.add(
            "`scores` is "
                + said.text()
                + ", but the model's scores do not lie from 0 to 1; if they are logits, set"
                + " `scores` to "
                + ScoreKind.MULTI_LABEL.text()
                + ", or every probability in the tables is wrong.");
      }
      return notes;
    }
    if (said == ScoreKind.LOGITS && check.scores() != ScoreKind.LOGITS) {
      notes.add(
          (check.scores() == ScoreKind.PROBABILITIES
                  ? "the model's scores add up to one for every image tried, so they are"
                      + " probabilities and not logits"
                  : "the exponentials of the model's scores add up to one for every image tried, so"
                      + " they are logarithms of probabilities and not logits")
              + "; set `scores` to "
              + check.scores().text()
              + ", or every probability in the tables is wrong.");
    }
    if (said != ScoreKind.LOGITS && check.scores() != said) {
      notes.add(
          "`scores` is "
              + said.text()
              + ", but the model's scores do not add up so; probabilities in the tables are then"
              + " none.");
    }
    return notes;
  }

  /**
   * Checks, for rules that are only defined behind linear heads, that the code has one, and that
   * gradients are the same for all neurons of a feature map.
   *
   * @param method the rule's name, for the message
   * @throws ArchiveException if it has none; the message names what stands in the way
   */
  public void requireConstantGradients(String method) {
    for (ProbedLayer layer : plan.layers()) {
      if (!layer.isInput() && !layer.hasLinearHead()) {
        throw new ArchiveException(
            "method "
                + method
                + " needs a linear head behind the layer, but behind "
                + layer.name()
                + " comes something else ("
                + layer.nonlinearity()
                + "); use grad-cam or smooth-grad-cam++.");
      }
    }
    try (Network network = Network.load(file, Device.cpu());
        NDManager manager = network.newManager()) {
      InputShape input = plan.input();
      int images = plan.check().oneByOne() ? 1 : 4;
      NDArray noise =
          new NoisePool(manager, 1, input.elements())
              .samples(manager, 1, 0, images)
              .reshape(images, input.channels(), input.height(), input.width());
      Network.ForwardPass pass = network.forward(plan, noise);
      List<NDArray> gradients = pass.gradients(new int[images], true);
      for (int layer = 0; layer < gradients.size(); layer++) {
        if (plan.layers().get(layer).isInput()) {
          continue;
        }
        NDArray gradient = gradients.get(layer);
        NDArray reference = gradient.get("0:1, :, 0:1, 0:1");
        float difference = gradient.sub(reference).abs().max().getFloat();
        float size = gradient.abs().max().getFloat();
        if (difference > 1e-5f * size) {
          throw new ArchiveException(
              "method "
                  + method
                  + " needs a linear head behind the layer, but gradients at "
                  + plan.layers().get(layer).name()
                  + " differ between neurons; use grad-cam or smooth-grad-cam++.");
        }
      }
    }
  }
}

package io.camatlas.model;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import io.camatlas.torchscript.ArchiveException;
import io.camatlas.torchscript.ProbeInjector;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * A probed TorchScript archive on one device.
 *
 * <p>Several threads may run one network at once; each calls {@link #prepareThread} first. Every
 * array lives in the manager that the caller passes in and is freed with it.
 *
 * <p>What DJL needs, and why it stands here alone: weights are loaded with {@code trainParam},
 * because without it they are inference tensors and backward fails; their own gradients are turned
 * off, so that nothing before the probe is recorded; the probe method is called through {@code
 * IValueUtils}, because {@code block.forward} in training mode would change batch norm and dropout;
 * and backward through {@code JniUtils}, because DJL allows one gradient collector in a JVM.
 */
public final class Network implements AutoCloseable {
  private static final String ENGINE = "PyTorch";
  private static final int NO_LAYER = -2;
  private static final float FACTOR_STEP = 32;
  private static final float LEAST_FACTOR = 1f / 32;

  /**
   * Groups of images that a GPU works on at once. While results of one are read and measured, the
   * GPU has the others; more would only take memory.
   */
  private static final int GROUPS_AT_ONCE = 3;

  private final Model model;
  private final PtSymbolBlock block;
  private final NDManager manager;
  private final Device device;
  private final Precision precision;
  private final Set<Integer> checked = ConcurrentHashMap.newKeySet();
  private volatile boolean pinsNothing;

  /** Null on a CPU, whose tasks have threads and memory of their own. */
  private final Semaphore turns;

  /** Whether nobody asks if its scores are those of the model. */
  private final boolean spare;

  /**
   * @param original the network that this one is a copy of, whose device it shares; null if it is
   *     none
   */
  private Network(Model model, Precision precision, Network original) {
    this.model = model;
    this.precision = precision;
    this.block = (PtSymbolBlock) model.getBlock();
    this.manager = model.getNDManager();
    this.device = manager.getDevice();
    this.spare = original != null;
    if (spare) {
      this.turns = original.turns;
    } else {
      this.turns = device.isGpu() ? new Semaphore(GROUPS_AT_ONCE, true) : null;
    }
  }

  /** Loads an archive that {@link ProbeInjector} wrote, to compute as it says itself. */
  public static Network load(Path probed, Device device) {
    return load(probed, device, Precision.FLOAT32);
  }

  /**
   * Loads an archive that {@link ProbeInjector} wrote.
   *
   * @param probed the file
   * @param device where the network is to live
   * @param precision what 32-bit weights are converted to
   * @throws ArchiveException if PyTorch cannot load it; the message holds PyTorch's
   */
  public static Network load(Path probed, Device device, Precision precision) {
    return load(probed, device, precision, null);
  }

  /**
   * Loads the same archive again on the same device, whose turns the copy shares, so that its
   * weights may be changed. Its scores are compared with nobody's.
   *
   * @param probed the file that this network was loaded from
   */
  public Network copy(Path probed) {
    return load(probed, device, precision, this);
  }

  private static Network load(Path probed, Device device, Precision precision, Network original) {
    prepareThread();
    Model model = Model.newInstance("camatlas", device, ENGINE);
    try {
      model.load(probed, null, Map.of("trainParam", "true", "mapLocation", "true"));
      for (Parameter parameter : model.getBlock().getParameters().values()) {
        parameter.getArray().setRequiresGradient(false);
      }
      Network network = new Network(model, precision, original);
      network.round();
      return network;
    } catch (IOException | MalformedModelException | RuntimeException e) {
      model.close();
      throw new ArchiveException(
          "PyTorch " + engineVersion() + " cannot load the model: " + firstLines(e), e);
    }
  }

  /** Weights and buffers become numbers of the precision, in their places. */
  private void round() {
    if (precision.keepsWeights()) {
      return;
    }
    try (NDManager scratch = manager.newSubManager(Device.cpu())) {
      NDArray method = scratch.zeros(new Shape(1));
      NDArray type = scratch.create(new long[] {precision.scalarType()});
      method.setName("module_method:" + ProbeInjector.ROUND);
      IValueUtils.forward(block, new NDList(type, method), true).close();
    }
  }

  /** The version of the PyTorch engine in this JVM. */
  public static String engineVersion() {
    return NativeEngine.get().getVersion();
  }

  /**
   * Sets what the engine keeps for each thread; call it on every thread that runs networks.
   *
   * @param intraOpThreads threads that one operation may use on the CPU, at least 1
   */
  public static void prepareThread(int intraOpThreads) {
    prepareThread();
    JniUtils.setNumThreads(intraOpThreads);
  }

  private static void prepareThread() {
    NativeEngine.get();
    JniUtils.setGradMode(true);
    JniUtils.setGraphExecutorOptimize(false);
  }

  /** The device that holds the network. */
  public Device device() {
    return device;
  }

  /** What the network computes with. */
  public Precision precision() {
    return precision;
  }

  /** Gives memory that the engine keeps for later arrays back to the device. */
  public void releaseUnusedMemory() {
    if (device.isGpu()) {
      JniUtils.emptyCudaCache();
    }
  }

  /** A manager for arrays on the network's device; the caller closes it. */
  public NDManager newManager() {
    return manager.newSubManager();
  }

  /** A turn at the device; close it to let the next one in. */
  public interface Turn extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Waits until the device has room for another group of images, however many tasks share it. A CPU
   * always has.
   *
   * @param alone whether the device must have no other group
   */
  public Turn turn(boolean alone) {
    if (turns == null) {
      return () -> {};
    }
    int groups = alone ? GROUPS_AT_ONCE : 1;
    try {
      turns.acquire(groups);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while other tasks used the device.", e);
    }
    return () -> turns.release(groups);
  }

  /**
   * Runs the network and records what gradients need.
   *
   * @param plan which layers to return
   * @param images {@code [N,C,H,W]}, normalised, on the network's device
   */
  public ForwardPass forward(ProbePlan plan, NDArray images) {
    return forward(plan, images, Readout.EVERYWHERE);
  }

  /**
   * Runs the network and records what gradients need.
   *
   * @param plan which layers to return
   * @param images {@code [N,C,H,W]}, normalised, on the network's device
   * @param readout which pixels' scores are read
   */
  public ForwardPass forward(ProbePlan plan, NDArray images, Readout readout) {
    return forward(plan.layers(), plan.check().layout(), images, readout);
  }

  /**
   * Runs the network without recording anything; the pass has no gradients.
   *
   * @param plan which layers to return
   * @param images {@code [N,C,H,W]}, normalised, on the network's device
   */
  public ForwardPass infer(ProbePlan plan, NDArray images) {
    return infer(plan, images, Readout.EVERYWHERE);
  }

  /**
   * Runs the network without recording anything; the pass has no gradients.
   *
   * @param plan which layers to return
   * @param images {@code [N,C,H,W]}, normalised, on the network's device
   * @param readout which pixels' scores are read
   */
  public ForwardPass infer(ProbePlan plan, NDArray images, Readout readout) {
    JniUtils.setGradMode(false);
    try {
      return forward(plan, images, readout);
    } finally {
      JniUtils.setGradMode(true);
    }
  }

  /**
   * Runs the network with a layer's feature maps multiplied by factors, and records nothing.
   *
   * @param layer the layer's place in the plan
   * @param images {@code [N,C,H,W]}, normalised, on the network's device
   * @param factors {@code [N,K]}, in the images' manager; 0 takes a feature map away
   * @return class scores {@code [N,C]}
   * @throws LayerSkippedException if an image does not pass the layer
   */
  public NDArray scaled(ProbePlan plan, int layer, NDArray images, NDArray factors) {
    return scaled(plan, layer, images, factors, Readout.EVERYWHERE);
  }

  /**
   * The same, where not all pixels' scores are read.
   *
   * @param readout which are
   */
  public NDArray scaled(
      ProbePlan plan, int layer, NDArray images, NDArray factors, Readout readout) {
    return scaled(
        plan,
        layer,
        images,
        readout,
        factors.reshape(factors.getShape().get(0), factors.getShape().get(1), 1, 1));
  }

  /**
   * As {@link #scaled(ProbePlan, int, NDArray, NDArray)}, in the tensor that the layer returned
   * itself: whatever else uses that tensor sees it changed, too.
   */
  NDArray scaledInPlace(ProbePlan plan, int layer, NDArray images, NDArray factors) {
    return scaled(
        plan,
        layer,
        images,
        Readout.EVERYWHERE,
        factors.reshape(1, factors.getShape().get(0), factors.getShape().get(1), 1, 1));
  }

  private NDArray scaled(
      ProbePlan plan, int layer, NDArray images, Readout readout, NDArray spread) {
    ProbedLayer probed = plan.layers().get(layer);
    JniUtils.setGradMode(false);
    try {
      NDList found =
          call(
              ProbeInjector.SCALED,
              new long[][] {row(probed)},
              plan.check().layout(),
              images,
              readout,
              spread);
      if (found.get(0).toLongArray()[1] == 0) {
        throw skipped(probed);
      }
      return found.get(found.size() - 1);
    } finally {
      JniUtils.setGradMode(true);
    }
  }

  /**
   * Copies an array to memory of the host that a GPU fetches from on its own.
   *
   * @param host an array on the CPU
   * @return the copy, in the same manager; empty if there is no such memory, and copies to the
   *     device are slower
   */
  public Optional<NDArray> pinned(NDArray host) {
    if (pinsNothing) {
      return Optional.empty();
    }
    try {
      return Optional.of(call(ProbeInjector.PINNED, host));
    } catch (EngineException e) {
      // DJL keeps the arguments of a call that fails, so it is not tried again.
      pinsNothing = true;
      return Optional.empty();
    }
  }

  /**
   * Copies an array of the host to the network's device. If it is {@link #pinned}, nothing waits:
   * the array must stay as it is until something that was computed from the copy has been read.
   *
   * @param manager owns the copy
   */
  public NDArray sent(NDArray host, NDManager manager) {
    try (NDArray there = manager.zeros(new Shape(1))) {
      return call(ProbeInjector.SENT, there, host);
    }
  }

  /** Calls a method of the archive that returns one array, in the manager of the first argument. */
  private NDArray call(String name, NDArray... arguments) {
    JniUtils.setGradMode(false);
    try (NDManager host = arguments[0].getManager().newSubManager(Device.cpu());
        NDArray method = host.zeros(new Shape(1))) {
      method.setName("module_method:" + name);
      NDList all = new NDList(arguments);
      all.add(method);
      return IValueUtils.forward(block, all, true).get(0);
    } finally {
      JniUtils.setGradMode(true);
    }
  }

  /**
   * Resizes, crops and normalises pictures on the network's device, to the last bit as {@link
   * io.camatlas.image.Preprocessing#apply} does.
   *
   * @param pictures {@code [N,h,w,3]}, unsigned 8-bit
   * @param columns as in {@link io.camatlas.image.ResizeTables}, {@code [2,W,taps]}
   * @param rows as in {@link io.camatlas.image.ResizeTables}, {@code [2,H,taps]}
   * @param levels the float of each 8-bit value in each plane, {@code [C,256]}
   * @param rowsFirst whether rows are summed before columns
   * @param reversed whether planes are blue, green and red
   * @return {@code [N,C,H,W]}, in the pictures' manager
   */
  public NDArray pixels(
      NDArray pictures,
      NDArray columns,
      NDArray rows,
      NDArray levels,
      boolean rowsFirst,
      boolean reversed) {
    try (NDManager host = pictures.getManager().newSubManager(Device.cpu())) {
      NDArray flags = host.create(new long[] {rowsFirst ? 1 : 0, reversed ? 1 : 0});
      return call(ProbeInjector.PIXELS, pictures, columns, rows, levels, flags);
    }
  }

  /**
   * Copies images with noise.
   *
   * @param images {@code [N,C,H,W]}, normalised, on the network's device
   * @param noise numbers on the network's device
   * @param offsets where the noise of each of the N·n copies begins; an image's copies are adjacent
   * @param sigma what the noise of each image is multiplied by, {@code [N,1,1]}
   * @return {@code [N·n,C,H,W]}, in the images' manager
   */
  public NDArray noisy(NDArray images, NDArray noise, long[] offsets, NDArray sigma) {
    try (NDManager host = images.getManager().newSubManager(Device.cpu())) {
      return call(ProbeInjector.NOISY, images, noise, host.create(offsets), sigma);
    }
  }

  /**
   * Runs the network as it came: nothing is tapped or recorded, and images stay as they are laid
   * out.
   *
   * @param images {@code [N,C,H,W]}, normalised, on the network's device
   * @return class scores as the archive returns them; of a network that scores every pixel, means
   *     of their absolute values over all pixels, {@code [N,C]}
   * @throws NetworkException if the model fails
   */
  public NDArray scores(NDArray images) {
    try (NDManager host = images.getManager().newSubManager(Device.cpu())) {
      NDArray type = host.create(new long[] {precision.scalarType()});
      return call(ProbeInjector.SCORES, images, type);
    } catch (EngineException e) {
      throw NetworkException.of("The model fails on images " + images.getShape(), e);
    }
  }

  /** How many modules have weights of their own. */
  public int layersWithWeights() {
    return weights().size();
  }

  /**
   * Shuffles the weights of modules for good: the values of each tensor change places. What is no
   * weight, such as the statistics of batch norm, stays.
   *
   * @param from the first module, counted from the one that the archive declares last
   * @param to the module after the last
   * @param seed of the order; a module's depends on it and the module alone
   */
  public void shuffleLayers(int from, int to, long seed) {
    List<List<NDArray>> modules = weights();
    for (int i = from; i < to; i++) {
      SplittableRandom random = new SplittableRandom(seed + 0x9E3779B97F4A7C15L * (i + 1));
      for (NDArray weight : modules.get(modules.size() - 1 - i)) {
        try (NDManager scratch = manager.newSubManager();
            NDArray wide = weight.toType(DataType.FLOAT32, true)) {
          float[] values = wide.toFloatArray();
          shuffle(values, random);
          NDArray shuffled =
              scratch.create(values, weight.getShape()).toType(weight.getDataType(), false);
          weight.subi(weight).addi(shuffled);
        }
      }
    }
  }

  private static void shuffle(float[] values, SplittableRandom random) {
    for (int at = values.length - 1; at > 0; at--) {
      int other = random.nextInt(at + 1);
      float value = values[at];
      values[at] = values[other];
      values[other] = value;
    }
  }

  /** Weights by module, in the order in which the archive declares them. */
  private List<List<NDArray>> weights() {
    Map<String, List<NDArray>> modules = new LinkedHashMap<>();
    for (Parameter parameter : block.getParameters().values()) {
      String name = parameter.getName();
      String module = name.substring(0, Math.max(0, name.lastIndexOf('.')));
      modules.computeIfAbsent(module, fresh -> new ArrayList<>()).add(parameter.getArray());
    }
    return List.copyOf(modules.values());
  }

  /**
   * Whether this is the first time that scores of batches of so many rows are to be compared with
   * the model's own.
   */
  public boolean isUnchecked(int rows) {
    return !spare && checked.add(rows);
  }

  ForwardPass forward(List<ProbedLayer> layers, Layout layout, NDArray images) {
    return forward(layers, layout, images, Readout.EVERYWHERE);
  }

  ForwardPass forward(List<ProbedLayer> layers, Layout layout, NDArray images, Readout readout) {
    // No layer has a negative number, so that without layers nothing is tapped.
    long[][] rows = {row(NO_LAYER, 0, GridLayout.CHANNELS_FIRST)};
    if (!layers.isEmpty()) {
      rows = layers.stream().map(Network::row).toArray(long[][]::new);
    }
    NDList found = call(rows, layout, images, readout);
    List<NDArray> activations = new ArrayList<>();
    List<NDArray> leaves = new ArrayList<>();
    // What is said of no layer comes first.
    int at = layers.isEmpty() ? 1 : 0;
    for (ProbedLayer layer : layers) {
      int kept = (int) found.get(at++).toLongArray()[1];
      if (kept == 0) {
        throw skipped(layer);
      }
      NDArray first = found.get(at);
      NDArray last = found.get(at + kept - 1);
      at += kept;
      activations.add(kept == 1 ? detached(first) : first);
      leaves.add(last);
    }
    NDArray scores = found.get(found.size() - 1);
    Optional<PixelScores> pixels = Optional.empty();
    if (found.size() - at > 1) {
      pixels = Optional.of(new PixelScores(found.get(at), found.get(at + 1), found.get(at + 2)));
    }
    return new ForwardPass(activations, leaves, scores, pixels, precision.gradientScale());
  }

  private static LayerSkippedException skipped(ProbedLayer layer) {
    return new LayerSkippedException(
        "layer '"
            + layer.name()
            + "' was not called for this image; the model's control flow depends on the image."
            + " Choose a layer that every pass calls.");
  }

  /**
   * Runs one image and counts how often each layer is called.
   *
   * @return calls by position in {@code ids}
   */
  int[] countCalls(int[] ids, Layout layout, NDArray images) {
    long[][] rows = new long[ids.length][];
    for (int i = 0; i < ids.length; i++) {
      rows[i] = row(ids[i], -1, GridLayout.CHANNELS_FIRST);
    }
    NDList found = call(rows, layout, images, Readout.EVERYWHERE);
    int[] calls = new int[ids.length];
    for (int i = 0; i < ids.length; i++) {
      calls[i] = (int) found.get(i).toLongArray()[0];
    }
    return calls;
  }

  /** Runs images through a network that taps all layers, and lists what every call returned. */
  List<LayerShape> shapes(NDArray images) {
    NDList found =
        call(
            new long[][] {row(-1, 0, GridLayout.CHANNELS_FIRST)},
            Layout.PLANAR,
            images,
            Readout.EVERYWHERE);
    // What the tap has kept is said before it.
    int kept = (int) found.get(0).toLongArray()[1];
    List<LayerShape> shapes = new ArrayList<>();
    for (NDArray row : found.subList(1, 1 + kept)) {
      List<Long> numbers = Arrays.stream(row.toLongArray()).boxed().toList();
      shapes.add(new LayerShape(numbers.get(0).intValue(), numbers.subList(1, numbers.size())));
    }
    return shapes;
  }

  private static long[] row(ProbedLayer layer) {
    return row(layer.id(), layer.call(), layer.layout());
  }

  /** A row of the table of {@link ProbeInjector}. */
  private static long[] row(long id, long call, GridLayout layout) {
    return LongStream.concat(LongStream.of(id, call), LongStream.of(layout.numbers())).toArray();
  }

  private NDList call(long[][] rows, Layout layout, NDArray images, Readout readout) {
    return call(ProbeInjector.METHOD, rows, layout, images, readout);
  }

  private NDList call(
      String name,
      long[][] rows,
      Layout layout,
      NDArray images,
      Readout readout,
      NDArray... further) {
    NDManager scratch = images.getManager();
    long[] table = Stream.of(rows).flatMapToLong(LongStream::of).toArray();
    try (NDManager host = scratch.newSubManager(Device.cpu());
        NDArray method = host.zeros(new Shape(1))) {
      NDArray taps = host.create(table, new Shape(rows.length, rows[0].length));
      method.setName("module_method:" + name);
      long[] numbers = {precision.scalarType(), layout.memoryFormat(), readout.threshold()};
      NDArray type = host.create(numbers);
      NDList arguments = new NDList(images, taps, type, readout.argument(host));
      arguments.addAll(List.of(further));
      arguments.add(method);
      return IValueUtils.forward(block, arguments, true);
    } catch (EngineException e) {
      throw NetworkException.of("The model fails on images " + images.getShape(), e);
    }
  }

  private static NDArray detached(NDArray array) {
    return JniUtils.detachGradient((PtNDArray) array);
  }

  /** PyTorch's messages carry a native stack trace of many lines. */
  static String firstLines(Exception e) {
    String message = String.valueOf(e.getMessage()).strip();
    int trace = message.indexOf("Exception raised from");
    String useful = (trace < 0 ? message : message.substring(0, trace)).strip();
    int lastError = useful.lastIndexOf("RuntimeError: ");
    if (lastError >= 0) {
      useful = useful.substring(lastError + 14);
    }
    return useful.length() > 600 ? useful.substring(0, 600) + " …" : useful;
  }

  @Override
  public void close() {
    model.close();
  }

  /**
   * What a network that scores every pixel says of them.
   *
   * @param winners index of the class that is read at each pixel, or -1, {@code [N,H,W]}
   * @param shares of the pixels read that each class wins, 0 to 1, {@code [N,C]}
   * @param sizes absolute scores, averaged over all pixels, {@code [N,C]}
   */
  public record PixelScores(NDArray winners, NDArray shares, NDArray sizes) {}

  /**
   * One run of the network over a batch.
   *
   * <p>Arrays live in the manager of the images. Not thread-safe.
   */
  public static final class ForwardPass {
    private final List<NDArray> activations;
    private final List<NDArray> leaves;
    private final NDArray recordedScores;
    private final NDArray scores;
    private final Optional<PixelScores> pixels;
    private final float gradientScale;
    private boolean differentiated;

    private ForwardPass(
        List<NDArray> activations,
        List<NDArray> leaves,
        NDArray scores,
        Optional<PixelScores> pixels,
        float gradientScale) {
      this.activations = activations;
      this.leaves = leaves;
      this.recordedScores = scores;
      this.scores = detached(scores);
      this.pixels = pixels;
      this.gradientScale = gradientScale;
    }

    /** Class scores before softmax, {@code [N,C]}; of pixels, as the {@link Readout} says. */
    public NDArray scores() {
      return scores;
    }

    /** What is known of the single pixels, if the network scores them. */
    public Optional<PixelScores> pixels() {
      return pixels;
    }

    /** What {@link Network#scores} returns of these images, {@code [N,C]}. */
    public NDArray overall() {
      return pixels.map(PixelScores::sizes).orElse(scores);
    }

    /** A layer's output, {@code [N,K,h,w]}; {@code layer} is its place in the plan. */
    public NDArray activations(int layer) {
      return activations.get(layer);
    }

    /**
     * Whether the scores depend on each layer, of tokens on those of the grid; differentiates, so
     * call it on a pass of its own.
     */
    boolean[] influences(List<ProbedLayer> layers) {
      Shape shape = recordedScores.getShape();
      int last = (int) shape.get(1) - 1;
      int highest = (int) scores.argMax(1).getLong(0);
      boolean[] influences = new boolean[leaves.size()];
      // One score may be constant, behind a ReLU for example.
      for (int target : new int[] {highest, 0, last / 2, last}) {
        int[] targets = new int[(int) shape.get(0)];
        Arrays.fill(targets, target);
        gradients(targets, false);
        for (int i = 0; i < influences.length; i++) {
          NDArray gradient = JniUtils.getGradient((PtNDArray) leaves.get(i));
          influences[i] |=
              gradient != null
                  && (layers.get(i).layout().equals(GridLayout.CHANNELS_FIRST)
                      || gradient.abs().sum().getFloat() != 0);
        }
      }
      return influences;
    }

    /**
     * Differentiates one score of every image with respect to every layer's output.
     *
     * @param classes the class of each image; -1 leaves an image out, its gradients are zero
     * @param last whether no further call follows; what was recorded is freed then
     * @return gradients {@code [N,K,h,w]} in the plan's order; the next call overwrites them
     */
    public List<NDArray> gradients(int[] classes, boolean last) {
      float[] numbers = new float[classes.length];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = classes[i];
      }
      return gradients(recordedScores.getManager().create(numbers), last);
    }

    /**
     * The same, with classes that are on the device already: nothing has to be waited for.
     *
     * @param classes {@code [N]}, as 32-bit floats
     */
    public List<NDArray> gradients(NDArray classes, boolean last) {
      if (gradientScale == 1) {
        return scaled(classes, null, last);
      }
      float[] factors = new float[(int) recordedScores.getShape().get(0)];
      Arrays.fill(factors, gradientScale * pixelsRead());
      List<NDArray> gradients = scaled(classes, factors, false);
      // Within the network, 16 bits overflow where a factor is too large. An image's factor does
      // not depend on the other ones.
      while (lowerWhereNotFinite(gradients, factors)) {
        gradients = scaled(classes, factors, false);
      }
      return gradients;
    }

    /** Lowers the factors of images whose gradients overflow; whether any could be. */
    private static boolean lowerWhereNotFinite(List<NDArray> gradients, float[] factors) {
      boolean[] overflows = new boolean[factors.length];
      for (NDArray gradient : gradients) {
        float[] largest =
            gradient.reshape(factors.length, -1).abs().max(new int[] {1}).toFloatArray();
        for (int row = 0; row < factors.length; row++) {
          overflows[row] |= !Float.isFinite(largest[row]);
        }
      }
      boolean lowered = false;
      for (int row = 0; row < factors.length; row++) {
        if (overflows[row] && factors[row] > LEAST_FACTOR) {
          factors[row] /= FACTOR_STEP;
          lowered = true;
        }
      }
      return lowered;
    }

    /** A mean over many pixels has small derivatives, which 16 bits would lose; a power of two. */
    private int pixelsRead() {
      return pixels
          .map(all -> all.winners().getShape())
          .map(shape -> Integer.highestOneBit((int) (shape.get(1) * shape.get(2))))
          .orElse(1);
    }

    /**
     * Gradients that are computed as multiples, and divided afterwards.
     *
     * @param factors of each image, powers of two; null for 1
     */
    private List<NDArray> scaled(NDArray classes, float[] factors, boolean last) {
      Shape shape = recordedScores.getShape();
      if (differentiated) {
        leaves.forEach(leaf -> JniUtils.zeroGrad((PtNDArray) leaf));
      }
      differentiated = true;
      NDManager manager = recordedScores.getManager();
      NDArray all = manager.arange(0, (float) shape.get(1), 1, DataType.FLOAT32);
      NDArray ones =
          all.reshape(1, shape.get(1))
              .eq(classes.reshape(shape.get(0), 1))
              .toType(recordedScores.getDataType(), false);
      NDArray multiples =
          factors == null ? null : manager.create(factors, new Shape(factors.length, 1));
      if (multiples != null) {
        ones = ones.mul(multiples);
      }
      try {
        JniUtils.backward((PtNDArray) recordedScores, (PtNDArray) ones, !last, false);
      } catch (EngineException e) {
        // There is no safe way to ask beforehand whether the scores depend on any leaf.
        if (!String.valueOf(e.getMessage()).contains("does not require grad")) {
          throw NetworkException.of("The model cannot be differentiated", e);
        }
      }
      List<NDArray> gradients = new ArrayList<>();
      for (NDArray leaf : leaves) {
        NDArray gradient = JniUtils.getGradient((PtNDArray) leaf);
        if (gradient == null) {
          // The scores do not depend on this layer.
          gradient = manager.zeros(leaf.getShape(), DataType.FLOAT32);
        }
        if (multiples != null) {
          long[] each = new long[gradient.getShape().dimension()];
          Arrays.fill(each, 1);
          each[0] = factors.length;
          gradient.divi(multiples.reshape(each));
        }
        gradients.add(gradient);
      }
      return gradients;
    }
  }
}

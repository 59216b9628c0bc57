package io.camatlas.torchscript;

import io.camatlas.suggest.NearestName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Adds to an archive a method that runs the network and returns the outputs of chosen layers beside
 * the scores.
 *
 * <p>Methods are only added: every method that leads to a chosen layer gets a twin that carries a
 * table of taps and the number of the module it runs in, and hands each chosen layer's output to a
 * function {@code tap}. Which layer is kept, and which of its calls, is decided when the method
 * runs, so that one text serves modules that share a class. Nothing is stored in the module, and
 * calls from several threads do not disturb one another.
 *
 * <p>The added method is {@value #METHOD}{@code (images: Tensor, table: Tensor, type: Tensor, over:
 * Tensor) -> List[Tensor]}. The type is int64 {@code [3]}: images are cast to its first number
 * first, one of PyTorch's numbers of scalar types, and laid out as the second says, one of its
 * numbers of memory formats. The table is int64 {@code [P, 6]}: a layer's {@link Layer#id}, the
 * call of it to keep, counted from zero, and how its output is laid out: 0 for {@code [N,K,h,w]}, 1
 * for {@code [N,h,w,K]}, 2 for tokens {@code [N,T,K]} and 3 for tokens {@code [T,N,K]}; of tokens,
 * how many come before the grid's, and its rows and columns. What is kept is {@code [N,K,h,w]}
 * always; tokens before the grid's go on as they are, without a gradient. For each row the result
 * holds an int64 tensor {@code (calls seen, tensors kept)} and then the kept tensors; the scores
 * come last. Kept is one tensor, the layer's output as a leaf that requires its gradient, for the
 * first layer that runs: nothing before it is differentiated. For a layer that runs later two are
 * kept, its output and a zero leaf that was added to it, whose gradient is the output's. A row
 * {@code (-1, 0)} keeps no output but one int64 tensor for each module call in turn: the layer's id
 * followed by the shape of what it returned, or the id alone where that is no tensor. Outputs and
 * scores are widened or rounded to 32 bits as they are kept, and gradients come in 32 bits,
 * whatever the network computes with. The id {@value #INPUT} is the network's input, {@code
 * [N,C,H,W]}, which every archive can tap.
 *
 * <p>Scores {@code [N,C,H,W]}, of every pixel, become scores {@code [N,C]}: each class's mean over
 * some pixels. Which, {@code over} says: floats of one dimension mean all; whole numbers of one
 * dimension those where the class wins; whole numbers {@code [N,H,W]} those that have the class's
 * index; floats {@code [N,H,W]} those that are not 0, weighted. A single class wins where its score
 * is above a threshold, which the third number of {@code type} names, whatever {@code over} is (0:
 * logits, 1: probabilities, 2: logarithms of probabilities). Before the scores, the result then
 * holds the index of the class that wins each pixel, int64 {@code [N,H,W]}, or -1; the share of the
 * pixels that each class wins, {@code [N,C]}; and means of all pixels' absolute scores, {@code
 * [N,C]}, to compare passes by: a quarter of a fixed wave's share in the scores is added, which
 * knows signs and places. Plain means may nearly cancel.
 */
public final class ProbeInjector {
  /** The method that {@link #inject} adds to the root module. */
  public static final String METHOD = "camatlas_probe";

  /**
   * A method {@code (images: Tensor, type: Tensor) -> Tensor} that runs the network as it came and
   * returns the scores, of pixels the means that are compared; to compare those of {@link #METHOD}
   * with.
   */
  public static final String SCORES = "camatlas_scores";

  /**
   * A method {@code (images: Tensor, table: Tensor, type: Tensor, over: Tensor, factors: Tensor) ->
   * List[Tensor]} like {@link #METHOD}, whose table has one row; the layer's output is multiplied
   * by the factors, {@code [N,K,1,1]}, before the network goes on with it.
   */
  public static final String SCALED = "camatlas_scaled";

  /**
   * A method {@code (type: Tensor) -> Tensor} that gives all weights and buffers of 32 bits another
   * type, one of PyTorch's numbers of scalar types.
   */
  public static final String ROUND = "camatlas_round";

  /**
   * A method {@code (images: Tensor, noise: Tensor, offsets: Tensor, sigma: Tensor) -> Tensor} that
   * copies images with noise, so that it takes one call: row {@code i} of {@code N·n} is image
   * {@code i / n} plus sigma {@code [N,1,1]} times the noise from {@code offsets[i]} on.
   */
  public static final String NOISY = "camatlas_noisy";

  /**
   * A method {@code (host: Tensor) -> Tensor} that copies an array to memory of the host that a GPU
   * can read by itself.
   */
  public static final String PINNED = "camatlas_pinned";

  /**
   * A method {@code (there: Tensor, host: Tensor) -> Tensor} that copies an array from the host to
   * the device of another one, without waiting for that device.
   */
  public static final String SENT = "camatlas_sent";

  /**
   * A method {@code (pictures: Tensor, columns: Tensor, rows: Tensor, levels: Tensor, flags:
   * Tensor) -> Tensor} that resizes, crops and normalises 8-bit pictures of one size, {@code
   * [N,h,w,3]}, on their device. The tables and what is summed are those of {@code ResizeTables};
   * {@code levels} has the float of each 8-bit value in each plane, {@code [C,256]}; the flags, on
   * the CPU, are whether rows come first, and whether planes are in reverse.
   *
   * <p>Weights are split into pieces of 8 bits, so that every product and every sum of them is a
   * whole number that 32-bit floats hold, even where matrices are multiplied as tf32. So the result
   * is the same on every device, to the last bit.
   */
  public static final String PIXELS = "camatlas_pixels";

  /** What stands for the network's input in the table, where layers have their {@link Layer#id}. */
  public static final int INPUT = -3;

  private static final String TWIN = "camatlas_run_";
  private static final String SUPPORT = "__torch__.camatlas";
  private static final String STATE = "camatlas_taps, camatlas_kept, ";

  private static final String SUPPORT_CODE =
      """
      def table(rows: Tensor) -> List[List[int]]:
        taps = annotate(List[List[int]], [])
        for i in range(torch.size(rows, 0)):
          row = torch.select(rows, 0, i)
          id = int(torch.select(row, 0, 0))
          call = int(torch.select(row, 0, 1))
          layout = int(torch.select(row, 0, 2))
          prefix = int(torch.select(row, 0, 3))
          height = int(torch.select(row, 0, 4))
          width = int(torch.select(row, 0, 5))
          _0 = torch.append(taps, [id, call, 0, layout, prefix, height, width])
        return taps
      def store(rows: Tensor) -> List[List[Tensor]]:
        kept = annotate(List[List[Tensor]], [])
        for i in range(torch.add(torch.size(rows, 0), 2)):
          _0 = torch.append(kept, annotate(List[Tensor], []))
        return kept
      def scale(kept: List[List[Tensor]],
          factors: Tensor) -> int:
        if torch.eq(torch.len(torch.size(factors)), 5):
          each = torch.select(factors, 0, 0)
          _0 = torch.append(kept[-1], each)
          _1 = torch.append(kept[-1], each)
        else:
          _2 = torch.append(kept[-1], factors)
        return torch.len(kept)
      def seen(taps: List[List[int]],
          kept: List[List[Tensor]],
          id: int) -> int:
        if torch.eq(taps[0][0], -1):
          _0 = torch.append(kept[0], torch.tensor([id]))
        return id
      def batch(tokens: Tensor,
          layout: int) -> Tensor:
        if torch.eq(layout, 3):
          result = torch.transpose(tokens, 0, 1)
        else:
          result = tokens
        return result
      def grid(out: Tensor,
          entry: List[int]) -> Tensor:
        layout = entry[3]
        if torch.eq(layout, 0):
          result = out
        else:
          if torch.eq(layout, 1):
            result = torch.contiguous(torch.permute(out, [0, 3, 1, 2]))
          else:
            tokens = __torch__.camatlas.batch(out, layout, )
            cells = torch.transpose(torch.slice(tokens, 1, entry[4]), 1, 2)
            result = torch.reshape(torch.contiguous(cells), [torch.size(cells, 0), torch.size(cells, 1), entry[5], entry[6]])
        return result
      def laid(maps: Tensor,
          before: Tensor,
          entry: List[int],
          prefix: int) -> Tensor:
        layout = entry[3]
        if torch.eq(layout, 0):
          result = maps
        else:
          if torch.eq(layout, 1):
            result = torch.contiguous(torch.permute(maps, [0, 2, 3, 1]))
          else:
            cells = torch.transpose(torch.flatten(maps, 2, -1), 1, 2)
            if torch.gt(prefix, 0):
              first = torch.slice(__torch__.camatlas.batch(before, layout, ), 1, 0, prefix)
              tokens = torch.cat([first, cells], 1)
            else:
              tokens = cells
            result = torch.contiguous(__torch__.camatlas.batch(tokens, layout, ))
        return result
      def tap(out: Tensor,
          taps: List[List[int]],
          kept: List[List[Tensor]],
          id: int) -> Tensor:
        result = out
        leaves = kept[torch.len(taps)]
        factors = kept[-1]
        for i in range(torch.len(taps)):
          entry = taps[i]
          mine = kept[i]
          if torch.eq(entry[0], -1):
            _0 = torch.append(mine, torch.tensor(torch.add([id], torch.size(out))))
          else:
            if torch.eq(entry[0], id):
              call = entry[2]
              _1 = torch._set_item(entry, 2, torch.add(call, 1))
              if torch.eq(call, entry[1]):
                if torch.is_complex(out):
                  ops.prim.RaiseException("A chosen layer returns complex numbers, of which no map can be made; choose a layer before or behind it.")
                else:
                  pass
                if torch.eq(torch.len(leaves), 0):
                  wide = torch.to(torch.detach(out), 6)
                  leaf = torch.requires_grad_(__torch__.camatlas.grid(wide, entry, ))
                  _2 = torch.append(mine, leaf)
                  _3 = torch.append(leaves, leaf)
                  result = torch.to(__torch__.camatlas.laid(leaf, wide, entry, entry[4], ), ops.prim.dtype(out), False, True)
                else:
                  wide = torch.to(torch.detach(out), 6)
                  maps = __torch__.camatlas.grid(wide, entry, )
                  zero = torch.requires_grad_(torch.zeros_like(maps))
                  _4 = torch.append(mine, maps)
                  _5 = torch.append(mine, zero)
                  added = __torch__.camatlas.laid(zero, torch.zeros_like(wide), entry, entry[4], )
                  result = torch.add(out, torch.to(added, ops.prim.dtype(out)))
                if torch.gt(torch.len(factors), 0):
                  each = __torch__.camatlas.laid(factors[0], factors[0], entry, 0, )
                  times = torch.to(each, ops.prim.dtype(out))
                  if torch.gt(torch.len(factors), 1):
                    result = torch.mul_(out, times)
                  else:
                    result = torch.mul(result, times)
                else:
                  pass
              else:
                pass
            else:
              pass
        return result
      def entered(images: Tensor,
          taps: List[List[int]],
          kept: List[List[Tensor]]) -> Tensor:
        if torch.eq(taps[0][0], -1):
          result = images
        else:
          result = __torch__.camatlas.tap(images, taps, kept, -3, )
        return result
      def round(weight: Optional[Tensor], type: int) -> int:
        if torch.__isnot__(weight, None):
          there = unchecked_cast(Tensor, weight)
          if torch.eq(ops.prim.dtype(there), 6):
            _0 = torch.set_data(there, torch.to(there, type))
          else:
            pass
        else:
          pass
        return type
      def noisy(images: Tensor,
          noise: Tensor,
          offsets: Tensor,
          sigma: Tensor) -> Tensor:
        rows = torch.size(images, 0)
        length = torch.floordiv(torch.numel(images), rows)
        windows = torch.unfold(noise, 0, length, 1)
        places = torch.to(offsets, ops.prim.device(noise), ops.prim.dtype(offsets), True, False)
        copies = torch.view(torch.index_select(windows, 0, places), [rows, -1, length])
        _1 = torch.mul_(copies, sigma)
        _2 = torch.add_(copies, torch.reshape(images, [rows, 1, length]))
        return torch.view(copies, torch.add([-1], torch.slice(torch.size(images), 1)))
      def sent(there: Tensor,
          host: Tensor) -> Tensor:
        return torch.to(host, ops.prim.device(there), ops.prim.dtype(host), True, False)
      def parts(table: Tensor,
          length: int) -> Tensor:
        whole = torch.to(table, 4)
        places = torch.select(whole, 0, 0)
        weights = torch.new_zeros(whole, [torch.size(places, 0), length])
        _0 = torch.scatter_(weights, 1, places, torch.select(whole, 0, 1))
        high = torch.bitwise_right_shift(weights, 16)
        middle = torch.bitwise_and(torch.bitwise_right_shift(weights, 8), 255)
        low = torch.bitwise_and(weights, 255)
        return torch.t(torch.to(torch.cat([high, middle, low]), 6))
      def summed(pixels: Tensor,
          parts: Tensor) -> Tensor:
        outputs = torch.floordiv(torch.size(parts, 1), 3)
        sums = torch.to(torch.matmul(pixels, parts), 3)
        high = torch.mul(torch.narrow(sums, -1, 0, outputs), 65536)
        middle = torch.mul(torch.narrow(sums, -1, outputs, outputs), 256)
        low = torch.narrow(sums, -1, torch.mul(2, outputs), outputs)
        total = torch.add(torch.add(torch.add(high, middle), low), 2097152)
        whole = torch.bitwise_right_shift(total, 22)
        return torch.to(torch.clamp(whole, 0, 255), 6)
      def pixels(pictures: Tensor,
          columns: Tensor,
          rows: Tensor,
          levels: Tensor,
          flags: Tensor) -> Tensor:
        across = __torch__.camatlas.parts(columns, torch.size(pictures, 2), )
        down = __torch__.camatlas.parts(rows, torch.size(pictures, 1), )
        planes = torch.contiguous(torch.permute(pictures, [0, 3, 1, 2]))
        if torch.eq(torch.size(levels, 0), 1):
          wide = torch.to(planes, 3)
          red = torch.mul(torch.narrow(wide, 1, 0, 1), 19595)
          green = torch.mul(torch.narrow(wide, 1, 1, 1), 38470)
          blue = torch.mul(torch.narrow(wide, 1, 2, 1), 7471)
          grey = torch.add(torch.add(torch.add(red, green), blue), 32768)
          chosen = torch.to(torch.bitwise_right_shift(grey, 16), 6)
        else:
          chosen = torch.to(planes, 6)
        if torch.eq(int(torch.select(flags, 0, 0)), 1):
          tall = torch.transpose(__torch__.camatlas.summed(torch.transpose(chosen, 2, 3), down, ), 2, 3)
          small = __torch__.camatlas.summed(tall, across, )
        else:
          flat = __torch__.camatlas.summed(chosen, across, )
          small = torch.transpose(__torch__.camatlas.summed(torch.transpose(flat, 2, 3), down, ), 2, 3)
        values = torch.to(small, 4)
        normalised = annotate(List[Tensor], [])
        channels = torch.size(levels, 0)
        for i in range(channels):
          reverse = torch.eq(int(torch.select(flags, 0, 1)), 1)
          if reverse:
            source = torch.sub(torch.sub(channels, 1), i)
          else:
            source = i
          plane = torch.select(values, 1, source)
          _1 = torch.append(normalised, torch.take(torch.select(levels, 0, i), plane))
        return torch.stack(normalised, 1)
      def winners(scores: Tensor,
          threshold: int) -> Tensor:
        if torch.gt(torch.size(scores, 1), 1):
          result = torch.argmax(scores, 1)
        else:
          if torch.eq(threshold, 0):
            limit = 0.
          else:
            if torch.eq(threshold, 1):
              limit = 0.5
            else:
              limit = -0.69314718055994531
          result = torch.sub(torch.to(torch.gt(torch.select(scores, 1, 0), limit), 4), 1)
        return result
      def plain(raw: Tensor) -> Tensor:
        scores = torch.to(raw, 6)
        if torch.eq(torch.dim(scores), 4):
          if torch.eq(torch.mul(torch.size(scores, 2), torch.size(scores, 3)), 1):
            result = torch.flatten(scores, 1, -1)
          else:
            result = scores
        else:
          result = scores
        return result
      def sizes(scores: Tensor) -> Tensor:
        if torch.eq(torch.dim(scores), 4):
          pixels = torch.mul(torch.size(scores, 2), torch.size(scores, 3))
          flat = torch.flatten(scores, 2, -1)
          steps = torch.arange(pixels, dtype=6, layout=None, device=ops.prim.device(scores), pin_memory=None)
          wave = torch.reshape(torch.sin(torch.mul(steps, 1.7)), [1, pixels, 1])
          moved = torch.squeeze(torch.matmul(flat, wave), 2)
          result = torch.div(torch.add(torch.norm(flat, 1, [2]), torch.mul(moved, 0.25)), pixels)
        else:
          result = scores
        return result
      def spread(values: Tensor,
          index: Tensor,
          classes: int) -> Tensor:
        zeros = torch.new_zeros(values, [torch.size(values, 0), classes])
        return torch.scatter_add(zeros, 1, index, values)
      def readout(scores: Tensor,
          over: Tensor,
          threshold: int) -> List[Tensor]:
        if torch.eq(torch.dim(scores), 4):
          classes = torch.size(scores, 1)
          flat = torch.flatten(scores, 2, -1)
          whole = torch.eq(ops.prim.dtype(over), 4)
          marked = torch.eq(torch.dim(over), 3)
          won = __torch__.camatlas.winners(torch.detach(scores), threshold, )
          if torch.__and__(whole, marked):
            labels = over
          else:
            labels = won
          own = torch.flatten(labels, 1, -1)
          index = torch.clamp(own, 0)
          if torch.__and__(torch.__not__(whole), marked):
            weights = torch.flatten(over, 1, -1)
          else:
            weights = torch.ones_like(torch.select(flat, 1, 0))
          counted = torch.mul(torch.detach(weights), torch.to(torch.ge(own, 0), 6))
          area = torch.clamp(torch.sum(weights, [1], True), 9.9999999999999998e-13)
          shares = torch.div(__torch__.camatlas.spread(counted, index, classes, ), area)
          if whole:
            values = torch.squeeze(torch.gather(flat, 1, torch.unsqueeze(index, 1)), 1)
            sums = __torch__.camatlas.spread(torch.mul(values, counted), index, classes, )
            pixels = torch.clamp(torch.mul(shares, area), 1.)
            pooled = torch.div(sums, pixels)
          else:
            pooled = torch.div(torch.squeeze(torch.bmm(flat, torch.unsqueeze(weights, 2)), 2), area)
          result = [labels, shares, __torch__.camatlas.sizes(torch.detach(scores), ), pooled]
        else:
          result = [scores]
        return result
      def results(taps: List[List[int]],
          kept: List[List[Tensor]],
          raw: Tensor,
          over: Tensor,
          type: Tensor) -> List[Tensor]:
        threshold = int(torch.select(type, 0, 2))
        scores = __torch__.camatlas.readout(__torch__.camatlas.plain(raw, ), over, threshold, )
        found = annotate(List[Tensor], [])
        for i in range(torch.len(taps)):
          mine = kept[i]
          _0 = torch.append(found, torch.tensor([taps[i][2], torch.len(mine)]))
          for j in range(torch.len(mine)):
            _1 = torch.append(found, mine[j])
        return torch.add(found, scores)
      """;

  private final LayerTree tree;
  private final TorchScriptArchive archive;

  /** Relative paths, by class, that lead to or end at a chosen layer. */
  private final Map<String, Set<String>> onTheWay = new HashMap<>();

  private final Map<String, Set<String>> chosen = new HashMap<>();
  private final Map<String, Layer> anyInstance = new HashMap<>();
  private final Map<String, Optional<String>> twins = new HashMap<>();
  private final Map<String, List<String>> twinsOfClass = new LinkedHashMap<>();
  private final Set<Integer> tapped = new HashSet<>();

  /** Layers that share a call with others. */
  private final Set<Integer> ambiguous = new HashSet<>();

  private final Map<Integer, String> untappable = new HashMap<>();

  private ProbeInjector(LayerTree tree, Collection<Layer> targets) {
    this.tree = tree;
    this.archive = tree.archive();
    tree.root()
        .walk()
        .forEach(layer -> anyInstance.putIfAbsent(tree.classOf(layer).qualifiedName(), layer));
    Set<Integer> ids = new HashSet<>();
    targets.forEach(layer -> ids.add(layer.id()));
    mark(tree.root(), new ArrayList<>(), ids);
  }

  /** Walks down with the ancestors at hand and tells each ancestor's class what lies on the way. */
  private boolean mark(Layer layer, List<Layer> ancestors, Set<Integer> targets) {
    boolean leads = targets.contains(layer.id());
    ancestors.add(layer);
    for (Layer child : layer.children()) {
      leads |= mark(child, ancestors, targets);
    }
    ancestors.remove(ancestors.size() - 1);
    if (leads) {
      for (Layer ancestor : ancestors) {
        String relative = relative(ancestor, layer);
        String type = tree.classOf(ancestor).qualifiedName();
        onTheWay.computeIfAbsent(type, t -> new HashSet<>()).add(relative);
        if (targets.contains(layer.id())) {
          chosen.computeIfAbsent(type, t -> new HashSet<>()).add(relative);
        }
      }
    }
    return leads;
  }

  private static String relative(Layer ancestor, Layer layer) {
    return ancestor.path().isEmpty()
        ? layer.path()
        : layer.path().substring(ancestor.path().length() + 1);
  }

  /**
   * Writes a copy of the archive that has {@value #METHOD}.
   *
   * @param tree the archive's layers
   * @param targets layers to tap
   * @param entry how the network is called
   * @param out the file to write
   * @throws ArchiveException if the entry does not exist or takes other than one tensor, or if a
   *     target is never called, or returns no tensor; nothing is written then
   */
  public static void inject(LayerTree tree, Collection<Layer> targets, ModelEntry entry, Path out)
      throws IOException {
    ProbeInjector injector = new ProbeInjector(tree, targets);
    Map<String, String> changed = injector.rewrite(entry);
    for (Layer target : targets) {
      if (tree.classOf(target).hooked()) {
        throw new ArchiveException(
            "Layer '"
                + target.path()
                + "' has a forward hook, which may change its output after the layer itself; what"
                + " the network uses cannot be read there. Choose the layer that comes next, or"
                + " export the model without the hook.");
      }
      if (injector.ambiguous.contains(target.id())) {
        throw new ArchiveException(
            "Layer '"
                + target.path()
                + "' is called by a line of code that calls another layer for other images, and"
                + " the two cannot be told apart there. Choose another layer, or call each in a"
                + " branch of its own.");
      }
      if (!injector.tapped.contains(target.id())) {
        throw injector.cannotTap(target, entry);
      }
    }
    tree.archive().writeTo(out, changed);
  }

  /**
   * Writes a copy of the archive whose {@value #METHOD} can report the shape of every layer that is
   * called, with a table row {@code (-1, 0)}.
   *
   * @throws ArchiveException if the entry does not exist or takes other than one tensor
   */
  public static void injectAll(LayerTree tree, ModelEntry entry, Path out) throws IOException {
    ProbeInjector injector = new ProbeInjector(tree, tree.layers());
    tree.archive().writeTo(out, injector.rewrite(entry));
  }

  private ArchiveException cannotTap(Layer target, ModelEntry entry) {
    String type = untappable.get(target.id());
    String file = String.valueOf(archive.file().getFileName());
    if (type != null) {
      return new ArchiveException(
          "Layer '"
              + target.path()
              + "' of "
              + file
              + " returns "
              + type
              + ", not a tensor; probe a layer inside it. Run 'camatlas layers "
              + file
              + "' to list all.");
    }
    return new ArchiveException(
        "Layer '"
            + target.path()
            + "' of "
            + file
            + " is never called by "
            + entry.method()
            + "; it is not part of inference, or its call was inlined. Run 'camatlas layers "
            + file
            + "' to see which layers are called.");
  }

  private Map<String, String> rewrite(ModelEntry entry) {
    ScriptClass root = archive.rootClass();
    ScriptMethod method = root.methods().get(entry.method());
    if (method == null) {
      throw new ArchiveException(
          "The model has no method '"
              + entry.method()
              + "'"
              + NearestName.clause(entry.method(), root.methods().keySet())
              + "; it has "
              + root.methods().keySet()
              + ".");
    }
    List<ScriptMethod.Parameter> parameters = method.parameters();
    boolean oneTensor =
        !parameters.isEmpty()
            && Set.of("Tensor", "Optional[Tensor]").contains(parameters.get(0).type())
            && parameters.stream().skip(1).allMatch(ScriptMethod.Parameter::hasDefault);
    if (!oneTensor) {
      throw new ArchiveException(
          "The model's "
              + entry.method()
              + " takes "
              + parameters.stream().map(p -> p.name() + ": " + p.type()).toList()
              + "; it must take one tensor of images [N,C,H,W]. Export a module that does.");
    }
    boolean reaches = twin(root, entry.method());
    String call =
        reaches
            ? "(self)." + TWIN + entry.method() + "(" + STATE + "0, camatlas_input, )"
            : "(self)." + entry.method() + "(camatlas_input, )";
    String result =
        "    camatlas_result = "
            + call
            + "\n    camatlas_scores = "
            + ScoreExpression.of(archive, method.returnType(), entry.output())
            + "\n    return "
            + SUPPORT
            + ".results("
            + STATE
            + "camatlas_scores, camatlas_over, camatlas_type, )\n";
    List<String> added = twinsOfClass.computeIfAbsent(root.qualifiedName(), t -> new ArrayList<>());
    added.add(probe(METHOD, root, "", "") + result);
    added.add(
        probe(
                SCALED,
                root,
                ",\n    camatlas_factors: Tensor",
                "    _0 = " + SUPPORT + ".scale(camatlas_kept, camatlas_factors, )\n")
            + result);
    added.add(
        "  def "
            + SCORES
            + "(self: "
            + root.qualifiedName()
            + ",\n    camatlas_images: Tensor,\n    camatlas_type: Tensor) -> Tensor:\n"
            + "    camatlas_input = torch.to(camatlas_images, int(torch.select(camatlas_type, 0,"
            + " 0)), False, True)\n    camatlas_result = (self)."
            + entry.method()
            + "(camatlas_input, )\n    camatlas_scores = "
            + ScoreExpression.of(archive, method.returnType(), entry.output())
            + "\n    return "
            + SUPPORT
            + ".sizes("
            + SUPPORT
            + ".plain(camatlas_scores, ), )\n");
    added.add(rounding(root));
    added.add(
        "  def "
            + NOISY
            + "(self: "
            + root.qualifiedName()
            + ",\n    camatlas_images: Tensor,\n    camatlas_noise: Tensor,\n    camatlas_offsets:"
            + " Tensor,\n    camatlas_sigma: Tensor) -> Tensor:\n    return "
            + SUPPORT
            + ".noisy(camatlas_images, camatlas_noise, camatlas_offsets, camatlas_sigma, )\n");
    added.add(
        "  def "
            + PINNED
            + "(self: "
            + root.qualifiedName()
            + ",\n    camatlas_host: Tensor) -> Tensor:\n    return torch.pin_memory(camatlas_host)\n");
    added.add(
        "  def "
            + SENT
            + "(self: "
            + root.qualifiedName()
            + ",\n    camatlas_there: Tensor,\n    camatlas_host: Tensor) -> Tensor:\n    return "
            + SUPPORT
            + ".sent(camatlas_there, camatlas_host, )\n");
    added.add(
        "  def "
            + PIXELS
            + "(self: "
            + root.qualifiedName()
            + ",\n    camatlas_pictures: Tensor,\n    camatlas_columns: Tensor,\n    camatlas_rows:"
            + " Tensor,\n    camatlas_levels: Tensor,\n    camatlas_flags: Tensor) -> Tensor:\n"
            + "    return "
            + SUPPORT
            + ".pixels(camatlas_pictures, camatlas_columns, camatlas_rows, camatlas_levels,"
            + " camatlas_flags, )\n");
    return changedSources();
  }

  /** The head of a method that runs the network, up to the call. */
  private static String probe(String name, ScriptClass root, String parameter, String first) {
    return "  def "
        + name
        + "(self: "
        + root.qualifiedName()
        + ",\n"
        + "    camatlas_images: Tensor,\n"
        + "    camatlas_table: Tensor,\n"
        + "    camatlas_type: Tensor,\n"
        + "    camatlas_over: Tensor"
        + parameter
        + ") -> List[Tensor]:\n"
        // A copy: a network may change its input, and that is a part of other images.
        + "    camatlas_typed = torch.to(camatlas_images, int(torch.select(camatlas_type, 0,"
        + " 0)), False, True)\n"
        + "    camatlas_laid = torch.contiguous(camatlas_typed,"
        + " memory_format=int(torch.select(camatlas_type, 0, 1)))\n"
        + "    camatlas_taps = "
        + SUPPORT
        + ".table(camatlas_table, )\n"
        + "    camatlas_kept = "
        + SUPPORT
        + ".store(camatlas_table, )\n"
        + "    camatlas_input = "
        + SUPPORT
        + ".entered(camatlas_laid, camatlas_taps, camatlas_kept, )\n"
        + first;
  }

  private String rounding(ScriptClass root) {
    StringBuilder text =
        new StringBuilder("  def " + ROUND + "(self: ")
            .append(root.qualifiedName())
            .append(",\n    camatlas_type: Tensor) -> Tensor:\n")
            .append("    camatlas_number = int(torch.select(camatlas_type, 0, 0))\n");
    addRounding(tree.root(), "self", text);
    return text.append("    return camatlas_type\n").toString();
  }

  private void addRounding(Layer layer, String expression, StringBuilder text) {
    tree.classOf(layer)
        .attributes()
        .forEach(
            (name, type) -> {
              if (type.equals("Tensor") || type.equals("Optional[Tensor]")) {
                text.append("    _0 = ")
                    .append(SUPPORT)
                    .append(".round(")
                    .append(attribute(expression, name))
                    .append(", camatlas_number, )\n");
              }
            });
    layer
        .children()
        .forEach(child -> addRounding(child, attribute(expression, child.name()), text));
  }

  private static String attribute(String of, String name) {
    String quoted = name.replace("\\", "\\\\").replace("\"", "\\\"");
    return "getattr(" + of + ", \"" + quoted + "\")";
  }

  private Map<String, String> changedSources() {
    Map<String, Map<Integer, String>> insertions = new LinkedHashMap<>();
    twinsOfClass.forEach(
        (type, methods) -> {
          ScriptClass script = archive.type(type).orElseThrow();
          insertions
              .computeIfAbsent(
                  type.substring(0, type.lastIndexOf('.')),
                  q -> new TreeMap<>(Comparator.<Integer>reverseOrder()))
              .put(script.end(), String.join("", methods));
        });
    Map<String, String> changed = new LinkedHashMap<>();
    insertions.forEach(
        (qualifier, byPlace) -> {
          StringBuilder text = new StringBuilder(archive.source(qualifier));
          byPlace.forEach(
              (at, methods) -> {
                boolean lineEnded = at == 0 || text.charAt(at - 1) == '\n';
                text.insert(at, lineEnded ? methods : "\n" + methods);
              });
          changed.put(qualifier, text.toString());
        });
    changed.put(SUPPORT, SUPPORT_CODE);
    return changed;
  }

  /** Makes the twin of a method if the method leads to a chosen layer, and says whether it does. */
  private boolean twin(ScriptClass type, String name) {
    ScriptMethod method = type.methods().get(name);
    if (method == null) {
      return false;
    }
    String key = type.qualifiedName() + "#" + name;
    Optional<String> known = twins.get(key);
    if (known == null) {
      twins.put(key, Optional.empty()); // A method that reached itself would not end anyway.
      Body body = new Body(type, method);
      String text = body.twin();
      known = body.reaches ? Optional.of(text) : Optional.empty();
      twins.put(key, known);
      known.ifPresent(
          twin ->
              twinsOfClass.computeIfAbsent(type.qualifiedName(), t -> new ArrayList<>()).add(twin));
    }
    return known.isPresent();
  }

  /** One method's text on its way to becoming its twin's. */
  private final class Body extends CallRewriter {
    private final ScriptClass type;
    private boolean reaches;

    Body(ScriptClass type, ScriptMethod method) {
      super(method);
      this.type = type;
    }

    String twin() {
      StringBuilder text = new StringBuilder("  def " + TWIN + method.name());
      text.append('(').append(method.receiver()).append(": ");
      text.append(type.qualifiedName())
          .append(",\n    camatlas_taps: List[List[int]],\n    camatlas_kept: List[List[Tensor]]")
          .append(",\n    camatlas_id: int");
      method.parameters().forEach(p -> text.append(",\n    ").append(p.declaration()));
      text.append(") -> ").append(method.returnType()).append(":\n");
      return text.append(rewritten()).toString();
    }

    @Override
    String call(String receiver, Set<String> paths, String name, String arguments) {
      String plain = plain(receiver, name, arguments);
      if (receiver.equals(method.receiver())) {
        if (!ProbeInjector.this.twin(type, name)) {
          return plain;
        }
        reaches = true;
        return "("
            + receiver
            + ")."
            + TWIN
            + name
            + "("
            + STATE
            + "camatlas_id, "
            + arguments
            + ")";
      }
      if (paths.size() > 1) {
        paths.forEach(path -> everyInstance(path, this::markAmbiguous));
      }
      String path = paths.size() == 1 ? paths.iterator().next() : "";
      if (!onTheWay.getOrDefault(type.qualifiedName(), Set.of()).contains(path)) {
        return plain;
      }
      Layer here = anyInstance.get(type.qualifiedName());
      Layer child = tree.find(here.path().isEmpty() ? path : here.path() + "." + path);
      String id = "torch.add(camatlas_id, " + (child.id() - here.id()) + ")";
      ScriptClass childType = tree.classOf(child);
      String result = plain;
      if (ProbeInjector.this.twin(childType, name)) {
        reaches = true;
        result = "(" + receiver + ")." + TWIN + name + "(" + STATE + id + ", " + arguments + ")";
      }
      if (!chosen.getOrDefault(type.qualifiedName(), Set.of()).contains(path)) {
        return result;
      }
      ScriptMethod called = childType.methods().get(name);
      if (called == null) {
        return result;
      }
      reaches = true;
      if (!called.returnsTensor()) {
        everyInstance(path, layer -> untappable.put(layer.id(), called.returnType()));
        before("camatlas_seen = " + SUPPORT + ".seen(" + STATE + id + ", )");
        return result;
      }
      everyInstance(path, layer -> tapped.add(layer.id()));
      return SUPPORT + ".tap(" + result + ", " + STATE + id + ", )";
    }

    private void markAmbiguous(Layer called) {
      called.walk().forEach(layer -> ambiguous.add(layer.id()));
    }

    /** All layers that this class's child at {@code path} stands for. */
    private void everyInstance(String path, java.util.function.Consumer<Layer> action) {
      tree.root()
          .walk()
          .filter(layer -> tree.classOf(layer).equals(type))
          .map(layer -> layer.path().isEmpty() ? path : layer.path() + "." + path)
          .map(tree::find)
          .forEach(action);
    }
  }
}

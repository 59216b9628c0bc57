package io.camatlas.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.camatlas.torchscript.Layer;
import io.camatlas.torchscript.LayerTree;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The layer to explain where nobody has named one.
 *
 * <p>It is the last to run that returns {@code [N,C,h,w]}, unless tokens come behind it. In a
 * transformer it is the last norm or block whose grid the scores depend on: behind the last
 * attention of a network that reads its class token, other tokens count for nothing. In a network
 * that scores every pixel it is the last of those with the most feature maps: what comes behind the
 * encoder draws the scores themselves.
 *
 * @param name the layer
 * @param reason why it was chosen
 */
public record DefaultLayer(LayerName name, Reason reason) {
  /** What kind of layer it is. */
  public enum Reason {
    /** The last that has a grid. */
    LAST(""),
    /** The last of a transformer whose grid counts. */
    LAST_TOKENS(
        "The default is the last norm or block whose grid the scores depend on: behind the last"
            + " attention of a transformer, only what is pooled counts, such as a class token."),
    /** The last with the most feature maps. */
    WIDEST(
        "The default is the last layer with the most feature maps: the model scores every pixel, and"
            + " what comes behind its encoder draws the scores themselves.");

    private final String sentence;

    Reason(String sentence) {
      this.sentence = sentence;
    }

    /** The reason in words; empty where it goes without saying. */
    public Optional<String> sentence() {
      return sentence.isEmpty() ? Optional.empty() : Optional.of(sentence);
    }
  }

  /** Calls that are looked at, from the end. */
  private static final int MOST_CALLS = 48;

  /**
   * Finds it.
   *
   * @param tree the archive's layers
   * @param network taps all of them
   * @param shapes what a pass returned
   * @param input shape of one image
   * @return empty if there is none
   */
  static Optional<DefaultLayer> find(
      LayerTree tree, Network network, List<LayerShape> shapes, InputShape input) {
    List<long[]> grids = grids(tree, shapes);
    if (scoresPixels(network, input)) {
      return widest(tree, shapes, input, grids);
    }
    // A block's call ends after those of the layers inside it, so the last entry is the outermost.
    for (int i = shapes.size() - 1; i >= 0; i--) {
      Layer layer = tree.layer(shapes.get(i).id());
      Optional<GridLayout> layout = shapes.get(i).layout(layer, input, grids);
      if (layout.isPresent() && !layout.get().equals(GridLayout.CHANNELS_FIRST)) {
        return lastThatCounts(tree, network, shapes, input, grids)
            .map(found -> new DefaultLayer(found, Reason.LAST_TOKENS));
      }
      if (layout.isPresent() && !layer.type().startsWith("Adaptive")) {
        return Optional.of(
            new DefaultLayer(new LayerName(layer.path(), OptionalInt.empty()), Reason.LAST));
      }
    }
    return Optional.empty();
  }

  private static boolean scoresPixels(Network network, InputShape input) {
    try (NDManager manager = network.newManager()) {
      NDArray image = new NoiseImages(input, 3).next(manager, 1);
      return network.forward(List.of(), Layout.PLANAR, image).pixels().isPresent();
    }
  }

  private static Optional<DefaultLayer> widest(
      LayerTree tree, List<LayerShape> shapes, InputShape input, List<long[]> grids) {
    Optional<LayerName> widest = Optional.empty();
    long most = 0;
    for (LayerShape shape : shapes) {
      Layer layer = tree.layer(shape.id());
      Optional<GridLayout> layout =
          shape.layout(layer, input, grids).filter(found -> !layer.type().startsWith("Adaptive"));
      if (layout.isPresent()) {
        List<Long> sides = shape.dimensions();
        boolean first = layout.get().equals(GridLayout.CHANNELS_FIRST);
        long maps = sides.get(first ? 1 : sides.size() - 1);
        if (maps >= most) {
          most = maps;
          widest = Optional.of(new LayerName(layer.path(), OptionalInt.empty()));
        }
      }
    }
    return widest.map(name -> new DefaultLayer(name, Reason.WIDEST));
  }

  /** Rows and columns of what the convolutions return. */
  static List<long[]> grids(LayerTree tree, List<LayerShape> shapes) {
    return shapes.stream()
        .filter(shape -> tree.layer(shape.id()).isConvolution() && shape.dimensions().size() == 4)
        .map(shape -> new long[] {shape.dimensions().get(2), shape.dimensions().get(3)})
        .toList();
  }

  private static Optional<LayerName> lastThatCounts(
      LayerTree tree,
      Network network,
      List<LayerShape> shapes,
      InputShape input,
      List<long[]> grids) {
    Map<Integer, Integer> calls = new HashMap<>();
    List<ProbedLayer> candidates = new ArrayList<>();
    for (LayerShape shape : shapes) {
      int call = calls.merge(shape.id(), 1, Integer::sum) - 1;
      Layer layer = tree.layer(shape.id());
      if (layer.type().contains("Norm") || !layer.children().isEmpty()) {
        shape
            .layout(layer, input, grids)
            .ifPresent(
                layout ->
                    candidates.add(
                        new ProbedLayer(
                            layer.path(), layer.id(), call, 1, 0, 0, 0, layout, "", 0)));
      }
    }
    List<ProbedLayer> last =
        candidates.subList(Math.max(0, candidates.size() - MOST_CALLS), candidates.size());
    if (last.isEmpty()) {
      return Optional.empty();
    }
    try (NDManager manager = network.newManager()) {
      NDArray image = new NoiseImages(input, 3).next(manager, 1);
      boolean[] counts = network.forward(last, Layout.PLANAR, image).influences(last);
      for (int i = last.size() - 1; i >= 0; i--) {
        ProbedLayer found = last.get(i);
        if (counts[i]) {
          boolean isLast = found.call() + 1 == calls.get(found.id());
          return Optional.of(
              new LayerName(
                  found.path(), isLast ? OptionalInt.empty() : OptionalInt.of(found.call() + 1)));
        }
      }
    }
    return Optional.empty();
  }
}

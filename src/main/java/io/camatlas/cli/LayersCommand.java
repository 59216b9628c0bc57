package io.camatlas.cli;

import io.camatlas.config.GivenSettings;
import io.camatlas.config.ModelOptions;
import io.camatlas.config.Option;
import io.camatlas.model.InputShape;
import io.camatlas.model.LayerShape;
import io.camatlas.model.NetworkException;
import io.camatlas.model.PreparedModel;
import io.camatlas.setup.ModelSetup;
import io.camatlas.torchscript.ArchiveException;
import io.camatlas.torchscript.Layer;
import io.camatlas.torchscript.LayerTree;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** {@code camatlas layers MODEL.pt}: lists the layers of a model. */
final class LayersCommand implements Command {
  @Override
  public String name() {
    return "layers";
  }

  @Override
  public List<String> description() {
    return List.of(
        "Lists a model's layers: path, type and the shape of their output for one image.",
        "Convolutions are marked c, and the layer that explain takes by default *.");
  }

  @Override
  public List<Option<?>> options() {
    return ModelOptions.LAYERS;
  }

  @Override
  public List<Option<String>> positionals() {
    return List.of(ModelOptions.MODEL);
  }

  @Override
  public void run(GivenSettings given) throws IOException {
    Optional<ModelSetup.OpenModel> opened = ModelSetup.open(given);
    Optional<InputShape> input = opened.flatMap(model -> given.build(() -> model.input(given)));
    given.check();
    ModelSetup.OpenModel model = opened.orElseThrow();
    LayerTree tree = LayerTree.of(model.archive());
    List<LayerShape> shapes = List.of();
    String problem = "";
    try {
      shapes = PreparedModel.shapes(tree, model.entry(), input.orElseThrow());
    } catch (ArchiveException | NetworkException e) {
      problem = e.getMessage();
    }
    Optional<String> fromSidecar = model.card().defaultLayer();
    Optional<String> suggested =
        fromSidecar.isPresent()
            ? fromSidecar
            : PreparedModel.suggestedLayer(tree, shapes, input.orElseThrow()).map(Layer::path);
    print(System.out, given.get(ModelOptions.MODEL), input.orElseThrow(), tree, shapes, suggested);
    if (!problem.isEmpty()) {
      System.out.println();
      System.out.println("No shapes: " + problem);
      System.out.println("Give the shape of one image with --input, such as --input 3x299x299.");
    }
  }

  static void print(
      PrintStream out,
      String model,
      InputShape input,
      LayerTree tree,
      List<LayerShape> shapes,
      Optional<String> suggested) {
    Map<Integer, List<LayerShape>> byLayer =
        shapes.stream().collect(Collectors.groupingBy(LayerShape::id));
    List<Layer> layers = tree.layers();
    out.println(model + ", " + layers.size() + " layers, input " + input);
    if (layers.isEmpty()) {
      out.println(
          "The archive has no modules: they were inlined (torch.jit.freeze or"
              + " optimize_for_inference does so). Export it with torch.jit.trace or"
              + " torch.jit.script alone.");
      return;
    }
    int pathWidth = layers.stream().mapToInt(layer -> indented(layer).length()).max().orElse(0);
    int typeWidth = layers.stream().mapToInt(layer -> layer.type().length()).max().orElse(0);
    out.println();
    for (Layer layer : layers) {
      boolean isSuggested = suggested.map(layer.path()::equals).orElse(false);
      String marks = (isSuggested ? "*" : " ") + (layer.isConvolution() ? "c" : " ");
      out.printf(
          "%s %-" + pathWidth + "s  %-" + typeWidth + "s  %s%n",
          marks,
          indented(layer),
          layer.type(),
          shapes.isEmpty() ? "" : shape(layer, byLayer.getOrDefault(layer.id(), List.of()), input));
    }
    out.println();
    out.println("c convolution" + suggested.map(path -> ", * default layer: " + path).orElse(""));
  }

  private static String indented(Layer layer) {
    int depth = (int) layer.path().chars().filter(c -> c == '.').count();
    return "  ".repeat(depth) + layer.path();
  }

  private static String shape(Layer layer, List<LayerShape> calls, InputShape input) {
    if (calls.isEmpty()) {
      return "not called";
    }
    String shapes =
        calls.stream().map(LayerShape::text).distinct().collect(Collectors.joining(", "));
    String times =
        calls.size() == 1 ? "" : "  called " + calls.size() + " times, #1 to #" + calls.size();
    String note =
        calls.stream().anyMatch(call -> PreparedModel.isSpatial(layer, call, input))
            ? ""
            : "  not spatial";
    return shapes + times + note;
  }
}

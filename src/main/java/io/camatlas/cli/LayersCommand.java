package io.camatlas.cli;

import io.camatlas.config.GivenSettings;
import io.camatlas.config.ModelOptions;
import io.camatlas.config.Option;
import io.camatlas.model.GridLayout;
import io.camatlas.model.InputShape;
import io.camatlas.model.NetworkException;
import io.camatlas.model.PreparedModel;
import io.camatlas.setup.ModelSetup;
import io.camatlas.setup.WithoutEffect;
import io.camatlas.torchscript.ArchiveException;
import io.camatlas.torchscript.Layer;
import io.camatlas.torchscript.LayerTree;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

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
        "Convolutions are marked c, and the layer that explain takes by default *.",
        "Where the grid of feature maps is not [C,h,w], it is said where it is.");
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
    SpelledConsole.note(this, WithoutEffect.layers(given));
    ModelSetup.OpenModel model = opened.orElseThrow();
    LayerTree tree = LayerTree.of(model.archive());
    PreparedModel.Outputs outputs =
        new PreparedModel.Outputs(List.of(), List.of(), Optional.empty(), "");
    String problem = "";
    try {
      outputs = PreparedModel.outputs(tree, model.entry(), input.orElseThrow());
    } catch (ArchiveException | NetworkException e) {
      problem = e.getMessage();
    }
    Optional<String> fromSidecar = model.card().defaultLayer();
    print(
        System.out, given.get(ModelOptions.MODEL), input.orElseThrow(), tree, outputs, fromSidecar);
    if (fromSidecar.isEmpty() && !outputs.problem().isEmpty()) {
      System.out.println();
      System.out.println("No default layer: " + outputs.problem());
    }
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
      PreparedModel.Outputs outputs,
      Optional<String> fromSidecar) {
    Map<Integer, List<Integer>> byLayer =
        IntStream.range(0, outputs.shapes().size())
            .boxed()
            .collect(Collectors.groupingBy(i -> outputs.shapes().get(i).id()));
    Optional<String> suggested =
        fromSidecar.or(() -> outputs.suggested().map(found -> found.name().text()));
    Optional<String> starred =
        fromSidecar.or(() -> outputs.suggested().map(found -> found.name().path()));
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
      boolean isSuggested = starred.map(layer.path()::equals).orElse(false);
      String marks = (isSuggested ? "*" : " ") + (layer.isConvolution() ? "c" : " ");
      out.printf(
          "%s %-" + pathWidth + "s  %-" + typeWidth + "s  %s%n",
          marks,
          indented(layer),
          layer.type(),
          outputs.shapes().isEmpty()
              ? ""
              : shape(outputs, byLayer.getOrDefault(layer.id(), List.of())));
    }
    out.println();
    out.println("c convolution" + suggested.map(path -> ", * default layer: " + path).orElse(""));
    if (fromSidecar.isEmpty()) {
      outputs.suggested().flatMap(found -> found.reason().sentence()).ifPresent(out::println);
    }
  }

  private static String indented(Layer layer) {
    int depth = (int) layer.path().chars().filter(c -> c == '.').count();
    return "  ".repeat(depth) + layer.path();
  }

  private static String shape(PreparedModel.Outputs outputs, List<Integer> calls) {
    if (calls.isEmpty()) {
      return "not called";
    }
    String shapes =
        calls.stream()
            .map(call -> text(outputs, call))
            .distinct()
            .collect(Collectors.joining(", "));
    String times =
        calls.size() == 1 ? "" : "  called " + calls.size() + " times, #1 to #" + calls.size();
    String note =
        calls.stream().anyMatch(call -> outputs.layouts().get(call).isPresent())
            ? ""
            : "  not spatial";
    return shapes + times + note;
  }

  private static String text(PreparedModel.Outputs outputs, int call) {
    return outputs.shapes().get(call).text()
        + outputs
            .layouts()
            .get(call)
            .filter(layout -> !layout.equals(GridLayout.CHANNELS_FIRST))
            .map(layout -> "  " + layout)
            .orElse("");
  }
}

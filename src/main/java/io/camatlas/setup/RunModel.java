package io.camatlas.setup;

import io.camatlas.config.ExplainOptions;
import io.camatlas.config.FaithfulnessOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.ModelOptions;
import io.camatlas.config.Option;
import io.camatlas.image.Sha256;
import io.camatlas.model.GridLayout;
import io.camatlas.model.LayerName;
import io.camatlas.model.ModelCard;
import io.camatlas.model.Precision;
import io.camatlas.model.PreparedModel;
import io.camatlas.spark.results.FinishedRun;
import io.camatlas.torchscript.LayerTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The model of a finished run, opened again as the run used it.
 *
 * @param path where it was found
 * @param model with the layers asked for
 * @param card the run's classes and preprocessing
 */
record RunModel(String path, PreparedModel model, ModelCard card) {
  /**
   * Opens it. That the file and the sidecar are the run's is checked.
   *
   * @param given the setting {@code model} says where the file is now; problems are noted there
   * @param layers the layers to probe, as the run names them
   * @param layouts of these layers
   * @param folder where the probed model is written
   * @return empty if there is any problem
   */
  static Optional<RunModel> of(
      GivenSettings given,
      FinishedRun run,
      List<String> layers,
      Map<String, GridLayout> layouts,
      Path folder) {
    Optional<ModelSetup.OpenModel> opened = open(given, run);
    Optional<PreparedModel> prepared =
        opened.flatMap(model -> given.build(() -> prepare(model, run, layers, layouts, folder)));
    prepared
        .filter(model -> model.plan().pixels().isDense())
        .ifPresent(
            model ->
                given.problem(
                    "The run's model scores every pixel (segmentation). Causes and faithfulness ask"
                        + " for scores of whole images, and say nothing of such a model yet."));
    return prepared.flatMap(
        model ->
            given.build(
                () ->
                    new RunModel(
                        opened.get().archive().file().toString(),
                        model,
                        sameCard(opened.get().card(), model, run))));
  }

  /** Opens the model with the run's settings; only its location may differ. */
  private static Optional<ModelSetup.OpenModel> open(GivenSettings given, FinishedRun run) {
    Map<String, String> flags = new LinkedHashMap<>();
    for (Option<?> option : ModelOptions.ALL) {
      String value = run.settings().getOrDefault(option.name(), "");
      if (!value.isEmpty()) {
        flags.put(option.name(), value);
      }
    }
    String modelName = ModelOptions.MODEL.name();
    String sidecarName = ModelOptions.SIDECAR.name();
    String before = flags.getOrDefault(modelName, "");
    Optional<String> moved = given.optional(FaithfulnessOptions.MODEL);
    String named = moved.orElse(before);
    Optional<Path> found = before.isEmpty() ? Optional.empty() : there(named);
    if (found.isEmpty()) {
      given.problem(
          moved.isPresent()
              ? "`model` is " + named + ", which does not exist or cannot be read."
              : "The run's model is '"
                  + named
                  + "', which does not exist or cannot be read; set `model` to where the file is"
                  + " now.");
      return Optional.empty();
    }
    Path model = found.get();
    if (moved.isPresent()
        && !flags.containsKey(sidecarName)
        && ModelFiles.sidecar(named).isEmpty()) {
      sidecarBefore(before).ifPresent(sidecar -> flags.put(sidecarName, sidecar.toString()));
    }
    flags.put(modelName, named);
    if (!given.build(() -> sameModel(model, run)).orElse(false)) {
      return Optional.empty();
    }
    GivenSettings then = new GivenSettings(ModelOptions.ALL, flags, List.of());
    Optional<ModelSetup.OpenModel> opened = ModelSetup.open(then);
    given.check(then::check);
    return opened;
  }

  private static Optional<Path> there(String model) {
    try {
      return Optional.of(ModelFiles.local(model)).filter(Files::isRegularFile);
    } catch (IllegalArgumentException | UncheckedIOException e) {
      return Optional.empty();
    }
  }

  /** The sidecar in the run's place, which may be out of reach now. */
  private static Optional<Path> sidecarBefore(String model) {
    try {
      return ModelFiles.sidecar(model);
    } catch (IllegalArgumentException | UncheckedIOException e) {
      return Optional.empty();
    }
  }

  private static boolean sameModel(Path model, FinishedRun run) {
    try {
      String found = Sha256.of(model);
      if (!found.equals(run.modelSha256())) {
        throw new IllegalArgumentException(
            "The model "
                + model
                + " has SHA-256 "
                + found
                + ", but the run "
                + run.folder()
                + " explained the one with "
                + run.modelSha256()
                + "; set `model` to that file.");
      }
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static PreparedModel prepare(
      ModelSetup.OpenModel model,
      FinishedRun run,
      List<String> layers,
      Map<String, GridLayout> layouts,
      Path folder) {
    try {
      LayerTree tree = LayerTree.of(model.archive());
      return PreparedModel.prepare(
          model.archive(),
          model.entry(),
          layers.stream().map(name -> LayerName.parse(name, tree::contains)).toList(),
          layers.stream().map(layouts::get).toList(),
          model.card().inputShape(),
          Precision.FLOAT32,
          Boolean.parseBoolean(run.settings().get(ExplainOptions.ALLOW_RANDOM.name())),
          folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The model's hash does not cover the sidecar, so its contents are compared. */
  private static ModelCard sameCard(ModelCard now, PreparedModel model, FinishedRun run) {
    ModelCard card = now.withClassesFor(model.plan().classes());
    String preprocessing = card.preprocessing().toString();
    if (!preprocessing.equals(run.preprocessing())) {
      throw new IllegalArgumentException(
          "Images would now be prepared with "
              + preprocessing
              + ", but the run used "
              + run.preprocessing()
              + "; restore the sidecar beside the model.");
    }
    if (!card.classes().equals(run.classes())) {
      throw new IllegalArgumentException(
          "The classes are now "
              + shortened(card.classes())
              + ", but the run's were "
              + shortened(run.classes())
              + "; restore the sidecar beside the model, or the file of `classes`.");
    }
    if (!run.answersAs(card)) {
      throw new IllegalArgumentException(
          "What the model's scores are (`scores`, `threshold`) is not what it was in the run;"
              + " restore the sidecar beside the model.");
    }
    return card;
  }

  private static String shortened(List<String> classes) {
    int most = Math.min(5, classes.size());
    return classes.size() + " (" + String.join(", ", classes.subList(0, most)) + " …)";
  }
}

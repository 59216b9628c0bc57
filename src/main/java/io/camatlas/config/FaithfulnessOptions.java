package io.camatlas.config;

import io.camatlas.faithfulness.FaithfulnessScorer;
import io.camatlas.faithfulness.FaithfulnessSettings;
import io.camatlas.image.DecodeLimits;
import io.camatlas.image.Sha256;
import io.camatlas.model.DeviceChoice;
import io.camatlas.model.LayerName;
import io.camatlas.model.ModelCard;
import io.camatlas.model.PreparedModel;
import io.camatlas.spark.faithfulness.FaithfulnessJobSettings;
import io.camatlas.spark.results.FinishedRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The settings of {@code camatlas faithfulness}. */
public final class FaithfulnessOptions {
  /** All options, in the order of the help. */
  public static final List<Option> ALL =
      List.of(
          new Option("from", "DIR", "", "Folder of a finished explain run. Required."),
          new Option("out", "DIR", "", "Folder for tables. Required."),
          new Option("rule", "N", "0", "Which of the run's rules, from 0, if it has several."),
          new Option("sample", "N", "50", "Images of each layer and target class."),
          new Option(
              "steps", "N", "50", "Steps in which pixels are taken away or put back; 2 to 10000."),
          new Option("batch", "N", "16", "Rows that the device holds at once; bounds its memory."),
          new Option("seed", "N", "0", "Seed of the sample and of the random maps."),
          new Option("model", "FILE", "", "The run's model, where it has moved."),
          new Option(
              "images",
              "DIR|GLOB|TABLE",
              "",
              "The run's images, where they have moved or have no paths; as for explain."),
          new Option("device", "auto|cpu|cuda", "auto", "Where the network runs."),
          new Option("partitions", "N", "0", "Partitions of the sample; 0 chooses by its size."),
          new Option(
              "overwrite",
              "true|false",
              "false",
              "Replace results that are there once the new ones are complete."));

  private FaithfulnessOptions() {}

  /**
   * Checks everything that can be checked before Spark starts, among it that the model is the
   * run's.
   *
   * @param folder where the probed model is written
   * @throws SettingsException with all problems
   */
  public static FaithfulnessJobSettings resolve(GivenSettings given, Path folder) {
    String from = given.required("from");
    String out = given.required("out");
    int rule = given.integer("rule");
    int sample = given.integer("sample");
    int steps = given.integer("steps");
    int batch = given.integer("batch");
    long seed = given.longInteger("seed");
    Optional<FaithfulnessSettings> scoring =
        given.build(() -> new FaithfulnessSettings(sample, steps, batch, seed));
    DeviceChoice device = given.choice("device", DeviceChoice.class);
    int partitions = given.integer("partitions");
    boolean overwrite = given.flag("overwrite");
    Optional<FinishedRun> run =
        from.isEmpty() ? Optional.empty() : given.build(() -> FinishedRun.read(from));
    Optional<ModelOptions.OpenModel> opened = run.flatMap(found -> open(given, found));
    Optional<PreparedModel> prepared =
        opened.flatMap(model -> given.build(() -> prepare(model, run.get(), folder)));
    Optional<ModelCard> card =
        prepared.flatMap(
            model -> given.build(() -> sameCard(opened.get().card(), model, run.get())));
    if (scoring.isPresent() && prepared.isPresent()) {
      given.build(
          () -> {
            FaithfulnessScorer.checkSteps(scoring.get(), prepared.get().plan().input());
            return true;
          });
    }
    Optional<DecodeLimits> limits = run.flatMap(found -> given.build(() -> limits(found)));
    given.check();
    Optional<FaithfulnessJobSettings> settings =
        given.build(
            () ->
                new FaithfulnessJobSettings(
                    run.orElseThrow(),
                    rule,
                    given.optional("images"),
                    prepared.orElseThrow(),
                    opened.orElseThrow().archive().file().toString(),
                    card.orElseThrow(),
                    scoring.orElseThrow(),
                    limits.orElseThrow(),
                    device,
                    out,
                    overwrite,
                    partitions,
                    given.all()));
    given.check();
    return settings.orElseThrow();
  }

  /** Opens the model as the run did; only its place may be another. */
  private static Optional<ModelOptions.OpenModel> open(GivenSettings given, FinishedRun run) {
    Map<String, String> flags = new LinkedHashMap<>();
    for (Option option : ModelOptions.ALL) {
      String value = run.settings().getOrDefault(option.name(), "");
      if (!value.isEmpty()) {
        flags.put(option.name(), value);
      }
    }
    String before = flags.getOrDefault("model", "");
    Optional<String> moved = given.optional("model");
    String named = moved.orElse(before);
    Path model = before.isEmpty() ? Path.of("") : ModelFiles.local(named);
    if (before.isEmpty() || !Files.isRegularFile(model)) {
      given.problem(
          moved.isPresent()
              ? "model is " + model + ", and no such file is there."
              : "The run's model is '"
                  + model
                  + "', and no such file is there; give --model FILE.");
      return Optional.empty();
    }
    if (moved.isPresent() && !flags.containsKey("sidecar") && ModelFiles.sidecar(named).isEmpty()) {
      ModelFiles.sidecar(before).ifPresent(sidecar -> flags.put("sidecar", sidecar.toString()));
    }
    flags.put("model", named);
    if (!given.build(() -> sameModel(model, run)).orElse(false)) {
      return Optional.empty();
    }
    GivenSettings then = new GivenSettings(ModelOptions.ALL, flags, List.of());
    Optional<ModelOptions.OpenModel> opened = ModelOptions.open(then);
    given.build(
        () -> {
          then.check();
          return true;
        });
    return opened;
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
                + "; give that file by --model.");
      }
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static PreparedModel prepare(ModelOptions.OpenModel model, FinishedRun run, Path folder) {
    try {
      // Scores are all that is read; any layer of the run will do for the probe.
      return PreparedModel.prepare(
          model.archive(),
          model.entry(),
          List.of(LayerName.parse(run.layers().get(0))),
          model.card().inputShape(),
          folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The sidecar is no part of the model's hash, so it is compared by what it says. */
  private static ModelCard sameCard(ModelCard now, PreparedModel model, FinishedRun run) {
    ModelCard card = now.withClassesFor(model.plan().classes());
    String preprocessing = card.preprocessing().toString();
    if (!preprocessing.equals(run.preprocessing())) {
      throw new IllegalArgumentException(
          "The sidecar now says "
              + preprocessing
              + ", but the run was made with "
              + run.preprocessing()
              + "; restore the sidecar beside the model.");
    }
    if (!card.classes().equals(run.classes())) {
      throw new IllegalArgumentException(
          "The classes are now "
              + shortened(card.classes())
              + ", but the run's were "
              + shortened(run.classes())
              + "; restore the sidecar beside the model, or the file of --classes.");
    }
    return card;
  }

  private static String shortened(List<String> classes) {
    int most = Math.min(5, classes.size());
    return classes.size() + " (" + String.join(", ", classes.subList(0, most)) + " …)";
  }

  private static DecodeLimits limits(FinishedRun run) {
    String pixels = run.settings().getOrDefault("max-pixels", "");
    String bytes = run.settings().getOrDefault("max-bytes", "");
    return new DecodeLimits(
        pixels.isEmpty() ? DecodeLimits.DEFAULT.maxPixels() : Long.parseLong(pixels),
        bytes.isEmpty() ? DecodeLimits.DEFAULT.maxBytes() : Long.parseLong(bytes));
  }
}

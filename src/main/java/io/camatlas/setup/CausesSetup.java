package io.camatlas.setup;

import io.camatlas.config.CausesOptions;
import io.camatlas.config.ExplainOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.ReportOptions;
import io.camatlas.model.GridLayout;
import io.camatlas.spark.InputException;
import io.camatlas.spark.causes.CausesJobSettings;
import io.camatlas.spark.explain.ExplainJobSettings;
import io.camatlas.spark.results.AtlasFolder;
import io.camatlas.spark.results.AtlasFolder.Origin;
import io.camatlas.spark.results.FinishedRun;
import io.camatlas.spark.storage.HadoopFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/** The settings of {@code camatlas causes}. */
public final class CausesSetup {
  private CausesSetup() {}

  /**
   * Checks everything that can be checked before Spark starts, including that the model is that of
   * the atlas's runs.
   *
   * @param folder where the probed model is written
   * @throws io.camatlas.config.SettingsException with all problems
   */
  public static CausesJobSettings resolve(GivenSettings given, Path folder) {
    Optional<List<FinishedRun>> runs = given.build(() -> runs(given));
    Optional<RunModel> model =
        runs.flatMap(
            found ->
                given
                    .build(() -> layouts(found))
                    .flatMap(
                        layouts ->
                            RunModel.of(
                                given,
                                found.get(0),
                                found.stream()
                                    .flatMap(run -> run.layers().stream())
                                    .distinct()
                                    .toList(),
                                layouts,
                                folder)));
    given.check();
    Optional<CausesJobSettings> settings =
        given.build(
            () ->
                new CausesJobSettings(
                    given.get(ReportOptions.FROM),
                    given.get(ReportOptions.RUNS),
                    given.optional(ReportOptions.STRATEGIES),
                    given.optional(ReportOptions.IMAGES),
                    model.orElseThrow().model(),
                    model.orElseThrow().card(),
                    given.get(ExplainOptions.DEVICE),
                    given.get(ExplainOptions.OUT),
                    given.get(ExplainOptions.OVERWRITE),
                    given.settings()));
    given.check();
    return settings.orElseThrow();
  }

  /** The layout of each layer of all runs; a layer is tapped in one way. */
  private static Map<String, GridLayout> layouts(List<FinishedRun> runs) {
    Map<String, GridLayout> layouts = new HashMap<>();
    for (FinishedRun run : runs) {
      run.layouts()
          .forEach(
              (layer, layout) -> {
                GridLayout other = layouts.putIfAbsent(layer, layout);
                if (other != null && !other.equals(layout)) {
                  throw new IllegalArgumentException(
                      "The runs read layer '%s' in two layouts, %s and %s; make an atlas of each."
                          .formatted(layer, other, layout));
                }
              });
    }
    return layouts;
  }

  /**
   * The settings of experiments on an atlas that is made from one run; they replace previous ones.
   *
   * @param given the other settings; problems are noted there
   * @param explain how the run is made
   * @param strategies folder of the strategies; empty if nobody looks for them
   * @return empty if there is any problem, or if nothing is to be tested
   */
  public static Optional<CausesJobSettings> after(
      GivenSettings given,
      ExplainJobSettings explain,
      String run,
      String atlas,
      Optional<String> strategies,
      String out) {
    return given
        .build(() -> given.get(CausesOptions.IMAGES_PER_FINDING))
        .filter(images -> images > 0 && !explain.model().plan().pixels().isDense())
        .flatMap(
            images ->
                given.build(
                    () ->
                        new CausesJobSettings(
                            atlas,
                            List.of(run),
                            strategies,
                            Optional.empty(),
                            explain.model(),
                            explain.card(),
                            explain.given().get(ExplainOptions.DEVICE),
                            out,
                            true,
                            given.settings())));
  }

  /** The runs behind the atlas, which must be of one model. */
  private static List<FinishedRun> runs(GivenSettings given) {
    Configuration hadoop = HadoopFiles.configuration();
    String from = given.get(ReportOptions.FROM);
    AtlasFolder atlas = AtlasFolder.open(from, hadoop);
    List<String> missing = new ArrayList<>();
    try {
      List<FinishedRun> runs =
          atlas.origins(given.get(ReportOptions.RUNS), missing, hadoop).stream()
              .map(Origin::run)
              .distinct()
              .toList();
      if (runs.isEmpty()) {
        throw new InputException(
            "The explanations behind the atlas `from` "
                + from
                + " cannot be read ("
                + String.join(", ", missing)
                + "), and without them there are no images to test; set `runs` to their folders.");
      }
      List<String> models = runs.stream().map(FinishedRun::modelSha256).distinct().toList();
      if (models.size() > 1) {
        throw new InputException(
            "The atlas `from` "
                + from
                + " holds runs of "
                + models.size()
                + " models ("
                + String.join(", ", runs.stream().map(FinishedRun::model).distinct().toList())
                + "), and one is tested at a time; set `runs` to the folders of one of them.");
      }
      return runs;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

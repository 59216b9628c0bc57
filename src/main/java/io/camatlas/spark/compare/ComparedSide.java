package io.camatlas.spark.compare;

import static org.apache.spark.sql.functions.col;

import io.camatlas.config.ExplainOptions;
import io.camatlas.config.ModelOptions;
import io.camatlas.spark.InputException;
import io.camatlas.spark.results.AtlasFolder;
import io.camatlas.spark.results.AtlasFolder.Origin;
import io.camatlas.spark.results.ExplanationsTable;
import io.camatlas.spark.results.FinishedRun;
import io.camatlas.spark.results.ResultsBelow;
import io.camatlas.spark.results.RunRule;
import io.camatlas.spark.storage.HadoopFiles;
import io.camatlas.spark.storage.ResultFolder;
import io.camatlas.suggest.NearestName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * One layer and rule of one audit, to be compared.
 *
 * @param path as it was given
 * @param origins where its explanations are: runs that differ only in their images, at least one
 * @param layer the layer's name
 */
public record ComparedSide(String path, List<Origin> origins, String layer) {
  /** Parameters of rules that make no other maps, or follow from the layer and the model. */
  private static final Set<String> NOT_TOLD =
      Set.of(
          ExplainOptions.SEED.name(),
          ExplainOptions.LAYOUT.name(),
          ExplainOptions.PROBABILITIES.name(),
          ModelOptions.SCORES.name(),
          ModelOptions.THRESHOLD.name(),
          "gradients");

  /**
   * Opens a run, an atlas, an audit or a demo.
   *
   * @param setting the setting that names it, for messages
   * @param layer empty for the first layer
   * @param rule which of its rules, counted from 0
   * @throws InputException if there is none, or it has no such layer or rule
   */
  public static ComparedSide open(String setting, String path, Optional<String> layer, int rule) {
    HadoopFiles.requireNoPattern(setting, path);
    try {
      List<Origin> origins = origins(path, rule, HadoopFiles.configuration());
      FinishedRun run = origins.get(0).run();
      List<String> layers = run.layersOf(rule);
      String chosen = layer.filter(name -> !name.isEmpty()).orElse(layers.get(0));
      if (!layers.contains(chosen)) {
        throw new InputException(
            "`"
                + (setting.equals("from") ? "layer" : "with-layer")
                + "` is '"
                + chosen
                + "', which "
                + path
                + " does not have"
                + NearestName.clause(chosen, layers)
                + "; it has "
                + layers
                + ".");
      }
      return new ComparedSide(path, origins, chosen);
    } catch (InputException | IllegalArgumentException e) {
      String named = e.getMessage().replace("`from`", "`" + setting + "`");
      throw new InputException(
          setting.equals("from") ? named : named.replace("`rule`", "`with-rule`"), e);
    } catch (IOException e) {
      throw new InputException("Cannot read `" + setting + "` " + path + ": " + e.getMessage(), e);
    }
  }

  private static List<Origin> origins(String path, int rule, Configuration hadoop)
      throws IOException {
    Path folder = new Path(path);
    FileSystem files = folder.getFileSystem(hadoop);
    if (files.exists(new Path(folder, ResultFolder.ATLAS_JSON))) {
      return ofAtlas(path, rule, hadoop);
    }
    FinishedRun run =
        FinishedRun.read(ResultsBelow.run(files, folder).map(Path::toString).orElse(path));
    run.requireRule(rule);
    return List.of(new Origin(run.id(), run, rule));
  }

  private static List<Origin> ofAtlas(String path, int rule, Configuration hadoop)
      throws IOException {
    List<String> missing = new ArrayList<>();
    List<Origin> all = AtlasFolder.open(path, hadoop).origins(List.of(), missing, hadoop);
    List<Origin> origins = all.stream().filter(origin -> origin.rule() == rule).toList();
    if (!missing.isEmpty() || origins.isEmpty()) {
      throw new InputException(
          "`from` is the atlas "
              + path
              + ", whose explanations were not found"
              + (missing.isEmpty() ? "" : " (" + String.join(", ", missing) + ")")
              + (all.isEmpty() ? "" : " for rule " + rule)
              + "; single images are compared, so give the folders of the runs.");
    }
    List<String> ids = origins.stream().map(Origin::id).distinct().toList();
    if (ids.size() > 1) {
      throw new InputException(
          "`from` is the atlas "
              + path
              + ", which holds "
              + ids.size()
              + " runs that differ in more than their images ("
              + String.join(", ", origins.stream().map(one -> one.run().folder()).toList())
              + "); give the folder of one of them.");
    }
    return origins;
  }

  /** The run; where there are several, they differ only in their images. */
  public FinishedRun run() {
    return origins.get(0).run();
  }

  /** The rule's name. */
  public String method() {
    return rule().method();
  }

  RunRule rule() {
    return run().rules().get(origins.get(0).rule());
  }

  /** Whether a folder is that of one of its runs. */
  boolean isRun(String folder, Configuration hadoop) throws IOException {
    Path wanted = qualified(folder, hadoop);
    for (Origin origin : origins) {
      if (qualified(origin.run().folder(), hadoop).equals(wanted)) {
        return true;
      }
    }
    return false;
  }

  private static Path qualified(String folder, Configuration hadoop) throws IOException {
    Path path = new Path(folder);
    return path.getFileSystem(hadoop).makeQualified(path);
  }

  /**
   * How maps of the other were made otherwise: {@code samples is 8 and 2}. Seeds are left out, as
   * another one gives other noise and no other maps. So is what only one method has, if the methods
   * differ, and what follows from the layer.
   */
  List<String> settingsUnlike(ComparedSide other) {
    Map<String, String> first = told();
    Map<String, String> second = other.told();
    Set<String> names = new TreeSet<>(first.keySet());
    if (method().equals(other.method())) {
      names.addAll(second.keySet());
    } else {
      names.retainAll(second.keySet());
    }
    return names.stream()
        .filter(name -> !first.getOrDefault(name, "").equals(second.getOrDefault(name, "")))
        .map(
            name ->
                "%s is %s and %s"
                    .formatted(
                        name,
                        first.getOrDefault(name, "not set"),
                        second.getOrDefault(name, "not set")))
        .toList();
  }

  private Map<String, String> told() {
    Map<String, String> told = new TreeMap<>(rule().parameters());
    String targets = ExplainOptions.TARGETS.name();
    Optional.ofNullable(run().settings().get(targets)).ifPresent(set -> told.put(targets, set));
    told.keySet().removeAll(NOT_TOLD);
    return told;
  }

  /** All rows of the layer and rule. */
  Dataset<Row> explanations(SparkSession spark) {
    return origins.stream()
        .map(origin -> origin.explanations(spark))
        .reduce(Dataset::unionByName)
        .orElseThrow()
        .where(col(ExplanationsTable.LAYER).equalTo(layer));
  }

  /** Makes sure that the tables hold what their runs wrote. */
  void requireRows(SparkSession spark, String setting) {
    try {
      origins.forEach(
          origin -> {
            origin.run().requireOneLabel();
            origin.run().requireRows(spark);
          });
    } catch (InputException e) {
      throw new InputException(e.getMessage().replace("`from`", "`" + setting + "`"), e);
    }
  }
}

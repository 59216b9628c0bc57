package io.camatlas.spark.notebook;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.levenshtein;
import static org.apache.spark.sql.functions.lit;

import io.camatlas.image.DecodeLimits;
import io.camatlas.image.ImageDecoder;
import io.camatlas.image.ImageException;
import io.camatlas.report.MapPicture;
import io.camatlas.report.Overlay;
import io.camatlas.spark.InputException;
import io.camatlas.spark.input.OriginalImages;
import io.camatlas.spark.results.AtlasTable;
import io.camatlas.spark.results.CalibrationTable;
import io.camatlas.spark.results.CausesImagesTable;
import io.camatlas.spark.results.CausesTable;
import io.camatlas.spark.results.ClassAttentionTable;
import io.camatlas.spark.results.ClassAttentionTable.Attention;
import io.camatlas.spark.results.ClassFeatureMapsTable;
import io.camatlas.spark.results.ComparisonClassesTable;
import io.camatlas.spark.results.ComparisonImagesTable;
import io.camatlas.spark.results.ComparisonTable;
import io.camatlas.spark.results.ConceptClassesTable;
import io.camatlas.spark.results.ConceptImagesTable;
import io.camatlas.spark.results.ConfusionsTable;
import io.camatlas.spark.results.ErrorSlicesTable;
import io.camatlas.spark.results.ExplanationRow;
import io.camatlas.spark.results.ExplanationsTable;
import io.camatlas.spark.results.FailuresTable;
import io.camatlas.spark.results.FaithfulnessTable;
import io.camatlas.spark.results.FeatureMapExamplesTable;
import io.camatlas.spark.results.FeatureMapsTable;
import io.camatlas.spark.results.FinishedRun;
import io.camatlas.spark.results.LabelScoresTable;
import io.camatlas.spark.results.LocalizationTruthTable;
import io.camatlas.spark.results.RunName;
import io.camatlas.spark.results.SanityTable;
import io.camatlas.spark.results.ShownMap;
import io.camatlas.spark.results.SlicesTable;
import io.camatlas.spark.results.SpatialBiasTable;
import io.camatlas.spark.results.StrategiesTable;
import io.camatlas.spark.results.StrategyImagesTable;
import io.camatlas.suggest.NearestName;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The results of explain, atlas, strategies, causes, audit, faithfulness, concept, compare or demo,
 * opened in a notebook.
 *
 * <p>Tables contain everything in the folder, but no rows of unfinished runs and nothing that was
 * found in another atlas than the one beside it. {@link #run}, {@link #layer} and {@link #rule}
 * restrict everything, including views, to one run, layer or rule. If several remain, {@link #map},
 * {@link #overlay} and {@link #meanMap} use the first rule, the first layer by name, and the
 * predicted class; they never choose between runs.
 *
 * <p>The lists of tables and runs are read once; rows are read each time they are requested.
 * Thread-safe.
 */
public final class CamAtlas {
  /** The prefix of view names. */
  private static final String VIEWS = "camatlas_";

  private static final int NAMED = 20;

  /** Names of the tables of which there are views, by session and prefix. */
  private static final Map<SparkSession, Map<String, Set<String>>> VIEWS_MADE =
      Collections.synchronizedMap(new WeakHashMap<>());

  private final SparkSession spark;
  private final Results results;
  private final Optional<String> run;
  private final Optional<String> layer;
  private final Optional<Integer> rule;
  private final ExplainedImages images;

  private CamAtlas(
      SparkSession spark,
      Results results,
      Optional<String> run,
      Optional<String> layer,
      Optional<Integer> rule,
      ExplainedImages images) {
    this.spark = spark;
    this.results = results;
    this.run = run;
    this.layer = layer;
    this.rule = rule;
    this.images = images;
  }

  /**
   * Opens a folder. If the folder is just an atlas, the runs it was made from are found too, if
   * they are still in their old place or beside the atlas.
   *
   * @param path folder that one of these commands wrote, on any Hadoop file system
   * @throws InputException if there are no results, or only those of an unfinished run
   */
  public static CamAtlas open(SparkSession spark, String path) {
    Results results = Results.find(spark, path);
    return new CamAtlas(
        spark,
        results,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        new ExplainedImages(
            spark,
            results.finished().stream().flatMap(run -> run.source().stream()).distinct().toList()));
  }

  /** The folder that was opened. */
  public String folder() {
    return results.folder();
  }

  /**
   * Ids of the runs, in the order they were made: completed, as far as an atlas says so, or begun.
   */
  public List<String> runs() {
    return run.map(List::of).orElse(results.runs());
  }

  /** The layers that were explained, by name; by the rule, if one was chosen. */
  public List<String> layers() {
    if (layer.isPresent()) {
      return List.of(layer.get());
    }
    Set<String> layers = new TreeSet<>();
    described().forEach(one -> layers.addAll(rule.map(one::layersOf).orElse(one.layers())));
    if (layers.isEmpty() && has(ClassAttentionTable.NAME)) {
      layers.addAll(texts(classAttention().select(AtlasTable.LAYER).distinct()));
    }
    return List.copyOf(layers);
  }

  /**
   * The classes of the model, in its order; for an atlas whose runs are gone, the classes in the
   * atlas.
   */
  public List<String> classes() {
    Set<String> classes = new LinkedHashSet<>();
    described().forEach(one -> classes.addAll(one.classes()));
    if (classes.isEmpty() && has(ClassAttentionTable.NAME)) {
      classes.addAll(
          texts(
              classAttention()
                  .select(AtlasTable.CLASS, AtlasTable.CLASS_INDEX)
                  .distinct()
                  .orderBy(AtlasTable.CLASS_INDEX)
                  .select(AtlasTable.CLASS)));
    }
    return List.copyOf(classes);
  }

  private List<FinishedRun> described() {
    return results.finished().stream().filter(one -> runs().contains(one.id())).toList();
  }

  /**
   * Restricts everything to one run.
   *
   * @param id one of {@link #runs}
   */
  public CamAtlas run(String id) {
    require("run", id, runs());
    return new CamAtlas(spark, results, Optional.of(id), layer, rule, images);
  }

  /**
   * Restricts everything to one layer.
   *
   * @param name one of {@link #layers}
   */
  public CamAtlas layer(String name) {
    require("layer", name, layers());
    return new CamAtlas(spark, results, run, Optional.of(name), rule, images);
  }

  /**
   * Restricts everything to one rule.
   *
   * @param index its index in {@code rules} of {@code run.json}, from 0
   * @throws InputException if no run has it
   */
  public CamAtlas rule(int index) {
    int rules = described().stream().mapToInt(one -> one.rules().size()).max().orElse(0);
    if (index < 0 || (rules > 0 && index >= rules)) {
      throw new InputException(
          "rule is " + index + "; " + folder() + " has " + rules + ", counted from 0.");
    }
    return new CamAtlas(spark, results, run, layer, Optional.of(index), images);
  }

  /**
   * The same, with images from another source. Use it if the images have moved, or if the run read
   * them from a table. They are found by their {@code image_id}.
   *
   * @param source a source, as {@code --images} of explain names it
   */
  public CamAtlas withImages(String source) {
    return new CamAtlas(spark, results, run, layer, rule, images.in(source));
  }

  private void require(String what, String given, Collection<String> known) {
    if (!known.contains(given)) {
      throw new InputException(
          "No "
              + what
              + " '"
              + given
              + "' in "
              + folder()
              + NearestName.clause(given, known)
              + ". It has "
              + some(known)
              + ".");
    }
  }

  private static String some(Collection<String> names) {
    String first = String.join(", ", names.stream().limit(NAMED).toList());
    return names.isEmpty()
        ? "none"
        : names.size() > NAMED ? first + " and " + (names.size() - NAMED) + " more" : first;
  }

  /** Names of the tables, in alphabetical order. */
  public List<String> tables() {
    return results.tables().keySet().stream().filter(this::has).sorted().toList();
  }

  private boolean has(String table) {
    return !paths(table).isEmpty();
  }

  /** Where a table is; scores of maps are those of one rule of one run, without a column for it. */
  private List<String> paths(String table) {
    return results.tables().getOrDefault(table, List.of()).stream()
        .filter(path -> isOfChosen(results.tested().get(path)))
        .toList();
  }

  private boolean isOfChosen(Results.Tested tested) {
    if (tested == null) {
      return true;
    }
    return rule.map(chosen -> chosen == tested.rule()).orElse(true)
        && (run.isEmpty() || tested.run().isEmpty() || tested.run().equals(run));
  }

  /**
   * A table, restricted to what was chosen.
   *
   * @param name one of {@link #tables}
   */
  public Dataset<Row> table(String name) {
    if (!has(name)) {
      String missing = "No table '" + name + "' in " + folder();
      if (name.equals(ExplanationsTable.NAME) && !results.gone().isEmpty()) {
        throw new InputException(
            missing
                + ": it is an atlas, and the runs it was made from, "
                + some(results.gone())
                + ", are gone. Open the run's own folder, or put it beside the atlas.");
      }
      if (results.stale().containsKey(name)) {
        throw new InputException(missing + ": " + results.stale().get(name));
      }
      if (results.tables().containsKey(name)) {
        throw new InputException(
            missing
                + ": it tells of another run or rule. Run 'camatlas faithfulness' for this one, or"
                + " open the folder without choosing.");
      }
      throw new InputException(
          missing + NearestName.clause(name, tables()) + ". It has " + some(tables()) + ".");
    }
    Dataset<Row> rows = null;
    for (String path : paths(name)) {
      Dataset<Row> next = spark.read().parquet(path);
      rows = rows == null ? next : rows.unionByName(next);
    }
    return narrowed(rows);
  }

  private Dataset<Row> narrowed(Dataset<Row> table) {
    List<String> columns = Arrays.asList(table.columns());
    boolean ruled = columns.contains(ExplanationsTable.RULE);
    Dataset<Row> rows = table;
    if (columns.contains(AtlasTable.RUN)) {
      // A folder may hold rows of a run that has not finished, too.
      rows =
          rows.where(
              runs().stream()
                  .map(id -> RunName.isOf(id, col(AtlasTable.RUN)))
                  .reduce(Column::or)
                  .orElse(lit(true)));
    }
    if (layer.isPresent() && columns.contains(AtlasTable.LAYER)) {
      rows = rows.where(col(AtlasTable.LAYER).equalTo(layer.get()));
    }
    if (rule.isPresent() && ruled) {
      rows = rows.where(ExplanationsTable.ofRule(rule.get()));
    } else if (rule.isPresent()
        && columns.contains(AtlasTable.RUN)
        && columns.contains(AtlasTable.LAYER)) {
      // In an atlas, each rule is a separate run.
      rows = rows.where(RunName.isOfRule(rule.get(), col(AtlasTable.RUN)));
    }
    return rows;
  }

  public Dataset<Row> explanations() {
    return table(ExplanationsTable.NAME);
  }

  public Dataset<Row> failures() {
    return table(FailuresTable.NAME);
  }

  public Dataset<Row> classAttention() {
    return table(ClassAttentionTable.NAME);
  }

  public Dataset<Row> spatialBias() {
    return table(SpatialBiasTable.NAME);
  }

  public Dataset<Row> classFeatureMaps() {
    return table(ClassFeatureMapsTable.NAME);
  }

  public Dataset<Row> featureMaps() {
    return table(FeatureMapsTable.NAME);
  }

  public Dataset<Row> featureMapExamples() {
    return table(FeatureMapExamplesTable.NAME);
  }

  public Dataset<Row> localizationTruth() {
    return table(LocalizationTruthTable.NAME);
  }

  public Dataset<Row> confusions() {
    return table(ConfusionsTable.NAME);
  }

  public Dataset<Row> calibration() {
    return table(CalibrationTable.NAME);
  }

  public Dataset<Row> slices() {
    return table(SlicesTable.NAME);
  }

  public Dataset<Row> strategies() {
    return table(StrategiesTable.NAME);
  }

  public Dataset<Row> strategyImages() {
    return table(StrategyImagesTable.NAME);
  }

  public Dataset<Row> errorSlices() {
    return table(ErrorSlicesTable.NAME);
  }

  public Dataset<Row> causes() {
    return table(CausesTable.NAME);
  }

  public Dataset<Row> causesImages() {
    return table(CausesImagesTable.NAME);
  }

  public Dataset<Row> faithfulness() {
    return table(FaithfulnessTable.NAME);
  }

  public Dataset<Row> sanity() {
    return table(SanityTable.NAME);
  }

  public Dataset<Row> labelScores() {
    return table(LabelScoresTable.NAME);
  }

  public Dataset<Row> conceptClasses() {
    return table(ConceptClassesTable.NAME);
  }

  public Dataset<Row> conceptImages() {
    return table(ConceptImagesTable.NAME);
  }

  public Dataset<Row> comparison() {
    return table(ComparisonTable.NAME);
  }

  public Dataset<Row> comparisonClasses() {
    return table(ComparisonClassesTable.NAME);
  }

  public Dataset<Row> comparisonImages() {
    return table(ComparisonImagesTable.NAME);
  }

  /**
   * Creates a temporary view for every table, named {@code camatlas_} followed by the table's name.
   *
   * @return the names of the views
   */
  public List<String> views() {
    return views(VIEWS);
  }

  /**
   * Creates a temporary view for every table; two folders used together need two prefixes. Views
   * that another folder has left under the prefix go, or questions would be answered from there.
   *
   * @param prefix prefix of the views' names
   * @return the names of the views
   */
  public List<String> views(String prefix) {
    Set<String> names = new TreeSet<>(tables());
    Set<String> others =
        VIEWS_MADE.computeIfAbsent(spark, fresh -> new ConcurrentHashMap<>()).put(prefix, names);
    if (others != null) {
      others.stream()
          .filter(name -> !names.contains(name))
          .forEach(name -> spark.catalog().dropTempView(prefix + name));
    }
    names.forEach(name -> table(name).createOrReplaceTempView(prefix + name));
    return tables().stream().map(name -> prefix + name).toList();
  }

  /**
   * An image's map on the layer's own grid, not normalised.
   *
   * @return rows from the top
   * @throws InputException if there is no such image, or several runs explained it
   */
  public float[][] map(String imageId) {
    return rows(explanation(imageId, Optional.empty()));
  }

  /**
   * An image's map for a class.
   *
   * @param target name of a class that was explained for the image
   */
  public float[][] map(String imageId, String target) {
    return rows(explanation(imageId, Optional.of(target)));
  }

  /**
   * An image's map for a class.
   *
   * @param targetIndex index of a class that was explained for the image
   */
  public float[][] map(String imageId, int targetIndex) {
    return map(imageId, className(targetIndex));
  }

  private String className(int index) {
    List<String> classes = classes();
    if (index < 0 || index >= classes.size()) {
      throw new InputException(
          "target_index is " + index + "; the model has " + classes.size() + " classes.");
    }
    return classes.get(index);
  }

  private static float[][] rows(ExplanationRow explanation) {
    float[] values = explanation.map();
    int height = explanation.mapHeight();
    int width = explanation.mapWidth();
    float[][] map = new float[height][];
    for (int y = 0; y < height; y++) {
      map[y] = Arrays.copyOfRange(values, y * width, (y + 1) * width);
    }
    return map;
  }

  /**
   * The mean of a class's maps, each divided by its sum; the mean sums to 1.
   *
   * @return rows from the top
   * @throws InputException if the class is unknown, or all its maps are blank
   */
  public double[][] meanMap(String className) {
    Dataset<Row> attention = classAttention();
    List<Attention> found =
        attention
            .where(col(AtlasTable.CLASS).equalTo(className).and(ClassAttentionTable.ofAll()))
            .select(
                AtlasTable.RUN,
                AtlasTable.LAYER,
                AtlasTable.MAP_HEIGHT,
                AtlasTable.MAP_WIDTH,
                ClassAttentionTable.MEAN_MAP)
            .orderBy(AtlasTable.RUN, AtlasTable.LAYER)
            .collectAsList()
            .stream()
            .map(ClassAttentionTable::fromRow)
            .toList();
    if (found.isEmpty()) {
      require(
          "explained class", className, new TreeSet<>(texts(attention.select(AtlasTable.CLASS))));
    }
    Attention first = found.get(0);
    requireOneRun(
        "class " + className, found.stream().map(row -> RunName.parse(row.run()).run()).toList());
    double[] values =
        first
            .meanMap()
            .orElseThrow(
                () -> new InputException("All maps of class '" + className + "' are blank."));
    double[][] map = new double[first.mapHeight()][];
    for (int y = 0; y < map.length; y++) {
      map[y] = Arrays.copyOfRange(values, y * first.mapWidth(), (y + 1) * first.mapWidth());
    }
    return map;
  }

  /** {@link #meanMap} as a picture, with colours from dark blue for 0 to yellow for its maximum. */
  public Picture meanMapPicture(String className) {
    return new Picture(MapPicture.draw(meanMap(className)), "mean map of class " + className);
  }

  /**
   * An image, with a copy under its map beside it, as {@code --overlays} of explain draws it.
   *
   * @throws InputException as {@link #map}, or if the image cannot be read any more, or has changed
   */
  public Picture overlay(String imageId) {
    return draw(explanation(imageId, Optional.empty()));
  }

  /**
   * An image, with a copy under its map for a class beside it.
   *
   * @param target name of a class that was explained for the image
   */
  public Picture overlay(String imageId, String target) {
    return draw(explanation(imageId, Optional.of(target)));
  }

  /**
   * An image, with a copy under its map for a class beside it.
   *
   * @param targetIndex index of a class that was explained for the image
   */
  public Picture overlay(String imageId, int targetIndex) {
    return overlay(imageId, className(targetIndex));
  }

  private Picture draw(ExplanationRow explanation) {
    String id = explanation.imageId();
    String advice =
        " Name a source with the original images by open(…).withImages(\"…\"): a folder, manifest,"
            + " shards or table, as for explain.";
    try {
      byte[] bytes = images.read(explanation);
      String description =
          "%s: %s for %s, predicted %s"
              .formatted(
                  id, explanation.method(), explanation.target(), explanation.predictedText());
      return new Picture(
          new Overlay()
              .draw(
                  ShownMap.request(
                      explanation.row(), new ImageDecoder(DecodeLimits.DEFAULT).decode(bytes))),
          description);
    } catch (OriginalImages.Unavailable e) {
      throw new InputException(
          "Image '" + id + "' cannot be shown (" + e.reason() + "): " + e.getMessage() + advice, e);
    } catch (ImageException e) {
      throw new InputException("Image '" + id + "' cannot be decoded: " + e.getMessage(), e);
    }
  }

  private ExplanationRow explanation(String imageId, Optional<String> target) {
    Dataset<Row> all = explanations().where(col(ExplanationsTable.IMAGE_ID).equalTo(imageId));
    List<Row> found =
        all.where(target.map(name -> col(ExplanationsTable.TARGET).equalTo(name)).orElse(lit(true)))
            .orderBy(ShownMap.order())
            .collectAsList();
    if (found.isEmpty()) {
      throw unknown(imageId, target, new TreeSet<>(texts(all.select(ExplanationsTable.TARGET))));
    }
    requireOneRun(
        "image '" + imageId + "'",
        found.stream().map(row -> row.<String>getAs(AtlasTable.RUN)).toList());
    return ExplanationRow.of(found.get(0));
  }

  private InputException unknown(String imageId, Optional<String> target, Set<String> targets) {
    if (!targets.isEmpty()) {
      return new InputException(
          "Image '"
              + imageId
              + "' was not explained for class '"
              + target.orElseThrow()
              + "'"
              + NearestName.clause(target.orElseThrow(), targets)
              + ". It was explained for "
              + some(targets)
              + "; for other classes, set `targets` and explain again.");
    }
    if (has(FailuresTable.NAME)) {
      List<Row> failed =
          failures()
              .where(col(ExplanationsTable.IMAGE_ID).equalTo(imageId))
              .limit(1)
              .collectAsList();
      if (!failed.isEmpty()) {
        FailuresTable.Failure failure = FailuresTable.fromRow(failed.get(0));
        return new InputException(
            "Image '"
                + imageId
                + "' was not explained: "
                + failure.reason()
                + ", "
                + failure.detail());
      }
    }
    List<String> nearest =
        texts(
            explanations()
                .select(ExplanationsTable.IMAGE_ID)
                .orderBy(
                    levenshtein(col(ExplanationsTable.IMAGE_ID), lit(imageId)),
                    col(ExplanationsTable.IMAGE_ID))
                .limit(1));
    return new InputException(
        "No image '"
            + imageId
            + "' in "
            + folder()
            + NearestName.clause(imageId, nearest)
            + ". The column "
            + ExplanationsTable.IMAGE_ID
            + " of explanations has all names.");
  }

  private void requireOneRun(String what, List<String> ids) {
    Set<String> runs = new LinkedHashSet<>(ids);
    if (runs.size() > 1) {
      throw new InputException(
          "Several runs explained "
              + what
              + ": "
              + some(runs)
              + ". Choose one, as open(…).run(\""
              + ids.get(0)
              + "\").");
    }
  }

  private static List<String> texts(Dataset<Row> column) {
    return column.collectAsList().stream().map(row -> row.getString(0)).toList();
  }

  @Override
  public String toString() {
    return "CamAtlas of "
        + folder()
        + ": runs "
        + some(runs())
        + "; layers "
        + some(layers())
        + "; tables "
        + some(tables());
  }
}

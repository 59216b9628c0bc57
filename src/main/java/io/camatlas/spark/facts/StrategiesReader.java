package io.camatlas.spark.facts;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.slice;

import io.camatlas.report.facts.ViewReport;
import io.camatlas.report.facts.ViewStrategies;
import io.camatlas.spark.InputException;
import io.camatlas.spark.results.AtlasFolder;
import io.camatlas.spark.results.AtlasTable;
import io.camatlas.spark.results.ErrorSlicesTable;
import io.camatlas.spark.results.ExplanationsTable;
import io.camatlas.spark.results.StrategiesTable;
import io.camatlas.spark.results.StrategyImagesTable;
import io.camatlas.spark.storage.ResultFolder;
import io.camatlas.spark.storage.ResultJson;
import io.camatlas.strategies.ErrorSlice;
import io.camatlas.strategies.Strategy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Reads what {@code camatlas strategies} wrote. */
public final class StrategiesReader {
  private static final String ONE = "one";

  /** The columns that identify an image of a layer and run. */
  private static final String[] IMAGE = {
    AtlasTable.RUN, AtlasTable.LAYER, ExplanationsTable.IMAGE_ID, ExplanationsTable.SHA256
  };

  private final SparkSession spark;
  private final String folder;
  private final List<String> runs;
  private final String identity;

  private StrategiesReader(SparkSession spark, String folder, List<String> runs, String identity) {
    this.spark = spark;
    this.folder = folder;
    this.runs = List.copyOf(runs);
    this.identity = identity;
  }

  /** What {@code strategies.json} says of the tables, and where they come from. */
  private record About(
      String camatlas, Map<String, Integer> tables, String atlasSha256, List<String> runs) {}

  /**
   * A reader of a folder.
   *
   * @param given the folder; empty if there are no strategies
   * @param atlas folder of the atlas
   * @return empty if no folder is given
   * @throws InputException if the folder holds no strategies or those of another atlas, or its
   *     tables have other versions
   */
  public static Optional<StrategiesReader> open(
      SparkSession spark, Optional<String> given, String atlas, Configuration hadoop)
      throws IOException {
    if (given.isEmpty()) {
      return Optional.empty();
    }
    String folder = given.get();
    Path about = new Path(folder, ResultFolder.STRATEGIES_JSON);
    if (!about.getFileSystem(hadoop).exists(about)) {
      throw new InputException(
          "`strategies` is "
              + folder
              + ", which has no "
              + ResultFolder.STRATEGIES_JSON
              + "; give the folder that 'camatlas strategies' wrote.");
    }
    About said = ResultJson.read(about, About.class, hadoop);
    StrategiesTable.requireVersion(folder, said.tables(), said.camatlas());
    AtlasFolder.requireFoundIn(atlas, "strategies", folder, said.atlasSha256(), hadoop);
    return Optional.of(
        new StrategiesReader(spark, folder, said.runs(), ResultJson.identity(about, hadoop)));
  }

  /** Tells these strategies from others, also from those of another seed. */
  public String identity() {
    return identity;
  }

  /** Views with what was found about them; those of runs that were not there are as they were. */
  public List<ViewReport> applied(List<ViewReport> views) {
    Map<ViewKey, List<Strategy>> strategies = new HashMap<>();
    Dataset<Row> groups = table(StrategiesTable.NAME);
    for (Row row :
        MapRows.reduced(
                groups
                    .drop(StrategiesTable.DIRECTION, StrategiesTable.USUAL)
                    .withColumn(MapRows.GRID_HEIGHT, col(AtlasTable.MAP_HEIGHT))
                    .withColumn(MapRows.GRID_WIDTH, col(AtlasTable.MAP_WIDTH)),
                StrategiesTable.MEAN_MAP,
                StrategiesTable.REST_MEAN_MAP)
            .collectAsList()) {
      strategies
          .computeIfAbsent(ViewKey.of(row), any -> new ArrayList<>())
          .add(StrategiesTable.fromRow(row));
    }
    Map<ViewKey, List<ErrorSlice>> errors = new HashMap<>();
    for (Row row : table(ErrorSlicesTable.NAME).collectAsList()) {
      errors
          .computeIfAbsent(ViewKey.of(row), any -> new ArrayList<>())
          .add(ErrorSlicesTable.fromRow(row));
    }
    return views.stream()
        .map(
            view -> {
              ViewKey key = ViewKey.of(view);
              return runs.contains(key.run())
                  ? view.withStrategies(
                      new ViewStrategies(
                          true,
                          strategies.getOrDefault(key, List.of()),
                          errors.getOrDefault(key, List.of())))
                  : view;
            })
        .toList();
  }

  /**
   * The explanations of the images nearest to the middle of each group and region: run, layer,
   * {@code target_index}, {@code image_id} and {@code sha256}, each once. Images of a region are
   * explained for their label or for what they are predicted as.
   *
   * @param explanations rows of the table {@code explanations}, with the run's name in the atlas
   * @param most images of each
   */
  public Dataset<Row> typical(Dataset<Row> explanations, int most) {
    Dataset<Row> groups =
        named(table(StrategiesTable.NAME).where(col(StrategiesTable.SPACE).isNotNull()), most)
            .withColumnRenamed(AtlasTable.CLASS_INDEX, ExplanationsTable.TARGET_INDEX);
    Dataset<Row> regions =
        explanations
            .where(
                ExplanationsTable.ofPredicted()
                    .or(coalesce(col(ExplanationsTable.TARGET_LABELLED), lit(false))))
            .join(
                broadcast(
                    named(table(ErrorSlicesTable.NAME), most)
                        .drop(AtlasTable.CLASS_INDEX)
                        .distinct()),
                IMAGE,
                "left_semi");
    return groups
        .unionByName(
            regions.select(
                AtlasTable.RUN,
                AtlasTable.LAYER,
                ExplanationsTable.TARGET_INDEX,
                ExplanationsTable.IMAGE_ID,
                ExplanationsTable.SHA256))
        .distinct();
  }

  private static Dataset<Row> named(Dataset<Row> rows, int most) {
    return rows.select(
            col(AtlasTable.RUN),
            col(AtlasTable.LAYER),
            col(AtlasTable.CLASS_INDEX),
            explode(slice(col(StrategiesTable.TYPICAL), 1, most)).as(ONE))
        .select(
            col(AtlasTable.RUN),
            col(AtlasTable.LAYER),
            col(AtlasTable.CLASS_INDEX),
            col(ONE).getField(ExplanationsTable.IMAGE_ID).as(ExplanationsTable.IMAGE_ID),
            col(ONE).getField(ExplanationsTable.SHA256).as(ExplanationsTable.SHA256));
  }

  /** An image of a region, and the class of the region. */
  public record Mistaken(ViewKey view, int classIndex, String imageId, String sha256) {}

  /**
   * The images nearest to the middle of each region that is predicted worse.
   *
   * @param most images of each
   */
  public Set<Mistaken> mistaken(int most) {
    Set<Mistaken> found = new HashSet<>();
    for (Row row : named(table(ErrorSlicesTable.NAME), most).collectAsList()) {
      found.add(
          new Mistaken(
              ViewKey.of(row),
              row.<Integer>getAs(AtlasTable.CLASS_INDEX),
              row.getAs(ExplanationsTable.IMAGE_ID),
              row.getAs(ExplanationsTable.SHA256)));
    }
    return found;
  }

  /** The table {@code strategy_images}. */
  public Dataset<Row> images() {
    return table(StrategyImagesTable.NAME);
  }

  private Dataset<Row> table(String name) {
    return spark.read().parquet(new Path(folder, name).toString());
  }
}

package io.camatlas.spark.facts;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.slice;

import io.camatlas.report.facts.ViewReport;
import io.camatlas.report.facts.ViewStrategies;
import io.camatlas.spark.InputException;
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
import java.util.List;
import java.util.Map;
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

  private StrategiesReader(SparkSession spark, String folder) {
    this.spark = spark;
    this.folder = folder;
  }

  /** What {@code strategies.json} says of the tables. */
  private record About(String camatlas, Map<String, Integer> tables) {}

  /**
   * A reader of a folder.
   *
   * @throws InputException if the folder holds no strategies, or its tables have other versions
   */
  public static StrategiesReader open(SparkSession spark, String folder, Configuration hadoop)
      throws IOException {
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
    return new StrategiesReader(spark, folder);
  }

  /**
   * Views with what was found about them.
   *
   * @throws InputException if nothing in the folder is about these views
   */
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
    if (views.stream().map(ViewKey::of).noneMatch(strategies::containsKey)) {
      throw new InputException(
          "`strategies` "
              + folder
              + " was found in other runs than this atlas was made from; find them again with"
              + " 'camatlas strategies' and `from` set to this atlas.");
    }
    return views.stream()
        .map(
            view -> {
              ViewKey key = ViewKey.of(view);
              List<Strategy> own = strategies.get(key);
              return own == null
                  ? view
                  : view.withStrategies(
                      new ViewStrategies(true, own, errors.getOrDefault(key, List.of())));
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
                col(ExplanationsTable.TARGET_INDEX)
                    .equalTo(col(ExplanationsTable.PREDICTED_INDEX))
                    .or(
                        col(ExplanationsTable.TARGET_INDEX)
                            .equalTo(col(ExplanationsTable.LABEL_INDEX))))
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

  /** The table {@code strategy_images}. */
  public Dataset<Row> images() {
    return table(StrategyImagesTable.NAME);
  }

  private Dataset<Row> table(String name) {
    return spark.read().parquet(new Path(folder, name).toString());
  }
}

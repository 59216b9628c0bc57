package io.camatlas.spark.facts;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.slice;
import static org.apache.spark.sql.functions.when;

import io.camatlas.atlas.CalibrationState;
import io.camatlas.report.facts.ViewReport;
import io.camatlas.spark.results.AtlasFolder;
import io.camatlas.spark.results.AtlasTable;
import io.camatlas.spark.results.CalibrationTable;
import io.camatlas.spark.results.ClassAttentionTable;
import io.camatlas.spark.results.ClassFeatureMapsTable;
import io.camatlas.spark.results.ConfusionsTable;
import io.camatlas.spark.results.FeatureMapExamplesTable;
import io.camatlas.spark.results.FeatureMapsTable;
import io.camatlas.spark.results.LabelScoresTable;
import io.camatlas.spark.results.LocalizationTruthTable;
import io.camatlas.spark.results.SlicesTable;
import io.camatlas.spark.results.SpatialBiasTable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Reads an atlas's tables into the contents of pages. */
public final class AtlasReader {
  /** Number of a class's feature maps that its page shows with examples. */
  static final int MAPS_OF_CLASS = 5;

  /** Number of images that a feature map's page shows for each reason. */
  static final int EXAMPLES_OF_MAP = 12;

  /** Number of images that a class's page shows for each of its feature maps. */
  static final int EXAMPLES_OF_CLASS = 4;

  private final SparkSession spark;
  private final AtlasFolder atlas;

  /** A reader of an atlas. */
  public AtlasReader(SparkSession spark, AtlasFolder atlas) {
    this.spark = spark;
    this.atlas = atlas;
  }

  /**
   * Everything that pages show of the atlas, the run that was completed last first.
   *
   * @param fewest images that a class needs for anything to be said of it
   */
  public List<ViewReport> read(FromRuns more, long fewest) {
    AtlasRows rows =
        new AtlasRows(
            AtlasRows.ByView.of(attention(), ClassAttentionTable::fromRow),
            AtlasRows.ByView.of(table(SpatialBiasTable.NAME), SpatialBiasTable::fromRow),
            AtlasRows.ByView.of(
                table(LocalizationTruthTable.NAME), LocalizationTruthTable::fromRow),
            AtlasRows.ByView.of(confusions(), ConfusionsTable::fromRow),
            AtlasRows.ByView.of(calibration(), CalibrationTable::fromRow),
            AtlasRows.ByView.of(table(LabelScoresTable.NAME), LabelScoresTable::fromRow),
            AtlasRows.ByView.of(table(FeatureMapsTable.NAME), FeatureMapsTable::fromRow),
            AtlasRows.ByView.of(firstMaps(), ClassFeatureMapsTable::fromRow),
            AtlasRows.ByView.of(examples(), FeatureMapExamplesTable::fromRow),
            AtlasRows.ByView.of(
                SlicesTable.different(table(SlicesTable.NAME)), SlicesTable::fromRow),
            AtlasRows.ByView.of(
                SlicesTable.counted(table(SlicesTable.NAME)), SlicesTable::countedFromRow),
            AtlasRows.ByView.of(
                SlicesTable.givenUp(table(SlicesTable.NAME)), SlicesTable::givenUpFromRow));
    List<ViewKey> keys = new ArrayList<>(rows.attention().rows().keySet());
    Map<String, String> ended = atlas.about().runsEnded();
    // The verdict is about the first view, and people ask about the run that they made last.
    keys.sort(
        Comparator.<ViewKey, String>comparing(key -> ended.getOrDefault(key.run(), ""))
            .reversed()
            .thenComparing(ViewKey::run)
            .thenComparing(ViewKey::layer));
    List<ViewReport> reports = new ArrayList<>();
    for (ViewKey key : keys) {
      reports.add(
          new ViewReader(key, atlas.runs().get(key.run()), rows, more)
              .report(reports.size() + 1, fewest));
    }
    return reports;
  }

  private Dataset<Row> attention() {
    return MapRows.reduced(
        table(ClassAttentionTable.NAME)
            .withColumn(MapRows.GRID_HEIGHT, col(AtlasTable.MAP_HEIGHT))
            .withColumn(MapRows.GRID_WIDTH, col(AtlasTable.MAP_WIDTH)),
        ClassAttentionTable.MEAN_MAP,
        ClassAttentionTable.VARIANCE_MAP,
        ClassAttentionTable.PEAK_COUNTS);
  }

  /** The table of confusions, without the maps. */
  private Dataset<Row> confusions() {
    return table(ConfusionsTable.NAME)
        .select(
            AtlasTable.RUN,
            AtlasTable.LAYER,
            ConfusionsTable.LABEL,
            ConfusionsTable.LABEL_INDEX,
            ConfusionsTable.PREDICTED,
            ConfusionsTable.PREDICTED_INDEX,
            AtlasTable.N,
            AtlasTable.CONFIDENCE,
            ConfusionsTable.OVERLAP);
  }

  private Dataset<Row> calibration() {
    return table(CalibrationTable.NAME)
        .where(col(AtlasTable.BY).isin(CalibrationState.ALL, CalibrationState.CONFIDENCE));
  }

  /** The feature maps that each class relies on most; they serve the class and have pages. */
  private Dataset<Row> firstMaps() {
    return table(ClassFeatureMapsTable.NAME)
        .where(col(AtlasTable.RANK).leq(MAPS_OF_CLASS).and(col(ClassFeatureMapsTable.SHARE).gt(0)));
  }

  private Dataset<Row> table(String name) {
    return atlas.table(spark, name);
  }

  /**
   * The examples that are shown: over all classes for the feature maps that have pages, and of each
   * class for its top feature maps.
   */
  public Dataset<Row> examples() {
    Dataset<Row> all = table(FeatureMapExamplesTable.NAME);
    String[] map = {AtlasTable.RUN, AtlasTable.LAYER, AtlasTable.FEATURE_MAP};
    String[] mapOfClass = {
      AtlasTable.RUN, AtlasTable.LAYER, AtlasTable.CLASS_INDEX, AtlasTable.FEATURE_MAP
    };
    Dataset<Row> serving = table(FeatureMapsTable.NAME).where(col(FeatureMapsTable.SERVES).gt(0));
    Dataset<Row> ofAll = all.where(col(AtlasTable.CLASS).isNull()).join(serving, map, "left_semi");
    Dataset<Row> ofClasses =
        all.where(
                col(AtlasTable.CLASS)
                    .isNotNull()
                    .and(col(AtlasTable.BY).equalTo(FeatureMapExamplesTable.BY_RELEVANCE)))
            .join(firstMaps(), mapOfClass, "left_semi");
    Column shown =
        when(col(AtlasTable.CLASS).isNull(), lit(EXAMPLES_OF_MAP))
            .otherwise(lit(EXAMPLES_OF_CLASS));
    return ofAll
        .unionByName(ofClasses)
        .withColumn(
            FeatureMapExamplesTable.EXAMPLES,
            slice(col(FeatureMapExamplesTable.EXAMPLES), lit(1), shown));
  }
}

package io.camatlas.spark.results;

import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.camatlas.strategies.Seen;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * The table {@code strategy_images}: for each image the strategy by which the network came to the
 * class that it predicted, a number as in {@link StrategiesTable}.
 *
 * <p>{@code distance} is that from the strategy's middle, in units of the root mean square distance
 * of its images; null if the class is not split. {@code correct} is null without a label.
 */
public final class StrategyImagesTable {
  /** Raised whenever a column changes its name, unit or meaning. */
  public static final int VERSION = 1;

  /** Name of the table. */
  public static final String NAME = "strategy_images";

  /** The columns, in order. */
  public static final StructType SCHEMA =
      new StructType()
          .add(AtlasTable.RUN, StringType, false)
          .add(AtlasTable.LAYER, StringType, false)
          .add(ExplanationsTable.IMAGE_ID, StringType, false)
          .add(ExplanationsTable.PATH, StringType, true)
          .add(ExplanationsTable.SHA256, StringType, false)
          .add(AtlasTable.CLASS, StringType, false)
          .add(AtlasTable.CLASS_INDEX, IntegerType, false)
          .add(StrategiesTable.STRATEGY, IntegerType, false)
          .add(StrategiesTable.DISTANCE, DoubleType, true)
          .add(ExplanationsTable.CORRECT, BooleanType, true);

  private StrategyImagesTable() {}

  /** The row of an image. */
  public static Row toRow(StrategiesTable.Place place, Seen image, int strategy, double distance) {
    return new RowDraft(SCHEMA)
        .with(AtlasTable.RUN, place.run())
        .with(AtlasTable.LAYER, place.layer())
        .with(ExplanationsTable.IMAGE_ID, image.image().id())
        .with(ExplanationsTable.PATH, image.image().path())
        .with(ExplanationsTable.SHA256, image.sha256())
        .with(AtlasTable.CLASS, place.name().name())
        .with(AtlasTable.CLASS_INDEX, place.name().index())
        .with(StrategiesTable.STRATEGY, strategy)
        .with(StrategiesTable.DISTANCE, distance)
        .with(ExplanationsTable.CORRECT, image.right())
        .row();
  }
}

package io.camatlas.spark.results;

import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.camatlas.causes.Habits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * The table {@code feature_map_habits}: one row for each feature map of a layer.
 *
 * <p>{@code at_the_edge} is the share of images, as they are and with their content moved, for
 * which the feature map's maximum lies in the outermost cells; null if it responds to none. {@code
 * blank_activation} is its mean activation on pictures without content. {@code answers_to_border}
 * says whether it answers to the border and not to content.
 */
public final class FeatureMapHabitsTable {
  /** Raised whenever a column changes its name, unit or meaning. */
  public static final int VERSION = 1;

  /** Name of the table. */
  public static final String NAME = "feature_map_habits";

  public static final String LAYER = AtlasTable.LAYER;
  public static final String FEATURE_MAP = AtlasTable.FEATURE_MAP;
  public static final String AT_THE_EDGE = "at_the_edge";
  public static final String BLANK_ACTIVATION = "blank_activation";
  public static final String ANSWERS_TO_BORDER = "answers_to_border";

  /** The columns, in order. */
  public static final StructType SCHEMA =
      new StructType()
          .add(LAYER, StringType, false)
          .add(FEATURE_MAP, IntegerType, false)
          .add(AT_THE_EDGE, DoubleType, true)
          .add(BLANK_ACTIVATION, DoubleType, false)
          .add(ANSWERS_TO_BORDER, BooleanType, false);

  private FeatureMapHabitsTable() {}

  /** The feature maps of a table's rows that answer to the border, by layer. */
  public static Map<String, Set<Integer>> borderMaps(List<Row> rows) {
    Map<String, Set<Integer>> maps = new HashMap<>();
    for (Row row : rows) {
      Set<Integer> own = maps.computeIfAbsent(row.getAs(LAYER), layer -> new TreeSet<>());
      if (row.<Boolean>getAs(ANSWERS_TO_BORDER)) {
        own.add(row.getAs(FEATURE_MAP));
      }
    }
    return maps;
  }

  /** The rows of a layer. */
  public static List<Row> toRows(String layer, Habits habits) {
    Set<Integer> border = habits.borderMaps();
    int cells = habits.height() * habits.width();
    List<Row> rows = new ArrayList<>();
    for (int k = 0; k < habits.atTheEdge().length; k++) {
      double sum = 0;
      for (int i = 0; i < cells; i++) {
        sum += habits.blank()[k * cells + i];
      }
      rows.add(
          new RowDraft(SCHEMA)
              .with(LAYER, layer)
              .with(FEATURE_MAP, k)
              .with(AT_THE_EDGE, habits.atTheEdge()[k])
              .with(BLANK_ACTIVATION, sum / cells)
              .with(ANSWERS_TO_BORDER, border.contains(k))
              .row());
    }
    return rows;
  }
}

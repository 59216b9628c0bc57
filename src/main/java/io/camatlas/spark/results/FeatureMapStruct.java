package io.camatlas.spark.results;

import static org.apache.spark.sql.types.DataTypes.FloatType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;

import io.camatlas.explain.Explanation.FeatureMapUse;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/** What one feature map contributed to a map: an element of the column {@code top_feature_maps}. */
public final class FeatureMapStruct {
  public static final String INDEX = "index";
  public static final String RELEVANCE = "relevance";
  public static final String MAXIMUM = "maximum";
  public static final String ROW = "row";
  public static final String COLUMN = "column";

  /** The fields, in order. */
  public static final StructType TYPE =
      new StructType()
          .add(INDEX, IntegerType, false)
          .add(RELEVANCE, FloatType, false)
          .add(MAXIMUM, FloatType, false)
          .add(ROW, IntegerType, false)
          .add(COLUMN, IntegerType, false);

  private FeatureMapStruct() {}

  static Row toRow(FeatureMapUse use) {
    return RowFactory.create(use.index(), use.relevance(), use.maximum(), use.row(), use.column());
  }
}

package io.camatlas.spark.results;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.camatlas.sanity.Checked;
import io.camatlas.sanity.SanityMeasure;
import java.util.Locale;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/**
 * The table {@code sanity_images}: one row for each map that was made again, and each number of it.
 *
 * <p>{@code measure} is one of {@link SanityMeasure}; {@code degree} says how much was changed: in
 * how many stages the weights were shuffled, or how many percent of the pixels were replaced; 0
 * where it is neither.
 */
public final class SanityImagesTable {
  /** Raised whenever a column changes its name, unit or meaning. */
  public static final int VERSION = 2;

  /** Name of the table. */
  public static final String NAME = "sanity_images";

  public static final String MEASURE = SlicesTable.MEASURE;
  public static final String DEGREE = "degree";
  public static final String VALUE = ExampleStruct.VALUE;

  /** The columns, in order. */
  public static final StructType SCHEMA =
      ExplanationsTable.joined(
          FaithfulnessImagesTable.MAP_COLUMNS,
          new StructType()
              .add(MEASURE, StringType, false)
              .add(DEGREE, IntegerType, false)
              .add(VALUE, DoubleType, false));

  private SanityImagesTable() {}

  /** A number of one map. */
  record OfMap(
      String model,
      String modelSha256,
      String layer,
      String method,
      String target,
      int targetIndex,
      String imageId,
      Checked checked) {}

  /** The row of one number. */
  public static Row toRow(ExplanationRow explanation, Checked checked) {
    return RowFactory.create(
        explanation.model(),
        explanation.modelSha256(),
        explanation.layer(),
        explanation.method(),
        explanation.target(),
        explanation.targetIndex(),
        explanation.imageId(),
        explanation.sha256(),
        checked.measure().text(),
        checked.degree(),
        checked.value());
  }

  static OfMap fromRow(Row row) {
    return new OfMap(
        row.getAs(ExplanationsTable.MODEL),
        row.getAs(ExplanationsTable.MODEL_SHA256),
        row.getAs(ExplanationsTable.LAYER),
        row.getAs(ExplanationsTable.METHOD),
        row.getAs(ExplanationsTable.TARGET),
        row.getAs(ExplanationsTable.TARGET_INDEX),
        row.getAs(ExplanationsTable.IMAGE_ID),
        new Checked(
            SanityMeasure.valueOf(row.<String>getAs(MEASURE).toUpperCase(Locale.ROOT)),
            row.getAs(DEGREE),
            row.getAs(VALUE)));
  }
}

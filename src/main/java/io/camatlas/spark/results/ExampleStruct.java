package io.camatlas.spark.results;

import static org.apache.spark.sql.types.DataTypes.FloatType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.camatlas.atlas.Examples;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * An image that a feature map responds to: an element of {@link FeatureMapExamplesTable#EXAMPLES}.
 * Row and column are those of the feature map's maximum.
 *
 * @param cells a row of {@link #TYPE}
 */
public record ExampleStruct(Row cells) {
  public static final String IMAGE_ID = ExplanationsTable.IMAGE_ID;
  public static final String PATH = ExplanationsTable.PATH;
  public static final String VALUE = "value";
  public static final String ROW = FeatureMapStruct.ROW;
  public static final String COLUMN = FeatureMapStruct.COLUMN;

  /** The fields, in order. */
  public static final StructType TYPE =
      new StructType()
          .add(IMAGE_ID, StringType, false)
          .add(PATH, StringType, true)
          .add(VALUE, FloatType, false)
          .add(ROW, IntegerType, false)
          .add(COLUMN, IntegerType, false);

  static Row toRow(Examples.Example example, int gridWidth) {
    return new RowDraft(TYPE)
        .with(IMAGE_ID, example.image().id())
        .with(PATH, example.image().path())
        .with(VALUE, example.value())
        .with(ROW, example.cell() / gridWidth)
        .with(COLUMN, example.cell() % gridWidth)
        .row();
  }

  public String imageId() {
    return Cells.text(cells, IMAGE_ID);
  }

  /** Where the image was; empty if it came from a table. */
  public String path() {
    return Cells.text(cells, PATH);
  }

  /** The value that the image is listed for. */
  public double value() {
    return Cells.number(cells, VALUE);
  }

  public int row() {
    return Cells.index(cells, ROW);
  }

  public int column() {
    return Cells.index(cells, COLUMN);
  }
}

package io.camatlas.spark.results;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;

import io.camatlas.image.PictureTraits;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/** The column {@code picture}: {@link PictureTraits}. */
public final class PictureStruct {
  /** The column's name. */
  public static final String COLUMN = "picture";

  public static final String BRIGHTNESS = "brightness";
  public static final String CONTRAST = "contrast";
  public static final String SHARPNESS = "sharpness";
  public static final String GREYNESS = "greyness";
  public static final String JPEG_QUALITY = "jpeg_quality";

  static final StructType TYPE =
      new StructType()
          .add(BRIGHTNESS, DoubleType, false)
          .add(CONTRAST, DoubleType, false)
          .add(SHARPNESS, DoubleType, false)
          .add(GREYNESS, DoubleType, false)
          .add(JPEG_QUALITY, IntegerType, true);

  private PictureStruct() {}

  static Row toRow(PictureTraits traits) {
    return RowFactory.create(
        traits.brightness(),
        traits.contrast(),
        traits.sharpness(),
        traits.greyness(),
        traits.jpegQuality().isPresent() ? traits.jpegQuality().getAsInt() : null);
  }

  /** A field of the column. */
  static Column field(String name) {
    return col(COLUMN + "." + name);
  }
}

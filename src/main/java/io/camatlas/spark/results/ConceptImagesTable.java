package io.camatlas.spark.results;

import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * The table {@code concept_images}: one row for each image of the run.
 *
 * <p>{@code concept_score} says how much the image shows the concept, in standard deviations of all
 * images from their mean; {@code shows_concept} whether it is nearer to the examples than to other
 * images. {@code concept_role} is {@code example} or {@code other} for the images that the
 * direction was found with, and null for all others.
 */
public final class ConceptImagesTable {
  /** Raised whenever a column changes its name, unit or meaning. */
  public static final int VERSION = 1;

  /** Name of the table. */
  public static final String NAME = "concept_images";

  public static final String IMAGE_ID = ExplanationsTable.IMAGE_ID;
  public static final String SHA256 = ExplanationsTable.SHA256;
  public static final String LABEL = ExplanationsTable.LABEL;
  public static final String LABEL_INDEX = ExplanationsTable.LABEL_INDEX;
  public static final String PREDICTED = ExplanationsTable.PREDICTED;
  public static final String PREDICTED_INDEX = ExplanationsTable.PREDICTED_INDEX;
  public static final String CORRECT = ExplanationsTable.CORRECT;
  public static final String SCORE = "concept_score";
  public static final String SHOWS = "shows_concept";
  public static final String ROLE = "concept_role";

  /** What {@link #ROLE} says of images that show the concept. */
  public static final String EXAMPLE = "example";

  /** What {@link #ROLE} says of images that the examples are told from. */
  public static final String OTHER = "other";

  /** The columns, in order. */
  public static final StructType SCHEMA =
      new StructType()
          .add(IMAGE_ID, StringType, false)
          .add(SHA256, StringType, false)
          .add(LABEL, StringType, true)
          .add(LABEL_INDEX, IntegerType, true)
          .add(PREDICTED, StringType, false)
          .add(PREDICTED_INDEX, IntegerType, false)
          .add(CORRECT, BooleanType, true)
          .add(SCORE, DoubleType, false)
          .add(SHOWS, BooleanType, false)
          .add(ROLE, StringType, true);

  private ConceptImagesTable() {}

  /**
   * A row.
   *
   * @param image the columns up to {@link #CORRECT}, in order
   * @param role may be null
   */
  public static Row toRow(Object[] image, double score, boolean shows, String role) {
    RowDraft draft = new RowDraft(SCHEMA);
    for (int i = 0; i < image.length; i++) {
      draft.with(SCHEMA.fieldNames()[i], image[i]);
    }
    return draft.with(SCORE, score).with(SHOWS, shows).with(ROLE, role).row();
  }
}

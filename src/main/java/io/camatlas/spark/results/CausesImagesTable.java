package io.camatlas.spark.results;

import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.camatlas.causes.CauseTest;
import io.camatlas.causes.TestedPicture;
import io.camatlas.causes.TrialState;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * The table {@code causes_images}: one row for each suspect, test, image and state in which the
 * network saw the image.
 *
 * <p>{@code state} is {@code before}, {@code after} or {@code control}; of several feature maps
 * taken as controls each has a row. {@code target} is the class whose probability is measured: the
 * suspect's, and for {@code zero elsewhere} the image's own. {@code other_image_id} is the image
 * whose pixels were pasted in, if any.
 */
public final class CausesImagesTable {
  /** Raised whenever a column changes its name, unit or meaning. */
  public static final int VERSION = 1;

  /** Name of the table. */
  public static final String NAME = "causes_images";

  public static final String RUN = AtlasTable.RUN;
  public static final String LAYER = AtlasTable.LAYER;
  public static final String SUSPECT = "suspect";
  public static final String TEST = "test";
  public static final String STATE = StatesTable.STATE;
  public static final String PAIR = "pair";
  public static final String IMAGE_ID = ExplanationsTable.IMAGE_ID;
  public static final String PATH = ExplanationsTable.PATH;
  public static final String SHA256 = ExplanationsTable.SHA256;
  public static final String OTHER_IMAGE_ID = "other_image_id";
  public static final String TARGET = ExplanationsTable.TARGET;
  public static final String TARGET_INDEX = ExplanationsTable.TARGET_INDEX;
  public static final String PROBABILITY = FaithfulnessImagesTable.PROBABILITY;
  public static final String PREDICTED = ExplanationsTable.PREDICTED;
  public static final String PREDICTED_INDEX = ExplanationsTable.PREDICTED_INDEX;
  public static final String IS_TARGET = "is_target";
  public static final String PICTURE = "picture";

  /** The columns, in order. */
  public static final StructType SCHEMA =
      new StructType()
          .add(RUN, StringType, false)
          .add(LAYER, StringType, false)
          .add(SUSPECT, IntegerType, false)
          .add(TEST, StringType, false)
          .add(STATE, StringType, false)
          .add(PAIR, IntegerType, false)
          .add(IMAGE_ID, StringType, false)
          .add(PATH, StringType, true)
          .add(SHA256, StringType, false)
          .add(OTHER_IMAGE_ID, StringType, true)
          .add(TARGET, StringType, false)
          .add(TARGET_INDEX, IntegerType, false)
          .add(PROBABILITY, DoubleType, false)
          .add(PREDICTED, StringType, false)
          .add(PREDICTED_INDEX, IntegerType, false)
          .add(IS_TARGET, BooleanType, false)
          .add(PICTURE, StringType, true);

  private CausesImagesTable() {}

  /**
   * An image in one state.
   *
   * @param suspect number of the suspect within its run and layer, from 0
   * @param pair number of the image among those of the suspect, from 0
   * @param image the image that was shown
   * @param otherImageId image whose pixels were used; null if there is none
   * @param target name of the class whose probability was measured
   * @param picture file of the picture within the results; null if it was not kept
   */
  public record Trial(
      String run,
      String layer,
      int suspect,
      CauseTest test,
      TrialState state,
      int pair,
      Image image,
      String otherImageId,
      String target,
      int targetIndex,
      double probability,
      String predicted,
      int predictedIndex,
      String picture) {
    /**
     * An image.
     *
     * @param path null if it came from a table
     */
    public record Image(String imageId, String path, String sha256) {}
  }

  public static Row toRow(Trial trial) {
    return new RowDraft(SCHEMA)
        .with(RUN, trial.run())
        .with(LAYER, trial.layer())
        .with(SUSPECT, trial.suspect())
        .with(TEST, trial.test().text())
        .with(STATE, trial.state().text())
        .with(PAIR, trial.pair())
        .with(IMAGE_ID, trial.image().imageId())
        .with(PATH, trial.image().path())
        .with(SHA256, trial.image().sha256())
        .with(OTHER_IMAGE_ID, trial.otherImageId())
        .with(TARGET, trial.target())
        .with(TARGET_INDEX, trial.targetIndex())
        .with(PROBABILITY, trial.probability())
        .with(PREDICTED, trial.predicted())
        .with(PREDICTED_INDEX, trial.predictedIndex())
        .with(IS_TARGET, trial.predictedIndex() == trial.targetIndex())
        .with(PICTURE, trial.picture())
        .row();
  }

  public static Trial fromRow(Row row) {
    return new Trial(
        row.getAs(RUN),
        row.getAs(LAYER),
        row.getAs(SUSPECT),
        CauseTest.of(row.getAs(TEST)),
        TrialState.valueOf(row.<String>getAs(STATE).toUpperCase(Locale.ROOT)),
        row.getAs(PAIR),
        new Trial.Image(row.getAs(IMAGE_ID), row.getAs(PATH), row.getAs(SHA256)),
        row.getAs(OTHER_IMAGE_ID),
        row.getAs(TARGET),
        row.getAs(TARGET_INDEX),
        row.getAs(PROBABILITY),
        row.getAs(PREDICTED),
        row.getAs(PREDICTED_INDEX),
        row.getAs(PICTURE));
  }

  /** The picture of a row, if it was kept. */
  public static Optional<TestedPicture> picture(Trial trial) {
    return Optional.ofNullable(trial.picture())
        .map(
            file ->
                new TestedPicture(
                    trial.pair(),
                    trial.test(),
                    trial.state(),
                    trial.image().imageId(),
                    file,
                    trial.probability(),
                    trial.predicted()));
  }
}

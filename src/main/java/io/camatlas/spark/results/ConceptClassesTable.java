package io.camatlas.spark.results;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * The table {@code concept_classes}: one row for each class that was explained.
 *
 * <p>{@code images} are those labelled as the class or, without a label, predicted so; {@code
 * mean_concept_score} and {@code share_showing} are about these, and null where there are none.
 * {@code n_explained} are the explanations of the class; {@code tcav} is the share of them in which
 * more of the concept raises the class's score (TCAV, Kim et al. 2018, arXiv:1711.11279, eq. 2),
 * and {@code alignment} the mean cosine between the direction and the weights of the feature maps.
 * {@code random_mean} and {@code random_deviation} are the mean and the standard deviation of the
 * same over concepts of random images, {@code p} says how probable an alignment as far from their
 * mean is for one more of them, and {@code q} is p corrected for all classes (Benjamini and
 * Hochberg 1995).
 */
public final class ConceptClassesTable {
  /** Raised whenever a column changes its name, unit or meaning. */
  public static final int VERSION = 1;

  /** Name of the table. */
  public static final String NAME = "concept_classes";

  public static final String CLASS = AtlasTable.CLASS;
  public static final String CLASS_INDEX = AtlasTable.CLASS_INDEX;
  public static final String IMAGES = FaithfulnessTable.IMAGES;
  public static final String MEAN_SCORE = "mean_concept_score";
  public static final String SHARE_SHOWING = "share_showing";
  public static final String EXPLAINED = "n_explained";
  public static final String TCAV = "tcav";
  public static final String ALIGNMENT = "alignment";
  public static final String RANDOM_MEAN = "random_mean";
  public static final String RANDOM_DEVIATION = "random_deviation";
  public static final String P = SlicesTable.P;
  public static final String Q = SlicesTable.Q;

  /** The columns, in order. */
  public static final StructType SCHEMA =
      new StructType()
          .add(CLASS, StringType, false)
          .add(CLASS_INDEX, IntegerType, false)
          .add(IMAGES, LongType, false)
          .add(MEAN_SCORE, DoubleType, true)
          .add(SHARE_SHOWING, DoubleType, true)
          .add(EXPLAINED, LongType, false)
          .add(TCAV, DoubleType, false)
          .add(ALIGNMENT, DoubleType, false)
          .add(RANDOM_MEAN, DoubleType, false)
          .add(RANDOM_DEVIATION, DoubleType, false)
          .add(P, DoubleType, false)
          .add(Q, DoubleType, false);

  private ConceptClassesTable() {}

  /**
   * What a concept means for a class.
   *
   * @param name the class
   * @param index among the network's classes
   * @param images of the class
   * @param meanScore NaN without images
   * @param shareShowing NaN without images
   * @param explained number of explanations
   */
  public record OfClass(
      String name,
      int index,
      long images,
      double meanScore,
      double shareShowing,
      long explained,
      double tcav,
      Compared alignment) {

    /**
     * Beside concepts of random images.
     *
     * @param value of the concept
     * @param randomMean their mean
     * @param randomDeviation their standard deviation
     */
    public record Compared(
        double value, double randomMean, double randomDeviation, double p, double q) {
      /** How many standard deviations of random concepts the concept lies above their mean. */
      public double deviations() {
        return randomDeviation > 0 ? (value - randomMean) / randomDeviation : 0;
      }
    }

    Row row() {
      return new RowDraft(SCHEMA)
          .with(CLASS, name)
          .with(CLASS_INDEX, index)
          .with(IMAGES, images)
          .with(MEAN_SCORE, meanScore)
          .with(SHARE_SHOWING, shareShowing)
          .with(EXPLAINED, explained)
          .with(TCAV, tcav)
          .with(ALIGNMENT, alignment.value())
          .with(RANDOM_MEAN, alignment.randomMean())
          .with(RANDOM_DEVIATION, alignment.randomDeviation())
          .with(P, alignment.p())
          .with(Q, alignment.q())
          .row();
    }
  }

  /** The row of a class. */
  public static Row toRow(OfClass one) {
    return one.row();
  }
}

package io.camatlas.spark.results;

import static org.apache.spark.sql.types.DataTypes.FloatType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;

import java.util.Comparator;
import java.util.PriorityQueue;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/** A class and its probability: an element of the column {@code top_classes}. */
public final class ClassProbabilityStruct {
  public static final String INDEX = FeatureMapStruct.INDEX;
  public static final String PROBABILITY = CausesImagesTable.PROBABILITY;

  /** The fields, in order. */
  public static final StructType TYPE =
      new StructType().add(INDEX, IntegerType, false).add(PROBABILITY, FloatType, false);

  private ClassProbabilityStruct() {}

  /**
   * The most probable classes, the first first; of equal ones, that with the lower index.
   *
   * @param probabilities of all classes
   * @param most how many are kept
   */
  static Row[] largest(float[] probabilities, int most) {
    Comparator<Integer> better =
        Comparator.<Integer>comparingDouble(i -> -probabilities[i])
            .thenComparing(Comparator.naturalOrder());
    PriorityQueue<Integer> kept = new PriorityQueue<>(better.reversed());
    for (int i = 0; i < probabilities.length; i++) {
      kept.add(i);
      if (kept.size() > most) {
        kept.poll();
      }
    }
    return kept.stream()
        .sorted(better)
        .map(i -> RowFactory.create(i, probabilities[i]))
        .toArray(Row[]::new);
  }
}

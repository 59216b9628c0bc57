package io.camatlas.spark.concept;

import static org.apache.spark.sql.functions.col;

import io.camatlas.atlas.Moments;
import io.camatlas.atlas.VectorMoments;
import io.camatlas.concepts.ConceptFit.Scales;
import io.camatlas.concepts.ConceptPattern;
import io.camatlas.concepts.ConceptVector;
import io.camatlas.spark.InputException;
import io.camatlas.spark.results.ConceptImagesTable;
import io.camatlas.spark.results.ExplanationsTable;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;

/**
 * Passes over the vectors of explanations. Rows are Spark's own, since public ones box every number
 * of an array.
 */
final class ConceptRows {
  private ConceptRows() {}

  private static JavaRDD<InternalRow> read(Dataset<Row> rows, String... columns) {
    return rows.select(Arrays.stream(columns).map(name -> col(name)).toArray(Column[]::new))
        .queryExecution()
        .toRdd()
        .toJavaRDD();
  }

  /** Collects ids and mean activations. */
  static <T> List<T> vectors(Dataset<Row> images, BiFunction<String, float[], T> maker) {
    List<T> all = new ArrayList<>();
    for (Image one :
        read(images, ExplanationsTable.IMAGE_ID, ExplanationsTable.MEAN_ACTIVATIONS)
            .map(row -> new Image(row.getString(0), row.getArray(1).toFloatArray()))
            .collect()) {
      all.add(maker.apply(one.id, one.activations));
    }
    return all;
  }

  private record Image(String id, float[] activations) implements Serializable {}

  /**
   * Mean and standard deviation of each feature map's mean activation.
   *
   * @throws InputException if there is no image
   */
  static Scales scales(Dataset<Row> images) {
    VectorMoments moments =
        read(images, ExplanationsTable.MEAN_ACTIVATIONS)
            .mapPartitions(rows -> moments(rows).iterator())
            .treeReduce(
                (one, other) -> {
                  one.merge(other);
                  return one;
                });
    if (moments.count() < 2) {
      throw new InputException(
          "The run explained " + moments.count() + " images; a concept needs more.");
    }
    return new Scales(
        moments.means(), Arrays.stream(moments.variances()).map(Math::sqrt).toArray());
  }

  /** The moments of a partition; none if it is empty. */
  private static List<VectorMoments> moments(Iterator<InternalRow> rows) {
    VectorMoments moments = null;
    while (rows.hasNext()) {
      float[] vector = rows.next().getArray(0).toFloatArray();
      moments = moments == null ? new VectorMoments(vector.length) : moments;
      moments.add(vector, 1);
    }
    return moments == null ? List.of() : List.of(moments);
  }

  /**
   * Standard deviation of images along a direction, in units of activation; 0 if they are alike.
   */
  static double deviation(Dataset<Row> images, ConceptVector vector) {
    Moments moments =
        read(images, ExplanationsTable.MEAN_ACTIVATIONS)
            .map(row -> vector.along(row.getArray(0).toFloatArray()))
            .treeAggregate(Moments.EMPTY, Moments::with, Moments::merge);
    return Math.sqrt(moments.variance());
  }

  /**
   * The rows of {@link ConceptImagesTable}.
   *
   * @param roles of the images that the direction was found with, by id
   */
  static JavaRDD<Row> scored(Dataset<Row> images, ConceptVector vector, Map<String, String> roles) {
    Map<String, String> known = new HashMap<>(roles);
    return read(
            images,
            ExplanationsTable.MEAN_ACTIVATIONS,
            ExplanationsTable.IMAGE_ID,
            ExplanationsTable.SHA256,
            ExplanationsTable.LABEL,
            ExplanationsTable.LABEL_INDEX,
            ExplanationsTable.PREDICTED,
            ExplanationsTable.PREDICTED_INDEX,
            ExplanationsTable.CORRECT)
        .map(
            row -> {
              double score = vector.score(row.getArray(0).toFloatArray());
              String id = row.getString(1);
              Object[] image = {
                id,
                row.getString(2),
                row.isNullAt(3) ? null : row.getString(3),
                row.isNullAt(4) ? null : row.getInt(4),
                row.getString(5),
                row.getInt(6),
                row.isNullAt(7) ? null : row.getBoolean(7)
              };
              return ConceptImagesTable.toRow(
                  image, score, score >= vector.threshold(), known.get(id));
            });
  }

  /** Alignments of a concept and of random ones, summed for each class that was explained. */
  static List<ClassAlignment> alignments(
      Dataset<Row> explanations, ConceptPattern pattern, List<ConceptPattern> random) {
    List<ConceptPattern> others = new ArrayList<>(random);
    Map<Integer, ClassAlignment> found =
        read(
                explanations,
                ExplanationsTable.TARGET_INDEX,
                ExplanationsTable.TARGET,
                ExplanationsTable.WEIGHTS)
            .mapPartitions(
                rows -> {
                  Map<Integer, ClassAlignment> sums = new HashMap<>();
                  while (rows.hasNext()) {
                    InternalRow row = rows.next();
                    float[] weights = row.getArray(2).toFloatArray();
                    double alignment = pattern.alignment(weights);
                    double[] ofRandom = new double[others.size()];
                    for (int i = 0; i < ofRandom.length; i++) {
                      ofRandom[i] = others.get(i).alignment(weights);
                    }
                    int index = row.getInt(0);
                    sums.merge(
                        index,
                        new ClassAlignment(
                            row.getString(1), index, 1, alignment > 0 ? 1 : 0, alignment, ofRandom),
                        ClassAlignment::merge);
                  }
                  return List.of(sums).iterator();
                })
            .treeReduce(
                (one, other) -> {
                  Map<Integer, ClassAlignment> both = new HashMap<>(one);
                  other.forEach((index, sums) -> both.merge(index, sums, ClassAlignment::merge));
                  return both;
                });
    return found.values().stream().sorted(Comparator.comparingInt(ClassAlignment::index)).toList();
  }
}

package io.camatlas.spark.report;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import io.camatlas.report.facts.PictureKind;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;

/**
 * Chooses the images of every class that are shown, and those that its mean image is made of.
 *
 * <p>Maps are compared with the class's mean map by their overlap, Σ min(p, q) of the two as
 * distributions. Only names and numbers are sorted; maps are fetched for those that were chosen.
 */
final class ExampleStage {
  /** Place of an image in the sample of its class, from 1. */
  static final String SAMPLE = "sample";

  /** Overlap with the class's mean map, 0 to 1; null where the map is blank. */
  static final String OVERLAP = "overlap";

  private static final String[] KEY = {"run", "layer", "target_index", "image_id", "sha256"};

  private ExampleStage() {}

  /**
   * Explanations that are chosen for anything.
   *
   * @param explanations rows of the table, with the atlas's name of their run
   * @param attention the table class_attention
   * @param pictures for each reason
   * @param sample images of each class's mean
   * @return their rows, with a column for each {@link PictureKind} (place from 1, else null), with
   *     {@value #SAMPLE} and {@value #OVERLAP}
   */
  static Dataset<Row> choose(
      Dataset<Row> explanations, Dataset<Row> attention, int pictures, int sample) {
    Dataset<Row> means =
        attention
            .where("split = 'all'")
            .select(
                col("run"), col("layer"), col("class_index").as("target_index"), col("mean_map"));
    Dataset<Row> scored =
        explanations
            .join(means, new String[] {"run", "layer", "target_index"}, "left")
            .withColumn("total", expr("aggregate(map, 0D, (sum, value) -> sum + value)"))
            .withColumn(
                OVERLAP,
                expr(
                    "CASE WHEN total > 0 AND mean_map IS NOT NULL AND size(mean_map) = size(map)"
                        + " THEN aggregate(zip_with(map, mean_map, (p, q) -> least(p / total, q)),"
                        + " 0D, (sum, value) -> sum + value) END"))
            .select(
                col("run"),
                col("layer"),
                col("target_index"),
                col("image_id"),
                col("sha256"),
                col("correct"),
                col("confidence"),
                col("target_probability"),
                col(OVERLAP));
    Dataset<Row> ranked = scored;
    for (PictureKind kind : PictureKind.values()) {
      Column place = row_number().over(order(kind));
      Column valid =
          switch (kind) {
            case TYPICAL, UNUSUAL -> col(OVERLAP).isNotNull();
            case WRONG -> col("correct").equalTo(false);
            case CONFIDENT, UNSURE -> lit(true);
          };
      ranked = ranked.withColumn(kind.word(), when(valid.and(place.leq(pictures)), place));
    }
    Column inSample =
        row_number().over(byClass().orderBy(xxhash64(col("sha256")), col("image_id")));
    ranked = ranked.withColumn(SAMPLE, when(inSample.leq(sample), inSample));
    Column chosen = col(SAMPLE).isNotNull();
    for (PictureKind kind : PictureKind.values()) {
      chosen = chosen.or(col(kind.word()).isNotNull());
    }
    return explanations.join(
        ranked.where(chosen).drop("correct", "confidence", "target_probability"), KEY, "inner");
  }

  private static WindowSpec byClass() {
    return Window.partitionBy("run", "layer", "target_index");
  }

  /** Of equals the one whose name comes first, so that the same atlas gives the same report. */
  private static WindowSpec order(PictureKind kind) {
    Column first =
        switch (kind) {
          case TYPICAL -> col(OVERLAP).desc_nulls_last();
          case UNUSUAL -> col(OVERLAP).asc_nulls_last();
          case CONFIDENT -> col("target_probability").desc();
          case UNSURE -> col("target_probability").asc();
          case WRONG -> col("correct").asc_nulls_last();
        };
    Column second = kind == PictureKind.WRONG ? col("confidence").desc() : lit(0);
    return byClass().orderBy(first, second, col("image_id"), col("sha256"));
  }
}

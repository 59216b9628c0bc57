package io.camatlas.spark.report;

import static org.apache.spark.sql.functions.aggregate;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;
import static org.apache.spark.sql.functions.zip_with;

import io.camatlas.report.facts.PictureKind;
import io.camatlas.spark.results.AtlasTable;
import io.camatlas.spark.results.ClassAttentionTable;
import io.camatlas.spark.results.ExplanationsTable;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;

/**
 * Chooses which images of every class are shown, and which its mean image is made from.
 *
 * <p>Maps are compared with the class's mean map by overlap: Σ min(p, q), with both maps as
 * distributions. Only names and numbers are sorted; maps are fetched for those that were chosen.
 */
final class ExampleStage {
  /** Position of an image in the sample of its class, from 1. */
  static final String SAMPLE = "sample";

  /** Overlap with the class's mean map, 0 to 1; null if the map is blank. */
  static final String OVERLAP = "overlap_with_mean";

  private static final String TOTAL = "total";

  private static final String IN_GROUP = "in_group";

  /** The columns that identify an explanation among all runs. */
  private static final String[] KEY = {
    AtlasTable.RUN,
    ExplanationsTable.LAYER,
    ExplanationsTable.TARGET_INDEX,
    ExplanationsTable.IMAGE_ID,
    ExplanationsTable.SHA256
  };

  /** The columns that identify a class of a layer and run. */
  private static final String[] CLASS = {
    AtlasTable.RUN, ExplanationsTable.LAYER, ExplanationsTable.TARGET_INDEX
  };

  private ExampleStage() {}

  /**
   * The explanations that are chosen for any reason.
   *
   * @param explanations rows of the table {@code explanations}, with the run's name in the atlas
   * @param attention the table class_attention
   * @param pictures number of pictures for each reason
   * @param browsed number of pictures of each class to browse
   * @param sample number of images for each class's mean image
   * @param grouped images that are shown for their groups, by {@link #KEY}
   * @return their rows, with a column for each {@link PictureKind} (position from 1, else null),
   *     {@value #SAMPLE} and {@value #OVERLAP}
   */
  static Dataset<Row> choose(
      Dataset<Row> explanations,
      Dataset<Row> attention,
      int pictures,
      int browsed,
      int sample,
      Optional<Dataset<Row>> grouped) {
    Dataset<Row> means =
        attention
            .where(ClassAttentionTable.ofAll())
            .select(
                col(AtlasTable.RUN),
                col(AtlasTable.LAYER),
                col(AtlasTable.CLASS_INDEX).as(ExplanationsTable.TARGET_INDEX),
                col(ClassAttentionTable.MEAN_MAP));
    Dataset<Row> scored =
        explanations
            .join(means, CLASS, "left")
            .withColumn(TOTAL, sum(col(ExplanationsTable.MAP)))
            .withColumn(
                OVERLAP,
                overlap(col(ExplanationsTable.MAP), col(ClassAttentionTable.MEAN_MAP), col(TOTAL)))
            .select(
                col(AtlasTable.RUN),
                col(ExplanationsTable.LAYER),
                col(ExplanationsTable.TARGET_INDEX),
                col(ExplanationsTable.IMAGE_ID),
                col(ExplanationsTable.SHA256),
                col(ExplanationsTable.CORRECT),
                ExplanationsTable.confidence().as(ExplanationsTable.CONFIDENCE),
                col(ExplanationsTable.TARGET_PROBABILITY),
                col(OVERLAP));
    Dataset<Row> ranked =
        grouped
            .map(images -> scored.join(images.withColumn(IN_GROUP, lit(true)), KEY, "left"))
            .orElseGet(() -> scored.withColumn(IN_GROUP, lit(null).cast("boolean")));
    for (PictureKind kind : PictureKind.values()) {
      Column place = row_number().over(order(kind));
      Column valid =
          switch (kind) {
            case TYPICAL, UNUSUAL -> col(OVERLAP).isNotNull();
            case WRONG -> col(ExplanationsTable.CORRECT).equalTo(false);
            case GROUPED -> col(IN_GROUP).isNotNull();
            case CONFIDENT, UNSURE, BROWSED -> lit(true);
          };
      Column few =
          switch (kind) {
            case GROUPED -> lit(true);
            case BROWSED -> place.leq(browsed);
            default -> place.leq(pictures);
          };
      ranked = ranked.withColumn(kind.word(), when(valid.and(few), place));
    }
    Column inSample =
        row_number()
            .over(
                byClass()
                    .orderBy(
                        xxhash64(col(ExplanationsTable.SHA256)), col(ExplanationsTable.IMAGE_ID)));
    ranked = ranked.withColumn(SAMPLE, when(inSample.leq(sample), inSample));
    Dataset<Row> chosen =
        ranked
            .where(col(SAMPLE).isNotNull().or(isShown()))
            .drop(
                IN_GROUP,
                ExplanationsTable.CORRECT,
                ExplanationsTable.CONFIDENCE,
                ExplanationsTable.TARGET_PROBABILITY);
    return explanations.join(chosen, KEY, "inner");
  }

  /** Whether a row of {@link #choose} is shown for any reason. */
  static Column isShown() {
    Column shown = lit(false);
    for (PictureKind kind : PictureKind.values()) {
      shown = shown.or(col(kind.word()).isNotNull());
    }
    return shown;
  }

  private static Column sum(Column numbers) {
    return aggregate(numbers, lit(0.0), (sum, number) -> sum.plus(number));
  }

  private static Column overlap(Column map, Column mean, Column total) {
    Column comparable = total.gt(0).and(mean.isNotNull()).and(size(mean).equalTo(size(map)));
    return when(comparable, sum(zip_with(map, mean, (p, q) -> least(p.divide(total), q))));
  }

  private static WindowSpec byClass() {
    return Window.partitionBy(
        AtlasTable.RUN, ExplanationsTable.LAYER, ExplanationsTable.TARGET_INDEX);
  }

  /** Ties are broken by name, so that the same atlas always gives the same report. */
  private static WindowSpec order(PictureKind kind) {
    Column first =
        switch (kind) {
          case TYPICAL -> col(OVERLAP).desc_nulls_last();
          case UNUSUAL -> col(OVERLAP).asc_nulls_last();
          case CONFIDENT -> col(ExplanationsTable.TARGET_PROBABILITY).desc();
          case UNSURE -> col(ExplanationsTable.TARGET_PROBABILITY).asc();
          case WRONG -> col(ExplanationsTable.CORRECT).asc_nulls_last();
          case GROUPED, BROWSED -> lit(0);
        };
    Column second = kind == PictureKind.WRONG ? col(ExplanationsTable.CONFIDENCE).desc() : lit(0);
    return byClass()
        .orderBy(first, second, col(ExplanationsTable.IMAGE_ID), col(ExplanationsTable.SHA256));
  }
}

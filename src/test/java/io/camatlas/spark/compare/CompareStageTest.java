package io.camatlas.spark.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.camatlas.spark.SparkSuite;
import io.camatlas.spark.compare.CompareStage.Paired;
import io.camatlas.spark.results.ExplanationsTable;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.Test;

/** Partners of images, of rows with two columns. */
public class CompareStageTest extends SparkSuite {
  private static final String CUP = "c1".repeat(32);
  private static final String KEY = "fe".repeat(32);
  private static final String LEAF = "0a".repeat(32);

  /** Rows of pictures and ids in turn; each image has an explanation of two classes. */
  private static Dataset<Row> explanations(String... images) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < images.length; i += 2) {
      rows.add(RowFactory.create(images[i], images[i + 1]));
      rows.add(RowFactory.create(images[i], images[i + 1]));
    }
    return session()
        .createDataFrame(
            rows,
            new StructType()
                .add(ExplanationsTable.SHA256, DataTypes.StringType)
                .add(ExplanationsTable.IMAGE_ID, DataTypes.StringType));
  }

  @Test
  public void asManyCopiesHavePartnersAsTheOtherSideHas() {
    Paired paired =
        CompareStage.paired(
            explanations(CUP, "b", CUP, "x", KEY, "k", LEAF, "only"),
            explanations(CUP, "a", CUP, "b", CUP, "c", KEY, "l", KEY, "m"));
    // Both have b; x and a are the first of the others.
    for (String id : List.of("b", "x", "a")) {
      assertThat(paired.has(CUP, id)).as(id).isTrue();
    }
    assertThat(paired.has(CUP, "c")).isFalse();
    assertThat(paired.has(KEY, "k")).isTrue();
    assertThat(paired.has(KEY, "l")).isTrue();
    assertThat(paired.has(KEY, "m")).isFalse();
    assertThat(paired.has(LEAF, "only")).isFalse();
  }
}

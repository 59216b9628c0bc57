package io.camatlas.spark.strategies;

import static org.assertj.core.api.Assertions.assertThat;

import io.camatlas.spark.SparkSuite;
import io.camatlas.spark.results.ExplanationsTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.Test;

public class BorderMapsTest extends SparkSuite {
  private static final int SIDE = 7;
  private static final int CORNER = SIDE * SIDE - 1;
  private static final int MIDDLE = SIDE * 3 + 3;

  private static final StructType SCHEMA =
      new StructType()
          .add(ExplanationsTable.IMAGE_ID, DataTypes.StringType)
          .add(ExplanationsTable.SHA256, DataTypes.StringType)
          .add(ExplanationsTable.TARGET_PREDICTED, DataTypes.BooleanType)
          .add(ExplanationsTable.MAX_CELLS, DataTypes.createArrayType(DataTypes.IntegerType))
          .add(ExplanationsTable.MAX_ACTIVATIONS, DataTypes.createArrayType(DataTypes.FloatType))
          .add(ExplanationsTable.MAP_HEIGHT, DataTypes.IntegerType)
          .add(ExplanationsTable.MAP_WIDTH, DataTypes.IntegerType);

  private Dataset<Row> images(int n) {
    Random random = new Random(1);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      boolean mark = i % 20 == 0;
      boolean often = random.nextDouble() < 0.9;
      rows.add(
          RowFactory.create(
              "image-" + i,
              "sha-" + i,
              true,
              List.of(CORNER, CORNER, MIDDLE, often ? 0 : MIDDLE),
              List.of(1f, mark ? 1f : 0f, 1f, 1f),
              SIDE,
              SIDE));
    }
    return session().createDataFrame(rows, SCHEMA);
  }

  /** A map that responds to a mark in a corner, in few images, is what is looked for. */
  @Test
  public void onlyAMapThatRespondsAtTheEdgeOfNearlyAllImagesAnswersToTheBorder() {
    boolean[] border = BorderMaps.of(images(200), 200, 0);
    assertThat(border[0]).isTrue();
    assertThat(border[1]).isFalse();
    assertThat(border[2]).isFalse();
  }

  @Test
  public void ofFewImagesNothingIsSaid() {
    assertThat(BorderMaps.of(images(19), 19, 0)).containsExactly(false, false, false, false);
    assertThat(BorderMaps.of(images(0), 0, 0)).isEmpty();
  }

  /** The last map is right at the limit, so that other images would give another answer. */
  @Test
  public void whichImagesAreLookedAtDoesNotDependOnTasks() {
    Dataset<Row> all = images(12_000);
    for (long seed = 0; seed < 3; seed++) {
      boolean[] one = BorderMaps.of(all.repartition(1), 12_000, seed);
      assertThat(BorderMaps.of(all.repartition(3), 12_000, seed)).isEqualTo(one);
    }
  }
}

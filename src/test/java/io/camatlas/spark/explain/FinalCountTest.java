package io.camatlas.spark.explain;

import static org.assertj.core.api.Assertions.assertThat;

import io.camatlas.config.InputKind;
import io.camatlas.spark.SparkSuite;
import io.camatlas.spark.input.ImagesTable;
import io.camatlas.spark.input.SourceImages;
import io.camatlas.spark.results.ExplanationsTable;
import io.camatlas.spark.results.FailuresTable;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.Test;

/** What counts as an image that is whole, doubled or missing. */
public class FinalCountTest extends SparkSuite {
  private static final StructType EXPLAINED =
      new StructType()
          .add(ExplanationsTable.IMAGE_ID, DataTypes.StringType)
          .add(ExplanationsTable.TARGET_INDEX, DataTypes.IntegerType)
          .add(ExplanationsTable.LAYER, DataTypes.StringType)
          .add(ExplanationsTable.RULE, DataTypes.IntegerType)
          .add(ExplanationsTable.TARGETS, DataTypes.createArrayType(DataTypes.IntegerType, false));

  private static final StructType FAILED =
      new StructType()
          .add(FailuresTable.IMAGE_ID, DataTypes.StringType)
          .add(FailuresTable.STAGE, DataTypes.StringType)
          .add(FailuresTable.REASON, DataTypes.StringType);

  private static Row explained(String id, int target, int rule, Integer... targets) {
    return RowFactory.create(id, target, "layer4", rule, targets);
  }

  private static Row failed(String id, String reason) {
    return RowFactory.create(id, "decode", reason);
  }

  private FinalCount count(List<Row> explained, List<Row> failed, String... listed) {
    Dataset<Row> listing =
        session()
            .createDataFrame(
                Arrays.stream(listed)
                    .map(
                        id -> RowFactory.create(id, null, null, null, null, null, null, null, null))
                    .toList(),
                ImagesTable.LISTING);
    return FinalCount.ofFew(
        session().createDataFrame(explained, EXPLAINED),
        session().createDataFrame(failed, FAILED),
        new SourceImages(listing, listed.length, Set.of(), InputKind.DIRECTORY, Optional.empty()),
        2);
  }

  @Test
  public void everyImageIsCountedOnce() {
    FinalCount found =
        count(
            List.of(
                explained("one", 3, 0, 3),
                explained("one", 3, 1, 3),
                explained("two", 3, 0, 3, 5),
                explained("two", 3, 1, 3, 5),
                explained("two", 5, 0, 3, 5),
                explained("two", 5, 1, 3, 5)),
            List.of(failed("three", "no image"), failed("four", "empty"), failed("gone", "empty")),
            "one",
            "two",
            "three",
            "four",
            "five");
    assertThat(found.listed()).isEqualTo(new CommittedImages.Tally(4, 1, 0, 6, 2));
    assertThat(found.explanations()).isEqualTo(6);
    assertThat(found.failures()).isEqualTo(Map.of("decode: empty", 2L, "decode: no image", 1L));
  }

  @Test
  public void rowsThatAreDoubledOrMissingBreakAnImage() {
    FinalCount found =
        count(
            List.of(
                explained("doubled", 3, 0, 3),
                explained("doubled", 3, 0, 3),
                explained("half", 3, 0, 3),
                explained("both", 3, 0, 3),
                explained("both", 3, 1, 3),
                explained("unlike", 3, 0, 3),
                explained("unlike", 3, 1, 3, 5)),
            List.of(failed("both", "empty"), failed("twice", "a"), failed("twice", "b")),
            "doubled",
            "half",
            "both",
            "unlike",
            "twice");
    assertThat(found.listed().whole()).isZero();
    assertThat(found.listed().broken()).isEqualTo(5);
    assertThat(found.listed().missing()).isZero();
  }
}

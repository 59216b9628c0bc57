package io.camatlas.spark.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.camatlas.atlas.Moments;
import io.camatlas.atlas.Wilson;
import io.camatlas.sanity.SanityMeasure;
import io.camatlas.spark.SparkSuite;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.Test;

public class SanityTableTest extends SparkSuite {
  private static Row map(String image, int target, SanityMeasure measure, double value) {
    return RowFactory.create(
        "net",
        "sha",
        "conv",
        "grad-cam",
        "c" + target,
        target,
        image,
        "sha-" + image,
        measure.text(),
        1,
        value);
  }

  private static SanityTable.OfClass ofAll(SanityMeasure measure) {
    Dataset<Row> maps =
        session()
            .createDataFrame(
                List.of(
                    map("a", 0, measure, 0),
                    map("a", 1, measure, 0),
                    map("a", 2, measure, 1),
                    map("a", 3, measure, 1),
                    map("b", 0, measure, 1),
                    map("c", 1, measure, 0)),
                SanityImagesTable.SCHEMA);
    List<Row> rows = SanityTable.rows(maps);
    assertThat(rows).hasSize(5);
    Row all = session().createDataFrame(rows, SanityTable.SCHEMA).where("class is null").first();
    return SanityTable.fromRow(all);
  }

  /** Four maps of one image are no four images. */
  @Test
  public void overAllClassesAnImageCountsOnce() {
    SanityTable.OfClass all = ofAll(SanityMeasure.RANDOMISED);
    Moments images = Moments.EMPTY.with(0.5).with(1).with(0);
    assertThat(all.n()).isEqualTo(3);
    assertThat(all.mean()).isCloseTo(0.5, within(1e-12));
    assertThat(all.ciHigh() - all.mean()).isCloseTo(images.halfWidth95(), within(1e-12));
    SanityTable.OfClass share = ofAll(SanityMeasure.ROAD);
    assertThat(share.ciLow()).isCloseTo(Wilson.low(0.5, 3), within(1e-12));
  }
}

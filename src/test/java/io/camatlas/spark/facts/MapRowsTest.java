package io.camatlas.spark.facts;

import static org.assertj.core.api.Assertions.assertThat;

import io.camatlas.report.facts.Grid;
import io.camatlas.spark.SparkSuite;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.Test;

/** Maps finer than a page shows, and maps that are not there. */
public class MapRowsTest extends SparkSuite {
  @Test
  public void aFineMapIsMadeCoarserAndAnAbsentOneStaysAbsent() {
    int side = 2 * Grid.MOST_SHOWN;
    StructType schema =
        new StructType()
            .add(MapRows.GRID_HEIGHT, DataTypes.IntegerType)
            .add(MapRows.GRID_WIDTH, DataTypes.IntegerType)
            .add("map_height", DataTypes.IntegerType)
            .add("map_width", DataTypes.IntegerType)
            .add("mean_map", DataTypes.createArrayType(DataTypes.DoubleType))
            .add("rest_mean_map", DataTypes.createArrayType(DataTypes.DoubleType));
    Row one =
        RowFactory.create(
            side,
            side,
            side,
            side,
            Collections.nCopies(side * side, 1.0 / (side * side)).toArray(new Double[0]),
            new Double[0]);
    Row reduced =
        MapRows.reduced(
                session().createDataFrame(List.of(one), schema), "mean_map", "rest_mean_map")
            .head();
    assertThat(reduced.<Integer>getAs("map_height")).isEqualTo(Grid.MOST_SHOWN);
    assertThat(reduced.getList(4)).hasSize(Grid.MOST_SHOWN * Grid.MOST_SHOWN);
    assertThat(reduced.getList(5)).isEmpty();
  }

  /** Spread over cells and rounded, single peaks would be lost, or counted twice. */
  @Test
  public void countsStayWhole() {
    int side = 100;
    Long[] peaks = new Long[side * side];
    for (int i = 0; i < peaks.length; i++) {
      peaks[i] = i % 7 == 0 ? 1L : 0;
    }
    StructType schema =
        new StructType()
            .add("map_height", DataTypes.IntegerType)
            .add("map_width", DataTypes.IntegerType)
            .add("peaks", DataTypes.createArrayType(DataTypes.LongType));
    Row one = RowFactory.create(side, side, peaks);
    Row reduced = MapRows.reduced(session().createDataFrame(List.of(one), schema), "peaks").head();
    assertThat(reduced.<Long>getList(2)).hasSize(Grid.MOST_SHOWN * Grid.MOST_SHOWN);
    assertThat(reduced.<Long>getList(2).stream().mapToLong(Long::longValue).sum())
        .isEqualTo(Stream.of(peaks).mapToLong(Long::longValue).sum());
  }
}

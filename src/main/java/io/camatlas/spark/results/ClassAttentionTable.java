package io.camatlas.spark.results;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import io.camatlas.atlas.AttentionState;
import io.camatlas.atlas.ClassState;
import io.camatlas.atlas.StateKind;
import java.util.function.Consumer;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * The table {@code class_attention}: where the network looked for a class, over all its
 * explanations and split by right and wrong predictions.
 */
final class ClassAttentionTable extends AtlasTable<ClassState> {
  private static final long serialVersionUID = 1L;

  private static final StructType SCHEMA =
      AtlasTable.columns()
          .add("class", StringType, false)
          .add("class_index", IntegerType, false)
          .add("split", StringType, false)
          .add("n", LongType, false)
          .add("empty", LongType, false)
          .add("labelled", LongType, true)
          .add("accuracy", DoubleType, true)
          .add("precision", DoubleType, true)
          .add("confidence", DoubleType, true)
          .add("map_height", IntegerType, true)
          .add("map_width", IntegerType, true)
          .add("mean_map", createArrayType(DoubleType, false), true)
          .add("variance_map", createArrayType(DoubleType, false), true)
          .add("peak_counts", createArrayType(LongType, false), true)
          .add("entropy_nats", MEASURE, true)
          .add("gini", MEASURE, true)
          .add("spread", MEASURE, true)
          .add("peak_x", MEASURE, true)
          .add("peak_y", MEASURE, true)
          .add("parts_50", MEASURE, true);

  ClassAttentionTable() {
    super("class_attention", 1, SCHEMA);
  }

  @Override
  public StateKind<ClassState> kind() {
    return StateKind.CLASS;
  }

  @Override
  public void read(ClassState state, Place place, Consumer<Row> rows) {
    rows.accept(
        state
            .attention()
            .map(all -> row(place, state, "all", all))
            .orElseGet(() -> unexplained(place, state)));
    state.right().ifPresent(part -> rows.accept(row(place, state, "right", part)));
    state.wrong().ifPresent(part -> rows.accept(row(place, state, "wrong", part)));
  }

  private static Row row(Place place, ClassState state, String split, AttentionState attention) {
    boolean all = split.equals("all");
    return AtlasTable.row(
        place,
        state.name().name(),
        state.name().index(),
        split,
        attention.images(),
        attention.blank(),
        all ? state.labelled() : null,
        all ? state.recall() : null,
        all ? state.precision() : null,
        attention.confidence().meanOrNaN(),
        attention.height(),
        attention.width(),
        AtlasTable.definedAll(attention.maps().means()),
        AtlasTable.definedAll(attention.maps().variances()),
        attention.peaks(),
        AtlasTable.measure(attention.entropy()),
        AtlasTable.measure(attention.gini()),
        AtlasTable.measure(attention.spread()),
        AtlasTable.measure(attention.peakX()),
        AtlasTable.measure(attention.peakY()),
        AtlasTable.measure(attention.parts()));
  }

  /** A class that has images but was never a target: its accuracy is told all the same. */
  private static Row unexplained(Place place, ClassState state) {
    return AtlasTable.row(
        place,
        state.name().name(),
        state.name().index(),
        "all",
        0L,
        0L,
        state.labelled(),
        state.recall(),
        state.precision(),
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }
}

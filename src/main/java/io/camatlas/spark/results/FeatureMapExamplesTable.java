package io.camatlas.spark.results;

import static org.apache.spark.sql.types.DataTypes.FloatType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import io.camatlas.atlas.ClassName;
import io.camatlas.atlas.ClassState;
import io.camatlas.atlas.Examples;
import io.camatlas.atlas.FeatureMapState;
import io.camatlas.atlas.LayerState;
import io.camatlas.atlas.State;
import io.camatlas.atlas.StateKind;
import java.util.List;
import java.util.function.Consumer;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/**
 * The table {@code feature_map_examples}: the images that a feature map matters most for, and those
 * that it responds to most, largest first; of each class, and of all (class is null).
 *
 * @param <S> classes or layers; two parts of one table
 */
abstract class FeatureMapExamplesTable<S extends State<S>> extends AtlasTable<S> {
  private static final long serialVersionUID = 1L;

  private static final StructType EXAMPLE =
      new StructType()
          .add("image_id", StringType, false)
          .add("path", StringType, true)
          .add("value", FloatType, false)
          .add("row", IntegerType, false)
          .add("column", IntegerType, false);

  private static final StructType SCHEMA =
      AtlasTable.columns()
          .add("feature_map", IntegerType, false)
          .add("class", StringType, true)
          .add("class_index", IntegerType, true)
          .add("by", StringType, false)
          .add("examples", createArrayType(EXAMPLE, false), false);

  FeatureMapExamplesTable() {
    super("feature_map_examples", 1, SCHEMA);
  }

  static void read(
      Examples examples,
      String by,
      ClassName name,
      int maps,
      int width,
      Place place,
      Consumer<Row> rows) {
    for (int k = 0; k < maps; k++) {
      List<Examples.Example> own = examples.of(k);
      if (!own.isEmpty()) {
        rows.accept(
            AtlasTable.row(
                place,
                k,
                name == null ? null : name.name(),
                name == null ? null : name.index(),
                by,
                own.stream()
                    .map(
                        example ->
                            RowFactory.create(
                                example.image().id(),
                                example.image().path(),
                                example.value(),
                                example.cell() / width,
                                example.cell() % width))
                    .toArray(Row[]::new)));
      }
    }
  }

  /** The examples of each class. */
  static final class OfClasses extends FeatureMapExamplesTable<ClassState> {
    private static final long serialVersionUID = 1L;

    @Override
    public StateKind<ClassState> kind() {
      return StateKind.CLASS;
    }

    @Override
    public void read(ClassState state, Place place, Consumer<Row> rows) {
      if (state.featureMaps().isEmpty()) {
        return;
      }
      FeatureMapState own = state.featureMaps().get();
      int maps = own.activations().length();
      int width = state.attention().orElseThrow().width();
      read(own.byRelevance(), "relevance", state.name(), maps, width, place, rows);
      read(own.byActivation(), "activation", state.name(), maps, width, place, rows);
    }
  }

  /** The examples over all classes. */
  static final class OfAll extends FeatureMapExamplesTable<LayerState> {
    private static final long serialVersionUID = 1L;

    @Override
    public StateKind<LayerState> kind() {
      return StateKind.LAYER;
    }

    @Override
    public void read(LayerState state, Place place, Consumer<Row> rows) {
      int width = state.width();
      read(state.byRelevance(), "relevance", null, state.maps(), width, place, rows);
      read(state.byActivation(), "activation", null, state.maps(), width, place, rows);
    }
  }
}

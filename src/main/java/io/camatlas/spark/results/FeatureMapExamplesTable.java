package io.camatlas.spark.results;

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
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * The table {@code feature_map_examples}: the images that a feature map matters most for, and those
 * that it responds to most, largest first; for each class, and for all classes (class is null). Of
 * a class, the feature maps are those that it draws on: see {@link FeatureMapState#drawnOn}.
 *
 * @param <S> state of a class or of a layer; each gives one part of the table
 */
public abstract class FeatureMapExamplesTable<S extends State<S>> extends AtlasTable<S> {
  private static final long serialVersionUID = 1L;

  /** Name of the table. */
  public static final String NAME = "feature_map_examples";

  public static final String EXAMPLES = "examples";

  /** Values of {@link #BY}: the quantity for which an example is among the largest. */
  public static final String BY_RELEVANCE = "relevance";

  public static final String BY_ACTIVATION = "activation";

  private static final StructType SCHEMA =
      AtlasTable.columns()
          .add(FEATURE_MAP, IntegerType, false)
          .add(CLASS, StringType, true)
          .add(CLASS_INDEX, IntegerType, true)
          .add(BY, StringType, false)
          .add(EXAMPLES, createArrayType(ExampleStruct.TYPE, false), false);

  FeatureMapExamplesTable() {
    super(NAME, 2, SCHEMA);
  }

  /** The rows of some feature maps for a class or, if its name is null, for all classes. */
  final void read(
      Examples examples,
      String by,
      ClassName name,
      int[] maps,
      int width,
      Place place,
      Consumer<Row> rows) {
    for (int k : maps) {
      List<Examples.Example> own = examples.of(k);
      if (!own.isEmpty()) {
        rows.accept(
            row(place)
                .with(FEATURE_MAP, k)
                .with(CLASS, name == null ? null : name.name())
                .with(CLASS_INDEX, name == null ? null : name.index())
                .with(BY, by)
                .with(
                    EXAMPLES,
                    own.stream()
                        .map(example -> ExampleStruct.toRow(example, width))
                        .toArray(Row[]::new))
                .row());
      }
    }
  }

  public static Chosen fromRow(Row row) {
    return new Chosen(row);
  }

  /**
   * The images chosen as examples of a feature map.
   *
   * @param row a row of the table; it may have only the columns that are asked for
   */
  public record Chosen(Row row) {
    public int featureMap() {
      return Cells.index(row, FEATURE_MAP);
    }

    /** Index of the class whose images they are; -1 for all classes. */
    public int classIndex() {
      return Cells.index(row, CLASS_INDEX);
    }

    public String by() {
      return Cells.text(row, BY);
    }

    /** Largest first. */
    public List<ExampleStruct> examples() {
      List<Row> rows = row.getList(row.fieldIndex(EXAMPLES));
      return rows.stream().map(ExampleStruct::new).toList();
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
      if (state.featureMaps().isEmpty() || !place.hasFeatureMaps()) {
        return;
      }
      FeatureMapState own = state.featureMaps().get();
      int[] maps = own.drawnOn();
      int width = state.attention().orElseThrow().width();
      read(own.byRelevance(), BY_RELEVANCE, state.name(), maps, width, place, rows);
      read(own.byActivation(), BY_ACTIVATION, state.name(), maps, width, place, rows);
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
      if (!place.hasFeatureMaps()) {
        return;
      }
      int[] maps = IntStream.range(0, state.maps()).toArray();
      int width = state.width();
      read(state.byRelevance(), BY_RELEVANCE, null, maps, width, place, rows);
      read(state.byActivation(), BY_ACTIVATION, null, maps, width, place, rows);
    }
  }
}

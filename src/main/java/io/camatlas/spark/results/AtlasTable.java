package io.camatlas.spark.results;

import static org.apache.spark.sql.types.DataTypes.StringType;

import io.camatlas.atlas.ClassComparison;
import io.camatlas.atlas.Gathering;
import io.camatlas.atlas.State;
import io.camatlas.atlas.StateKind;
import io.camatlas.model.LayerName;
import java.io.Serializable;
import java.util.function.Consumer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * One table of the atlas, computed from one kind of state. Each table is one class, which owns its
 * column names, schema and version, and how its rows are written and read.
 *
 * @param <S> the state
 */
public abstract class AtlasTable<S extends State<S>> implements Serializable {
  private static final long serialVersionUID = 1L;

  /** The columns that every table begins with; {@code run} is the name of the run in the atlas. */
  public static final String RUN = "run";

  public static final String MODEL = ExplanationsTable.MODEL;
  public static final String LAYER = ExplanationsTable.LAYER;
  public static final String METHOD = ExplanationsTable.METHOD;

  /**
   * Columns that several tables have: the class's name, and its index among the network's classes.
   */
  public static final String CLASS = "class";

  public static final String CLASS_INDEX = "class_index";

  /** Index of a feature map in its layer, from 0. */
  public static final String FEATURE_MAP = "feature_map";

  /** Number of explanations behind a row. */
  public static final String N = "n";

  /** Number of these that have a blank map. */
  public static final String EMPTY = LocalizationStruct.EMPTY;

  /** Share of correct predictions. */
  public static final String ACCURACY = "accuracy";

  /** Mean probability of the predicted class. */
  public static final String CONFIDENCE = ExplanationsTable.CONFIDENCE;

  /** Size of the layer's grid. */
  public static final String MAP_HEIGHT = ExplanationsTable.MAP_HEIGHT;

  public static final String MAP_WIDTH = ExplanationsTable.MAP_WIDTH;

  /** Rank, from 1. */
  public static final String RANK = "rank";

  /** What images are grouped or chosen by. */
  public static final String BY = "by";

  private final String name;
  private final int version;
  private final StructType schema;

  /**
   * A table.
   *
   * @param version version of the table, raised whenever a column changes its name, unit or meaning
   */
  AtlasTable(String name, int version, StructType schema) {
    this.name = name;
    this.version = version;
    this.schema = schema;
  }

  /** Name of the table's folder, and of its view after the prefix {@code camatlas_}. */
  public final String name() {
    return name;
  }

  public final int version() {
    return version;
  }

  /** The columns, in order. */
  public final StructType schema() {
    return schema;
  }

  /** The kind of state that the table is computed from. */
  public abstract StateKind<S> kind();

  /** Produces the rows of one complete state. */
  public abstract void read(S state, Place place, Consumer<Row> rows);

  /** Adds what can only be computed once all rows exist. */
  public Dataset<Row> complete(Dataset<Row> rows) {
    return rows;
  }

  /**
   * What a state belongs to.
   *
   * @param group run and layer
   * @param run what was explained and how
   * @param classes all classes of the layer
   */
  public record Place(Gathering.Group group, AtlasRun run, ClassComparison classes) {
    /** Whether the layer has feature maps; the image's pixels have colours alone. */
    boolean hasFeatureMaps() {
      return !LayerName.isInput(group.layer());
    }
  }

  /** The columns that every table begins with. */
  static StructType columns() {
    return new StructType()
        .add(RUN, StringType, false)
        .add(MODEL, StringType, false)
        .add(LAYER, StringType, false)
        .add(METHOD, StringType, false);
  }

  /** A row with the columns that every table begins with filled in. */
  final RowDraft row(Place place) {
    return new RowDraft(schema)
        .with(RUN, place.group().run())
        .with(MODEL, place.run().model())
        .with(LAYER, place.group().layer())
        .with(METHOD, place.run().method());
  }

  /** The numbers, or null if they are undefined. */
  static double[] definedAll(double[] numbers) {
    return numbers.length == 0 || Double.isNaN(numbers[0]) ? null : numbers;
  }
}

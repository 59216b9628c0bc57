package io.camatlas.spark.results;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import io.camatlas.atlas.AttentionState;
import io.camatlas.atlas.ClassState;
import io.camatlas.atlas.MapMeasure;
import io.camatlas.atlas.StateKind;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;

/**
 * The table {@code class_attention}: where the network looked for a class, over all its
 * explanations, and separately over right and wrong predictions.
 */
public final class ClassAttentionTable extends AtlasTable<ClassState> {
  private static final long serialVersionUID = 1L;

  /** Name of the table. */
  public static final String NAME = "class_attention";

  /** Which explanations of the class: {@link #ALL}, {@link #RIGHT} or {@link #WRONG}. */
  public static final String SPLIT = "split";

  public static final String LABELLED = "labelled";
  public static final String PRECISION = "precision";
  public static final String MEAN_MAP = "mean_map";
  public static final String VARIANCE_MAP = "variance_map";
  public static final String PEAK_COUNTS = "peak_counts";

  /** Mean of the column of that name in {@link ExplanationsTable}. */
  public static final String UNDETERMINED = ExplanationsTable.UNDETERMINED;

  /** Values of {@link #SPLIT}. */
  public static final String ALL = "all";

  public static final String RIGHT = "right";
  public static final String WRONG = "wrong";

  private static final StructType SCHEMA = columnsOfClasses();

  ClassAttentionTable() {
    super(NAME, 1 + MapMeasure.VERSION, SCHEMA);
  }

  private static StructType columnsOfClasses() {
    StructType schema =
        AtlasTable.columns()
            .add(CLASS, StringType, false)
            .add(CLASS_INDEX, IntegerType, false)
            .add(SPLIT, StringType, false)
            .add(N, LongType, false)
            .add(EMPTY, LongType, false)
            .add(LABELLED, LongType, true)
            .add(ACCURACY, DoubleType, true)
            .add(PRECISION, DoubleType, true)
            .add(CONFIDENCE, DoubleType, true)
            .add(MAP_HEIGHT, IntegerType, true)
            .add(MAP_WIDTH, IntegerType, true)
            .add(MEAN_MAP, createArrayType(DoubleType, false), true)
            .add(VARIANCE_MAP, createArrayType(DoubleType, false), true)
            .add(PEAK_COUNTS, createArrayType(LongType, false), true);
    for (MapMeasure measure : MapMeasure.values()) {
      schema = schema.add(measure.column(), MeasureStruct.TYPE, true);
    }
    return schema.add(UNDETERMINED, DoubleType, true);
  }

  @Override
  public StateKind<ClassState> kind() {
    return StateKind.CLASS;
  }

  /** A class that has images but was never a target also gets a row, for its accuracy. */
  @Override
  public void read(ClassState state, Place place, Consumer<Row> rows) {
    RowDraft all =
        row(place, state, ALL)
            .with(LABELLED, state.labelled())
            .with(ACCURACY, state.recall())
            .with(PRECISION, state.precision());
    state.attention().ifPresent(attention -> fill(all, attention));
    rows.accept(all.row());
    state.right().ifPresent(part -> rows.accept(fill(row(place, state, RIGHT), part).row()));
    state.wrong().ifPresent(part -> rows.accept(fill(row(place, state, WRONG), part).row()));
  }

  private RowDraft row(Place place, ClassState state, String split) {
    return row(place)
        .with(CLASS, state.name().name())
        .with(CLASS_INDEX, state.name().index())
        .with(SPLIT, split)
        .with(N, 0L)
        .with(EMPTY, 0L);
  }

  private static RowDraft fill(RowDraft row, AttentionState attention) {
    for (MapMeasure measure : MapMeasure.values()) {
      row.with(measure.column(), MeasureStruct.toRow(attention.measure(measure)));
    }
    return row.with(N, attention.images())
        .with(EMPTY, attention.blank())
        .with(CONFIDENCE, attention.confidence().meanOrNaN())
        .with(MAP_HEIGHT, attention.height())
        .with(MAP_WIDTH, attention.width())
        .with(MEAN_MAP, AtlasTable.definedAll(attention.maps().means()))
        .with(VARIANCE_MAP, AtlasTable.definedAll(attention.maps().variances()))
        .with(PEAK_COUNTS, attention.peaks())
        .with(UNDETERMINED, attention.undetermined().meanOrNaN());
  }

  /** Whether a row covers all explanations of its class. */
  public static Column ofAll() {
    return functions.col(SPLIT).equalTo(ALL);
  }

  public static Attention fromRow(Row row) {
    return new Attention(row);
  }

  /**
   * Where the network looked for a class. Values that are undefined without a map are absent or
   * NaN.
   *
   * @param row a row of the table; it may have only the columns that are asked for
   */
  public record Attention(Row row) {
    public String run() {
      return Cells.text(row, RUN);
    }

    public String name() {
      return Cells.text(row, CLASS);
    }

    public int classIndex() {
      return Cells.index(row, CLASS_INDEX);
    }

    public String split() {
      return Cells.text(row, SPLIT);
    }

    public long n() {
      return Cells.count(row, N);
    }

    /** Number of these explanations that have a blank map. */
    public long empty() {
      return Cells.count(row, EMPTY);
    }

    /** Number of images with this label. */
    public long labelled() {
      return Cells.count(row, LABELLED);
    }

    /** Share of these images that are predicted correctly. */
    public double accuracy() {
      return Cells.number(row, ACCURACY);
    }

    /** Share of the images predicted as this class whose prediction is right. */
    public double precision() {
      return Cells.number(row, PRECISION);
    }

    public double confidence() {
      return Cells.number(row, CONFIDENCE);
    }

    public boolean hasGrid() {
      return Cells.has(row, MAP_HEIGHT);
    }

    public int mapHeight() {
      return Cells.index(row, MAP_HEIGHT);
    }

    public int mapWidth() {
      return Cells.index(row, MAP_WIDTH);
    }

    /** Row by row from the top, like the other maps. */
    public Optional<double[]> meanMap() {
      return Cells.numbers(row, MEAN_MAP);
    }

    public Optional<double[]> varianceMap() {
      return Cells.numbers(row, VARIANCE_MAP);
    }

    public Optional<double[]> peakCounts() {
      return Cells.numbers(row, PEAK_COUNTS);
    }

    /** The distribution of one measure over the class's maps. */
    public Optional<MeasureStruct> measure(MapMeasure measure) {
      return Optional.<Row>ofNullable(row.getAs(measure.column()))
          .map(MeasureStruct::new)
          .filter(known -> !Double.isNaN(known.mean()));
    }
  }
}

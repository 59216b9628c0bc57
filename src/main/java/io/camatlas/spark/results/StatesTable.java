package io.camatlas.spark.results;

import static org.apache.spark.sql.types.DataTypes.BinaryType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.camatlas.atlas.Gathering;
import io.camatlas.atlas.State;
import io.camatlas.atlas.StateException;
import io.camatlas.atlas.StateKind;
import java.util.Arrays;
import java.util.Iterator;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.api.java.function.MapGroupsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/**
 * The table {@code states}: everything that an atlas is computed from, one row for each layer,
 * class and confusion. With it, atlases can be merged without reading any map again.
 */
public final class StatesTable {
  /** Raised whenever a column changes; each kind of state also has its own version. */
  public static final int VERSION = 1;

  /** Name of the table. */
  public static final String NAME = "states";

  public static final String RUN = AtlasTable.RUN;
  public static final String LAYER = AtlasTable.LAYER;
  public static final String KIND = "kind";
  public static final String CLASS_INDEX = AtlasTable.CLASS_INDEX;
  public static final String OTHER_INDEX = "other_index";
  public static final String STATE = "state";

  /** The columns, in order. */
  public static final StructType SCHEMA =
      new StructType()
          .add(RUN, StringType, false)
          .add(LAYER, StringType, false)
          .add(KIND, StringType, false)
          .add(CLASS_INDEX, IntegerType, false)
          .add(OTHER_INDEX, IntegerType, false)
          .add(STATE, BinaryType, false);

  private static final int PIECES = 32;

  private StatesTable() {}

  public static Row toRow(Gathering.Part part) {
    return RowFactory.create(
        part.group().run(),
        part.group().layer(),
        part.kind(),
        part.index(),
        part.other(),
        part.bytes());
  }

  public static Gathering.Part fromRow(Row row) {
    return new Gathering.Part(
        group(row),
        row.getAs(at(KIND)),
        row.getAs(at(CLASS_INDEX)),
        row.getAs(at(OTHER_INDEX)),
        row.getAs(at(STATE)));
  }

  public static Gathering.Group group(Row row) {
    return new Gathering.Group(row.getAs(at(RUN)), row.getAs(at(LAYER)));
  }

  public static <S extends State<S>> S state(Row row, StateKind<S> kind) {
    return kind.read(row.<byte[]>getAs(at(STATE)));
  }

  /**
   * Columns are found by index: rows passed from one step to the next within a task have no column
   * names.
   */
  private static int at(String column) {
    return SCHEMA.fieldIndex(column);
  }

  /** Merges all parts of each state; only one part at a time is in memory. */
  public static Dataset<Row> merge(Dataset<Row> parts) {
    return merge(parts, row -> key(fromRow(row)));
  }

  /**
   * Merges parts of each state, but those of a layer, which every partition has, to as many as
   * {@value #PIECES} pieces: one task would be busy with them for long. Merge these once more.
   */
  public static Dataset<Row> mergeInPieces(Dataset<Row> parts) {
    return merge(
        parts,
        row -> {
          Gathering.Part part = fromRow(row);
          boolean ofLayer = part.kind().equals(StateKind.LAYER.name());
          int piece = ofLayer ? Math.floorMod(Arrays.hashCode(part.bytes()), PIECES) : 0;
          return key(part) + "\n" + piece;
        });
  }

  private static Dataset<Row> merge(Dataset<Row> parts, MapFunction<Row, String> key) {
    MapGroupsFunction<String, Row, Row> merged = (name, rows) -> merge(rows);
    return parts.groupByKey(key, Encoders.STRING()).mapGroups(merged, Encoders.row(SCHEMA));
  }

  private static String key(Gathering.Part part) {
    return String.join(
        "\n",
        part.group().run(),
        part.group().layer(),
        part.kind(),
        String.valueOf(part.index()),
        String.valueOf(part.other()));
  }

  private static Row merge(Iterator<Row> rows) {
    Row first = rows.next();
    if (!rows.hasNext()) {
      return first;
    }
    Gathering.Part part = fromRow(first);
    StateKind<?> kind = kind(part.kind());
    Iterator<byte[]> parts =
        new Iterator<>() {
          private byte[] next = part.bytes();

          @Override
          public boolean hasNext() {
            return next != null || rows.hasNext();
          }

          @Override
          public byte[] next() {
            byte[] bytes = next == null ? rows.next().getAs(at(STATE)) : next;
            next = null;
            return bytes;
          }
        };
    try {
      return toRow(
          new Gathering.Part(
              part.group(), part.kind(), part.index(), part.other(), merged(kind, parts)));
    } catch (StateException e) {
      throw new StateException("layer " + part.group().layer() + ": " + e.getMessage());
    }
  }

  private static <S extends State<S>> byte[] merged(StateKind<S> kind, Iterator<byte[]> parts) {
    return kind.write(kind.merge(parts));
  }

  /** The kind of state with a name. */
  private static StateKind<?> kind(String name) {
    return AtlasTables.KINDS.stream()
        .filter(kind -> kind.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("There is no kind of state '" + name + "'."));
  }
}

package io.camatlas.spark.results;

import static org.apache.spark.sql.functions.array_contains;
import static org.apache.spark.sql.functions.array_position;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.element_at;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import io.camatlas.atlas.ClassName;
import io.camatlas.atlas.Examples;
import io.camatlas.atlas.ExplainedRow;
import io.camatlas.atlas.Gathering;
import io.camatlas.image.Box;
import io.camatlas.localize.SaliencyMap;
import io.camatlas.spark.input.ImagesTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Reads of {@link ExplanationsTable} what an atlas is gathered from, one row after another.
 *
 * <p>Rows are read as Spark holds them: its public rows box every number of an array, which took a
 * third of the time.
 */
public final class ExplanationRows {
  /** Column that may be joined to explanations: annotations of the image's bare name, or null. */
  public static final String ANNOTATIONS = "truth";

  /** How an annotation names the image. */
  public static final String KEY = "key";

  /** What the annotation says. */
  public static final String OBJECTS = "objects";

  /** An element of {@link #ANNOTATIONS}. */
  public static final StructType ANNOTATION =
      new StructType()
          .add(KEY, DataTypes.StringType, false)
          .add(OBJECTS, DataTypes.BinaryType, false);

  /** Which annotations are read. */
  public enum Annotated {
    /** None. */
    NOT,
    /** Boxes and mask of the rows. */
    BY_ROWS,
    /** Those of the column {@link ExplanationRows#ANNOTATIONS}. */
    BY_JOIN
  }

  /** What is read, in this order. */
  private enum Read {
    LAYER(col(ExplanationsTable.LAYER)),
    IMAGE_ID(col(ExplanationsTable.IMAGE_ID)),
    PATH(col(ExplanationsTable.PATH)),
    TARGET_INDEX(col(ExplanationsTable.TARGET_INDEX)),
    TARGET(col(ExplanationsTable.TARGET)),
    LABEL_INDEX(col(ExplanationsTable.LABEL_INDEX)),
    LABEL(col(ExplanationsTable.LABEL)),
    PREDICTED_INDEX(col(ExplanationsTable.PREDICTED_INDEX)),
    PREDICTED(col(ExplanationsTable.PREDICTED)),
    CONFIDENCE(col(ExplanationsTable.CONFIDENCE)),
    PRIMARY(primary()),
    PAIR(pair()),
    MAP(col(ExplanationsTable.MAP)),
    MAP_HEIGHT(col(ExplanationsTable.MAP_HEIGHT)),
    MAP_WIDTH(col(ExplanationsTable.MAP_WIDTH)),
    ENTROPY(LocalizationStruct.field(LocalizationStruct.ENTROPY_NATS)),
    GINI(LocalizationStruct.field(LocalizationStruct.GINI)),
    SPREAD(LocalizationStruct.field(LocalizationStruct.SPREAD)),
    BORDER_MASS(LocalizationStruct.field(LocalizationStruct.BORDER_MASS)),
    PARTS(LocalizationStruct.field(LocalizationStruct.PARTS_50)),
    WEIGHTS(col(ExplanationsTable.WEIGHTS)),
    MEAN_ACTIVATIONS(col(ExplanationsTable.MEAN_ACTIVATIONS)),
    MAX_ACTIVATIONS(col(ExplanationsTable.MAX_ACTIVATIONS)),
    MAX_CELLS(col(ExplanationsTable.MAX_CELLS)),
    WIDTH(col(ExplanationsTable.WIDTH)),
    HEIGHT(col(ExplanationsTable.HEIGHT)),
    INPUT_WIDTH(col(ExplanationsTable.INPUT_WIDTH)),
    INPUT_HEIGHT(col(ExplanationsTable.INPUT_HEIGHT)),
    VIEW(col(ExplanationsTable.VIEW), Annotated.BY_ROWS, Annotated.BY_JOIN),
    BOXES(col(ExplanationsTable.BOXES), Annotated.BY_ROWS),
    MASK(col(ExplanationsTable.MASK), Annotated.BY_ROWS),
    ANNOTATIONS(col(ExplanationRows.ANNOTATIONS), Annotated.BY_JOIN);

    private final Column column;
    private final List<Annotated> where;

    Read(Column column, Annotated... where) {
      this.column = column;
      this.where = List.of(where.length == 0 ? Annotated.values() : where);
    }

    private Column of(Annotated annotated) {
      return where.contains(annotated) ? column : lit(null);
    }
  }

  private final String run;
  private final Iterator<InternalRow> rows;
  private final Map<String, Gathering.Group> groups = new HashMap<>();
  private final Map<Integer, ClassName> classes = new HashMap<>();
  private InternalRow row;

  /**
   * @param run that the rows are of, as the atlas names it
   * @param rows of {@link #of}
   */
  public ExplanationRows(String run, Iterator<InternalRow> rows) {
    this.run = run;
    this.rows = rows;
  }

  /**
   * The columns that are read.
   *
   * @param explanations rows of {@link ExplanationsTable}, with {@link #ANNOTATIONS} where they are
   *     wanted
   */
  public static JavaRDD<InternalRow> of(Dataset<Row> explanations, Annotated annotated) {
    return explanations
        .select(Arrays.stream(Read.values()).map(read -> read.of(annotated)).toArray(Column[]::new))
        .queryExecution()
        .toRdd()
        .toJavaRDD();
  }

  private static Column primary() {
    Column targets = col(ExplanationsTable.TARGETS);
    Column predicted = col(ExplanationsTable.PREDICTED_INDEX);
    return col(ExplanationsTable.TARGET_INDEX)
        .equalTo(
            when(array_contains(targets, predicted), predicted).otherwise(element_at(targets, 1)));
  }

  private static Column pair() {
    Column targets = col(ExplanationsTable.TARGETS);
    // array_contains of null is null.
    return coalesce(
        array_contains(targets, col(ExplanationsTable.PREDICTED_INDEX))
            .and(array_position(targets, col(ExplanationsTable.LABEL_INDEX)).gt(0)),
        lit(false));
  }

  /** Goes to the next row, if there is one. */
  public boolean next() {
    boolean more = rows.hasNext();
    row = more ? rows.next() : null;
    return more;
  }

  /** Run and layer of the row. */
  public Gathering.Group group() {
    return groups.computeIfAbsent(text(Read.LAYER), layer -> new Gathering.Group(run, layer));
  }

  /** The row without what it says of annotated objects. */
  public ExplainedRow row() {
    return new ExplainedRow(
        new Examples.Image(text(Read.IMAGE_ID), text(Read.PATH)),
        name(Read.TARGET_INDEX, Read.TARGET),
        new ExplainedRow.Said(
            isNull(Read.LABEL_INDEX) ? null : name(Read.LABEL_INDEX, Read.LABEL),
            name(Read.PREDICTED_INDEX, Read.PREDICTED),
            row.getFloat(Read.CONFIDENCE.ordinal())),
        new ExplainedRow.Role(
            row.getBoolean(Read.PRIMARY.ordinal()), row.getBoolean(Read.PAIR.ordinal())),
        new SaliencyMap(floats(Read.MAP), index(Read.MAP_HEIGHT), index(Read.MAP_WIDTH)),
        new ExplainedRow.Measures(
            number(Read.ENTROPY),
            number(Read.GINI),
            number(Read.SPREAD),
            number(Read.BORDER_MASS),
            index(Read.PARTS)),
        new ExplainedRow.FeatureMaps(
            floats(Read.WEIGHTS),
            floats(Read.MEAN_ACTIVATIONS),
            floats(Read.MAX_ACTIVATIONS),
            array(Read.MAX_CELLS).toIntArray()));
  }

  /** What the same row says of annotated objects. */
  public AnnotatedImage annotated(ExplainedRow explained) {
    List<AnnotatedImage.Candidate> candidates = new ArrayList<>();
    if (!isNull(Read.ANNOTATIONS)) {
      ArrayData all = array(Read.ANNOTATIONS);
      for (int i = 0; i < all.numElements(); i++) {
        InternalRow one = all.getStruct(i, ANNOTATION.length());
        candidates.add(
            new AnnotatedImage.Candidate(
                one.getUTF8String(ANNOTATION.fieldIndex(KEY)).toString(),
                one.getBinary(ANNOTATION.fieldIndex(OBJECTS))));
      }
    }
    List<Box> boxes = new ArrayList<>();
    if (!isNull(Read.BOXES)) {
      ArrayData all = array(Read.BOXES);
      for (int i = 0; i < all.numElements(); i++) {
        boxes.add(ImagesTable.internalBox(all.getStruct(i, ImagesTable.BOX_TYPE.length())));
      }
    }
    return new AnnotatedImage(
        explained.image().id(),
        explained.image().path(),
        text(Read.LABEL),
        index(Read.WIDTH),
        index(Read.HEIGHT),
        index(Read.INPUT_WIDTH),
        index(Read.INPUT_HEIGHT),
        ImagesTable.internalBox(row.getStruct(Read.VIEW.ordinal(), ImagesTable.BOX_TYPE.length())),
        boxes,
        text(Read.MASK),
        candidates);
  }

  /** Class names repeat in every row; one of each is kept. */
  private ClassName name(Read indexAt, Read nameAt) {
    int index = index(indexAt);
    ClassName known = classes.get(index);
    if (known == null) {
      known = new ClassName(index, text(nameAt));
      classes.put(index, known);
    }
    return known;
  }

  private boolean isNull(Read at) {
    return row.isNullAt(at.ordinal());
  }

  private ArrayData array(Read at) {
    return row.getArray(at.ordinal());
  }

  private float[] floats(Read at) {
    return array(at).toFloatArray();
  }

  private int index(Read at) {
    return row.getInt(at.ordinal());
  }

  private String text(Read at) {
    return isNull(at) ? null : row.getUTF8String(at.ordinal()).toString();
  }

  private double number(Read at) {
    return isNull(at) ? Double.NaN : row.getDouble(at.ordinal());
  }
}

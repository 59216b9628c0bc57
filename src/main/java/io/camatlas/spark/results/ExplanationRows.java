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
import io.camatlas.atlas.StateException;
import io.camatlas.atlas.Trait;
import io.camatlas.explain.TargetSelection;
import io.camatlas.image.Box;
import io.camatlas.localize.SaliencyMap;
import io.camatlas.spark.input.ImagesTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.catalyst.util.MapData;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Reads from {@link ExplanationsTable} what an atlas needs, one row after another.
 *
 * <p>Rows are read in Spark's internal form: its public rows box every number of an array, which
 * took a third of the time.
 */
public final class ExplanationRows {
  /** Column that may be joined to explanations: annotations of the image's bare name, or null. */
  public static final String ANNOTATIONS = "truth";

  /** Longer names of metadata are no names of columns. */
  private static final int LONGEST_NAME = 200;

  /** Traits of the picture that follow from its size. */
  private static final String MEGAPIXELS = "megapixels";

  private static final String ASPECT_RATIO = "aspect_ratio";

  /** The name that an annotation uses for the image. */
  public static final String KEY = "key";

  /** The annotation's own file, below the folder of all; empty if one file has all. */
  public static final String FILE = "file";

  /** How closely the annotation fits the image that it fits best. */
  public static final String CLOSENESS = "closeness";

  /** The objects of the annotation. */
  public static final String OBJECTS = "objects";

  /** An element of {@link #ANNOTATIONS}. */
  public static final StructType ANNOTATION =
      new StructType()
          .add(KEY, DataTypes.StringType, false)
          .add(FILE, DataTypes.StringType, false)
          .add(CLOSENESS, DataTypes.IntegerType, false)
          .add(OBJECTS, DataTypes.BinaryType, false);

  /** Which annotations are read. */
  public enum Annotated {
    /** None. */
    NOT,
    /** Boxes and masks in the rows themselves. */
    BY_ROWS,
    /** Annotations in the column {@link ExplanationRows#ANNOTATIONS}. */
    BY_JOIN
  }

  /** The columns that are read, in this order. */
  private static final List<Read> ALL = new ArrayList<>();

  private static final Read LAYER = read(col(ExplanationsTable.LAYER));
  private static final Read IMAGE_ID = read(col(ExplanationsTable.IMAGE_ID));
  private static final Read PATH = read(col(ExplanationsTable.PATH));
  private static final Read SHA256 = read(col(ExplanationsTable.SHA256));
  private static final Read TARGET_INDEX = read(col(ExplanationsTable.TARGET_INDEX));
  private static final Read TARGET = read(col(ExplanationsTable.TARGET));
  private static final Read LABEL_INDEX = read(col(ExplanationsTable.LABEL_INDEX));
  private static final Read LABEL = read(col(ExplanationsTable.LABEL));
  private static final Read PREDICTED_INDEX = read(col(ExplanationsTable.PREDICTED_INDEX));
  private static final Read PREDICTED = read(col(ExplanationsTable.PREDICTED));
  private static final Read CONFIDENCE = read(col(ExplanationsTable.CONFIDENCE));
  private static final Read CORRECT = read(col(ExplanationsTable.CORRECT));
  private static final Read LABELS = read(col(ExplanationsTable.LABELS));
  private static final Read UNKNOWN_LABELS = read(col(ExplanationsTable.UNKNOWN_LABELS));
  private static final Read PREDICTED_LABELS = read(col(ExplanationsTable.PREDICTED_LABELS));
  private static final Read PROBABILITIES =
      read(
          when(
              col(ExplanationsTable.PREDICTED_LABELS).isNotNull(),
              col(ExplanationsTable.PROBABILITIES)));
  private static final Read TARGETS =
      read(
          when(
              col(ExplanationsTable.PREDICTED_LABELS).isNotNull(), col(ExplanationsTable.TARGETS)));
  private static final Read TARGET_LABELLED = read(col(ExplanationsTable.TARGET_LABELLED));
  private static final Read TARGET_PREDICTED = read(col(ExplanationsTable.TARGET_PREDICTED));
  private static final Read TARGET_PROBABILITY = read(col(ExplanationsTable.TARGET_PROBABILITY));
  private static final Read ONLY_HIGHEST =
      read(array_contains(col(ExplanationsTable.TARGET_REASONS), TargetSelection.HIGHEST));
  private static final Read PRIMARY = read(primary());
  private static final Read PAIR = read(pair());
  private static final Read MAP = read(col(ExplanationsTable.MAP));
  private static final Read MAP_HEIGHT = read(col(ExplanationsTable.MAP_HEIGHT));
  private static final Read MAP_WIDTH = read(col(ExplanationsTable.MAP_WIDTH));
  private static final Read ENTROPY =
      read(LocalizationStruct.field(LocalizationStruct.ENTROPY_NATS));
  private static final Read GINI = read(LocalizationStruct.field(LocalizationStruct.GINI));
  private static final Read SPREAD = read(LocalizationStruct.field(LocalizationStruct.SPREAD));
  private static final Read BORDER_MASS =
      read(LocalizationStruct.field(LocalizationStruct.BORDER_MASS));
  private static final Read PARTS = read(LocalizationStruct.field(LocalizationStruct.PARTS_50));
  private static final Read UNDETERMINED = read(col(ExplanationsTable.UNDETERMINED));
  private static final Read WEIGHTS = read(col(ExplanationsTable.WEIGHTS));
  private static final Read MEAN_ACTIVATIONS = read(col(ExplanationsTable.MEAN_ACTIVATIONS));
  private static final Read MAX_ACTIVATIONS = read(col(ExplanationsTable.MAX_ACTIVATIONS));
  private static final Read MAX_CELLS = read(col(ExplanationsTable.MAX_CELLS));
  private static final Read WIDTH = read(col(ExplanationsTable.WIDTH));
  private static final Read HEIGHT = read(col(ExplanationsTable.HEIGHT));
  private static final Read INPUT_WIDTH = read(col(ExplanationsTable.INPUT_WIDTH));
  private static final Read INPUT_HEIGHT = read(col(ExplanationsTable.INPUT_HEIGHT));
  private static final Read METADATA = read(whenTraits(col(ExplanationsTable.METADATA)));
  private static final Read BRIGHTNESS = read(PictureStruct.field(PictureStruct.BRIGHTNESS));
  private static final Read CONTRAST = read(PictureStruct.field(PictureStruct.CONTRAST));
  private static final Read SHARPNESS = read(PictureStruct.field(PictureStruct.SHARPNESS));
  private static final Read GREYNESS = read(PictureStruct.field(PictureStruct.GREYNESS));
  private static final Read JPEG_QUALITY = read(PictureStruct.field(PictureStruct.JPEG_QUALITY));
  private static final Read VIEW =
      read(col(ExplanationsTable.VIEW), Annotated.BY_ROWS, Annotated.BY_JOIN);
  private static final Read BOXES = read(col(ExplanationsTable.BOXES), Annotated.BY_ROWS);
  private static final Read MASK = read(col(ExplanationsTable.MASK), Annotated.BY_ROWS);
  private static final Read CANDIDATES = read(col(ANNOTATIONS), Annotated.BY_JOIN);

  /**
   * A column that is read.
   *
   * @param at its index in the rows
   * @param column the column of the explanations
   * @param where the choices of annotations for which it is read; it is null for all others
   */
  private record Read(int at, Column column, List<Annotated> where) {
    Column of(Annotated annotated) {
      return where.contains(annotated) ? column : lit(null);
    }
  }

  private static Read read(Column column, Annotated... where) {
    Read read =
        new Read(ALL.size(), column, List.of(where.length == 0 ? Annotated.values() : where));
    ALL.add(read);
    return read;
  }

  private final String run;
  private final Iterator<InternalRow> rows;
  private final Map<String, Gathering.Group> groups = new HashMap<>();
  private final Map<Integer, ClassName> classes = new HashMap<>();
  private final List<ClassName> all = new ArrayList<>();
  private final Map<String, Integer> indices = new HashMap<>();
  private InternalRow row;

  /**
   * @param run the run of the rows, as the atlas names it
   * @param rows rows from {@link #of}
   */
  public ExplanationRows(String run, Iterator<InternalRow> rows) {
    this(run, rows, List.of());
  }

  /**
   * @param names of all classes by index; only needed where images may have several labels
   */
  public ExplanationRows(String run, Iterator<InternalRow> rows, List<String> names) {
    this.run = run;
    this.rows = rows;
    for (String name : names) {
      indices.putIfAbsent(name, all.size());
      all.add(new ClassName(all.size(), name));
    }
  }

  /**
   * The columns that are read.
   *
   * @param explanations rows of {@link ExplanationsTable}, with {@link #ANNOTATIONS} if these are
   *     wanted
   */
  public static JavaRDD<InternalRow> of(Dataset<Row> explanations, Annotated annotated) {
    return explanations
        .select(ALL.stream().map(read -> read.of(annotated)).toArray(Column[]::new))
        .queryExecution()
        .toRdd()
        .toJavaRDD();
  }

  /** Whether a row is the one that stands for its image. */
  public static Column primary() {
    Column targets = col(ExplanationsTable.TARGETS);
    Column predicted = col(ExplanationsTable.PREDICTED_INDEX);
    return col(ExplanationsTable.TARGET_INDEX)
        .equalTo(
            when(
                    array_contains(targets, predicted)
                        .and(col(ExplanationsTable.PREDICTED_LABELS).isNull()),
                    predicted)
                .otherwise(element_at(targets, 1)));
  }

  private static Column whenTraits(Column column) {
    return when(primary().or(col(ExplanationsTable.PREDICTED_LABELS).isNotNull()), column);
  }

  private static Column pair() {
    Column targets = col(ExplanationsTable.TARGETS);
    // array_contains of null is null.
    return coalesce(
        array_contains(targets, col(ExplanationsTable.PREDICTED_INDEX))
            .and(array_position(targets, col(ExplanationsTable.LABEL_INDEX)).gt(0)),
        lit(false));
  }

  /** Moves to the next row, if there is one. */
  public boolean next() {
    boolean more = rows.hasNext();
    row = more ? rows.next() : null;
    return more;
  }

  /** Run and layer of the row. */
  public Gathering.Group group() {
    return groups.computeIfAbsent(text(LAYER), layer -> new Gathering.Group(run, layer));
  }

  /** SHA-256 of the image's bytes, in hexadecimal. */
  public String sha256() {
    return text(SHA256);
  }

  /** The row without its annotated objects. */
  public ExplainedRow row() {
    return new ExplainedRow(
        new Examples.Image(text(IMAGE_ID), text(PATH)),
        name(TARGET_INDEX, TARGET),
        said(),
        isNull(PREDICTED_LABELS) ? null : several(),
        new ExplainedRow.Role(row.getBoolean(PRIMARY.at()), row.getBoolean(PAIR.at())),
        new SaliencyMap(floats(MAP), index(MAP_HEIGHT), index(MAP_WIDTH)),
        new ExplainedRow.Measures(
            number(ENTROPY),
            number(GINI),
            number(SPREAD),
            number(BORDER_MASS),
            index(PARTS),
            number(UNDETERMINED)),
        new ExplainedRow.FeatureMaps(
            floats(WEIGHTS),
            floats(MEAN_ACTIVATIONS),
            floats(MAX_ACTIVATIONS),
            array(MAX_CELLS).toIntArray()),
        new ExplainedRow.Context(
            row.getBoolean(PRIMARY.at()) || !isNull(PREDICTED_LABELS) ? traits() : List.of(),
            null));
  }

  private ExplainedRow.Said said() {
    ClassName predicted = name(PREDICTED_INDEX, PREDICTED);
    return isNull(PREDICTED_LABELS)
        ? ExplainedRow.Said.of(
            isNull(LABEL_INDEX) ? null : name(LABEL_INDEX, LABEL),
            predicted,
            row.getFloat(CONFIDENCE.at()))
        : new ExplainedRow.Said(
            null,
            predicted,
            row.getFloat(TARGET_PROBABILITY.at()),
            isNull(CORRECT) ? null : Boolean.valueOf(row.getBoolean(CORRECT.at())));
  }

  private ExplainedRow.Several several() {
    return new ExplainedRow.Several(
        isNull(TARGET_LABELLED) ? null : Boolean.valueOf(row.getBoolean(TARGET_LABELLED.at())),
        row.getBoolean(TARGET_PREDICTED.at()),
        !row.getBoolean(ONLY_HIGHEST.at()),
        row.getBoolean(PRIMARY.at()) && !all.isEmpty() ? allLabels() : null);
  }

  private ExplainedRow.AllLabels allLabels() {
    Set<Integer> explained = new HashSet<>();
    for (int index : array(TARGETS).toIntArray()) {
      explained.add(index);
    }
    return new ExplainedRow.AllLabels(
        all,
        isNull(LABELS) ? null : indices(LABELS),
        isNull(UNKNOWN_LABELS) ? Set.of() : indices(UNKNOWN_LABELS),
        indices(PREDICTED_LABELS),
        explained,
        isNull(PROBABILITIES) ? null : floats(PROBABILITIES));
  }

  /** Classes by their names. */
  private Set<Integer> indices(Read at) {
    ArrayData names = array(at);
    Set<Integer> found = new TreeSet<>();
    for (int i = 0; i < names.numElements(); i++) {
      Integer index = indices.get(names.getUTF8String(i).toString());
      if (index == null) {
        throw new StateException(
            "image %s has the label '%s', which is not among the %d classes of its run."
                .formatted(text(IMAGE_ID), names.getUTF8String(i), all.size()));
      }
      found.add(index);
    }
    return found;
  }

  /** What is known of the image besides its pixels and its label. */
  private List<Trait> traits() {
    List<Trait> traits = new ArrayList<>();
    int width = index(WIDTH);
    int height = index(HEIGHT);
    traits.add(Trait.ofPicture(PictureStruct.BRIGHTNESS, number(BRIGHTNESS)));
    traits.add(Trait.ofPicture(PictureStruct.CONTRAST, number(CONTRAST)));
    traits.add(Trait.ofPicture(PictureStruct.SHARPNESS, number(SHARPNESS)));
    traits.add(Trait.ofPicture(PictureStruct.GREYNESS, number(GREYNESS)));
    traits.add(Trait.ofPicture(MEGAPIXELS, (double) width * height / 1e6));
    traits.add(Trait.ofPicture(ASPECT_RATIO, (double) width / height));
    if (!isNull(JPEG_QUALITY)) {
      traits.add(Trait.ofPicture(PictureStruct.JPEG_QUALITY, index(JPEG_QUALITY)));
    }
    if (!isNull(METADATA)) {
      MapData metadata = row.getMap(METADATA.at());
      ArrayData names = metadata.keyArray();
      ArrayData values = metadata.valueArray();
      for (int i = 0; i < names.numElements(); i++) {
        String name = names.getUTF8String(i).toString();
        if (!values.isNullAt(i) && name.length() <= LONGEST_NAME) {
          traits.add(Trait.ofMetadata(name, values.getUTF8String(i).toString()));
        }
      }
    }
    return traits;
  }

  /** The annotated objects of the same row. */
  public AnnotatedImage annotated(ExplainedRow explained) {
    List<AnnotatedImage.Candidate> candidates = new ArrayList<>();
    if (!isNull(CANDIDATES)) {
      ArrayData all = array(CANDIDATES);
      for (int i = 0; i < all.numElements(); i++) {
        InternalRow one = all.getStruct(i, ANNOTATION.length());
        candidates.add(
            new AnnotatedImage.Candidate(
                one.getUTF8String(ANNOTATION.fieldIndex(KEY)).toString(),
                one.getUTF8String(ANNOTATION.fieldIndex(FILE)).toString(),
                one.getInt(ANNOTATION.fieldIndex(CLOSENESS)),
                one.getBinary(ANNOTATION.fieldIndex(OBJECTS))));
      }
    }
    List<Box> boxes = new ArrayList<>();
    if (!isNull(BOXES)) {
      ArrayData all = array(BOXES);
      for (int i = 0; i < all.numElements(); i++) {
        boxes.add(ImagesTable.internalBox(all.getStruct(i, ImagesTable.BOX_TYPE.length())));
      }
    }
    return new AnnotatedImage(
        explained.image().id(),
        explained.image().path(),
        text(LABEL),
        index(WIDTH),
        index(HEIGHT),
        index(INPUT_WIDTH),
        index(INPUT_HEIGHT),
        ImagesTable.internalBox(row.getStruct(VIEW.at(), ImagesTable.BOX_TYPE.length())),
        boxes,
        text(MASK),
        candidates);
  }

  /** Class names repeat in every row, so only one instance of each is kept. */
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
    return row.isNullAt(at.at());
  }

  private ArrayData array(Read at) {
    return row.getArray(at.at());
  }

  private float[] floats(Read at) {
    return array(at).toFloatArray();
  }

  private int index(Read at) {
    return row.getInt(at.at());
  }

  private String text(Read at) {
    return isNull(at) ? null : row.getUTF8String(at.at()).toString();
  }

  private double number(Read at) {
    return isNull(at) ? Double.NaN : row.getDouble(at.at());
  }
}

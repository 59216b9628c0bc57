package io.camatlas.spark.causes;

import static org.apache.spark.sql.functions.col;

import io.camatlas.causes.DetailSums;
import io.camatlas.causes.FixedPattern;
import io.camatlas.image.DecodeLimits;
import io.camatlas.image.Detail;
import io.camatlas.image.Preprocessing;
import io.camatlas.image.RgbImage;
import io.camatlas.model.InputShape;
import io.camatlas.report.facts.PicturesCompared;
import io.camatlas.report.facts.PicturesCompared.Comparison;
import io.camatlas.spark.input.ImagesTable;
import io.camatlas.spark.results.AtlasFolder.Origin;
import io.camatlas.spark.results.AtlasTable;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/** Finds what the pictures of classes have in common in one place. */
final class PatternStage {
  /** Pictures read over all classes, where there are enough of each. */
  private static final int PICTURES = 32_000;

  private static final String CLASS_INDEX = CausePairs.CLASS_INDEX;
  private static final String SUMS = "sums";
  private static final String SQUARES = "squares";
  private static final String N = AtlasTable.N;
  private static final String MISSING = "missing";
  private static final DataType NUMBERS = DataTypes.createArrayType(DataTypes.DoubleType, false);

  private static final StructType GATHERED =
      new StructType()
          .add(CLASS_INDEX, DataTypes.IntegerType, false)
          .add(N, DataTypes.LongType, false)
          .add(MISSING, DataTypes.LongType, false)
          .add(SUMS, NUMBERS, false)
          .add(SQUARES, NUMBERS, false);

  private PatternStage() {}

  /** All that a task needs. */
  record Plan(Preprocessing preprocessing, InputShape input, DecodeLimits limits)
      implements Serializable {
    Detail.Cells cells() {
      return Detail.Cells.of(input.channels(), input.height(), input.width());
    }
  }

  /**
   * What was found.
   *
   * @param byClass patterns by class
   * @param compared how the pictures of each class were compared; what was found there and is no
   *     pattern is too large for a mark, or taken for objects
   * @param leftOut number of classes in which something lies in the middle, where most classes have
   *     something: it is taken for their objects
   * @param missing pictures that are gone, have changed or cannot be decoded
   */
  record Patterns(
      Map<Integer, FixedPattern> byClass,
      Map<Integer, Comparison> compared,
      long leftOut,
      long missing) {
    static final Patterns NONE = new Patterns(Map.of(), Map.of(), 0, 0);

    /** Of a class; empty if it is too small to be among those that are compared. */
    Optional<Comparison> of(int classIndex) {
      Comparison own = compared.get(classIndex);
      // Where there is room for all classes, those that are missing have no pictures.
      return own == null && compared.size() < PicturesCompared.CLASSES
          ? Optional.of(Comparison.OF_TOO_FEW)
          : Optional.ofNullable(own);
    }
  }

  /** The pictures that are compared: of the largest classes, as many of each. */
  static Dataset<Row> pictures(SparkSession spark, List<Origin> origins, int wanted, long seed) {
    return CausePairs.ofEachClass(
        spark,
        origins,
        classes -> Math.max(FixedPattern.FEWEST, Math.min(wanted, PICTURES / Math.max(1, classes))),
        PicturesCompared.CLASSES,
        seed);
  }

  /**
   * Looks for patterns.
   *
   * @param images rows with {@code path}, {@code content}, {@code sha256} and the class; those that
   *     are gone are counted and left out
   * @param place where sums are kept meanwhile; the caller deletes it
   */
  static Patterns find(
      SparkSession spark,
      Dataset<Row> images,
      Plan plan,
      String place,
      SerializableConfiguration hadoop) {
    MapPartitionsFunction<Row, Row> task = rows -> task(rows, plan, hadoop);
    images
        .repartition(2 * spark.sparkContext().defaultParallelism(), col(CLASS_INDEX))
        .sortWithinPartitions(CLASS_INDEX, ImagesTable.IMAGE_ID)
        .mapPartitions(task, Encoders.row(GATHERED))
        .write()
        .parquet(place);
    // Twice, so that the driver holds the sums of two classes and not of all.
    Dataset<Row> gathered = spark.read().schema(GATHERED).parquet(place).orderBy(CLASS_INDEX);
    DetailSums all = DetailSums.none(plan.cells().values());
    Iterator<Row> each = gathered.toLocalIterator();
    // Images that may have several labels are in the sums of each, so others have each once.
    boolean once = false;
    long missing = 0;
    Map<Integer, DetailSums> unknown = new HashMap<>();
    while (each.hasNext()) {
      Row row = each.next();
      int index = row.getAs(CLASS_INDEX);
      OptionalInt notKnown = CausePairs.unknownOf(index);
      if (notKnown.isPresent()) {
        unknown.put(notKnown.getAsInt(), sums(row));
      } else if (CausePairs.isOnce(index) || !once) {
        once |= CausePairs.isOnce(index);
        all = all.and(sums(row));
        missing += row.<Long>getAs(MISSING);
      }
    }
    Map<Integer, FixedPattern> found = new TreeMap<>();
    Map<Integer, FixedPattern> middle = new TreeMap<>();
    Map<Integer, Comparison> compared = new HashMap<>();
    int enough = 0;
    each = gathered.where(col(CLASS_INDEX).geq(0)).toLocalIterator();
    while (each.hasNext()) {
      Row row = each.next();
      DetailSums own = sums(row);
      int index = row.getAs(CLASS_INDEX);
      DetailSums others = all.without(own);
      if (unknown.containsKey(index)) {
        others = others.without(unknown.get(index));
      }
      FixedPattern.Found shown = FixedPattern.in(own, others, plan.cells());
      shown.apart().ifPresent(pattern -> found.put(index, pattern));
      shown.inTheMiddle().ifPresent(pattern -> middle.put(index, pattern));
      if (FixedPattern.isComparable(own, others)) {
        enough++;
        boolean any = found.containsKey(index) || middle.containsKey(index) || shown.isLarge();
        compared.put(index, new Comparison(own.n(), any));
      } else {
        compared.put(index, Comparison.OF_TOO_FEW);
      }
    }
    boolean aligned = 2 * middle.size() > enough;
    // A class is told of one pattern, and what lies apart from the middle is less likely an object.
    middle.keySet().removeAll(found.keySet());
    if (!aligned) {
      found.putAll(middle);
    }
    return new Patterns(found, compared, aligned ? middle.size() : 0, missing);
  }

  private static DetailSums sums(Row row) {
    return new DetailSums(row.<Long>getAs(N), numbers(row, SUMS), numbers(row, SQUARES));
  }

  private static double[] numbers(Row row, String column) {
    return row.<Double>getList(row.fieldIndex(column)).stream()
        .mapToDouble(Double::doubleValue)
        .toArray();
  }

  private static Iterator<Row> task(
      Iterator<Row> rows, Plan plan, SerializableConfiguration hadoop) {
    List<Row> gathered = new ArrayList<>();
    Originals originals = new Originals(plan.limits(), hadoop.value());
    float[] pixels = new float[plan.input().elements()];
    DetailSums sums = null;
    int index = -1;
    long missing = 0;
    while (rows.hasNext()) {
      Row row = rows.next();
      int own = row.getAs(CLASS_INDEX);
      if (sums == null || own != index) {
        gather(gathered, index, sums, missing);
        sums = DetailSums.none(plan.cells().values());
        missing = 0;
        index = own;
      }
      Optional<RgbImage> image = originals.read(row);
      if (image.isEmpty()) {
        missing++;
      } else {
        plan.preprocessing().apply(image.get(), pixels, 0);
        sums =
            sums.with(Detail.of(pixels, plan.input().height(), plan.input().width(), plan.cells()));
      }
    }
    gather(gathered, index, sums, missing);
    return gathered.iterator();
  }

  private static void gather(List<Row> gathered, int index, DetailSums sums, long missing) {
    if (sums != null) {
      gathered.add(RowFactory.create(index, sums.n(), missing, sums.sums(), sums.squares()));
    }
  }
}

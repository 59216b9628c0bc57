package io.camatlas.spark.results;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import io.camatlas.compare.ComparedClass;
import io.camatlas.compare.ComparedKind;
import io.camatlas.compare.TwoSamples.Side;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * The table {@code comparison_classes}: one row for each class that one of two audits has, and one
 * for all classes ({@code class} is null).
 *
 * <p>Columns that begin with {@code with_} are those of the audit that the first is compared with.
 * Mean maps sum to one, and are on one grid: the coarser of both. {@code moved} is the mean over
 * pairs of maps of the share of the attention that lies elsewhere, 0 to 1.
 */
public final class ComparisonClassesTable {
  /** Raised whenever a column changes its name, unit or meaning. */
  public static final int VERSION = 1;

  /** Name of the table. */
  public static final String NAME = "comparison_classes";

  public static final String CLASS = AtlasTable.CLASS;

  /** Index among the first audit's classes; those it lacks are numbered on. */
  public static final String CLASS_INDEX = AtlasTable.CLASS_INDEX;

  public static final String WITH_CLASS_INDEX = "with_class_index";
  public static final String IMAGES = FaithfulnessTable.IMAGES;
  public static final String WITH_IMAGES = "with_images";

  /** Images that both saw with the same bytes. */
  public static final String PAIRS = ComparisonTable.PAIRS;

  public static final String EXPLAINED = ConceptClassesTable.EXPLAINED;
  public static final String WITH_EXPLAINED = "with_explained";
  public static final String MAP_HEIGHT = AtlasTable.MAP_HEIGHT;
  public static final String MAP_WIDTH = AtlasTable.MAP_WIDTH;
  public static final String MEAN_MAP = ClassAttentionTable.MEAN_MAP;
  public static final String WITH_MEAN_MAP = "with_mean_map";
  public static final String MOVED = "moved";
  public static final String MOVED_PAIRS = "moved_pairs";

  /** Images that have no partner in the class, as the other audit has them for another class. */
  public static final String ELSEWHERE = "elsewhere";

  /** The columns, in order. */
  public static final StructType SCHEMA =
      new StructType()
          .add(CLASS, StringType, true)
          .add(CLASS_INDEX, IntegerType, true)
          .add(WITH_CLASS_INDEX, IntegerType, true)
          .add(IMAGES, LongType, false)
          .add(WITH_IMAGES, LongType, false)
          .add(PAIRS, LongType, false)
          .add(EXPLAINED, LongType, false)
          .add(WITH_EXPLAINED, LongType, false)
          .add(MAP_HEIGHT, IntegerType, false)
          .add(MAP_WIDTH, IntegerType, false)
          .add(MEAN_MAP, createArrayType(DoubleType, false), true)
          .add(WITH_MEAN_MAP, createArrayType(DoubleType, false), true)
          .add(MOVED, DoubleType, true)
          .add(MOVED_PAIRS, LongType, false)
          .add(ELSEWHERE, LongType, false);

  private ComparisonClassesTable() {}

  /**
   * A class in both audits.
   *
   * @param name null for all classes
   * @param index null for all classes
   * @param withIndex null where the second audit lacks the class
   */
  public record Name(String name, Integer index, Integer withIndex)
      implements java.io.Serializable {
    /** All classes together. */
    public static final Name ALL = new Name(null, null, null);
  }

  /** The row of a class. */
  public static Row toRow(Name name, ComparedClass state, int height, int width) {
    return new RowDraft(SCHEMA)
        .with(CLASS, name.name())
        .with(CLASS_INDEX, name.index())
        .with(WITH_CLASS_INDEX, name.withIndex())
        .with(IMAGES, state.images(Side.FROM))
        .with(WITH_IMAGES, state.images(Side.WITH))
        .with(PAIRS, state.pairs())
        .with(EXPLAINED, state.explained(Side.FROM))
        .with(WITH_EXPLAINED, state.explained(Side.WITH))
        .with(MAP_HEIGHT, height)
        .with(MAP_WIDTH, width)
        .with(MEAN_MAP, state.meanMap(Side.FROM).orElse(null))
        .with(WITH_MEAN_MAP, state.meanMap(Side.WITH).orElse(null))
        .with(MOVED, state.moved().meanOrNaN())
        .with(MOVED_PAIRS, state.moved().count())
        .with(ELSEWHERE, state.elsewhere())
        .row();
  }

  public static OfClass fromRow(Row row) {
    return new OfClass(row);
  }

  /** A class in both audits. */
  public record OfClass(Row row) {
    /** Empty for all classes. */
    public String name() {
      return Cells.text(row, CLASS);
    }

    /** -1 for all classes. */
    public int index() {
      return Cells.index(row, CLASS_INDEX);
    }

    public long images() {
      return Cells.count(row, IMAGES);
    }

    public long withImages() {
      return Cells.count(row, WITH_IMAGES);
    }

    public long pairs() {
      return Cells.count(row, PAIRS);
    }

    public int mapHeight() {
      return Cells.index(row, MAP_HEIGHT);
    }

    public int mapWidth() {
      return Cells.index(row, MAP_WIDTH);
    }

    public Optional<double[]> meanMap() {
      return Cells.numbers(row, MEAN_MAP);
    }

    public Optional<double[]> withMeanMap() {
      return Cells.numbers(row, WITH_MEAN_MAP);
    }

    /** NaN without pairs of maps. */
    public double moved() {
      return Cells.number(row, MOVED);
    }

    /**
     * Whether images without a partner are, nearly all, in one audit only, and not told of another
     * class by the other.
     */
    public boolean restIsItsOwn(ComparedKind kind) {
      boolean byImage =
          index() < 0 && kind != ComparedKind.FEATURE_MAP && kind != ComparedKind.FAITHFULNESS;
      long rest = images() + withImages() - 2 * pairs();
      return byImage || Cells.count(row, ELSEWHERE) <= 0.1 * rest;
    }
  }
}

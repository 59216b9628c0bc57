package io.camatlas.spark.results;

import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.camatlas.report.facts.PicturesCompared;
import io.camatlas.report.facts.PicturesCompared.Comparison;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * The table {@code pictures_compared}: one row for each class of a run's layer; none if pictures
 * were not compared at all.
 *
 * <p>{@code for_patterns} and {@code for_repeats} are the numbers of its pictures among which
 * patterns and repeats were looked for; 0 if too few could be compared, null if it is not among the
 * largest classes, which alone are compared. {@code pattern_found} and {@code repeat_found} say
 * whether there is something to test. If {@link CausesTable} has no row of it, it was not tested.
 */
public final class PicturesComparedTable {
  /** Raised whenever a column changes its name, unit or meaning. */
  public static final int VERSION = 1;

  /** Name of the table. */
  public static final String NAME = "pictures_compared";

  public static final String RUN = AtlasTable.RUN;
  public static final String LAYER = AtlasTable.LAYER;
  public static final String CLASS_INDEX = AtlasTable.CLASS_INDEX;
  private static final String FOR_PATTERNS = "for_patterns";
  private static final String PATTERN_FOUND = "pattern_found";
  private static final String FOR_REPEATS = "for_repeats";
  private static final String REPEAT_FOUND = "repeat_found";

  /** The columns, in order. */
  public static final StructType SCHEMA =
      new StructType()
          .add(RUN, StringType, false)
          .add(LAYER, StringType, false)
          .add(CLASS_INDEX, IntegerType, false)
          .add(FOR_PATTERNS, LongType, true)
          .add(PATTERN_FOUND, BooleanType, true)
          .add(FOR_REPEATS, LongType, true)
          .add(REPEAT_FOUND, BooleanType, true);

  private PicturesComparedTable() {}

  /** A class. */
  public record OfClass(String run, String layer, int classIndex, PicturesCompared pictures) {}

  public static Row toRow(OfClass one) {
    RowDraft row =
        new RowDraft(SCHEMA)
            .with(RUN, one.run())
            .with(LAYER, one.layer())
            .with(CLASS_INDEX, one.classIndex());
    one.pictures()
        .forPatterns()
        .ifPresent(all -> row.with(FOR_PATTERNS, all.n()).with(PATTERN_FOUND, all.found()));
    one.pictures()
        .forRepeats()
        .ifPresent(all -> row.with(FOR_REPEATS, all.n()).with(REPEAT_FOUND, all.found()));
    return row.row();
  }

  public static OfClass fromRow(Row row) {
    return new OfClass(
        row.getAs(RUN),
        row.getAs(LAYER),
        row.getAs(CLASS_INDEX),
        new PicturesCompared(
            comparison(row, FOR_PATTERNS, PATTERN_FOUND),
            comparison(row, FOR_REPEATS, REPEAT_FOUND)));
  }

  private static Optional<Comparison> comparison(Row row, String n, String found) {
    return Cells.has(row, n)
        ? Optional.of(new Comparison(row.<Long>getAs(n), row.<Boolean>getAs(found)))
        : Optional.empty();
  }
}

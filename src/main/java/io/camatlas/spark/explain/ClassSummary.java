package io.camatlas.spark.explain;

import static org.apache.spark.sql.functions.array_contains;
import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.ceil;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.exists;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.when;

import io.camatlas.explain.TargetSelection;
import io.camatlas.report.Numbers;
import io.camatlas.spark.Printable;
import io.camatlas.spark.input.ImagesTable;
import io.camatlas.spark.results.ExplanationsTable;
import io.camatlas.spark.results.LocalizationStruct;
import io.camatlas.truth.TruthEvaluation;
import java.util.Locale;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** A small table for the console: where the model looked, class by class. */
public final class ClassSummary {
  private ClassSummary() {}

  /**
   * Summarises the maps that the first rule gave for the predicted classes.
   *
   * @param explanations rows of {@link ExplanationsTable}
   * @return text with one line per class, the class with the least attention on the object first
   */
  public static String of(Dataset<Row> explanations) {
    Column hit = exists(col(ExplanationsTable.BOXES), ClassSummary::isNear);
    // A wrong prediction has no object to look at: the boxes are those of the label.
    Column pointing =
        when(
            col(ExplanationsTable.CORRECT).and(size(col(ExplanationsTable.BOXES)).gt(0)),
            when(hit, 1.0).otherwise(0.0));
    Dataset<Row> table =
        explanations
            .where(ExplanationsTable.ofRule(0))
            .where(array_contains(col(ExplanationsTable.TARGET_REASONS), TargetSelection.PREDICTED))
            .groupBy(ExplanationsTable.classOfImage().as("of_class"))
            .agg(
                count(lit(1)).as("seen"),
                avg(when(col(ExplanationsTable.CORRECT), 1.0).otherwise(0.0)).as("right_share"),
                avg(pointing).as("peak_on_object"),
                avg(LocalizationStruct.field(LocalizationStruct.CORNER_MASS)).as("corners"),
                avg(LocalizationStruct.field(LocalizationStruct.BORDER_MASS)).as("border"),
                avg(LocalizationStruct.field(LocalizationStruct.CENTRE_MASS)).as("centre"),
                avg(LocalizationStruct.field(LocalizationStruct.ENTROPY_NATS)).as("entropy"),
                avg(LocalizationStruct.field(LocalizationStruct.SAMPLE_AGREEMENT)).as("agreement"))
            .orderBy("peak_on_object", "of_class");
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%-12s %6s %9s %15s %8s %7s %7s %8s %10s%n",
            "class",
            "images",
            "accuracy",
            "peak on object",
            "corners",
            "border",
            "centre",
            "entropy",
            "agreement"));
    for (Row row : table.collectAsList()) {
      text.append(
          String.format(
              Locale.ROOT,
              "%-12s %6d %9s %15s %8s %7s %7s %8s %10s%n",
              Printable.of(row.getString(0)),
              row.getLong(1),
              percent(row, 2),
              percent(row, 3),
              percent(row, 4),
              percent(row, 5),
              percent(row, 6),
              number(row, 7, 2),
              number(row, 8, 3)));
    }
    return text.append(
            "Corners, border and centre are shares of the attention; evenly spread attention")
        .append(" would give 16 %, 36 % and 25 %.\n")
        .append("Peaks on objects count in correctly predicted images that have boxes, within ")
        .append(TruthEvaluation.TOLERANCE)
        .append(" pixels of one.\n")
        .toString();
  }

  /** Whether the map's peak is near a box of the original: the pointing game of the atlas. */
  private static Column isNear(Column box) {
    Column right = distance(LocalizationStruct.PEAK_X, ImagesTable.X0, ImagesTable.X1, box);
    Column down = distance(LocalizationStruct.PEAK_Y, ImagesTable.Y0, ImagesTable.Y1, box);
    int near = TruthEvaluation.TOLERANCE * TruthEvaluation.TOLERANCE;
    return right.multiply(right).plus(down.multiply(down)).lt(near);
  }

  /** Whole pixels between the peak and the box in one direction, 0 inside. */
  private static Column distance(String peak, String from, String to, Column box) {
    Column pixel = floor(LocalizationStruct.field(peak));
    Column first = ceil(box.getField(from).minus(0.5));
    Column last = greatest(first, ceil(box.getField(to).minus(0.5)).minus(1));
    return greatest(lit(0), first.minus(pixel), pixel.minus(last));
  }

  private static String percent(Row row, int at) {
    return row.isNullAt(at) ? "-" : Numbers.percentOf(row.getDouble(at));
  }

  private static String number(Row row, int at, int decimals) {
    return row.isNullAt(at)
        ? "-"
        : String.format(Locale.ROOT, "%." + decimals + "f", row.getDouble(at));
  }
}

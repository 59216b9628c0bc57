package io.camatlas.spark.results;

import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import io.camatlas.explain.ImageOutcome;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.catalyst.CatalystTypeConverters;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Everything found for one image, as a single column value. It has the columns of {@link
 * ExplanationsTable}: those of the image once, and the rest in an array {@code explanations} with
 * one element for each target class, layer and rule.
 *
 * <p>Either {@code failure} is null, or it is a struct of {@code stage}, {@code reason} and {@code
 * detail} as in {@link FailuresTable} and everything else is null.
 */
public final class ExplanationStruct {
  /** Raised whenever a field changes its name, unit or meaning. */
  public static final int VERSION = 3;

  public static final String EXPLANATIONS = "explanations";
  public static final String FAILURE = "failure";

  private static final StructType EXPLANATION =
      ExplanationsTable.joined(ExplanationsTable.TARGET_COLUMNS, ExplanationsTable.FINDING_COLUMNS);

  /** The fields, in order. */
  public static final StructType SCHEMA =
      optional(
          ExplanationsTable.joined(
              new StructType().add(ExplanationsTable.SHA256, StringType, false),
              ExplanationsTable.VIEW_COLUMNS,
              ExplanationsTable.LABEL_COLUMNS,
              ExplanationsTable.PREDICTION_COLUMNS,
              ExplanationsTable.MODEL_COLUMNS,
              new StructType()
                  .add(EXPLANATIONS, createArrayType(EXPLANATION, false), false)
                  .add(FAILURE, FailuresTable.FAILURE_COLUMNS, true)));

  private final ExplanationsTable.Run run;

  /** The parameters of each rule in the form that Spark expects. */
  private final List<Object> parameters;

  public ExplanationStruct(ExplanationsTable.Run run) {
    DataType type = EXPLANATION.apply(ExplanationsTable.PARAMETERS).dataType();
    var toSpark = CatalystTypeConverters.createToCatalystConverter(type);
    var toScala = CatalystTypeConverters.createToScalaConverter(type);
    this.run = run;
    this.parameters =
        run.rules().stream().map(rule -> toScala.apply(toSpark.apply(rule.parameters()))).toList();
  }

  private static StructType optional(StructType type) {
    return new StructType(
        Arrays.stream(type.fields())
            .map(field -> new StructField(field.name(), field.dataType(), true, field.metadata()))
            .toArray(StructField[]::new));
  }

  public Row of(ImageOutcome outcome) {
    if (outcome instanceof ImageOutcome.Skipped skipped) {
      Object[] fields = new Object[SCHEMA.length()];
      fields[SCHEMA.fieldIndex(FAILURE)] = RowFactory.create(FailuresTable.failure(skipped));
      return RowFactory.create(fields);
    }
    ImageOutcome.Explained image = (ImageOutcome.Explained) outcome;
    return ExplanationsTable.row(
        new Object[] {image.decoded().sha256()},
        ExplanationsTable.view(image),
        ExplanationsTable.labels(run, image),
        ExplanationsTable.prediction(run, image),
        ExplanationsTable.model(run),
        new Object[] {
          image.explanations().stream()
              .map(
                  explanation ->
                      ExplanationsTable.row(
                          ExplanationsTable.target(run, image, explanation),
                          ExplanationsTable.finding(
                              run, parameters.get(explanation.rule()), explanation)))
              .toArray(Row[]::new),
          null
        });
  }
}

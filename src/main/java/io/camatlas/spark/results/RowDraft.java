package io.camatlas.spark.results;

import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/** A row that is filled column by column; columns that are never set are null. */
final class RowDraft {
  private final StructType schema;
  private final Object[] values;

  RowDraft(StructType schema) {
    this.schema = schema;
    this.values = new Object[schema.length()];
  }

  /**
   * Fills a column.
   *
   * @param value a value of the type that Spark expects; NaN becomes null
   * @throws IllegalArgumentException if there is no such column
   */
  RowDraft with(String column, Object value) {
    values[schema.fieldIndex(column)] =
        value instanceof Double number && number.isNaN() ? null : value;
    return this;
  }

  Row row() {
    return RowFactory.create(values);
  }
}

package io.camatlas.spark.results;

import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/** A row while it is filled, column by column; what is never said is null. */
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
   * @param value as Spark takes it; NaN becomes null
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

package io.camatlas.spark.storage;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.CatalystTypeConverters;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import scala.Function1;

/**
 * Turns rows into Spark's internal form. Arrays of numbers are copied as they are, where Spark's
 * own converter makes an object of each number.
 */
final class RowConverter {
  private final List<Function1<Object, Object>> others = new ArrayList<>();

  RowConverter(StructType schema) {
    for (StructField field : schema.fields()) {
      others.add(CatalystTypeConverters.createToCatalystConverter(field.dataType()));
    }
  }

  InternalRow convert(Row row) {
    Object[] values = new Object[others.size()];
    for (int i = 0; i < values.length; i++) {
      Object value = row.get(i);
      if (value instanceof float[] floats) {
        values[i] = UnsafeArrayData.fromPrimitiveArray(floats);
      } else if (value instanceof int[] integers) {
        values[i] = UnsafeArrayData.fromPrimitiveArray(integers);
      } else {
        values[i] = others.get(i).apply(value);
      }
    }
    return new GenericInternalRow(values);
  }
}

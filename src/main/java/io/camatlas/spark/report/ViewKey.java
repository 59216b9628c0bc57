package io.camatlas.spark.report;

import io.camatlas.spark.results.AtlasTable;
import org.apache.spark.sql.Row;

/**
 * One layer of one run, with the names used in the atlas's tables.
 *
 * @param run the run's name in the atlas
 * @param layer dotted path
 */
record ViewKey(String run, String layer) {
  static ViewKey of(Row row) {
    return new ViewKey(row.getAs(AtlasTable.RUN), row.getAs(AtlasTable.LAYER));
  }

  /** A class in this view. */
  String ofClass(int index) {
    return run + "\n" + layer + "\n" + index;
  }
}

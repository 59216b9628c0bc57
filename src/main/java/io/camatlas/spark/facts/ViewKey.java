package io.camatlas.spark.facts;

import io.camatlas.report.facts.ViewReport;
import io.camatlas.spark.results.AtlasTable;
import org.apache.spark.sql.Row;

/**
 * One layer of one run, with the names used in the atlas's tables.
 *
 * @param run the run's name in the atlas
 * @param layer dotted path
 */
public record ViewKey(String run, String layer) {
  public static ViewKey of(Row row) {
    return new ViewKey(row.getAs(AtlasTable.RUN), row.getAs(AtlasTable.LAYER));
  }

  /** The key of a view. */
  public static ViewKey of(ViewReport report) {
    return new ViewKey(report.view().run(), report.view().layer().path());
  }

  /** A class in this view. */
  public String ofClass(int index) {
    return run + "\n" + layer + "\n" + index;
  }
}

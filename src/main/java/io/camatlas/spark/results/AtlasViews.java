package io.camatlas.spark.results;

import io.camatlas.spark.InputException;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.SparkSession;

/** Makes results known to SQL. */
public final class AtlasViews {
  /** What every view's name begins with. */
  public static final String PREFIX = "camatlas_";

  private AtlasViews() {}

  /**
   * Registers every table of a run, an atlas, an audit or the demo as a temporary view, {@code
   * camatlas_} followed by its name.
   *
   * @param folder what explain, atlas, audit, faithfulness or demo wrote
   * @return the names of the views, in alphabetical order
   * @throws InputException if there are no tables
   */
  public static List<String> register(SparkSession spark, String folder) {
    Set<String> names = new TreeSet<>();
    for (ResultTables results : tables(spark, folder)) {
      results
          .tables()
          .forEach(
              (name, path) -> {
                spark.read().parquet(path).createOrReplaceTempView(PREFIX + name);
                names.add(PREFIX + name);
              });
    }
    return List.copyOf(names);
  }

  /**
   * Finds the tables of a folder.
   *
   * @throws InputException if there are none
   */
  public static List<ResultTables> tables(SparkSession spark, String folder) {
    try {
      List<ResultTables> found =
          ResultTables.below(folder, spark.sparkContext().hadoopConfiguration());
      if (found.stream().allMatch(results -> results.tables().isEmpty())) {
        throw new InputException(
            folder
                + " holds no tables; give the folder that explain, atlas, audit, faithfulness or"
                + " demo wrote.");
      }
      return found;
    } catch (IOException e) {
      throw new InputException("Cannot read " + folder + ": " + e.getMessage(), e);
    }
  }
}

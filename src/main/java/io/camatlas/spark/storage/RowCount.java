package io.camatlas.spark.storage;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.spark.sql.SparkSession;

/**
 * Number of rows of a Parquet table. Its files say how many they have: those of a few are read at
 * once, in less time than Spark takes to plan it.
 */
public final class RowCount {
  private static final int FEW = 16;

  private RowCount() {}

  /**
   * Counts rows.
   *
   * @param table folder of the table's files
   */
  public static long of(SparkSession spark, String table) {
    Optional<Long> few = Optional.empty();
    try {
      few = ofFew(new Path(table), spark.sparkContext().hadoopConfiguration());
    } catch (IOException | RuntimeException e) {
      // Spark says what is wrong.
    }
    return few.orElseGet(() -> spark.read().parquet(table).count());
  }

  private static Optional<Long> ofFew(Path table, Configuration hadoop) throws IOException {
    List<FileStatus> files = new ArrayList<>();
    for (FileStatus status : table.getFileSystem(hadoop).listStatus(table)) {
      String name = status.getPath().getName();
      if (status.isDirectory() || files.size() == FEW) {
        return Optional.empty();
      }
      // Spark reads no files of such names either.
      if (!name.startsWith("_") && !name.startsWith(".")) {
        files.add(status);
      }
    }
    long rows = 0;
    for (FileStatus file : files) {
      try (ParquetFileReader reader =
          ParquetFileReader.open(HadoopInputFile.fromStatus(file, hadoop))) {
        rows += reader.getRecordCount();
      }
    }
    return files.isEmpty() ? Optional.empty() : Optional.of(rows);
  }
}

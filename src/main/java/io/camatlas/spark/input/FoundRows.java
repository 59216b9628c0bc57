package io.camatlas.spark.input;

import io.camatlas.spark.InputException;
import io.camatlas.spark.storage.PartFormat;
import io.camatlas.spark.storage.PartWriter;
import io.camatlas.spark.storage.StagedPart;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * What tasks found of a source, read once: rows of {@link FoundImage#SCHEMA}. Few come to the
 * driver, where to check and sort them takes no time; tasks write many to files.
 *
 * @param few the rows, if there are few
 * @param files the files that have them, if there are many
 */
record FoundRows(List<Row> few, List<String> files) {
  /** Rows that the driver holds at most. */
  private static final int MOST = 20_000;

  /** Characters in these rows, which may have much metadata. */
  private static final long MOST_CHARACTERS = 4_000_000;

  FoundRows {
    few = List.copyOf(few);
    files = List.copyOf(files);
  }

  /** What one task found: rows, or the file that it wrote. */
  private record Part(List<Row> rows, List<String> files) implements Serializable {}

  /**
   * Reads the rows.
   *
   * @param folder where files are written
   * @param name of the source, as people know it
   * @throws InputException if the source cannot be read
   */
  static FoundRows read(SparkSession spark, Dataset<Row> found, String folder, String name)
      throws IOException {
    PartFormat format = PartFormat.parquet(spark, "found", FoundImage.SCHEMA);
    List<Row> few = new ArrayList<>();
    List<String> files = new ArrayList<>();
    for (Part part : parts(found, format, folder, name)) {
      few.addAll(part.rows());
      files.addAll(part.files());
    }
    if (!files.isEmpty() && !few.isEmpty()) {
      files.addAll(written(few, Collections.emptyIterator(), format, folder));
      few.clear();
    }
    return new FoundRows(few, files);
  }

  private static List<Part> parts(
      Dataset<Row> found, PartFormat format, String folder, String name) {
    try {
      JavaRDD<Row> rows = found.javaRDD();
      int tasks = Math.max(1, rows.getNumPartitions());
      int most = MOST / tasks;
      long mostCharacters = MOST_CHARACTERS / tasks;
      return rows.mapPartitions(
              part -> List.of(part(part, most, mostCharacters, format, folder)).iterator())
          .collect();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      // Spark throws checked exceptions that its methods do not declare.
      Throwable cause = e;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      String source = name.startsWith("`images`") ? name : "`images` " + name;
      throw new InputException("Cannot list " + source + ": " + cause.getMessage(), e);
    }
  }

  private static Part part(
      Iterator<Row> rows, int most, long mostCharacters, PartFormat format, String folder)
      throws IOException {
    List<Row> held = new ArrayList<>();
    long characters = 0;
    while (rows.hasNext()) {
      if (held.size() >= most || characters > mostCharacters) {
        return new Part(List.of(), written(held, rows, format, folder));
      }
      Row row = rows.next();
      held.add(row);
      characters += row.toString().length();
    }
    return new Part(held, List.of());
  }

  /** Writes a file under a name that no other attempt of the task takes. */
  private static List<String> written(
      List<Row> held, Iterator<Row> more, PartFormat format, String folder) throws IOException {
    String file = new Path(folder, UUID.randomUUID() + ".parquet").toString();
    try (PartWriter writer = new PartWriter(format, file)) {
      held.forEach(writer::write);
      more.forEachRemaining(writer::write);
      return writer.finish().stream().map(StagedPart::path).toList();
    }
  }
}

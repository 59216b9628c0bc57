package io.camatlas.spark.storage;

import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.mapreduce.TaskAttemptID;
import org.apache.hadoop.mapreduce.task.TaskAttemptContextImpl;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.execution.datasources.OutputWriter;

/** Writes one part of a table; no file is created before the first row. Not thread-safe. */
public final class PartWriter implements AutoCloseable {
  private final PartFormat format;
  private final String path;
  private final RowConverter converter;
  private OutputWriter writer;
  private boolean kept;

  /**
   * @param path path of the file, below {@link RunFolder#scratch}; must not exist
   */
  public PartWriter(PartFormat format, String path) {
    this.format = format;
    this.path = path;
    this.converter = new RowConverter(format.schema());
  }

  /** Appends a row. */
  public void write(Row row) {
    open();
    writer.write(converter.convert(row));
  }

  /** Creates the file, even if no row follows. */
  public void open() {
    if (writer == null) {
      writer =
          format
              .factory()
              .newInstance(
                  path,
                  format.schema(),
                  new TaskAttemptContextImpl(
                      new Configuration(format.hadoop().value()), new TaskAttemptID()));
    }
  }

  /** Completes the file; empty if no file was created. */
  public Optional<StagedPart> finish() throws IOException {
    if (writer == null) {
      return Optional.empty();
    }
    OutputWriter last = writer;
    last.close();
    kept = true;
    return Optional.of(
        new StagedPart(format.table(), path, RunFolder.crc32c(path, format.hadoop().value())));
  }

  /** Deletes what was written, unless it was finished. */
  @Override
  public void close() {
    if (writer == null || kept) {
      return;
    }
    try {
      writer.close();
    } catch (RuntimeException e) {
      // A file that cannot be written often cannot be closed either, for example on a full disk.
    }
    try {
      Path file = new Path(path);
      file.getFileSystem(format.hadoop().value()).delete(file, false);
    } catch (IOException e) {
      // The folder of unfinished work is deleted as a whole anyway.
    }
  }
}

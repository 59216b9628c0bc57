package io.camatlas.spark.input;

import io.camatlas.spark.storage.FileRange;
import io.camatlas.spark.storage.HadoopFiles;
import java.io.IOException;
import java.util.Iterator;
import java.util.Optional;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Resolves the paths of a manifest and looks up each file's length and time of last change. Runs in
 * tasks.
 */
final class ManifestRows implements MapPartitionsFunction<Row, Row> {
  private static final long serialVersionUID = 1L;

  private final String folder;
  private final SerializableConfiguration hadoop;

  /**
   * @param folder the folder that relative paths are resolved against; null if there is none
   */
  ManifestRows(String folder, SerializableConfiguration hadoop) {
    this.folder = folder;
    this.hadoop = hadoop;
  }

  @Override
  public Iterator<Row> call(Iterator<Row> rows) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public Row next() {
        return found(rows.next());
      }
    };
  }

  /** A row of {@link FoundImage#SCHEMA}; its last column says what is wrong with it. */
  private Row found(Row row) {
    String given = row.getAs(ImagesTable.PATH);
    String mask = row.getAs(ImagesTable.MASK);
    String problem = row.getAs(FoundImage.PROBLEM);
    if (given == null || given.isBlank()) {
      return FoundImage.wrong("has a row without a path.").toRow();
    }
    mask = mask == null || mask.isBlank() ? null : mask;
    for (String path : mask == null ? new String[] {given} : new String[] {given, mask}) {
      if (problem == null && leavesFolder(path)) {
        problem =
            "has the path '"
                + path
                + "', which leads out of the manifest's folder "
                + folder
                + "; write it as an absolute path.";
      }
    }
    String path = place(given);
    Optional<FileStatus> status = problem == null ? status(path) : Optional.empty();
    String id = row.getAs(ImagesTable.IMAGE_ID);
    return new FoundImage(
            id == null ? given : id,
            path,
            status
                .map(file -> FileRange.parse(path).map(FileRange::length).orElse(file.getLen()))
                .orElse(null),
            status.map(FileStatus::getModificationTime).orElse(null),
            row.getAs(ImagesTable.LABEL),
            row.getAs(ImagesTable.BOXES),
            mask == null ? null : place(mask),
            row.getAs(ImagesTable.METADATA),
            problem)
        .toRow();
  }

  private boolean leavesFolder(String given) {
    if (folder == null || !given.contains("..")) {
      return false;
    }
    try {
      // Hadoop normalizes paths, so any '..' that remains is at the beginning.
      Path path = new Path(given);
      return path.toUri().getScheme() == null
          && !path.isAbsolute()
          && (path.toString().equals("..") || path.toString().startsWith("../"));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private String place(String given) {
    try {
      return HadoopFiles.resolve(folder == null ? null : new Path(folder), given);
    } catch (IllegalArgumentException e) {
      // Not a valid path; the image fails when it is read.
      return given;
    }
  }

  /** Empty if the file cannot be looked up: only that image fails, when it is read. */
  private Optional<FileStatus> status(String place) {
    try {
      Path path = new Path(FileRange.parse(place).map(FileRange::file).orElse(place));
      FileStatus status = path.getFileSystem(hadoop.value()).getFileStatus(path);
      return status.isFile() ? Optional.of(status) : Optional.empty();
    } catch (IOException | RuntimeException e) {
      return Optional.empty();
    }
  }
}

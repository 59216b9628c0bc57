package io.camatlas.spark.storage;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The parts of one table, and which of them are known to be whole: their names, lengths and times
 * of last change stand in a file beside them, whose name readers of tables skip. A part that has
 * not changed since need not be read again, which would take hours where a table has terabytes.
 */
final class CheckedParts {
  private static final String LIST = "_checked";

  private final FileSystem files;
  private final Path table;
  private final Configuration hadoop;

  CheckedParts(Path table, Configuration hadoop) throws IOException {
    this.files = table.getFileSystem(hadoop);
    this.table = table;
    this.hadoop = hadoop;
  }

  /** The parts of the table, and any other files between them. */
  List<FileStatus> all() throws IOException {
    List<FileStatus> parts = new ArrayList<>();
    try {
      for (FileStatus file : files.listStatus(table)) {
        String name = file.getPath().getName();
        if (!name.startsWith("_") && !name.startsWith(".")) {
          parts.add(file);
        }
      }
    } catch (FileNotFoundException e) {
      return List.of();
    }
    return parts;
  }

  /** Paths of the parts that are new, or differ from what they were when they were noted. */
  List<String> unchecked() throws IOException {
    Set<String> checked = noted();
    return all().stream()
        .filter(part -> !checked.contains(line(part)))
        .map(part -> part.getPath().toString())
        .toList();
  }

  /**
   * Notes that parts are whole, beside those that were noted before.
   *
   * @param names names of their files
   */
  void note(Set<String> names) throws IOException {
    Set<String> checked = noted();
    String lines =
        all().stream()
            .filter(
                part -> names.contains(part.getPath().getName()) || checked.contains(line(part)))
            .map(CheckedParts::line)
            .sorted()
            .collect(Collectors.joining("\n"));
    if (lines.isEmpty()) {
      return;
    }
    // A list that is cut off names fewer parts, so that more are read again.
    HadoopFiles.write(new Path(table, LIST), lines.getBytes(StandardCharsets.UTF_8), hadoop);
  }

  private Set<String> noted() throws IOException {
    try (InputStream in = files.open(new Path(table, LIST))) {
      return new HashSet<>(new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList());
    } catch (FileNotFoundException e) {
      return Set.of();
    }
  }

  private static String line(FileStatus part) {
    return part.getPath().getName() + " " + part.getLen() + " " + part.getModificationTime();
  }
}

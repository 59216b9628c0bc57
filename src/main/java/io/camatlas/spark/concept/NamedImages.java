package io.camatlas.spark.concept;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.camatlas.spark.InputException;
import io.camatlas.spark.results.ExplanationsTable;
import io.camatlas.spark.storage.HadoopFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/** Images of a run that a user names: by a file with one per line, or by their folder. */
final class NamedImages {
  /** So many of the names that are not found are told. */
  private static final int TOLD = 5;

  private static final String FILE = "file_of_image";

  private NamedImages() {}

  /**
   * Finds the ids of the images that are meant.
   *
   * @param option the option that names them, for messages
   * @param given a file that exists, or a folder of the run's images
   * @param images the run's images, with id and path
   * @return ids, in order
   * @throws InputException if a name fits no image or several, or if there is none
   */
  static Set<String> of(String option, String given, Dataset<Row> images) throws IOException {
    Path path = new Path(given);
    FileSystem files = path.getFileSystem(HadoopFiles.configuration());
    if (!files.exists(path) || files.getFileStatus(path).isDirectory()) {
      return inFolder(option, given, images);
    }
    Set<String> names = new LinkedHashSet<>();
    try (InputStream in = files.open(path)) {
      new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(String::strip)
          .filter(line -> !line.isEmpty() && !line.startsWith("#"))
          .forEach(names::add);
    }
    // The header of a table of images.
    names.remove(ExplanationsTable.IMAGE_ID);
    if (names.isEmpty()) {
      throw new InputException("`" + option + "` is " + given + ", which names no image.");
    }
    return named(option, given, names, images);
  }

  private static Set<String> inFolder(String option, String given, Dataset<Row> images) {
    String folder = given.replaceFirst("/+$", "") + "/";
    String below = folder.startsWith("/") ? folder : "/" + folder;
    Set<String> ids = new TreeSet<>();
    images
        .where(
            col(ExplanationsTable.IMAGE_ID)
                .startsWith(folder)
                .or(functions.coalesce(col(ExplanationsTable.PATH).contains(below), lit(false))))
        .select(ExplanationsTable.IMAGE_ID)
        .collectAsList()
        .forEach(row -> ids.add(row.getString(0)));
    if (ids.isEmpty()) {
      throw new InputException(
          "`"
              + option
              + "` is "
              + given
              + ", which is neither a file nor a folder of the run's images. Name a file with one"
              + " image per line, by id, path or file name.");
    }
    return ids;
  }

  private static Set<String> named(
      String option, String given, Set<String> names, Dataset<Row> images) {
    Map<String, Set<String>> found = new HashMap<>();
    String[] wanted = names.toArray(new String[0]);
    withFile(images)
        .where(
            col(ExplanationsTable.IMAGE_ID)
                .isInCollection(List.of(wanted))
                .or(col(ExplanationsTable.PATH).isInCollection(List.of(wanted)))
                .or(col(FILE).isInCollection(List.of(wanted))))
        .collectAsList()
        .forEach(
            row -> {
              String id = row.getAs(ExplanationsTable.IMAGE_ID);
              Set<String> own = new HashSet<>();
              own.add(id);
              own.add(row.getAs(ExplanationsTable.PATH));
              own.add(row.getAs(FILE));
              own.retainAll(names);
              own.forEach(name -> found.computeIfAbsent(name, any -> new TreeSet<>()).add(id));
            });
    List<String> missing = names.stream().filter(name -> !found.containsKey(name)).toList();
    if (!missing.isEmpty()) {
      throw new InputException(
          "`%s` is %s, and %,d of its %,d names are no image that the run explained: %s%s. Give ids, paths or file names as the table %s has them."
              .formatted(
                  option,
                  given,
                  missing.size(),
                  names.size(),
                  String.join(", ", missing.subList(0, Math.min(TOLD, missing.size()))),
                  missing.size() > TOLD ? ", …" : "",
                  ExplanationsTable.NAME));
    }
    Set<String> ids = new TreeSet<>();
    List<String> several = new ArrayList<>();
    found.forEach(
        (name, own) -> {
          if (own.contains(name)) {
            ids.add(name);
          } else if (own.size() > 1) {
            several.add(name + " (" + String.join(", ", own.stream().limit(2).toList()) + ")");
          } else {
            ids.addAll(own);
          }
        });
    if (!several.isEmpty()) {
      throw new InputException(
          "`%s` is %s, and '%s' fits several images; give its id."
              .formatted(option, given, several.get(0)));
    }
    return ids;
  }

  /** With the last part of the path, or of the id where there is no path. */
  private static Dataset<Row> withFile(Dataset<Row> images) {
    return images.withColumn(
        FILE,
        functions.substring_index(
            functions.coalesce(col(ExplanationsTable.PATH), col(ExplanationsTable.IMAGE_ID)),
            "/",
            -1));
  }
}

package io.camatlas.spark.concept;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.regexp_replace;
import static org.apache.spark.sql.functions.substring_index;

import io.camatlas.spark.InputException;
import io.camatlas.spark.results.ExplanationsTable;
import io.camatlas.spark.storage.HadoopFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Images of a run that a user names: by a file with one per line, or by their folder. */
final class NamedImages {
  /** So many of the names that are not found are told. */
  private static final int TOLD = 5;

  private static final String SCHEME = "^[A-Za-z][A-Za-z0-9+.-]+:(//[^/]*)?";
  private static final String NAME = "name_given";
  private static final String ID = ExplanationsTable.IMAGE_ID;
  private static final String PATH = ExplanationsTable.PATH;

  private final SparkSession spark;
  private final Dataset<Row> images;

  /**
   * @param images the run's images, with id and path
   */
  NamedImages(SparkSession spark, Dataset<Row> images) {
    this.spark = spark;
    this.images = images;
  }

  /** Images that were named; those of a folder are never collected. */
  static final class Meant {
    private final UnaryOperator<Dataset<Row>> chosen;
    private final long count;

    private Meant(UnaryOperator<Dataset<Row>> chosen, long count) {
      this.chosen = chosen;
      this.count = count;
    }

    /** Those of the rows, which have id and path, that are of an image that is meant. */
    Dataset<Row> among(Dataset<Row> rows) {
      return chosen.apply(rows);
    }

    /** Number of images, at least 1. */
    long count() {
      return count;
    }
  }

  /**
   * Finds the images that are meant.
   *
   * @param option the option that names them, for messages
   * @param given a file that exists, or a folder of the run's images
   * @throws InputException if a name fits no image or several, or if there is none
   */
  Meant of(String option, String given) throws IOException {
    Optional<String> list = contents(given);
    if (list.isEmpty()) {
      return inFolder(option, given);
    }
    Set<String> names = new LinkedHashSet<>();
    list.get()
        .replace("\ufeff", "")
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
        .forEach(names::add);
    // The header of a table of images.
    names.remove(ID);
    if (names.isEmpty()) {
      throw new InputException("`" + option + "` is " + given + ", which names no image.");
    }
    Set<String> ids = named(option, given, names);
    Dataset<Row> listed =
        broadcast(spark.createDataset(new ArrayList<>(ids), Encoders.STRING()).toDF(ID));
    return new Meant(rows -> rows.join(listed, ID, "left_semi"), ids.size());
  }

  /** The text of a file, if there is one. */
  private static Optional<String> contents(String given) throws IOException {
    Path path;
    try {
      path = new Path(given);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    FileSystem files = path.getFileSystem(HadoopFiles.configuration());
    if (!files.exists(path) || files.getFileStatus(path).isDirectory()) {
      return Optional.empty();
    }
    try (InputStream in = files.open(path)) {
      return Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  private static Column place() {
    return regexp_replace(coalesce(col(PATH), lit("")), SCHEME, "");
  }

  private Meant inFolder(String option, String given) {
    String folder = given.replaceFirst(SCHEME, "").replaceFirst("/+$", "") + "/";
    java.nio.file.Path absolute = java.nio.file.Path.of(folder).toAbsolutePath().normalize();
    List<Column> spellings =
        List.of(
            col(ID).startsWith(folder),
            place().startsWith(folder),
            place().startsWith(absolute + "/"),
            place().contains("/" + folder));
    for (int i = 0; i < spellings.size(); i++) {
      Column within = spellings.get(i);
      long count = images.where(within).count();
      if (count == 0) {
        continue;
      }
      if (i + 1 == spellings.size()) {
        requireOne(option, given, folder, images.where(within));
      }
      return new Meant(rows -> rows.where(within), count);
    }
    throw new InputException(
        "`"
            + option
            + "` is "
            + given
            + ", which is neither a file nor a folder of the run's images. Name a file with one"
            + " image per line, by id, path or file name.");
  }

  private static void requireOne(String option, String given, String folder, Dataset<Row> below) {
    List<String> places =
        below
            .select(substring_index(place(), "/" + folder, 1))
            .distinct()
            .limit(2)
            .as(Encoders.STRING())
            .collectAsList();
    if (places.size() > 1) {
      throw new InputException(
          "`%s` is %s, and the run has images in several such folders: %s/%s and %s/%s. Name one by its whole path."
              .formatted(option, given, places.get(0), folder, places.get(1), folder));
    }
  }

  private Set<String> named(String option, String given, Set<String> names) {
    Dataset<Row> wanted =
        broadcast(spark.createDataset(new ArrayList<>(names), Encoders.STRING()).toDF(NAME));
    Map<String, Set<String>> found = new HashMap<>();
    List<Column> spellings =
        List.of(
            col(ID),
            coalesce(col(PATH), lit("")),
            place(),
            substring_index(place(), "/", -1),
            substring_index(col(ID), "/", -1));
    for (Column spelling : spellings) {
      images
          .select(spelling.as(NAME), col(ID))
          .join(wanted, NAME)
          .distinct()
          .collectAsList()
          .forEach(
              row ->
                  found
                      .computeIfAbsent(row.getAs(NAME), any -> new TreeSet<>())
                      .add(row.getAs(ID)));
    }
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
    found.forEach(
        (name, own) -> {
          if (own.contains(name)) {
            ids.add(name);
          } else if (own.size() > 1) {
            throw new InputException(
                "`%s` is %s, and '%s' fits several images, such as %s; give the id."
                    .formatted(
                        option, given, name, String.join(" and ", own.stream().limit(2).toList())));
          } else {
            ids.addAll(own);
          }
        });
    return ids;
  }
}

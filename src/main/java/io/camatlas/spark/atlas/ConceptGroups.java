package io.camatlas.spark.atlas;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.map;
import static org.apache.spark.sql.functions.map_concat;
import static org.apache.spark.sql.functions.map_filter;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import io.camatlas.spark.InputException;
import io.camatlas.spark.Printable;
import io.camatlas.spark.input.ImagesTable;
import io.camatlas.spark.results.ConceptImagesTable;
import io.camatlas.spark.results.ExplanationsTable;
import io.camatlas.spark.storage.ResultFolder;
import io.camatlas.spark.storage.ResultJson;
import java.io.IOException;
import java.io.PrintStream;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Whether images show a concept, as {@code concept} has found it, becomes metadata of theirs. */
final class ConceptGroups {
  private static final String IMAGE = "hash_of_image";
  private static final String SHOWN = "shown_here";
  private static final String PREFIX = "concept ";

  /** Images that every executor may hold, of which each takes up to 100 bytes. */
  private static final long MOST_HELD = 2_000_000;

  private ConceptGroups() {}

  /** What is read of {@code concept.json}. */
  private record About(String concept, String modelSha256, boolean told) {}

  /**
   * Adds an entry {@code concept NAME}, true or false, to the metadata of each image that a concept
   * ranks.
   *
   * @param source of the explanations
   * @param folders that {@code concept} wrote
   * @throws InputException if a folder holds no concept, two have one name, or none of the images
   *     is ranked
   */
  static Dataset<Row> join(
      SparkSession spark,
      Dataset<Row> explanations,
      AtlasSource source,
      List<String> folders,
      PrintStream console) {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    Set<String> names = new HashSet<>();
    Dataset<Row> joined = explanations;
    for (String folder : folders) {
      About about = about(folder, hadoop);
      String name = PREFIX + about.concept();
      if (!names.add(name)) {
        throw new InputException(
            "`concepts` names two concepts called '"
                + about.concept()
                + "'; run one of them again with another `name`.");
      }
      Dataset<Row> all =
          spark
              .read()
              .parquet(new Path(folder, ConceptImagesTable.NAME).toString())
              .select(image().as(IMAGE), col(ConceptImagesTable.SHOWS).as(SHOWN));
      // Where every executor holds all images, explanations stay where they are.
      Dataset<Row> shown = all.count() <= MOST_HELD ? broadcast(all) : all.hint("merge");
      tell(console, about, source, explanations.select(image().as(IMAGE)), shown, folder);
      Column before =
          coalesce(col(ExplanationsTable.METADATA), map().cast(ImagesTable.METADATA_TYPE));
      Column without = map_filter(before, (key, value) -> key.notEqual(name));
      joined =
          joined
              .withColumn(IMAGE, image())
              .join(shown, new String[] {IMAGE}, "left_outer")
              .withColumn(
                  ExplanationsTable.METADATA,
                  when(col(SHOWN).isNull(), col(ExplanationsTable.METADATA))
                      .otherwise(map_concat(without, map(lit(name), col(SHOWN).cast("string")))))
              .drop(SHOWN, IMAGE);
    }
    return joined;
  }

  private static Column image() {
    return xxhash64(col(ConceptImagesTable.IMAGE_ID), col(ConceptImagesTable.SHA256));
  }

  private static void tell(
      PrintStream console,
      About about,
      AtlasSource source,
      Dataset<Row> images,
      Dataset<Row> shown,
      String folder) {
    Dataset<Row> all = images.distinct();
    long ranked = all.join(shown, new String[] {IMAGE}, "left_semi").count();
    long number = all.count();
    if (ranked == 0) {
      throw new InputException(
          "`concepts` is "
              + folder
              + ", which ranks none of these images; make the concept from the same run.");
    }
    console.printf(
        "Concept '%s' ranks %,d of %,d images%n", Printable.of(about.concept()), ranked, number);
    if (!about.told()) {
      console.println(
          "Note: this concept is told hardly better than random examples; its group says little.");
    }
    boolean other =
        source.runs().values().stream()
            .noneMatch(run -> run.modelSha256().equals(about.modelSha256()));
    if (other) {
      console.println("Note: this concept was found with another model.");
    }
  }

  private static About about(String folder, Configuration hadoop) {
    Path file = new Path(folder, ResultFolder.CONCEPT_JSON);
    try {
      FileSystem files = file.getFileSystem(hadoop);
      if (!files.exists(file)) {
        throw new InputException(
            "`concepts` is "
                + folder
                + ", which holds no "
                + ResultFolder.CONCEPT_JSON
                + "; name a folder that 'camatlas concept' wrote.");
      }
      return ResultJson.read(files.makeQualified(file), About.class, hadoop);
    } catch (IOException e) {
      throw new InputException("`concepts` is " + folder + ": " + e.getMessage(), e);
    }
  }
}

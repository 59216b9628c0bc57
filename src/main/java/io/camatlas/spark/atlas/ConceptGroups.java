package io.camatlas.spark.atlas;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.map;
import static org.apache.spark.sql.functions.map_concat;
import static org.apache.spark.sql.functions.map_filter;
import static org.apache.spark.sql.functions.when;

import io.camatlas.spark.InputException;
import io.camatlas.spark.input.ImagesTable;
import io.camatlas.spark.results.ConceptImagesTable;
import io.camatlas.spark.results.ExplanationsTable;
import io.camatlas.spark.storage.ResultFolder;
import io.camatlas.spark.storage.ResultJson;
import java.io.IOException;
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
  private static final String SHOWN = "shown_here";
  private static final String PREFIX = "concept ";

  private ConceptGroups() {}

  /** What is read of {@code concept.json}. */
  private record About(String concept) {}

  /**
   * Adds an entry {@code concept NAME}, true or false, to the metadata of each image that a concept
   * ranks.
   *
   * @param folders that {@code concept} wrote
   * @throws InputException if a folder holds no concept, or two have one name
   */
  static Dataset<Row> join(SparkSession spark, Dataset<Row> explanations, List<String> folders) {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    Set<String> names = new HashSet<>();
    Dataset<Row> joined = explanations;
    for (String folder : folders) {
      String name = PREFIX + name(folder, hadoop);
      if (!names.add(name)) {
        throw new InputException(
            "`concepts` names two concepts called '"
                + name.substring(PREFIX.length())
                + "'; run one of them again with another `name`.");
      }
      Dataset<Row> shown =
          spark
              .read()
              .parquet(new Path(folder, ConceptImagesTable.NAME).toString())
              .select(
                  col(ConceptImagesTable.IMAGE_ID),
                  col(ConceptImagesTable.SHA256),
                  col(ConceptImagesTable.SHOWS).as(SHOWN));
      Column before =
          coalesce(col(ExplanationsTable.METADATA), map().cast(ImagesTable.METADATA_TYPE));
      Column without = map_filter(before, (key, value) -> key.notEqual(name));
      joined =
          joined
              .join(
                  shown,
                  new String[] {ConceptImagesTable.IMAGE_ID, ConceptImagesTable.SHA256},
                  "left_outer")
              .withColumn(
                  ExplanationsTable.METADATA,
                  when(col(SHOWN).isNull(), col(ExplanationsTable.METADATA))
                      .otherwise(map_concat(without, map(lit(name), col(SHOWN).cast("string")))))
              .drop(SHOWN);
    }
    return joined;
  }

  private static String name(String folder, Configuration hadoop) {
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
      return ResultJson.read(files.makeQualified(file), About.class, hadoop).concept();
    } catch (IOException e) {
      throw new InputException("`concepts` is " + folder + ": " + e.getMessage(), e);
    }
  }
}

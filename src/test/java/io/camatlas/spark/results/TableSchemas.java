package io.camatlas.spark.results;

import io.camatlas.spark.input.ImagesTable;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.sql.types.StructType;

/**
 * Every table that is written, and what images are brought into before they are explained. A new
 * table of the atlas is in {@link AtlasTables}; another one is added here.
 */
final class TableSchemas {
  /**
   * What a table looks like.
   *
   * @param version that results name; 0 where they name none
   * @param columns in order
   */
  record TableSchema(int version, StructType columns) {
    /** As the file of the table's name holds it. */
    String text() {
      return "version " + version + "\n" + columns.treeString();
    }
  }

  private TableSchemas() {}

  /** By the table's name. */
  static Map<String, TableSchema> all() {
    Map<String, TableSchema> all = new LinkedHashMap<>();
    all.put("listing", new TableSchema(0, ImagesTable.SCHEMA));
    all.put("images", new TableSchema(PackedImagesTable.VERSION, PackedImagesTable.SCHEMA));
    all.put("explanations", new TableSchema(ExplanationsTable.VERSION, ExplanationsTable.SCHEMA));
    all.put("explanation", new TableSchema(ExplanationStruct.VERSION, ExplanationStruct.SCHEMA));
    all.put("failures", new TableSchema(FailuresTable.VERSION, FailuresTable.SCHEMA));
    all.put("states", new TableSchema(StatesTable.VERSION, StatesTable.SCHEMA));
    AtlasTables.ALL.forEach(
        table -> all.put(table.name(), new TableSchema(table.version(), table.schema())));
    all.put("sanity", new TableSchema(SanityTable.VERSION, SanityTable.SCHEMA));
    all.put("sanity_images", new TableSchema(SanityImagesTable.VERSION, SanityImagesTable.SCHEMA));
    all.put("faithfulness", new TableSchema(FaithfulnessTable.VERSION, FaithfulnessTable.SCHEMA));
    all.put(
        "faithfulness_images",
        new TableSchema(FaithfulnessImagesTable.VERSION, FaithfulnessImagesTable.SCHEMA));
    // Told beside the other two, in the version of their run.
    all.put("faithfulness_skipped", new TableSchema(0, FaithfulnessSkippedTable.SCHEMA));
    all.put("causes", new TableSchema(CausesTable.VERSION, CausesTable.SCHEMA));
    all.put("causes_images", new TableSchema(CausesImagesTable.VERSION, CausesImagesTable.SCHEMA));
    all.put(
        "feature_map_habits",
        new TableSchema(FeatureMapHabitsTable.VERSION, FeatureMapHabitsTable.SCHEMA));
    all.put("class_habits", new TableSchema(ClassHabitsTable.VERSION, ClassHabitsTable.SCHEMA));
    all.put(
        PicturesComparedTable.NAME,
        new TableSchema(PicturesComparedTable.VERSION, PicturesComparedTable.SCHEMA));
    all.put(
        "concept_images", new TableSchema(ConceptImagesTable.VERSION, ConceptImagesTable.SCHEMA));
    all.put(
        "concept_classes",
        new TableSchema(ConceptClassesTable.VERSION, ConceptClassesTable.SCHEMA));
    all.put(ComparisonTable.NAME, new TableSchema(ComparisonTable.VERSION, ComparisonTable.SCHEMA));
    all.put(
        ComparisonClassesTable.NAME,
        new TableSchema(ComparisonClassesTable.VERSION, ComparisonClassesTable.SCHEMA));
    all.put(
        ComparisonImagesTable.NAME,
        new TableSchema(ComparisonImagesTable.VERSION, ComparisonImagesTable.SCHEMA));
    all.put(StrategiesTable.NAME, new TableSchema(StrategiesTable.VERSION, StrategiesTable.SCHEMA));
    all.put(
        StrategyImagesTable.NAME,
        new TableSchema(StrategyImagesTable.VERSION, StrategyImagesTable.SCHEMA));
    all.put(
        ErrorSlicesTable.NAME, new TableSchema(ErrorSlicesTable.VERSION, ErrorSlicesTable.SCHEMA));
    return all;
  }
}

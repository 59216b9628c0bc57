package io.camatlas.spark.results;

import io.camatlas.image.Box;
import io.camatlas.spark.input.ImagesTable;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Row;

/**
 * A row of {@link ExplanationsTable}, or the selected columns of one; asking for any other column
 * fails.
 *
 * @param row a row with a schema
 */
public record ExplanationRow(Row row) {
  public static ExplanationRow of(Row row) {
    return new ExplanationRow(row);
  }

  public String imageId() {
    return row.getAs(ExplanationsTable.IMAGE_ID);
  }

  /** Where the image was; null if it came from a table. */
  public String path() {
    return row.getAs(ExplanationsTable.PATH);
  }

  /** SHA-256 of the image's bytes, in hexadecimal. */
  public String sha256() {
    return row.getAs(ExplanationsTable.SHA256);
  }

  /** Width of the upright original, in pixels. */
  public int width() {
    return row.getAs(ExplanationsTable.WIDTH);
  }

  /** Height of the upright original, in pixels. */
  public int height() {
    return row.getAs(ExplanationsTable.HEIGHT);
  }

  /** The part of the image that the network saw, in pixels of the upright original. */
  public Box view() {
    return ImagesTable.box(row.getAs(ExplanationsTable.VIEW));
  }

  /** The class that the image is labelled with; null if it has no label. */
  public String label() {
    return row.getAs(ExplanationsTable.LABEL);
  }

  /** Boxes of the image's objects; empty if none are known. */
  public List<Box> boxes() {
    return ImagesTable.boxes(row);
  }

  /** What else the source said of the image; values are never null. */
  public Map<String, String> metadata() {
    int at = row.fieldIndex(ExplanationsTable.METADATA);
    Map<String, String> known = new TreeMap<>();
    if (!row.isNullAt(at)) {
      row.<String, String>getJavaMap(at)
          .forEach(
              (name, value) -> {
                if (value != null) {
                  known.put(name, value);
                }
              });
    }
    return known;
  }

  public String predicted() {
    return row.getAs(ExplanationsTable.PREDICTED);
  }

  /**
   * Where the image may have several labels, those of one kind.
   *
   * @param column such as {@link ExplanationsTable#PREDICTED_LABELS}
   * @return empty for other models, or if nothing is known
   */
  public Optional<List<String>> labels(String column) {
    int at = row.fieldIndex(column);
    return row.isNullAt(at) ? Optional.empty() : Optional.of(row.getList(at));
  }

  /** Whether the image may have several labels. */
  public boolean mayHaveSeveral() {
    return labels(ExplanationsTable.PREDICTED_LABELS).isPresent();
  }

  /** The image's label or labels for people; empty if nothing is known of them. */
  public String labelText() {
    return mayHaveSeveral()
        ? labels(ExplanationsTable.LABELS).map(ExplanationRow::listed).orElse("")
        : Objects.requireNonNullElse(label(), "");
  }

  /** What the network says the image shows, for people. */
  public String predictedText() {
    return labels(ExplanationsTable.PREDICTED_LABELS)
        .map(ExplanationRow::listed)
        .orElseGet(this::predicted);
  }

  private static String listed(List<String> labels) {
    return labels.isEmpty() ? "none" : String.join(", ", labels);
  }

  /** Probability of the predicted class. */
  public float confidence() {
    return row.getAs(ExplanationsTable.CONFIDENCE);
  }

  /** Whether the prediction is right; empty if that is not known. */
  public Optional<Boolean> correct() {
    return Optional.ofNullable(row.getAs(ExplanationsTable.CORRECT));
  }

  public String target() {
    return row.getAs(ExplanationsTable.TARGET);
  }

  public int targetIndex() {
    return row.getAs(ExplanationsTable.TARGET_INDEX);
  }

  public float targetProbability() {
    return row.getAs(ExplanationsTable.TARGET_PROBABILITY);
  }

  public String model() {
    return row.getAs(ExplanationsTable.MODEL);
  }

  public String modelSha256() {
    return row.getAs(ExplanationsTable.MODEL_SHA256);
  }

  public String layer() {
    return row.getAs(ExplanationsTable.LAYER);
  }

  public String method() {
    return row.getAs(ExplanationsTable.METHOD);
  }

  /** The map's values, row by row from the top. */
  public float[] map() {
    List<Float> values = row.getList(row.fieldIndex(ExplanationsTable.MAP));
    float[] map = new float[values.size()];
    for (int i = 0; i < map.length; i++) {
      map[i] = values.get(i);
    }
    return map;
  }

  public int mapHeight() {
    return row.getAs(ExplanationsTable.MAP_HEIGHT);
  }

  public int mapWidth() {
    return row.getAs(ExplanationsTable.MAP_WIDTH);
  }

  public LocalizationStruct localization() {
    return new LocalizationStruct(row.getAs(ExplanationsTable.LOCALIZATION));
  }
}

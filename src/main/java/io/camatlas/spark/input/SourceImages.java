package io.camatlas.spark.input;

import static org.apache.spark.sql.functions.lit;

import io.camatlas.config.InputKind;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;

/**
 * The images of a source.
 *
 * @param listing rows of {@link ImagesTable#LISTING}, sorted by image_id; may be read many times
 * @param count number of images
 * @param labels the distinct labels
 * @param kind the form the input was read as
 * @param packed the images, for a table of encoded images
 */
public record SourceImages(
    Dataset<Row> listing, long count, Set<String> labels, InputKind kind, Optional<Packed> packed) {
  /**
   * Images that a table holds.
   *
   * @param column the column that they are in
   * @param rows rows of {@link ImagesTable#SCHEMA} with their content, partitioned as the source is
   */
  public record Packed(String column, Dataset<Row> rows) {}

  /** Images that are files or parts of files. */
  static SourceImages files(SortedListing.Listed written, InputKind kind) {
    return new SourceImages(
        written.rows(), written.count(), written.labels(), kind, Optional.empty());
  }

  /** The same images without labels. */
  public SourceImages withoutLabels() {
    Column none = lit(null).cast(DataTypes.StringType);
    return new SourceImages(
        listing.withColumn(ImagesTable.LABEL, none),
        count,
        Set.of(),
        kind,
        packed.map(
            images -> new Packed(images.column, images.rows.withColumn(ImagesTable.LABEL, none))));
  }

  /** Rows of {@link ImagesTable#SCHEMA}; content is null if the images are files. */
  public Dataset<Row> rows() {
    return packed
        .map(Packed::rows)
        .orElseGet(
            () -> listing.withColumn(ImagesTable.CONTENT, lit(null).cast(DataTypes.BinaryType)));
  }
}

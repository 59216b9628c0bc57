package io.camatlas.spark.results;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.camatlas.faithfulness.Faithfulness;
import io.camatlas.faithfulness.MapKind;
import io.camatlas.faithfulness.ScoredImage;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/**
 * The table {@code faithfulness_images}: one row for each sampled explanation and kind of map.
 *
 * <p>{@code map_kind} is {@code explanation}, {@code random} or {@code centre}; {@code probability}
 * is the target's on the whole image, Y. The four numbers are those of {@link Faithfulness};
 * fractions, {@code average_drop} null where Y is 0, {@code increase} 0 or 1.
 */
public final class FaithfulnessImagesTable {
  /** Raised whenever a column changes its name, unit or meaning. */
  public static final int VERSION = 1;

  /** The columns, in order. */
  public static final StructType SCHEMA =
      new StructType()
          .add("model", StringType, false)
          .add("model_sha256", StringType, false)
          .add("layer", StringType, false)
          .add("method", StringType, false)
          .add("target", StringType, false)
          .add("target_index", IntegerType, false)
          .add("image_id", StringType, false)
          .add("sha256", StringType, false)
          .add("map_kind", StringType, false)
          .add("average_drop", DoubleType, true)
          .add("increase", DoubleType, false)
          .add("insertion_auc", DoubleType, false)
          .add("deletion_auc", DoubleType, false)
          .add("probability", DoubleType, false);

  private FaithfulnessImagesTable() {}

  /** The rows of one image, one for each kind of map. */
  public static List<Row> toRows(Row explanation, ScoredImage scored) {
    List<Row> rows = new ArrayList<>();
    for (MapKind kind : MapKind.values()) {
      Faithfulness map = scored.maps().get(kind);
      rows.add(
          RowFactory.create(
              explanation.getAs("model"),
              explanation.getAs("model_sha256"),
              explanation.getAs("layer"),
              explanation.getAs("method"),
              explanation.getAs("target"),
              explanation.getAs("target_index"),
              explanation.getAs("image_id"),
              explanation.getAs("sha256"),
              kind.text(),
              Double.isNaN(map.averageDrop()) ? null : map.averageDrop(),
              map.increase(),
              map.insertionAuc(),
              map.deletionAuc(),
              scored.probability()));
    }
    return rows;
  }

  /** The four numbers of a row. */
  static Faithfulness fromRow(Row row) {
    Double drop = row.getAs("average_drop");
    return new Faithfulness(
        drop == null ? Double.NaN : drop,
        row.getAs("increase"),
        row.getAs("insertion_auc"),
        row.getAs("deletion_auc"));
  }
}

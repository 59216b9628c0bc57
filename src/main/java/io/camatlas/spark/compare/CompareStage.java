package io.camatlas.spark.compare;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.hash;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.types.DataTypes.BinaryType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.camatlas.atlas.ExplainedRow;
import io.camatlas.atlas.Relevance;
import io.camatlas.compare.CommonGrid;
import io.camatlas.compare.ComparedClass;
import io.camatlas.compare.ComparedRow;
import io.camatlas.compare.TwoSamples.Side;
import io.camatlas.spark.results.ComparisonImagesTable.Kept;
import io.camatlas.spark.results.ExplanationRows;
import io.camatlas.spark.results.ExplanationRows.Annotated;
import io.camatlas.spark.results.FaithfulnessImagesTable;
import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.StructType;

/**
 * Brings the rows of two audits together, class by class and image by image, and gathers them into
 * states. Memory holds one state at a time, regardless of the numbers of images and classes.
 */
final class CompareStage {
  /** A part of a state, or an image whose attention moved. */
  static final String CLASS_INDEX = "class_index_of_part";

  static final String STATE = "state_of_part";
  static final String REASON = "reason_of_image";
  static final String AMOUNT = "amount_of_image";
  static final String SHA256 = "sha256_of_image";
  static final String FROM_ID = "from_id";
  static final String WITH_ID = "with_id";

  private static final String BUCKET = "bucket";
  private static final String SIDE = "side";
  private static final String ID = "id";
  private static final String BYTES = "row_bytes";

  /** What is compared of an image and a class, as bytes. */
  private static final StructType ROW =
      new StructType()
          .add(CLASS_INDEX, IntegerType, false)
          .add(SHA256, StringType, false)
          .add(SIDE, IntegerType, false)
          .add(ID, StringType, false)
          .add(BYTES, BinaryType, false);

  /** What tasks write. */
  static final StructType FOUND =
      new StructType()
          .add(CLASS_INDEX, IntegerType, false)
          .add(STATE, BinaryType, true)
          .add(REASON, StringType, true)
          .add(AMOUNT, DoubleType, true)
          .add(SHA256, StringType, true)
          .add(FROM_ID, StringType, true)
          .add(WITH_ID, StringType, true);

  private CompareStage() {}

  /**
   * How rows are read.
   *
   * @param side of the rows
   * @param classes for each class of the rows its common index
   * @param featureMaps whether feature maps are compared
   * @param grid that maps are brought to
   */
  record Reading(Side side, int[] classes, boolean featureMaps, CommonGrid grid)
      implements Serializable {}

  /** One row for each image and class that it concerns. */
  static Dataset<Row> rows(Dataset<Row> explanations, Reading reading) {
    FlatMapFunction<Iterator<InternalRow>, Row> read =
        rows -> new Read(new ExplanationRows("", rows), reading);
    return explanations
        .sparkSession()
        .createDataFrame(ExplanationRows.of(explanations, Annotated.NOT).mapPartitions(read), ROW);
  }

  /**
   * The same of maps that were scored.
   *
   * @param images rows of {@link FaithfulnessImagesTable} of explanations' own maps
   */
  static Dataset<Row> scored(Dataset<Row> images, Reading reading) {
    MapPartitionsFunction<Row, Row> read =
        rows -> {
          List<Row> found = new ArrayList<>();
          while (rows.hasNext()) {
            Row row = rows.next();
            found.add(
                RowFactory.create(
                    reading.classes[row.<Integer>getAs(FaithfulnessImagesTable.TARGET_INDEX)],
                    row.getAs(FaithfulnessImagesTable.SHA256),
                    reading.side.of(0, 1),
                    row.getAs(FaithfulnessImagesTable.IMAGE_ID),
                    ComparedRow.ofFaithfulness(
                            row.<Double>getAs(FaithfulnessImagesTable.INSERTION_AUC).floatValue(),
                            row.<Double>getAs(FaithfulnessImagesTable.DELETION_AUC).floatValue())
                        .bytes()));
          }
          return found.iterator();
        };
    return images.mapPartitions(read, Encoders.row(ROW));
  }

  /**
   * Gathers rows of both sides.
   *
   * @param buckets tasks that a class is spread over
   * @param pictures images of each class to keep for each reason
   * @return rows of {@link #FOUND}; a class may have several states
   */
  static Dataset<Row> gathered(Dataset<Row> rows, int buckets, int pictures) {
    MapPartitionsFunction<Row, Row> gather = some -> new Gather(some, pictures);
    Column bucket = pmod(hash(col(SHA256)), lit(buckets));
    return rows.withColumn(BUCKET, bucket)
        .repartition(col(CLASS_INDEX), col(BUCKET))
        .sortWithinPartitions(CLASS_INDEX, SHA256, SIDE, ID)
        .drop(BUCKET)
        .mapPartitions(gather, Encoders.row(FOUND));
  }

  /** Converts explanations to rows. */
  private static final class Read implements Iterator<Row> {
    private final ExplanationRows rows;
    private final Reading reading;
    private final Relevance relevance = new Relevance();
    private final Queue<Row> ready = new ArrayDeque<>();

    Read(ExplanationRows rows, Reading reading) {
      this.rows = rows;
      this.reading = reading;
    }

    @Override
    public boolean hasNext() {
      while (ready.isEmpty() && rows.next()) {
        ExplainedRow row = rows.row();
        Set<Integer> concerned = new LinkedHashSet<>(List.of(row.target().index()));
        if (row.role().isPrimary()) {
          concerned.add(ComparedRow.counted(row));
          concerned.add(row.said().predicted().index());
        }
        for (int index : concerned) {
          ready.add(
              RowFactory.create(
                  reading.classes[index],
                  rows.sha256(),
                  reading.side.of(0, 1),
                  row.image().id(),
                  ComparedRow.of(row, index, reading.featureMaps ? relevance : null, reading.grid)
                      .bytes()));
        }
      }
      return !ready.isEmpty();
    }

    @Override
    public Row next() {
      if (!hasNext()) {
        throw new NoSuchElementException("All explanations have been read.");
      }
      return ready.remove();
    }
  }

  /** An image of one side. */
  private record Image(String id, ComparedRow row) {}

  /** Gathers sorted rows, class by class. */
  private static final class Gather implements Iterator<Row> {
    private final Iterator<Row> rows;
    private final int pictures;
    private final Queue<Row> ready = new ArrayDeque<>();
    private Row next;

    Gather(Iterator<Row> rows, int pictures) {
      this.rows = rows;
      this.pictures = pictures;
      this.next = rows.hasNext() ? rows.next() : null;
    }

    @Override
    public boolean hasNext() {
      if (ready.isEmpty() && next != null) {
        gather();
      }
      return !ready.isEmpty();
    }

    @Override
    public Row next() {
      if (!hasNext()) {
        throw new NoSuchElementException("All classes have been gathered.");
      }
      return ready.remove();
    }

    private void gather() {
      int index = next.getInt(0);
      ComparedClass state = new ComparedClass();
      KeptImages kept = new KeptImages(index, pictures);
      while (next != null && next.getInt(0) == index) {
        String sha256 = next.getString(1);
        TreeMap<String, ComparedRow> from = new TreeMap<>();
        TreeMap<String, ComparedRow> with = new TreeMap<>();
        while (next != null && next.getInt(0) == index && next.getString(1).equals(sha256)) {
          // Several rows of one image tell different things of it.
          (next.getInt(2) == 0 ? from : with)
              .merge(next.getString(3), ComparedRow.of(next.getAs(4)), ComparedRow::and);
          next = rows.hasNext() ? rows.next() : null;
        }
        pair(sha256, images(from), images(with), state, kept);
      }
      ready.add(
          RowFactory.create(index, ComparedClass.KIND.write(state), null, null, null, null, null));
      for (Kept image : kept.all()) {
        ready.add(
            RowFactory.create(
                index,
                null,
                image.reason(),
                image.amount(),
                image.sha256(),
                image.imageId(),
                image.withId()));
      }
    }

    private static List<Image> images(Map<String, ComparedRow> rows) {
      return rows.entrySet().stream()
          .map(entry -> new Image(entry.getKey(), entry.getValue()))
          .toList();
    }

    /** Copies of one picture are paired in the order of their ids. */
    private static void pair(
        String sha256, List<Image> from, List<Image> with, ComparedClass state, KeptImages kept) {
      int pairs = Math.min(from.size(), with.size());
      for (int i = 0; i < pairs; i++) {
        Image first = from.get(i);
        Image second = with.get(i);
        state.addPair(first.row, second.row);
        ComparedClass.moved(first.row, second.row)
            .ifPresent(moved -> kept.offer(moved, sha256, first.id, second.id));
      }
      from.subList(pairs, from.size()).forEach(one -> state.add(Side.FROM, one.row));
      for (Image one : with.subList(pairs, with.size())) {
        state.add(Side.WITH, one.row);
        kept.offer(one.row, sha256, one.id);
      }
    }
  }
}

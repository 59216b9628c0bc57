package io.camatlas.spark.compare;

import static org.apache.spark.sql.functions.col;
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
import io.camatlas.spark.results.ExplanationsTable;
import io.camatlas.spark.results.FaithfulnessImagesTable;
import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
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
          .add(BUCKET, IntegerType, false)
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
   * @param buckets for each common index, tasks that its rows are spread over
   * @param ofAll the same of all classes together
   * @param shared images that both sides have
   * @param featureMaps whether feature maps are compared
   * @param grid that maps are brought to
   */
  record Reading(
      Side side,
      int[] classes,
      int[] buckets,
      int ofAll,
      Broadcast<long[]> shared,
      boolean featureMaps,
      CommonGrid grid)
      implements Serializable {
    private Row row(int index, String sha256, String id, ComparedRow row) {
      boolean all = index == ComparedRow.ALL;
      int common = all ? ComparedRow.ALL : classes[index];
      return RowFactory.create(
          common,
          Math.floorMod(sha256.hashCode(), all ? ofAll : buckets[common]),
          sha256,
          side.of(0, 1),
          id,
          row.bytes());
    }

    private boolean isShared(String sha256) {
      return Arrays.binarySearch(shared.value(), hash(sha256)) >= 0;
    }
  }

  /** Hashes of the images that both datasets have, ascending. */
  static long[] shared(Dataset<Row> from, Dataset<Row> with) {
    return hashes(from).intersect(hashes(with)).collectAsList().stream()
        .mapToLong(Long::longValue)
        .sorted()
        .toArray();
  }

  private static Dataset<Long> hashes(Dataset<Row> explanations) {
    MapFunction<String, Long> hash = CompareStage::hash;
    return explanations
        .select(ExplanationsTable.SHA256)
        .as(Encoders.STRING())
        .map(hash, Encoders.LONG());
  }

  /** The first eight bytes of a hash that is spread evenly. */
  private static long hash(String sha256) {
    return Long.parseUnsignedLong(sha256, 0, 16, 16);
  }

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
   * @param images rows of {@link FaithfulnessImagesTable#beyondRandom}
   */
  static Dataset<Row> scored(Dataset<Row> images, Reading reading) {
    MapPartitionsFunction<Row, Row> read =
        rows -> {
          List<Row> found = new ArrayList<>();
          while (rows.hasNext()) {
            Row row = rows.next();
            found.add(
                reading.row(
                    row.getAs(FaithfulnessImagesTable.TARGET_INDEX),
                    row.getAs(FaithfulnessImagesTable.SHA256),
                    row.getAs(FaithfulnessImagesTable.IMAGE_ID),
                    ComparedRow.ofFaithfulness(
                        row.<Double>getAs(FaithfulnessImagesTable.INSERTION_AUC).floatValue(),
                        row.<Double>getAs(FaithfulnessImagesTable.DELETION_AUC).floatValue())));
          }
          return found.iterator();
        };
    return images.mapPartitions(read, Encoders.row(ROW));
  }

  /**
   * Gathers rows of both sides.
   *
   * @param pictures images of each class to keep for each reason
   * @return rows of {@link #FOUND}; a class may have several states
   */
  static Dataset<Row> gathered(Dataset<Row> rows, int pictures) {
    MapPartitionsFunction<Row, Row> gather = some -> new Gather(some, pictures);
    return rows.repartition(col(CLASS_INDEX), col(BUCKET))
        .sortWithinPartitions(CLASS_INDEX, SHA256, SIDE, ID)
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
          concerned.add(ComparedRow.ALL);
        }
        String sha256 = rows.sha256();
        boolean shared = reading.isShared(sha256);
        for (int index : concerned) {
          ComparedRow compared =
              ComparedRow.of(
                  row, index, shared, reading.featureMaps ? relevance : null, reading.grid);
          ready.add(reading.row(index, sha256, row.image().id(), compared));
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
      // Of all classes together, the images of each are shown.
      KeptImages kept = new KeptImages(index, index == ComparedRow.ALL ? 0 : pictures);
      while (next != null && next.getInt(0) == index) {
        String sha256 = next.getString(2);
        TreeMap<String, ComparedRow> from = new TreeMap<>();
        TreeMap<String, ComparedRow> with = new TreeMap<>();
        while (next != null && next.getInt(0) == index && next.getString(2).equals(sha256)) {
          // Several rows of one image tell different things of it.
          (next.getInt(3) == 0 ? from : with)
              .merge(next.getString(4), ComparedRow.of(next.getAs(5)), ComparedRow::and);
          next = rows.hasNext() ? rows.next() : null;
        }
        pair(sha256, from, with, state, kept);
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

    /** Copies of one picture are paired by their ids, then in the order of these. */
    private static void pair(
        String sha256,
        Map<String, ComparedRow> from,
        Map<String, ComparedRow> with,
        ComparedClass state,
        KeptImages kept) {
      List<String> firsts = new ArrayList<>();
      for (String id : List.copyOf(from.keySet())) {
        if (with.containsKey(id)) {
          pair(sha256, id, from.remove(id), id, with.remove(id), state, kept);
        } else {
          firsts.add(id);
        }
      }
      List<String> seconds = List.copyOf(with.keySet());
      int pairs = Math.min(firsts.size(), seconds.size());
      for (int i = 0; i < pairs; i++) {
        String id = firsts.get(i);
        String other = seconds.get(i);
        pair(sha256, id, from.remove(id), other, with.remove(other), state, kept);
      }
      from.values().forEach(row -> state.add(Side.FROM, row));
      with.forEach(
          (id, row) -> {
            state.add(Side.WITH, row);
            kept.offer(row, sha256, id);
          });
    }

    private static void pair(
        String sha256,
        String id,
        ComparedRow from,
        String withId,
        ComparedRow with,
        ComparedClass state,
        KeptImages kept) {
      state.addPair(from, with);
      ComparedClass.moved(from, with).ifPresent(moved -> kept.offer(moved, sha256, id, withId));
    }
  }
}

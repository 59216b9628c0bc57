package io.camatlas.spark.compare;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;
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
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;
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
  private static final String FIRST = "first_side";
  private static final String LAST = "last_side";
  private static final String RANK = "rank_of_copy";
  private static final String PARTNERS = "partners";
  private static final String SHARED = "shared";

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
   * @param paired images that have a partner on the other side
   * @param featureMaps whether feature maps are compared
   * @param grid that maps are brought to
   */
  record Reading(
      Side side,
      int[] classes,
      int[] buckets,
      int ofAll,
      Broadcast<Paired> paired,
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

    private boolean isPaired(String sha256, String id) {
      return paired.value().has(sha256, id);
    }
  }

  /**
   * Images that have a partner on the other side.
   *
   * @param shared hashes of the bytes that both sides have, ascending
   * @param surplus hashes of copies of these that have no partner, as the other side has fewer;
   *     ascending
   */
  record Paired(long[] shared, long[] surplus) implements Serializable {
    boolean has(String sha256, String id) {
      return Arrays.binarySearch(shared, hash(sha256)) >= 0
          && Arrays.binarySearch(surplus, hash(sha256, id)) < 0;
    }
  }

  /**
   * Finds partners: copies of one picture are paired by their ids, then in the order of these, as
   * many as the side with fewer has.
   */
  static Paired paired(Dataset<Row> from, Dataset<Row> with) {
    return new Paired(
        ascending(hashes(from).intersect(hashes(with))), ascending(surplus(from, with)));
  }

  private static long[] ascending(Dataset<Long> hashes) {
    return hashes.collectAsList().stream().mapToLong(Long::longValue).sorted().toArray();
  }

  private static Dataset<Long> hashes(Dataset<Row> explanations) {
    MapFunction<String, Long> hash = CompareStage::hash;
    return explanations
        .select(ExplanationsTable.SHA256)
        .as(Encoders.STRING())
        .map(hash, Encoders.LONG());
  }

  /** Copies of pictures that both sides have, without a partner. */
  private static Dataset<Long> surplus(Dataset<Row> from, Dataset<Row> with) {
    Dataset<Row> copies =
        copies(from, 0)
            .unionByName(copies(with, 1))
            .groupBy(SHA256, ID)
            .agg(min(SIDE).as(FIRST), max(SIDE).as(LAST));
    WindowSpec same = Window.partitionBy(SHA256);
    // A copy that both sides have by one id has its partner.
    Column isAlone = col(FIRST).equalTo(col(LAST));
    Column ofFrom = when(isAlone.and(col(FIRST).equalTo(0)), 1).otherwise(0);
    Column ofWith = when(isAlone.and(col(FIRST).equalTo(1)), 1).otherwise(0);
    WindowSpec inOrder = Window.partitionBy(SHA256, FIRST, LAST).orderBy(ID);
    MapFunction<Row, Long> hash = row -> hash(row.<String>getAs(SHA256), row.<String>getAs(ID));
    return copies
        .withColumn(PARTNERS, least(sum(ofFrom).over(same), sum(ofWith).over(same)))
        .withColumn(SHARED, min(FIRST).over(same).equalTo(0).and(max(LAST).over(same).equalTo(1)))
        .withColumn(RANK, row_number().over(inOrder))
        .where(col(SHARED).and(isAlone).and(col(RANK).gt(col(PARTNERS))))
        .map(hash, Encoders.LONG());
  }

  private static Dataset<Row> copies(Dataset<Row> explanations, int side) {
    return explanations
        .select(col(ExplanationsTable.SHA256).as(SHA256), col(ExplanationsTable.IMAGE_ID).as(ID))
        .withColumn(SIDE, lit(side));
  }

  /** The first eight bytes of a hash that is spread evenly. */
  private static long hash(String sha256) {
    return Long.parseUnsignedLong(sha256, 0, 16, 16);
  }

  /** The same of one of several copies of an image (FNV-1a over its id). */
  private static long hash(String sha256, String id) {
    long hash = hash(sha256);
    for (int i = 0; i < id.length(); i++) {
      hash = (hash ^ id.charAt(i)) * 0x100000001b3L;
    }
    return hash;
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
        boolean paired = reading.isPaired(sha256, row.image().id());
        for (int index : concerned) {
          ComparedRow compared =
              ComparedRow.of(
                  row, index, paired, reading.featureMaps ? relevance : null, reading.grid);
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

    /**
     * Copies of one picture are paired by their ids, then in the order of these. Those that have no
     * partner among all images have none in a class either.
     */
    private static void pair(
        String sha256,
        Map<String, ComparedRow> from,
        Map<String, ComparedRow> with,
        ComparedClass state,
        KeptImages kept) {
      List<String> firsts = new ArrayList<>();
      for (String id : paired(from)) {
        ComparedRow other = with.get(id);
        if (other != null && other.isShared()) {
          pair(sha256, id, from.remove(id), id, with.remove(id), state, kept);
        } else {
          firsts.add(id);
        }
      }
      List<String> seconds = paired(with);
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

    private static List<String> paired(Map<String, ComparedRow> copies) {
      return copies.entrySet().stream()
          .filter(copy -> copy.getValue().isShared())
          .map(Map.Entry::getKey)
          .toList();
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

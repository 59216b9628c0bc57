package io.camatlas.spark.pages;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.first;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import io.camatlas.image.DecodeLimits;
import io.camatlas.image.ImageDecoder;
import io.camatlas.image.ImageException;
import io.camatlas.image.MeanImage;
import io.camatlas.image.RgbImage;
import io.camatlas.image.Thumbnail;
import io.camatlas.report.facts.Pages;
import io.camatlas.spark.input.ImagesTable;
import io.camatlas.spark.input.OriginalImages;
import io.camatlas.spark.results.AtlasTable;
import io.camatlas.spark.results.ExplanationsTable;
import io.camatlas.spark.storage.HadoopFiles;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.api.java.function.MapGroupsFunction;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Reads every image that a report needs, once and in parallel; writes its picture and adds it to
 * the mean images of its classes. An image that is gone or has changed is reported and gets no
 * picture.
 */
public final class PictureStage {
  /** Longer side of a mean image, in pixels; a larger one would show no more detail. */
  private static final int MEAN_SIZE = 96;

  /** Number of mean images that a task holds; images come class by class, so few are needed. */
  private static final int MOST_HELD = 64;

  private static final String NO_PLACE = "has no known location";

  private static final int IMAGES_PER_TASK = 64;
  private static final int MOST_TASKS = 20_000;

  /** What an image is needed for: its own picture, or the mean image of a class. */
  public static final String SHOWN = "shown";

  public static final String AVERAGED = "averaged";

  private static final String RUN = AtlasTable.RUN;
  private static final String TARGET_INDEX = ExplanationsTable.TARGET_INDEX;
  private static final String SHA256 = ExplanationsTable.SHA256;

  /** The mean images that an image is part of. */
  private static final String PARTS = "parts";

  /** Columns that images are sorted by. */
  private static final String FIRST_RUN = "first_run";

  private static final String FIRST_CLASS = "first_class";
  private static final String ANYWHERE = "anywhere";

  /** Why an image could not be read. */
  private static final String WHY = "why";

  /** A partial or complete mean image. */
  private static final String MEAN_IMAGE = "mean_image";

  private static final String AVERAGED_IMAGES = "averaged_images";

  /**
   * A row that tasks write: either an image (sha256, shown, and why it could not be read or null)
   * or a partial mean image (run, target_index, mean image).
   */
  private static final StructType FOUND =
      new StructType()
          .add(SHA256, DataTypes.StringType, true)
          .add(SHOWN, DataTypes.BooleanType, true)
          .add(WHY, DataTypes.StringType, true)
          .add(RUN, DataTypes.StringType, true)
          .add(TARGET_INDEX, DataTypes.IntegerType, true)
          .add(MEAN_IMAGE, DataTypes.BinaryType, true);

  /** The mean image of a class, as a JPEG. */
  private static final StructType MEAN =
      new StructType()
          .add(RUN, DataTypes.StringType, false)
          .add(TARGET_INDEX, DataTypes.IntegerType, false)
          .add(AVERAGED_IMAGES, DataTypes.IntegerType, false)
          .add(MEAN_IMAGE, DataTypes.BinaryType, false);

  private PictureStage() {}

  /**
   * Settings for the tasks.
   *
   * @param folder folder of the report while it is being written
   * @param size longer side of a picture, in pixels
   * @param limits limits on the files that are decoded
   */
  public record Plan(String folder, int size, DecodeLimits limits, SerializableConfiguration hadoop)
      implements Serializable {}

  /**
   * The result of the stage.
   *
   * @param problems why images could not be read, by sha256; each is a phrase that follows "the
   *     image"
   * @param pictures number of pictures written
   * @param means mean images of classes
   */
  public record Result(Map<String, String> problems, long pictures, List<Mean> means) {}

  /**
   * The mean image of a class.
   *
   * @param run the run's name in the atlas
   * @param images number of images averaged
   */
  public record Mean(String run, int targetIndex, int images, byte[] jpeg) {
    private static Mean of(Row row) {
      return new Mean(
          row.getAs(RUN),
          row.getAs(TARGET_INDEX),
          row.getAs(AVERAGED_IMAGES),
          row.getAs(MEAN_IMAGE));
    }
  }

  /**
   * One row for each image of {@code wanted}.
   *
   * @param wanted explanations with what they are needed for, {@link #SHOWN} and {@link #AVERAGED};
   *     an image may appear in many
   */
  public static Dataset<Row> images(Dataset<Row> wanted) {
    Column part =
        struct(
            col(RUN),
            col(TARGET_INDEX),
            col(ExplanationsTable.VIEW),
            col(ExplanationsTable.INPUT_HEIGHT),
            col(ExplanationsTable.INPUT_WIDTH));
    return wanted
        .groupBy(SHA256)
        .agg(
            first(ExplanationsTable.IMAGE_ID).as(ExplanationsTable.IMAGE_ID),
            first(ExplanationsTable.PATH, true).as(ExplanationsTable.PATH),
            max(SHOWN).as(SHOWN),
            collect_set(when(col(AVERAGED), part)).as(PARTS));
  }

  /**
   * Reads the images.
   *
   * @param images rows from {@link #images}, with their content if they come from a table
   * @param count number of images
   * @param scratch where tasks write what they found; the caller deletes it
   */
  public static Result run(Dataset<Row> images, long count, Plan plan, String scratch) {
    int tasks =
        (int)
            Math.max(
                1,
                Math.min(
                    MOST_TASKS,
                    Math.max(
                        count / IMAGES_PER_TASK,
                        Math.min(
                            count,
                            2L * images.sparkSession().sparkContext().defaultParallelism()))));
    MapPartitionsFunction<Row, Row> read = rows -> new Task(plan).read(rows);
    Column averaged = size(col(PARTS)).gt(0);
    Column one = col(PARTS).getItem(0);
    images
        // Class by class, so that few mean images are held at once; all other images are spread by
        // hash.
        .withColumn(FIRST_CLASS, when(averaged, one.getField(TARGET_INDEX)).otherwise(-1))
        .withColumn(FIRST_RUN, when(averaged, one.getField(RUN)).otherwise(""))
        .withColumn(ANYWHERE, when(averaged, lit(0L)).otherwise(xxhash64(col(SHA256))))
        .repartition(tasks, col(FIRST_RUN), col(FIRST_CLASS), col(ANYWHERE))
        .sortWithinPartitions(FIRST_RUN, FIRST_CLASS, SHA256)
        .mapPartitions(read, Encoders.row(FOUND))
        .write()
        .parquet(scratch);
    Dataset<Row> found = images.sparkSession().read().schema(FOUND).parquet(scratch);
    Map<String, String> problems = new LinkedHashMap<>();
    found
        .where(col(WHY).isNotNull())
        .select(SHA256, WHY)
        .collectAsList()
        .forEach(row -> problems.put(row.getString(0), row.getString(1)));
    MapFunction<Row, String> key = row -> row.getAs(TARGET_INDEX) + " " + row.getAs(RUN);
    MapGroupsFunction<String, Row, Row> merge = (name, parts) -> mean(parts);
    List<Mean> means =
        found
            .where(col(MEAN_IMAGE).isNotNull())
            .groupByKey(key, Encoders.STRING())
            .mapGroups(merge, Encoders.row(MEAN))
            .collectAsList()
            .stream()
            .map(Mean::of)
            .toList();
    long pictures = found.where(col(SHOWN).and(col(WHY).isNull())).count();
    return new Result(problems, pictures, means);
  }

  private static Row mean(Iterator<Row> parts) {
    Row one = parts.next();
    MeanImage whole = MeanImage.read(one.getAs(MEAN_IMAGE));
    while (parts.hasNext()) {
      whole.merge(MeanImage.read(parts.next().getAs(MEAN_IMAGE)));
    }
    return RowFactory.create(
        one.getAs(RUN), one.getAs(TARGET_INDEX), whole.images(), Thumbnail.jpeg(whole.mean()));
  }

  /** Reads one task's images. */
  private static final class Task {
    private final Plan plan;
    private final ImageDecoder decoder;
    private final Map<Key, MeanImage> means = new LinkedHashMap<>();
    private final Queue<Row> ready = new ArrayDeque<>();

    private record Key(String run, int target) {}

    Task(Plan plan) {
      this.plan = plan;
      this.decoder = new ImageDecoder(plan.limits());
    }

    Iterator<Row> read(Iterator<Row> images) {
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          while (ready.isEmpty() && images.hasNext()) {
            try {
              readOne(images.next());
            } catch (IOException e) {
              throw new java.io.UncheckedIOException("Cannot write a picture", e);
            }
          }
          if (ready.isEmpty()) {
            handOut(0);
          }
          return !ready.isEmpty();
        }

        @Override
        public Row next() {
          if (!hasNext()) {
            throw new java.util.NoSuchElementException("All images have been read.");
          }
          return ready.remove();
        }
      };
    }

    private void readOne(Row row) throws IOException {
      String sha256 = row.getAs(SHA256);
      String problem = null;
      try {
        byte[] bytes =
            OriginalImages.read(
                row, sha256, plan.hadoop().value(), plan.limits().maxBytes(), NO_PLACE);
        RgbImage image = decoder.decode(bytes);
        if (row.<Boolean>getAs(SHOWN)) {
          HadoopFiles.write(
              new Path(plan.folder(), Pages.image(sha256)),
              Thumbnail.jpeg(Thumbnail.of(image, plan.size())),
              plan.hadoop().value());
        }
        List<Row> parts = row.getList(row.fieldIndex(PARTS));
        for (Row part : parts) {
          means
              .computeIfAbsent(
                  new Key(part.getAs(RUN), part.getAs(TARGET_INDEX)),
                  key ->
                      MeanImage.shapedAs(
                          part.getAs(ExplanationsTable.INPUT_HEIGHT),
                          part.getAs(ExplanationsTable.INPUT_WIDTH),
                          MEAN_SIZE))
              .add(image, ImagesTable.box(part.getAs(ExplanationsTable.VIEW)));
        }
        handOut(MOST_HELD);
      } catch (OriginalImages.Unavailable e) {
        problem =
            switch (e.reason()) {
              case "changed" -> "has changed";
              case "no path" -> NO_PLACE;
              default -> e.reason();
            };
      } catch (ImageException e) {
        problem = "cannot be decoded";
      }
      ready.add(RowFactory.create(sha256, row.getAs(SHOWN), problem, null, null, null));
    }

    /** Outputs mean images, oldest first, until only that many are left. */
    private void handOut(int left) {
      Iterator<Map.Entry<Key, MeanImage>> oldest = means.entrySet().iterator();
      while (means.size() > left) {
        Map.Entry<Key, MeanImage> mean = oldest.next();
        ready.add(
            RowFactory.create(
                null,
                null,
                null,
                mean.getKey().run(),
                mean.getKey().target(),
                mean.getValue().write()));
        oldest.remove();
      }
    }
  }
}

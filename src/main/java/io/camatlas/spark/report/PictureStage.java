package io.camatlas.spark.report;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.first;
import static org.apache.spark.sql.functions.max;

import io.camatlas.image.DecodeLimits;
import io.camatlas.image.ImageDecoder;
import io.camatlas.image.ImageException;
import io.camatlas.image.MeanImage;
import io.camatlas.image.RgbImage;
import io.camatlas.image.Thumbnail;
import io.camatlas.report.facts.Pages;
import io.camatlas.spark.input.ImagesTable;
import io.camatlas.spark.input.OriginalImages;
import io.camatlas.spark.storage.ResultFolder;
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
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Reads every image that a report needs, once and in parallel: writes its picture, and adds it to
 * the mean images of its classes. An image that is gone or has changed is told, and is no picture.
 */
final class PictureStage {
  /** Longer side of a mean image: there is no more detail in it. */
  private static final int MEAN_SIZE = 96;

  /** Mean images that a task holds; images come class by class, so that few are needed. */
  private static final int MOST_HELD = 64;

  private static final String NO_PLACE = "has no place to be read from";

  private static final int IMAGES_PER_TASK = 64;
  private static final int MOST_TASKS = 20_000;

  /**
   * What tasks found: an image (sha256, shown, and its problem or null), or a part of a mean image
   * (run, target_index, mean).
   */
  private static final StructType FOUND =
      new StructType()
          .add("sha256", DataTypes.StringType, true)
          .add("shown", DataTypes.BooleanType, true)
          .add("problem", DataTypes.StringType, true)
          .add("run", DataTypes.StringType, true)
          .add("target_index", DataTypes.IntegerType, true)
          .add("mean", DataTypes.BinaryType, true);

  /** The mean image of a class. */
  private static final StructType MEAN =
      new StructType()
          .add("run", DataTypes.StringType, false)
          .add("target_index", DataTypes.IntegerType, false)
          .add("images", DataTypes.IntegerType, false)
          .add("jpeg", DataTypes.BinaryType, false);

  private PictureStage() {}

  /**
   * How tasks work.
   *
   * @param folder of the report while it is made
   * @param size longer side of a picture, in pixels
   * @param limits on the files that are decoded
   */
  record Plan(String folder, int size, DecodeLimits limits, SerializableConfiguration hadoop)
      implements Serializable {}

  /**
   * What came of it.
   *
   * @param problems why images could not be read, by sha256; goes on after "the image"
   * @param pictures how many were written
   * @param means rows of run, target_index, images and jpeg
   */
  record Result(Map<String, String> problems, long pictures, List<Row> means) {}

  /**
   * One row for each image of {@code wanted}.
   *
   * @param wanted rows of image_id, path, sha256, view, input_height, input_width, run,
   *     target_index, {@code shown} and {@code averaged}; an image may stand in many
   */
  static Dataset<Row> images(Dataset<Row> wanted) {
    return wanted
        .groupBy("sha256")
        .agg(
            first("image_id").as("image_id"),
            first("path", true).as("path"),
            max("shown").as("shown"),
            collect_set(
                    expr(
                        "IF(averaged, named_struct('run', run, 'target_index', target_index,"
                            + " 'view', view, 'input_height', input_height, 'input_width',"
                            + " input_width), NULL)"))
                .as("parts"));
  }

  /**
   * Reads the images.
   *
   * @param images of {@link #images}, with {@code content} where they come from a table
   * @param count how many
   * @param scratch where tasks note what they found; the caller deletes it
   */
  static Result run(Dataset<Row> images, long count, Plan plan, String scratch) {
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
    images
        // Class by class, so that few mean images are held at once; the others lie anywhere.
        .withColumn("first_class", expr("IF(size(parts) > 0, parts[0].target_index, -1)"))
        .withColumn("first_run", expr("IF(size(parts) > 0, parts[0].run, '')"))
        .withColumn("spread", expr("IF(size(parts) > 0, 0L, xxhash64(sha256))"))
        .repartition(tasks, col("first_run"), col("first_class"), col("spread"))
        .sortWithinPartitions("first_run", "first_class", "sha256")
        .mapPartitions(read, Encoders.row(FOUND))
        .write()
        .parquet(scratch);
    Dataset<Row> found = images.sparkSession().read().schema(FOUND).parquet(scratch);
    Map<String, String> problems = new LinkedHashMap<>();
    found
        .where("problem IS NOT NULL")
        .select("sha256", "problem")
        .collectAsList()
        .forEach(row -> problems.put(row.getString(0), row.getString(1)));
    MapFunction<Row, String> key = row -> row.getAs("target_index") + " " + row.getAs("run");
    MapGroupsFunction<String, Row, Row> merge = (name, parts) -> mean(parts);
    List<Row> means =
        found
            .where("mean IS NOT NULL")
            .groupByKey(key, Encoders.STRING())
            .mapGroups(merge, Encoders.row(MEAN))
            .collectAsList();
    return new Result(problems, found.where("shown AND problem IS NULL").count(), means);
  }

  private static Row mean(Iterator<Row> parts) {
    Row one = parts.next();
    MeanImage whole = MeanImage.read(one.getAs("mean"));
    while (parts.hasNext()) {
      whole.merge(MeanImage.read(parts.next().getAs("mean")));
    }
    return RowFactory.create(
        one.getAs("run"), one.getAs("target_index"), whole.images(), Thumbnail.jpeg(whole.mean()));
  }

  /** One task's images. */
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
      String sha256 = row.getAs("sha256");
      String problem = null;
      try {
        byte[] bytes =
            OriginalImages.read(
                row, sha256, plan.hadoop().value(), plan.limits().maxBytes(), NO_PLACE);
        RgbImage image = decoder.decode(bytes);
        if (row.<Boolean>getAs("shown")) {
          ResultFolder.write(
              new Path(plan.folder(), Pages.image(sha256)),
              Thumbnail.jpeg(Thumbnail.of(image, plan.size())),
              plan.hadoop().value());
        }
        List<Row> parts = row.getList(row.fieldIndex("parts"));
        for (Row part : parts) {
          means
              .computeIfAbsent(
                  new Key(part.getAs("run"), part.getAs("target_index")),
                  key ->
                      MeanImage.shapedAs(
                          part.getAs("input_height"), part.getAs("input_width"), MEAN_SIZE))
              .add(image, ImagesTable.box(part.getAs("view")));
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
      ready.add(RowFactory.create(sha256, row.getAs("shown"), problem, null, null, null));
    }

    /** Gives means away, oldest first, until so many are left. */
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

package io.camatlas.bench;

import io.camatlas.atlas.ClassName;
import io.camatlas.atlas.Examples;
import io.camatlas.atlas.ExplainedRow;
import io.camatlas.atlas.Gathering;
import io.camatlas.image.Box;
import io.camatlas.localize.Localization;
import io.camatlas.localize.SaliencyMap;
import io.camatlas.spark.atlas.GatherStage;
import io.camatlas.spark.input.ImagesTable;
import io.camatlas.spark.results.ExplanationRows;
import io.camatlas.spark.results.ExplanationsTable;
import io.camatlas.spark.results.StatesTable;
import io.camatlas.spark.truth.TruthChoice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import scala.collection.immutable.Map$;

/**
 * Measures the cost of gathering synthetic explanations: in memory on one thread, and through Spark
 * from Parquet, for growing numbers of rows.
 */
public final class AtlasBenchmark {
  private static final int ROWS_PER_FILE = 5_000;

  private static final int POOL = 1_000;
  private static final int ROUNDS = 3;

  private final SparkSession spark;
  private final Shape shape;
  private final String folder;
  private final AtomicLong shuffled = new AtomicLong();
  private final AtomicLong gathered = new AtomicLong();

  /**
   * The shape of the synthetic data.
   *
   * @param rows rows of the smallest table; the others have twice and four times as many
   * @param classes number of classes of the model
   * @param maps number of feature maps, K
   * @param side rows and columns of the layer's grid
   * @param examples number of images kept for each feature map
   * @param byClass whether rows of a class are adjacent, as they are when folders name classes
   */
  public record Shape(int rows, int classes, int maps, int side, int examples, boolean byClass)
      implements java.io.Serializable {
    public Shape {
      if (rows < 1 || classes < 1 || maps < 1 || side < 1 || side > 256) {
        throw new IllegalArgumentException(
            "rows is %d, classes %d, feature-maps %d, grid %d; all must be at least 1, the grid at most 256."
                .formatted(rows, classes, maps, side));
      }
    }
  }

  /**
   * Creates a benchmark.
   *
   * @param folder folder for tables; the caller removes it
   */
  public AtlasBenchmark(SparkSession spark, Shape shape, String folder) {
    this.spark = spark;
    this.shape = shape;
    this.folder = folder;
    spark
        .sparkContext()
        .addSparkListener(
            new SparkListener() {
              @Override
              public void onTaskEnd(SparkListenerTaskEnd end) {
                if (end.taskMetrics() != null) {
                  shuffled.addAndGet(end.taskMetrics().shuffleWriteMetrics().bytesWritten());
                  gathered.addAndGet(end.taskMetrics().executorRunTime());
                }
              }
            });
  }

  /** Runs all measurements and returns a report of a few lines. */
  public String run() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%,d classes, K = %d, %dx%d maps, %d examples, rows %s%n",
            shape.classes(),
            shape.maps(),
            shape.side(),
            shape.side(),
            shape.examples(),
            shape.byClass() ? "by class" : "in any order"));
    double inMemory = inMemory();
    text.append(String.format(Locale.ROOT, "in memory, one thread: %,.0f rows/s%n", inMemory));
    text.append(
        String.format(
            Locale.ROOT,
            "%10s %14s %14s %16s %14s %12s%n",
            "rows",
            "read rows/s",
            "atlas rows/s",
            "rows/s per core",
            "shuffle B/row",
            "driver MB"));
    for (int factor = 1; factor <= 4; factor *= 2) {
      text.append(throughSpark(shape.rows() * factor));
    }
    text.append(
        "read: only reading the columns; atlas: gathering, merging and writing the states; per"
            + " core: by the total run time of tasks.\n");
    return text.toString();
  }

  /**
   * Measures with rows assembled from pools of arrays, so that creating them costs almost nothing.
   */
  private double inMemory() {
    List<ExplainedRow> pool = new ArrayList<>();
    for (int i = 0; i < POOL; i++) {
      pool.add(explained(i));
    }
    Gathering.Group group = new Gathering.Group("run", "layer");
    double best = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Gathering gathering = new Gathering(shape.examples(), GatherStage.budget());
      SplittableRandom random = new SplittableRandom(round);
      long started = System.nanoTime();
      int rows = 10 * shape.rows();
      for (int i = 0; i < rows; i++) {
        gathering
            .add(group, mixed(pool, random, i, rows))
            .ifPresent(parts -> parts.forEachRemaining(part -> {}));
      }
      gathering.drain().forEachRemaining(part -> {});
      best = Math.max(best, rows / ((System.nanoTime() - started) / 1e9));
    }
    return best;
  }

  private ExplainedRow mixed(
      List<ExplainedRow> pool, SplittableRandom random, int index, int rows) {
    ExplainedRow one = pool.get(random.nextInt(POOL));
    ClassName name = new ClassName(classOf(shape, index, rows), "class");
    return new ExplainedRow(
        new Examples.Image("image-" + index, null),
        name,
        ExplainedRow.Said.of(name, name, random.nextDouble()),
        null,
        one.role(),
        one.map(),
        one.measures(),
        new ExplainedRow.FeatureMaps(
            pool.get(random.nextInt(POOL)).featureMaps().weights(),
            pool.get(random.nextInt(POOL)).featureMaps().meanActivations(),
            pool.get(random.nextInt(POOL)).featureMaps().maxActivations(),
            one.featureMaps().maxCells()),
        ExplainedRow.Context.NONE);
  }

  private String throughSpark(int rows) {
    String table = folder + "/explanations-" + rows;
    write(rows, table);
    Dataset<Row> explanations = spark.read().schema(ExplanationsTable.SCHEMA).parquet(table);
    double read = Double.MAX_VALUE;
    double atlas = Double.MAX_VALUE;
    long bytes = 0;
    long taskMillis = 0;
    for (int round = 0; round < 2; round++) {
      long started = System.nanoTime();
      ExplanationRows.of(explanations, ExplanationRows.Annotated.NOT)
          .foreachPartition(
              items -> {
                ExplanationRows all = new ExplanationRows("run", items);
                while (all.next()) {
                  all.row();
                }
              });
      read = Math.min(read, (System.nanoTime() - started) / 1e9);
      shuffled.set(0);
      gathered.set(0);
      started = System.nanoTime();
      SerializableConfiguration hadoop =
          new SerializableConfiguration(spark.sparkContext().hadoopConfiguration());
      StatesTable.merge(
              GatherStage.apply(
                  explanations, "run", List.of(), shape.examples(), TruthChoice.NONE, hadoop))
          .write()
          .mode("overwrite")
          .parquet(folder + "/states");
      double seconds = (System.nanoTime() - started) / 1e9;
      waitForListeners();
      if (seconds < atlas) {
        atlas = seconds;
        bytes = shuffled.get();
        taskMillis = gathered.get();
      }
    }
    delete(table);
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return String.format(
        Locale.ROOT,
        "%,10d %,14.0f %,14.0f %,16.0f %,14.0f %,12.0f%n",
        rows,
        rows / read,
        rows / atlas,
        rows / (taskMillis / 1000.0),
        (double) bytes / rows,
        (runtime.totalMemory() - runtime.freeMemory()) / 1e6);
  }

  private void waitForListeners() {
    try {
      spark.sparkContext().listenerBus().waitUntilEmpty();
    } catch (java.util.concurrent.TimeoutException e) {
      throw new IllegalStateException("Spark's listeners did not finish in time.", e);
    }
  }

  private void delete(String table) {
    try {
      Path path = new Path(table);
      FileSystem files = path.getFileSystem(spark.sparkContext().hadoopConfiguration());
      files.delete(path, true);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private void write(int rows, String table) {
    Shape own = shape;
    MapFunction<Long, Row> make = index -> row(own, index, rows);
    spark
        .range(0, rows, 1, Math.max(1, (rows + ROWS_PER_FILE - 1) / ROWS_PER_FILE))
        .map(make, Encoders.row(ExplanationsTable.SCHEMA))
        .write()
        .mode("overwrite")
        .parquet(table);
  }

  private static int classOf(Shape shape, long index, int rows) {
    return shape.byClass()
        ? (int) (index * shape.classes() / rows)
        : new SplittableRandom(index).nextInt(shape.classes());
  }

  /** Half of all activations are zero, as after a ReLU. */
  private static float[] activations(SplittableRandom random, int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = Math.max(0, (float) (random.nextDouble() - 0.5));
    }
    return values;
  }

  private ExplainedRow explained(long index) {
    SplittableRandom random = new SplittableRandom(index);
    int side = shape.side();
    ClassName name = new ClassName(classOf(shape, index, shape.rows()), "class");
    float[] map = activations(random, side * side);
    Localization place = Localization.of(map, side, side);
    float[] maxima = activations(random, shape.maps());
    return new ExplainedRow(
        new Examples.Image("image-" + index, null),
        name,
        ExplainedRow.Said.of(name, name, random.nextDouble()),
        null,
        new ExplainedRow.Role(true, false),
        new SaliencyMap(map, side, side),
        new ExplainedRow.Measures(
            place.mass().entropyNats(),
            place.mass().gini(),
            place.mass().spread(),
            place.mass().border(),
            place.area().parts50(),
            0),
        new ExplainedRow.FeatureMaps(
            activations(random, shape.maps()),
            maxima,
            maxima,
            random.ints(shape.maps(), 0, side * side).toArray()),
        ExplainedRow.Context.NONE);
  }

  private static Row row(Shape shape, long index, int rows) {
    SplittableRandom random = new SplittableRandom(index);
    int side = shape.side();
    int target = classOf(shape, index, rows);
    String name = "class-" + target;
    float[] map = activations(random, side * side);
    Localization place = Localization.of(map, side, side);
    Row box = ImagesTable.boxRow(new Box(0, 0, 224, 224));
    Object[] values = new Object[ExplanationsTable.SCHEMA.size()];
    Arrays.fill(values, null);
    set(values, ExplanationsTable.IMAGE_ID, name + "/image-" + index);
    set(values, ExplanationsTable.PATH, "file:/images/" + name + "/image-" + index + ".jpg");
    set(values, ExplanationsTable.SHA256, Long.toHexString(index));
    set(values, ExplanationsTable.WIDTH, 224);
    set(values, ExplanationsTable.HEIGHT, 224);
    set(values, ExplanationsTable.INPUT_HEIGHT, 224);
    set(values, ExplanationsTable.INPUT_WIDTH, 224);
    set(values, ExplanationsTable.VIEW, box);
    set(values, ExplanationsTable.LABEL, name);
    set(values, ExplanationsTable.LABEL_INDEX, target);
    set(
        values,
        ExplanationsTable.PICTURE,
        RowFactory.create(
            random.nextDouble(),
            random.nextDouble(),
            random.nextDouble(),
            random.nextDouble(),
            90));
    set(values, ExplanationsTable.UNDETERMINED, 0.0);
    set(values, ExplanationsTable.PREDICTED, name);
    set(values, ExplanationsTable.PREDICTED_INDEX, target);
    set(values, ExplanationsTable.CONFIDENCE, (float) random.nextDouble());
    set(values, ExplanationsTable.CORRECT, true);
    set(values, ExplanationsTable.PROBABILITIES, new float[0]);
    set(values, ExplanationsTable.TARGETS, new int[] {target});
    set(values, ExplanationsTable.TARGET, name);
    set(values, ExplanationsTable.TARGET_INDEX, target);
    set(values, ExplanationsTable.TARGET_REASONS, new String[] {"predicted"});
    set(values, ExplanationsTable.TARGET_SCORE, 0f);
    set(values, ExplanationsTable.TARGET_PROBABILITY, 0f);
    set(values, ExplanationsTable.MODEL, "made-up");
    set(values, ExplanationsTable.MODEL_SHA256, "");
    set(values, ExplanationsTable.LAYER, "layer");
    set(values, ExplanationsTable.RULE, 0);
    set(values, ExplanationsTable.METHOD, "none");
    set(values, ExplanationsTable.PARAMETERS, Map$.MODULE$.empty());
    set(values, ExplanationsTable.MAP, map);
    set(values, ExplanationsTable.MAP_HEIGHT, side);
    set(values, ExplanationsTable.MAP_WIDTH, side);
    set(values, ExplanationsTable.WEIGHTS, activations(random, shape.maps()));
    set(values, ExplanationsTable.MEAN_ACTIVATIONS, activations(random, shape.maps()));
    set(values, ExplanationsTable.MAX_ACTIVATIONS, activations(random, shape.maps()));
    set(values, ExplanationsTable.MAX_CELLS, random.ints(shape.maps(), 0, side * side).toArray());
    set(values, ExplanationsTable.TOP_FEATURE_MAPS, new Row[0]);
    set(
        values,
        ExplanationsTable.LOCALIZATION,
        RowFactory.create(
            place.empty(),
            place.peak().row(),
            place.peak().column(),
            (float) place.peak().value(),
            0.0,
            0.0,
            place.mass().centreX(),
            place.mass().centreY(),
            place.mass().spread(),
            place.mass().entropyNats(),
            place.mass().gini(),
            place.area().from20(),
            place.area().from50(),
            place.area().parts50(),
            box,
            box,
            place.mass().border(),
            place.mass().corners(),
            place.mass().middle(),
            null));
    return RowFactory.create(values);
  }

  private static void set(Object[] values, String column, Object value) {
    values[ExplanationsTable.SCHEMA.fieldIndex(column)] = value;
  }
}

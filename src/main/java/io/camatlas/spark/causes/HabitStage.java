package io.camatlas.spark.causes;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.xxhash64;

import io.camatlas.causes.HabitProbe;
import io.camatlas.causes.Habits;
import io.camatlas.image.DecodeLimits;
import io.camatlas.model.DeviceChoice;
import io.camatlas.model.ModelCard;
import io.camatlas.model.Network;
import io.camatlas.model.NetworkException;
import io.camatlas.model.Precision;
import io.camatlas.model.ProbePlan;
import io.camatlas.spark.executor.TaskNetwork;
import io.camatlas.spark.results.AtlasTable;
import io.camatlas.spark.results.ClassHabitsTable.OfClass;
import io.camatlas.spark.results.ExplainedRun;
import io.camatlas.spark.results.ExplanationsTable;
import io.camatlas.spark.storage.HadoopFiles;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/** Measures the habits of a network's layers, and what maps of classes have beyond them. */
final class HabitStage {
  /** Images whose content is moved. */
  static final int IMAGES = 32;

  /** Images of each class behind its mean map and weights. */
  private static final int IMAGES_OF_CLASS = 64;

  /** Where less of a map is left, the rest is noise; the class is then judged by its whole map. */
  private static final double LEAST_EXCESS = 0.05;

  private static final String LAYER = AtlasTable.LAYER;
  private static final String HEIGHT = ExplanationsTable.HEIGHT;
  private static final String WIDTH = ExplanationsTable.WIDTH;
  private static final String EDGE = "edge";
  private static final String BLANK = "blank";
  private static final String PLACE = "nth";

  private static final StructType CHOSEN =
      new StructType()
          .add(ExplanationsTable.IMAGE_ID, DataTypes.StringType, false)
          .add(ExplanationsTable.SHA256, DataTypes.StringType, false)
          .add(ExplanationsTable.TARGET_INDEX, DataTypes.IntegerType, false);

  private static final StructType HABITS =
      new StructType()
          .add(LAYER, DataTypes.IntegerType, false)
          .add(HEIGHT, DataTypes.IntegerType, false)
          .add(WIDTH, DataTypes.IntegerType, false)
          .add(EDGE, DataTypes.createArrayType(DataTypes.DoubleType, false), false)
          .add(BLANK, DataTypes.createArrayType(DataTypes.FloatType, false), false);

  private static final System.Logger LOG = System.getLogger(HabitStage.class.getName());

  private HabitStage() {}

  /** All that the task needs. */
  record Plan(
      String archive,
      ProbePlan probe,
      Precision precision,
      ModelCard card,
      int batch,
      DecodeLimits limits,
      DeviceChoice device)
      implements Serializable {}

  /**
   * Measures all layers in one task.
   *
   * @param images rows with {@code path}, {@code content} and {@code sha256}; those that are gone
   *     are left out
   * @return habits by the layer's place in the plan
   */
  static List<Habits> measure(Dataset<Row> images, Plan plan, SerializableConfiguration hadoop) {
    MapPartitionsFunction<Row, Row> task = rows -> task(rows, plan, hadoop);
    Map<Integer, Habits> found = new TreeMap<>();
    images
        .repartition(1)
        .mapPartitions(task, Encoders.row(HABITS))
        .collectAsList()
        .forEach(
            row ->
                found.put(
                    row.<Integer>getAs(LAYER),
                    new Habits(
                        row.getAs(HEIGHT),
                        row.getAs(WIDTH),
                        row.<Double>getList(row.fieldIndex(EDGE)).stream()
                            .mapToDouble(Double::doubleValue)
                            .toArray(),
                        floats(row, BLANK))));
    return List.copyOf(found.values());
  }

  private static float[] floats(Row row, String column) {
    List<Float> values = row.getList(row.fieldIndex(column));
    float[] numbers = new float[values.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = values.get(i);
    }
    return numbers;
  }

  private static Iterator<Row> task(
      Iterator<Row> rows, Plan plan, SerializableConfiguration hadoop) {
    Network network =
        TaskNetwork.ofTask(
            plan.archive(),
            plan.probe(),
            plan.precision(),
            plan.device(),
            () -> HadoopFiles.copyToLocal(plan.archive(), hadoop.value()));
    List<float[]> pixels = new ArrayList<>();
    Originals originals = new Originals(plan.limits(), hadoop.value());
    while (rows.hasNext()) {
      Row row = rows.next();
      originals
          .read(row)
          .ifPresent(
              image -> {
                float[] prepared = new float[plan.probe().input().elements()];
                plan.card().preprocessing().apply(image, prepared, 0);
                pixels.add(prepared);
              });
    }
    List<Habits> habits;
    try {
      habits =
          new HabitProbe(network, plan.probe(), plan.batch())
              .of(plan.card().preprocessing(), pixels);
    } catch (NetworkException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "The model fails on pictures without content, so its habits are not known: {0}",
          e.getMessage());
      return List.<Row>of().iterator();
    }
    List<Row> found = new ArrayList<>();
    for (int i = 0; i < habits.size(); i++) {
      Habits one = habits.get(i);
      found.add(RowFactory.create(i, one.height(), one.width(), one.atTheEdge(), one.blank()));
    }
    return found.iterator();
  }

  private static double sum(double[] values) {
    return Arrays.stream(values).sum();
  }

  /** Sums of a class's maps and weights. */
  private static final class Sums {
    private int n;
    private int height;
    private int width;
    private double[] map;
    private double[] weights;

    void add(Row row) {
      List<Float> cells = row.getList(row.fieldIndex(ExplanationsTable.MAP));
      List<Float> given = row.getList(row.fieldIndex(ExplanationsTable.WEIGHTS));
      if (map == null) {
        height = row.getAs(ExplanationsTable.MAP_HEIGHT);
        width = row.getAs(ExplanationsTable.MAP_WIDTH);
        map = new double[cells.size()];
        weights = new double[given.size()];
      }
      n++;
      add(map, cells);
      add(weights, given);
    }

    private static void add(double[] sums, List<Float> values) {
      for (int i = 0; i < sums.length; i++) {
        sums[i] += values.get(i);
      }
    }

    double[] mean(double[] sums) {
      double[] mean = new double[sums.length];
      for (int i = 0; i < mean.length; i++) {
        mean[i] = sums[i] / n;
      }
      return mean;
    }
  }

  /**
   * What the mean maps of a view's classes have beyond the layer's habits. Classes whose rule
   * weighs single neurons and not feature maps have no weights and are left out.
   */
  static List<OfClass> beyond(
      SparkSession spark, ExplainedRun run, String layer, Habits habits, long seed) {
    Dataset<Row> all =
        run.explanations(spark)
            .where(col(ExplanationsTable.LAYER).equalTo(layer))
            .where(ExplanationsTable.isAsked());
    // Only names are sorted; maps and weights are read for the chosen rows alone.
    String[] key = {
      ExplanationsTable.IMAGE_ID, ExplanationsTable.SHA256, ExplanationsTable.TARGET_INDEX
    };
    List<Row> chosen =
        all.select(
                col(ExplanationsTable.IMAGE_ID),
                col(ExplanationsTable.SHA256),
                col(ExplanationsTable.TARGET_INDEX))
            .withColumn(
                PLACE,
                row_number()
                    .over(
                        Window.partitionBy(ExplanationsTable.TARGET_INDEX)
                            .orderBy(
                                xxhash64(lit(seed), col(ExplanationsTable.SHA256)),
                                col(ExplanationsTable.IMAGE_ID))))
            .where(col(PLACE).leq(IMAGES_OF_CLASS))
            .drop(PLACE)
            .collectAsList();
    Dataset<Row> rows =
        all.join(broadcast(spark.createDataFrame(chosen, CHOSEN)), key, "left_semi")
            .select(
                ExplanationsTable.TARGET_INDEX,
                ExplanationsTable.MAP,
                ExplanationsTable.MAP_HEIGHT,
                ExplanationsTable.MAP_WIDTH,
                ExplanationsTable.WEIGHTS);
    Map<Integer, Sums> classes = new HashMap<>();
    Iterator<Row> each = rows.toLocalIterator();
    while (each.hasNext()) {
      Row row = each.next();
      classes
          .computeIfAbsent(row.<Integer>getAs(ExplanationsTable.TARGET_INDEX), any -> new Sums())
          .add(row);
    }
    List<OfClass> found = new ArrayList<>();
    classes.forEach(
        (index, sums) -> {
          boolean fits =
              sums.weights.length == habits.atTheEdge().length
                  && sums.height == habits.height()
                  && sums.width == habits.width();
          double[] weights = sums.mean(sums.weights);
          double[] map = sums.mean(sums.map);
          if (fits && sum(habits.excess(map, weights)) >= LEAST_EXCESS * sum(map)) {
            found.add(
                new OfClass(
                    run.id(),
                    layer,
                    index,
                    sums.n,
                    sums.height,
                    sums.width,
                    habits.map(weights),
                    habits.excess(map, weights)));
          }
        });
    return found;
  }
}

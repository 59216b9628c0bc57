package io.camatlas.spark.strategies;

import static org.apache.spark.sql.functions.array_contains;
import static org.apache.spark.sql.functions.array_position;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.xxhash64;

import io.camatlas.atlas.ClassName;
import io.camatlas.atlas.ExplainedRow;
import io.camatlas.localize.SaliencyMap;
import io.camatlas.spark.results.AtlasRun;
import io.camatlas.spark.results.ErrorSlicesTable;
import io.camatlas.spark.results.ExplanationRows;
import io.camatlas.spark.results.ExplanationRows.Annotated;
import io.camatlas.spark.results.ExplanationsTable;
import io.camatlas.spark.results.FinishedRun;
import io.camatlas.spark.results.StrategiesTable;
import io.camatlas.spark.results.StrategyImagesTable;
import io.camatlas.spark.truth.TruthChoice;
import io.camatlas.spark.truth.TruthObjects;
import io.camatlas.strategies.ClassGroups;
import io.camatlas.strategies.Group;
import io.camatlas.strategies.Member;
import io.camatlas.strategies.Seen;
import io.camatlas.strategies.Splitting;
import io.camatlas.truth.TruthException;
import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Queue;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Brings each class's images together in one task, in the order of a hash, and groups them. A task
 * holds the first images of one class at a time; the others pass through it.
 */
final class StrategyStage {
  /** What tasks output: a row of exactly one of the tables. */
  static final String GROUP = "group_found";

  static final String IMAGE = "image_found";
  static final String REGION = "region_found";

  static final StructType FOUND =
      new StructType()
          .add(GROUP, StrategiesTable.SCHEMA, true)
          .add(IMAGE, StrategyImagesTable.SCHEMA, true)
          .add(REGION, ErrorSlicesTable.REGION, true);

  private static final System.Logger LOG = System.getLogger(StrategyStage.class.getName());

  private StrategyStage() {}

  /**
   * What is looked for.
   *
   * @param run the run's name in the atlas
   * @param what the run was
   * @param leftOut feature maps that say nothing of an image, {@code [K]}
   * @param truth what peaks of maps are compared with; its annotations have been joined
   * @param seed of all draws
   */
  record Plan(
      String run,
      AtlasRun what,
      String layer,
      boolean[] leftOut,
      TruthChoice truth,
      long seed,
      SerializableConfiguration hadoop)
      implements Serializable {
    StrategiesTable.Place place(ClassName name, ExplainedRow row) {
      SaliencyMap map = row.map().within(Member.MOST_CELLS);
      return new StrategiesTable.Place(
          run, what.model(), layer, what.method(), name, map.height(), map.width());
    }
  }

  /**
   * Groups the images that are predicted as each class.
   *
   * @param explanations of one run and layer
   * @return rows of {@link #FOUND}
   */
  static Dataset<Row> strategies(Dataset<Row> explanations, Plan plan) {
    return grouped(
        explanations.where(ExplanationsTable.ofPredicted()),
        col(ExplanationsTable.TARGET_INDEX),
        plan,
        plan.truth.annotated(),
        false);
  }

  /**
   * Groups the images that are labelled as each class, and compares their accuracy.
   *
   * @param run the run of the explanations
   */
  static Dataset<Row> regions(Dataset<Row> explanations, Plan plan, FinishedRun run) {
    Dataset<Row> primary = explanations.where(coalesce(ExplanationRows.primary(), lit(false)));
    return run.mayHaveSeveralLabels()
        ? grouped(
            ofEachLabel(primary, run.classes()),
            col(ExplanationsTable.TARGET_INDEX),
            plan,
            Annotated.NOT,
            true)
        : grouped(
            primary.where(col(ExplanationsTable.LABEL_INDEX).isNotNull()),
            col(ExplanationsTable.LABEL_INDEX),
            plan,
            Annotated.NOT,
            true);
  }

  /**
   * A row for each label of an image, as if it had been explained: activations are those of the
   * image, and a label that was missed has no row of its own where only predictions are explained.
   */
  private static Dataset<Row> ofEachLabel(Dataset<Row> primary, List<String> classes) {
    Column names = lit(classes.toArray(new String[0]));
    Column index = array_position(names, col(ExplanationsTable.TARGET)).cast("int").minus(1);
    return primary
        .withColumn(ExplanationsTable.TARGET, explode(col(ExplanationsTable.LABELS)))
        .withColumn(ExplanationsTable.TARGET_INDEX, index)
        .withColumn(
            ExplanationsTable.CORRECT,
            array_contains(col(ExplanationsTable.PREDICTED_LABELS), col(ExplanationsTable.TARGET)))
        .withColumn(ExplanationsTable.TARGET_LABELLED, lit(true))
        .withColumn(ExplanationsTable.TARGET_PREDICTED, col(ExplanationsTable.CORRECT))
        .withColumn(
            ExplanationsTable.TARGET_PROBABILITY,
            coalesce(
                col(ExplanationsTable.PROBABILITIES).getItem(col(ExplanationsTable.TARGET_INDEX)),
                lit(Float.NaN)));
  }

  private static Dataset<Row> grouped(
      Dataset<Row> rows, Column by, Plan plan, Annotated annotated, boolean regions) {
    Dataset<Row> sorted =
        rows.repartition(by)
            .sortWithinPartitions(
                by,
                // Strategies are of what is predicted rightly; the rest is told apart by them.
                regions ? lit(false) : not(coalesce(col(ExplanationsTable.CORRECT), lit(true))),
                // Copies of a picture have to be neighbours.
                xxhash64(lit(plan.seed), col(ExplanationsTable.SHA256)),
                col(ExplanationsTable.SHA256),
                col(ExplanationsTable.IMAGE_ID),
                col(ExplanationsTable.PATH));
    FlatMapFunction<Iterator<InternalRow>, Row> task =
        some -> new Groups(new ExplanationRows(plan.run, some), plan, annotated, regions);
    return rows.sparkSession()
        .createDataFrame(ExplanationRows.of(sorted, annotated).mapPartitions(task), FOUND);
  }

  /** Groups sorted rows, class by class. */
  private static final class Groups implements Iterator<Row> {
    private final ExplanationRows rows;
    private final Plan plan;
    private final boolean regions;
    private final Annotated annotated;
    private final TruthObjects objects;
    private final Queue<Row> ready = new ArrayDeque<>();
    private ClassGroups groups;
    private StrategiesTable.Place place;
    private boolean done;

    Groups(ExplanationRows rows, Plan plan, Annotated annotated, boolean regions) {
      this.rows = rows;
      this.plan = plan;
      this.annotated = annotated;
      this.regions = regions;
      this.objects = new TruthObjects(plan.truth, plan.hadoop.value());
    }

    @Override
    public boolean hasNext() {
      while (ready.isEmpty() && !done) {
        if (rows.next()) {
          add(rows.row());
        } else {
          finish();
          done = true;
        }
      }
      return !ready.isEmpty();
    }

    @Override
    public Row next() {
      if (!hasNext()) {
        throw new NoSuchElementException("All classes have been grouped.");
      }
      return ready.remove();
    }

    private void add(ExplainedRow row) {
      ClassName name = regions && row.several() == null ? row.said().label() : row.target();
      if (groups == null || place.name().index() != name.index()) {
        finish();
        place = plan.place(name, row);
        StrategiesTable.Place here = place;
        groups =
            new ClassGroups(
                regions ? Splitting.INTO_REGIONS : Splitting.INTO_STRATEGIES,
                !regions,
                plan.seed,
                (image, group, distance) -> {
                  if (!regions) {
                    ready.add(
                        RowFactory.create(
                            null, StrategyImagesTable.toRow(here, image, group, distance), null));
                  }
                });
      }
      ExplainedRow whole =
          annotated == Annotated.NOT ? row : onObject(row).map(row::withOnObject).orElse(row);
      groups.add(Seen.of(whole, rows.sha256(), plan.leftOut));
    }

    /** Whether the map's peak lies on an object; empty if none is annotated. */
    private Optional<Boolean> onObject(ExplainedRow row) {
      try {
        return objects
            .of(rows.annotated(row), row)
            .flatMap(
                truth -> truth.peakHit(row.map().values(), row.map().height(), row.map().width()));
      } catch (TruthException e) {
        LOG.log(System.Logger.Level.DEBUG, "{0}: {1}", row.image().id(), e.getMessage());
        return Optional.empty();
      }
    }

    private void finish() {
      if (groups == null) {
        return;
      }
      List<Group> found = groups.finish();
      for (Group group : found) {
        if (!regions) {
          ready.add(RowFactory.create(StrategiesTable.toRow(place, group), null, null));
        } else if (group.rest().images() > 0) {
          ready.add(RowFactory.create(null, null, ErrorSlicesTable.toRow(place, group)));
        }
      }
      groups = null;
    }
  }
}

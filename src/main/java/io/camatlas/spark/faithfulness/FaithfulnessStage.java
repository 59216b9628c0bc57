package io.camatlas.spark.faithfulness;

import io.camatlas.faithfulness.FaithfulnessScorer;
import io.camatlas.faithfulness.FaithfulnessSettings;
import io.camatlas.faithfulness.SaliencyGrid;
import io.camatlas.faithfulness.ScoredImage;
import io.camatlas.image.DecodeLimits;
import io.camatlas.image.ImageDecoder;
import io.camatlas.image.ImageException;
import io.camatlas.model.DeviceChoice;
import io.camatlas.model.ModelCard;
import io.camatlas.model.Network;
import io.camatlas.model.Precision;
import io.camatlas.model.ProbePlan;
import io.camatlas.spark.executor.RunCounters;
import io.camatlas.spark.executor.TaskNetwork;
import io.camatlas.spark.input.OriginalImages;
import io.camatlas.spark.results.ExplanationRow;
import io.camatlas.spark.results.ExplanationsTable;
import io.camatlas.spark.results.FaithfulnessImagesTable;
import io.camatlas.spark.results.FaithfulnessSkippedTable;
import io.camatlas.spark.results.FaithfulnessSkippedTable.Skipped;
import io.camatlas.spark.storage.HadoopFiles;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Scores sampled explanations: each gives three rows of scores, or one row that says why there are
 * none.
 */
final class FaithfulnessStage {
  /** The column with a row of {@link FaithfulnessImagesTable}, or null. */
  static final String SCORED = "scored";

  /** The column with a row of {@link FaithfulnessSkippedTable}, or null. */
  static final String SKIPPED = "skipped";

  static final StructType OUTCOME =
      new StructType()
          .add(SCORED, FaithfulnessImagesTable.SCHEMA, true)
          .add(SKIPPED, FaithfulnessSkippedTable.SCHEMA, true);

  private FaithfulnessStage() {}

  /**
   * All that tasks need.
   *
   * @param archive path of the probed archive, readable by executors
   * @param absent the message for an image that has no path
   */
  record Plan(
      String archive,
      ProbePlan probe,
      ModelCard card,
      FaithfulnessSettings scoring,
      DecodeLimits limits,
      DeviceChoice device,
      String absent)
      implements Serializable {}

  /**
   * Scores.
   *
   * @param sampled columns of {@link ExplanationsTable} and, if the user names another source of
   *     images, {@code content}: the encoded image, or null if it is a file at {@code path}
   */
  static Dataset<Row> apply(
      Dataset<Row> sampled, Plan plan, SerializableConfiguration hadoop, RunCounters counters) {
    MapPartitionsFunction<Row, Row> task = rows -> task(rows, plan, hadoop, counters);
    return sampled.mapPartitions(task, Encoders.row(OUTCOME));
  }

  private static Iterator<Row> task(
      Iterator<Row> rows, Plan plan, SerializableConfiguration hadoop, RunCounters counters) {
    if (!rows.hasNext()) {
      return rows;
    }
    Network network =
        TaskNetwork.ofTask(
            plan.archive(),
            plan.probe(),
            Precision.FLOAT32,
            plan.device(),
            () -> HadoopFiles.copyToLocal(plan.archive(), hadoop.value()));
    FaithfulnessScorer scorer =
        new FaithfulnessScorer(network, plan.probe().ofFirstLayer(), plan.card(), plan.scoring());
    return new Scored(rows, new Scoring(plan, hadoop, scorer), counters);
  }

  /** Thrown if an explanation cannot be scored. */
  private static final class Unusable extends Exception {
    private static final long serialVersionUID = 1L;

    private final String reason;

    Unusable(String reason, String detail) {
      super(detail);
      this.reason = reason;
    }
  }

  private static final class Scoring {
    private final Plan plan;
    private final SerializableConfiguration hadoop;
    private final FaithfulnessScorer scorer;
    private final ImageDecoder decoder;
    private final float[] pixels;

    Scoring(Plan plan, SerializableConfiguration hadoop, FaithfulnessScorer scorer) {
      this.plan = plan;
      this.hadoop = hadoop;
      this.scorer = scorer;
      this.decoder = new ImageDecoder(plan.limits());
      this.pixels = new float[plan.probe().input().elements()];
    }

    ScoredImage score(ExplanationRow row) throws Unusable {
      prepare(read(row));
      int height = row.mapHeight();
      int width = row.mapWidth();
      ScoredImage scored =
          scorer.score(
              pixels,
              row.targetIndex(),
              new SaliencyGrid(row.map(), height, width),
              SaliencyGrid.random(plan.scoring().seed(), row.sha256(), height, width),
              SaliencyGrid.centre(height, width));
      if (!scored.finite()) {
        throw new Unusable("scores are not finite", "The model returned NaN or infinity.");
      }
      return scored;
    }

    private byte[] read(ExplanationRow row) throws Unusable {
      try {
        return OriginalImages.read(
            row.row(), row.sha256(), hadoop.value(), plan.limits().maxBytes(), plan.absent());
      } catch (OriginalImages.Unavailable e) {
        throw new Unusable(e.reason(), e.getMessage());
      }
    }

    private void prepare(byte[] bytes) throws Unusable {
      try {
        plan.card().preprocessing().apply(decoder.decode(bytes), pixels, 0);
      } catch (ImageException | IllegalArgumentException e) {
        throw new Unusable("cannot be decoded", String.valueOf(e.getMessage()));
      }
    }
  }

  /** Scores one explanation after the other and returns the rows. */
  private static final class Scored implements Iterator<Row> {
    private final Iterator<Row> explanations;
    private final Scoring scoring;
    private final RunCounters counters;
    private List<Row> ready = List.of();
    private int next;

    Scored(Iterator<Row> explanations, Scoring scoring, RunCounters counters) {
      this.explanations = explanations;
      this.scoring = scoring;
      this.counters = counters;
    }

    @Override
    public boolean hasNext() {
      if (next == ready.size() && explanations.hasNext()) {
        ready = rows(ExplanationRow.of(explanations.next()));
        next = 0;
      }
      return next < ready.size();
    }

    @Override
    public Row next() {
      if (!hasNext()) {
        throw new NoSuchElementException("The partition has no more explanations.");
      }
      return ready.get(next++);
    }

    private List<Row> rows(ExplanationRow row) {
      try {
        ScoredImage scored = scoring.score(row);
        List<Row> rows = new ArrayList<>();
        for (Row one : FaithfulnessImagesTable.toRows(row, scored)) {
          rows.add(RowFactory.create(one, null));
        }
        counters.explained();
        return rows;
      } catch (Unusable e) {
        counters.failed();
        Skipped skipped =
            new Skipped(
                row.imageId(), row.path(), row.layer(), row.target(), e.reason, e.getMessage());
        return List.of(RowFactory.create(null, FaithfulnessSkippedTable.toRow(skipped)));
      }
    }
  }
}

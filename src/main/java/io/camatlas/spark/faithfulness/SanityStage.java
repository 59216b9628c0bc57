package io.camatlas.spark.faithfulness;

import io.camatlas.explain.ExplainSettings;
import io.camatlas.explain.ImageInput;
import io.camatlas.explain.NamedImage;
import io.camatlas.explain.PassClock;
import io.camatlas.explain.Preparation;
import io.camatlas.explain.PreparedImage;
import io.camatlas.model.Network;
import io.camatlas.model.Precision;
import io.camatlas.sanity.Checked;
import io.camatlas.sanity.SanityChecks;
import io.camatlas.sanity.SanitySettings;
import io.camatlas.spark.executor.RunCounters;
import io.camatlas.spark.executor.TaskNetwork;
import io.camatlas.spark.input.OriginalImages;
import io.camatlas.spark.results.ExplanationRow;
import io.camatlas.spark.results.SanityImagesTable;
import io.camatlas.spark.storage.HadoopFiles;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.util.SerializableConfiguration;

/** Makes sampled maps again, in rows of {@link SanityImagesTable}. */
final class SanityStage {
  /** Maps whose images are held at once; the network is loaded for each such group. */
  private static final int TOGETHER = 64;

  private SanityStage() {}

  /**
   * All that tasks need.
   *
   * @param scored what scoring needs of the same network and images
   */
  record Plan(FaithfulnessStage.Plan scored, ExplainSettings explain, SanitySettings sanity)
      implements Serializable {}

  /**
   * Makes maps again. An image that is gone, or is no longer the one explained, has no rows.
   *
   * @param sampled rows as for {@link FaithfulnessStage#apply}
   */
  static Dataset<Row> apply(
      Dataset<Row> sampled, Plan plan, SerializableConfiguration hadoop, RunCounters counters) {
    MapPartitionsFunction<Row, Row> task = rows -> task(rows, plan, hadoop, counters);
    return sampled.mapPartitions(task, Encoders.row(SanityImagesTable.SCHEMA));
  }

  private static Iterator<Row> task(
      Iterator<Row> rows, Plan plan, SerializableConfiguration hadoop, RunCounters counters) {
    List<Row> found = new ArrayList<>();
    if (!rows.hasNext()) {
      return found.iterator();
    }
    FaithfulnessStage.Plan scored = plan.scored();
    Network network =
        TaskNetwork.ofTask(
            scored.archive(),
            scored.probe(),
            Precision.FLOAT32,
            scored.device(),
            () -> HadoopFiles.copyToLocal(scored.archive(), hadoop.value()));
    while (rows.hasNext()) {
      List<ExplanationRow> some = new ArrayList<>();
      while (rows.hasNext() && some.size() < TOGETHER) {
        some.add(ExplanationRow.of(rows.next()));
      }
      found.addAll(checked(network, some, plan, hadoop, counters));
    }
    return found.iterator();
  }

  private static List<Row> checked(
      Network network,
      List<ExplanationRow> rows,
      Plan plan,
      SerializableConfiguration hadoop,
      RunCounters counters) {
    FaithfulnessStage.Plan scored = plan.scored();
    Preparation preparation =
        new Preparation(scored.card(), scored.limits(), scored.probe().input(), new PassClock());
    List<ExplanationRow> usable = new ArrayList<>();
    List<SanityChecks.Subject> subjects = new ArrayList<>();
    for (ExplanationRow row : rows) {
      Optional<PreparedImage> image = prepared(row, scored, preparation, hadoop);
      if (image.isPresent()) {
        usable.add(row);
        subjects.add(new SanityChecks.Subject(image.get(), row.targetIndex(), row.layer()));
      }
    }
    Path copy = HadoopFiles.copyToLocal(scored.archive(), hadoop.value());
    List<Row> found = new ArrayList<>();
    try (Network spare = network.copy(copy)) {
      SanityChecks checks =
          new SanityChecks(scored.probe(), scored.card(), plan.explain(), plan.sanity());
      List<List<Checked>> numbers = checks.of(network, spare, subjects);
      for (int i = 0; i < numbers.size(); i++) {
        for (Checked one : numbers.get(i)) {
          found.add(SanityImagesTable.toRow(usable.get(i), one));
        }
        counters.explained();
      }
    } finally {
      delete(copy);
    }
    return found;
  }

  private static Optional<PreparedImage> prepared(
      ExplanationRow row,
      FaithfulnessStage.Plan plan,
      Preparation preparation,
      SerializableConfiguration hadoop) {
    byte[] bytes;
    try {
      bytes =
          OriginalImages.read(
              row.row(), row.sha256(), hadoop.value(), plan.limits().maxBytes(), plan.absent());
    } catch (OriginalImages.Unavailable e) {
      // The table of what was skipped has it already, with the reason.
      return Optional.empty();
    }
    ImageInput input =
        new ImageInput(new NamedImage(row.imageId(), row.path(), Optional.empty()), () -> bytes);
    return preparation.prepare(input) instanceof PreparedImage image
        ? Optional.of(image)
        : Optional.empty();
  }

  private static void delete(Path copy) {
    try {
      Files.deleteIfExists(copy);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package io.camatlas.spark.explain;

import io.camatlas.config.ModelOptions;
import io.camatlas.model.Layout;
import io.camatlas.model.ScoreCheck;
import io.camatlas.spark.executor.RunIdentity;
import io.camatlas.spark.results.RunEnd;
import io.camatlas.spark.results.RunRecord;
import io.camatlas.spark.results.RunRecord.EngineVersions;
import io.camatlas.spark.storage.ResultJson;
import io.camatlas.spark.storage.RunFolder;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;

/** Maintains the record of a run in its folder, from the first start to the end. */
final class RunJournal {
  private final RunFolder folder;
  private RunRecord run;
  private Layout layout;

  private RunJournal(RunFolder folder, RunRecord run) {
    this.folder = folder;
    this.run = run;
  }

  /** Opens the journal of a run, which may have been started before. */
  static RunJournal open(
      RunFolder folder,
      ExplainJobSettings settings,
      RunIdentity identity,
      Instant now,
      SparkSession spark)
      throws IOException {
    RunRecord.Model model =
        new RunRecord.Model(
            settings.given().get(ModelOptions.MODEL),
            settings.card().name(),
            settings.model().sha256(),
            settings.card().classes(),
            settings.card().superclasses().isEmpty() ? null : settings.card().superclasses(),
            settings.model().plan().input().toString(),
            settings.card().preprocessing().toString(),
            settings.model().plan().layers(),
            settings.model().plan().check());
    Optional<String> before = folder.record();
    RunRecord earlier = before.isEmpty() ? null : ResultJson.read(before.get(), RunRecord.class);
    RunRecord run =
        RunRecord.of(
            identity.id(),
            earlier == null || earlier.started() == null ? now.toString() : earlier.started(),
            model,
            identity.rules(),
            settings.given().texts(),
            EngineVersions.here(spark));
    RunJournal journal = new RunJournal(folder, run);
    if (earlier != null && earlier.batch() != null) {
      journal.setBatch(earlier.batch());
      ScoreCheck check = earlier.model() == null ? null : earlier.model().check();
      boolean free = run.model().check().layout() == Layout.CHANNELS_LAST;
      if (free && check != null && check.layout() != null) {
        journal.setLayout(check.layout());
      }
    }
    return journal;
  }

  /** The layout of batches, if an earlier start used one and the scores leave a choice. */
  Optional<Layout> layout() {
    return Optional.ofNullable(layout);
  }

  /** Sets how batches are laid out. */
  void setLayout(Layout chosen) {
    layout = chosen;
    run = run.withLayout(chosen);
  }

  /** Number of rows per pass; empty if not yet known. */
  Optional<Integer> batch() {
    return Optional.ofNullable(run.batch());
  }

  /** Sets the number of rows per pass. */
  void setBatch(int rows) {
    run = run.withBatch(rows);
  }

  /** Writes the record as known so far. */
  void write() throws IOException {
    folder.record(run.text());
  }

  /** Writes that the run is complete. */
  void finish(RunEnd end) throws IOException {
    folder.finish(run.text(end));
  }
}

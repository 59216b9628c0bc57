package io.camatlas.spark.explain;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.camatlas.explain.Phase;
import io.camatlas.model.Network;
import io.camatlas.spark.executor.RunIdentity;
import io.camatlas.spark.input.InputKind;
import io.camatlas.spark.results.ExplanationsTable;
import io.camatlas.spark.results.FailuresTable;
import io.camatlas.spark.results.FinishedRun;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What a run says of itself: settings, versions, hashes, counts and times. */
final class RunJson {
  private static final String RUNNING = "running";

  private final ExplainJobSettings settings;
  private final RunIdentity identity;
  private final Instant started;
  private final String sparkVersion;
  private int batch;

  /**
   * @param started when the run was started first
   */
  RunJson(ExplainJobSettings settings, RunIdentity identity, Instant started, String sparkVersion) {
    this.settings = settings;
    this.identity = identity;
    this.started = started;
    this.sparkVersion = sparkVersion;
  }

  /** Says how many rows passes have. */
  void setBatch(int rows) {
    batch = rows;
  }

  /** How many rows passes have; 0 where nobody said yet. */
  int batch() {
    return batch;
  }

  /** While it runs, or after it was stopped. */
  String running() throws IOException {
    return text(about(RUNNING));
  }

  /**
   * When it is complete.
   *
   * @param failures images by stage and reason
   */
  String finished(ExplainJob.Report report, InputKind kind, Map<String, Long> failures)
      throws IOException {
    Map<String, Object> run = about(FinishedRun.FINISHED);
    run.put("ended", Instant.now().toString());
    run.put("seconds", report.seconds());
    run.put("explain_seconds", report.explainSeconds());
    Map<String, Object> counts = new LinkedHashMap<>();
    counts.put("images", report.images());
    counts.put("explanations", report.explanations());
    counts.put("failures", report.failures());
    counts.put("overlays", report.overlays());
    run.put("counts", counts);
    run.put("failures", failures);
    run.put("this_start", work(report));
    Map<String, Object> input = new LinkedHashMap<>();
    input.put("path", settings.images());
    input.put("kind", kind.name().toLowerCase(Locale.ROOT));
    run.put("images", input);
    return text(run);
  }

  private static Map<String, Object> work(ExplainJob.Report report) {
    TaskReport done = report.work();
    Map<String, Object> work = new LinkedHashMap<>();
    work.put("images_done_before", report.before());
    work.put("images", done.images());
    work.put("explanations", done.explanations());
    work.put("failures", done.failures());
    work.put("networks_loaded", done.networks());
    Map<String, Object> milliseconds = new LinkedHashMap<>();
    milliseconds.put("tasks", done.nanos() / 1_000_000);
    for (Phase phase : Phase.values()) {
      String name = phase == Phase.IDLE ? "device_idle" : phase.toString();
      milliseconds.put(name, done.times().nanos(phase) / 1_000_000);
    }
    work.put("milliseconds", milliseconds);
    work.put("device_idle_share", done.times().idleShare());
    work.put("passes", done.times().passes());
    work.put("rows", done.times().rows());
    work.put("padded_rows", done.times().paddedRows());
    return work;
  }

  private Map<String, Object> about(String status) {
    Map<String, Object> run = new LinkedHashMap<>();
    run.put("camatlas", ExplainJob.version());
    run.put("run", identity.id());
    run.put("status", status);
    run.put(
        "tables",
        Map.of("explanations", ExplanationsTable.VERSION, "failures", FailuresTable.VERSION));
    run.put("started", started.toString());
    Map<String, Object> model = new LinkedHashMap<>();
    model.put("path", settings.modelPath());
    model.put("name", settings.card().name());
    model.put("sha256", settings.model().sha256());
    model.put("classes", settings.card().classes());
    model.put("input", settings.model().plan().input().toString());
    model.put("preprocessing", settings.card().preprocessing().toString());
    model.put("layers", settings.model().plan().layers());
    run.put("model", model);
    run.put("rules", identity.rules());
    if (batch > 0) {
      run.put("batch", batch);
    }
    run.put("settings", settings.given());
    Map<String, Object> versions = new LinkedHashMap<>();
    versions.put("spark", sparkVersion);
    versions.put("pytorch", Network.engineVersion());
    versions.put("djl", ai.djl.engine.Engine.getDjlVersion());
    versions.put("java", System.getProperty("java.version"));
    run.put("versions", versions);
    return run;
  }

  private static String text(Map<String, Object> run) throws IOException {
    return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(run);
  }
}

package io.camatlas.spark.results;

import io.camatlas.model.Network;
import io.camatlas.model.ProbedLayer;
import io.camatlas.spark.Version;
import io.camatlas.spark.storage.ResultJson;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;

/**
 * What {@code run.json} says of a run of {@code explain}. Read here, anything may be null: others
 * may have written the file.
 *
 * @param camatlas version that wrote it
 * @param run names the run in its tables
 * @param status {@link #FINISHED}, or {@link #RUNNING} also after the run was stopped
 * @param tables versions by name
 * @param started when the run was started first, as ISO 8601 text
 * @param batch rows of a pass; null until that is known
 * @param settings every setting by name; empty text means nothing
 * @param versions of what it ran on
 */
public record RunRecord(
    String camatlas,
    String run,
    String status,
    Map<String, Integer> tables,
    String started,
    Model model,
    List<RunRule> rules,
    Integer batch,
    Map<String, String> settings,
    EngineVersions versions) {
  /** Status of a run that is complete. */
  public static final String FINISHED = "finished";

  /** Status of any other run. */
  public static final String RUNNING = "running";

  /**
   * The network.
   *
   * @param path as the user gave it
   * @param sha256 of the archive, in hexadecimal
   * @param classes names by index
   * @param input shape of one image
   * @param layers that are explained
   */
  public record Model(
      String path,
      String name,
      String sha256,
      List<String> classes,
      String input,
      String preprocessing,
      List<ProbedLayer> layers) {}

  /** Versions of what a job ran on. */
  public record EngineVersions(String spark, String pytorch, String djl, String java) {
    /** Of this process. */
    public static EngineVersions here(SparkSession spark) {
      return new EngineVersions(
          spark.version(),
          Network.engineVersion(),
          ai.djl.engine.Engine.getDjlVersion(),
          System.getProperty("java.version"));
    }
  }

  /** A run that is started; of tables as this CamAtlas writes them. */
  public static RunRecord of(
      String run,
      String started,
      Model model,
      List<RunRule> rules,
      Map<String, String> settings,
      EngineVersions versions) {
    return new RunRecord(
        Version.text(),
        run,
        RUNNING,
        Map.of(
            ExplanationsTable.NAME,
            ExplanationsTable.VERSION,
            FailuresTable.NAME,
            FailuresTable.VERSION),
        started,
        model,
        rules,
        null,
        settings,
        versions);
  }

  /** The same, knowing how many rows passes have. */
  public RunRecord withBatch(int rows) {
    return new RunRecord(
        camatlas, run, status, tables, started, model, rules, rows, settings, versions);
  }

  /** While it runs, or after it was stopped. */
  public String text() throws IOException {
    return ResultJson.text(this);
  }

  /** When it is complete. */
  public String text(RunEnd end) throws IOException {
    RunRecord finished =
        new RunRecord(
            camatlas, run, FINISHED, tables, started, model, rules, batch, settings, versions);
    return ResultJson.text(finished, end);
  }

  /** Whether the run is complete. */
  boolean isFinished() {
    return FINISHED.equals(status);
  }
}

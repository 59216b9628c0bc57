package io.camatlas.spark.results;

import io.camatlas.model.Layout;
import io.camatlas.model.Network;
import io.camatlas.model.ProbedLayer;
import io.camatlas.model.ScoreCheck;
import io.camatlas.spark.Version;
import io.camatlas.spark.storage.ResultJson;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;

/**
 * The contents of {@code run.json} for a run of {@code explain}. When read from a file, every
 * component may be null, as another program may have written the file.
 *
 * @param camatlas version of CamAtlas that wrote it
 * @param run names the run in its tables
 * @param status {@link #FINISHED}, or {@link #RUNNING} while it runs and after it was stopped
 * @param tables table versions by name
 * @param started when the run was first started, as ISO 8601 text
 * @param batch rows per pass; null until known
 * @param settings every setting by name; empty text means not set
 * @param versions versions of what it ran on
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
   * @param sha256 SHA-256 of the archive, in hexadecimal
   * @param classes class names by index
   * @param superclasses for each class the name of its group, or empty text; null without groups
   * @param input shape of one image
   * @param layers layers that are explained
   * @param check how the model is run, and how its scores compare with those of the archive as it
   *     came
   */
  public record Model(
      String path,
      String name,
      String sha256,
      List<String> classes,
      List<String> superclasses,
      String input,
      String preprocessing,
      List<ProbedLayer> layers,
      ScoreCheck check) {
    private Model withLayout(Layout layout) {
      return new Model(
          path,
          name,
          sha256,
          classes,
          superclasses,
          input,
          preprocessing,
          layers,
          check.withLayout(layout));
    }
  }

  /** Versions of what a job ran on. */
  public record EngineVersions(String spark, String pytorch, String djl, String java) {
    /** The versions of this process. */
    public static EngineVersions here(SparkSession spark) {
      return new EngineVersions(
          spark.version(),
          Network.engineVersion(),
          ai.djl.engine.Engine.getDjlVersion(),
          System.getProperty("java.version"));
    }
  }

  /** A run that is starting, with the table versions of this CamAtlas. */
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

  /** The same, with the number of rows per pass. */
  public RunRecord withBatch(int rows) {
    return new RunRecord(
        camatlas, run, status, tables, started, model, rules, rows, settings, versions);
  }

  /** The same, with batches that are laid out in another way. */
  public RunRecord withLayout(Layout layout) {
    return new RunRecord(
        camatlas,
        run,
        status,
        tables,
        started,
        model.withLayout(layout),
        rules,
        batch,
        settings,
        versions);
  }

  /** The JSON text while the run is running or stopped. */
  public String text() throws IOException {
    return ResultJson.text(this);
  }

  /** The JSON text when the run is complete. */
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

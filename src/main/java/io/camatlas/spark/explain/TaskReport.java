package io.camatlas.spark.explain;

import io.camatlas.explain.PassTimes;
import io.camatlas.explain.Phase;
import io.camatlas.model.ScoresCompared;
import io.camatlas.spark.results.RunEnd;
import io.camatlas.spark.storage.StagedPart;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one task did; only reports of successful tasks reach the driver, each once.
 *
 * @param parts parts written, to be committed
 * @param images number of images read
 * @param explanations rows of the table {@code explanations}
 * @param failures images by stage and reason
 * @param networks number of networks this task had to load
 * @param compared images whose scores were compared with the model's own
 * @param nanos nanoseconds that the task took
 * @param times times of its phases
 */
public record TaskReport(
    List<StagedPart> parts,
    long images,
    long explanations,
    Map<String, Long> failures,
    long networks,
    ScoresCompared compared,
    long nanos,
    PassTimes times)
    implements Serializable {

  static final TaskReport NOTHING =
      new TaskReport(List.of(), 0, 0, Map.of(), 0, ScoresCompared.NONE, 0, PassTimes.ZERO);

  public TaskReport {
    failures = new TreeMap<>(failures);
  }

  /**
   * What {@code run.json} says about it.
   *
   * @param before number of images that earlier starts had done
   */
  RunEnd.ThisStart told(long before) {
    Map<String, Long> milliseconds = new LinkedHashMap<>();
    milliseconds.put("tasks", nanos / 1_000_000);
    for (Phase phase : Phase.values()) {
      String name = phase == Phase.IDLE ? "device_idle" : phase.toString();
      milliseconds.put(name, times.nanos(phase) / 1_000_000);
    }
    return new RunEnd.ThisStart(
        before,
        images,
        explanations,
        failures,
        networks,
        compared.images(),
        compared.difference(),
        milliseconds,
        times.idleShare(),
        times.passes(),
        times.rows(),
        times.paddedRows(),
        times.groups(),
        times.reads());
  }

  /** The sum of both reports, without their parts. */
  TaskReport plus(TaskReport other) {
    Map<String, Long> reasons = new TreeMap<>(failures);
    other.failures.forEach((reason, n) -> reasons.merge(reason, n, Long::sum));
    return new TaskReport(
        List.of(),
        images + other.images,
        explanations + other.explanations,
        reasons,
        networks + other.networks,
        compared.plus(other.compared),
        nanos + other.nanos,
        times.plus(other.times));
  }
}

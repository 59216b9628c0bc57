package io.camatlas.spark.results;

import java.util.Map;

/**
 * What {@code run.json} says of a run that is complete, beside {@link RunRecord}.
 *
 * @param ended as ISO 8601 text
 * @param seconds wall time of the start that completed it
 * @param explainSeconds of them the tasks took that explain
 * @param failures images by stage and reason
 * @param images what was explained
 */
public record RunEnd(
    String ended,
    double seconds,
    double explainSeconds,
    Counts counts,
    Map<String, Long> failures,
    ThisStart thisStart,
    Images images) {
  /** Of the whole run. */
  public record Counts(long images, long explanations, long failures, long overlays) {}

  /**
   * What the tasks of the start did that completed the run.
   *
   * @param imagesDoneBefore images that earlier starts had done
   * @param failures images by stage and reason
   * @param networksLoaded by its tasks
   * @param milliseconds of all tasks together, by what they did
   * @param rows of all passes
   * @param paddedRows of them only filled a batch
   */
  public record ThisStart(
      long imagesDoneBefore,
      long images,
      long explanations,
      Map<String, Long> failures,
      long networksLoaded,
      Map<String, Long> milliseconds,
      double deviceIdleShare,
      long passes,
      long rows,
      long paddedRows) {}

  /**
   * The input.
   *
   * @param path as given
   * @param kind what it was taken for
   */
  public record Images(String path, String kind) {}
}

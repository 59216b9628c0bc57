package io.camatlas.spark.results;

import java.util.Map;

/**
 * What {@code run.json} says about a complete run, in addition to {@link RunRecord}.
 *
 * @param ended end time as ISO 8601 text
 * @param seconds wall time of the start that completed it
 * @param explainSeconds how many of these seconds the explaining tasks took
 * @param failures images by stage and reason
 * @param images the images explained
 */
public record RunEnd(
    String ended,
    double seconds,
    double explainSeconds,
    Counts counts,
    Map<String, Long> failures,
    ThisStart thisStart,
    Images images) {
  /** Totals of the whole run, with images that its tables have and the input no longer has. */
  public record Counts(long images, long explanations, long failures, long overlays) {}

  /**
   * What the tasks did in the start that completed the run; a start is one execution of the
   * command.
   *
   * @param imagesDoneBefore images that earlier starts had explained
   * @param failures images by stage and reason
   * @param networksLoaded networks loaded by its tasks
   * @param imagesCompared images whose scores were compared with those of the model as it came: the
   *     first on each device
   * @param scoreDifference the largest difference found, as a share of the largest score
   * @param milliseconds milliseconds of all tasks together, by what they did
   * @param rows rows of all passes
   * @param paddedRows how many of these rows only filled up a batch
   * @param groups groups of images that were explained together
   * @param reads how often results were read from the device, which finishes its work for it:
   *     usually twice for each group
   */
  public record ThisStart(
      long imagesDoneBefore,
      long images,
      long explanations,
      Map<String, Long> failures,
      long networksLoaded,
      long imagesCompared,
      double scoreDifference,
      Map<String, Long> milliseconds,
      double deviceIdleShare,
      long passes,
      long rows,
      long paddedRows,
      long groups,
      long reads) {}

  /**
   * The input.
   *
   * @param path path as given
   * @param kind the form it was read as
   * @param contentColumn the binary column that the images were in; null if they were files
   */
  public record Images(String path, String kind, String contentColumn) {}
}

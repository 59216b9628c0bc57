package io.camatlas.report.facts;

import java.util.List;

/**
 * The dataset that a report describes.
 *
 * @param title title of all pages
 * @param version version of CamAtlas
 * @param made when the report was made, as ISO 8601 text
 * @param sources the runs behind the report
 * @param failures failed images by reason, most frequent first
 * @param notes sentences that tell the reader what could not be shown
 */
public record ReportedDataset(
    String title,
    String version,
    String made,
    List<Source> sources,
    List<FailureGroup> failures,
    List<String> notes) {

  /**
   * A run.
   *
   * @param run identifies the run; for a view of one of its rules, a number is appended
   * @param images the run's --images
   * @param folder the folder of its results
   * @param started when it was started, as ISO 8601 text
   * @param count number of images, including failed ones
   * @param failed number of failed images
   */
  public record Source(
      String run, String images, String folder, String started, long count, long failed) {}

  /** The runs behind a view. */
  public List<Source> sourcesOf(ReportedView view) {
    return sources.stream()
        .filter(
            source -> view.run().equals(source.run()) || view.run().startsWith(source.run() + "."))
        .toList();
  }

  /** Number of images in the runs behind a view. */
  public long imagesOf(ReportedView view) {
    return sourcesOf(view).stream().mapToLong(Source::count).sum();
  }

  /** Number of failed images in the runs behind a view. */
  public long failedOf(ReportedView view) {
    return sourcesOf(view).stream().mapToLong(Source::failed).sum();
  }

  public long images() {
    return sources.stream().mapToLong(Source::count).sum();
  }

  public long failed() {
    return sources.stream().mapToLong(Source::failed).sum();
  }
}

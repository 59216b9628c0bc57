package io.camatlas.report.facts;

import java.util.List;

/**
 * What the report is of.
 *
 * @param title of all pages
 * @param version of CamAtlas
 * @param made when the report was made, as ISO 8601 text
 * @param sources the runs behind it
 * @param failures by reason, most frequent first
 * @param notes what the reader has to know of what could not be shown
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
   * @param run names it; views of one of its rules have a number behind that
   * @param images its --images
   * @param folder its results
   * @param started when it was started, as ISO 8601 text
   * @param count images, failed ones among them
   * @param failed of them
   */
  public record Source(
      String run, String images, String folder, String started, long count, long failed) {}

  /** The runs that a view is of. */
  public List<Source> sourcesOf(ReportedView view) {
    return sources.stream()
        .filter(
            source -> view.run().equals(source.run()) || view.run().startsWith(source.run() + "."))
        .toList();
  }

  /** Images of the runs that a view is of. */
  public long imagesOf(ReportedView view) {
    return sourcesOf(view).stream().mapToLong(Source::count).sum();
  }

  /** Those among them that failed. */
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

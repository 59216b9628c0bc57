package io.camatlas.report.facts;

import java.util.List;

/**
 * Images that failed for the same reason.
 *
 * @param stage the stage that failed: read, decode, target, forward or explain
 * @param reason a short text
 * @param count number of images
 * @param images some of them
 */
public record FailureGroup(String stage, String reason, long count, List<Failed> images) {
  /** One failed image. */
  public record Failed(String imageId, String path, String label, String detail) {}
}

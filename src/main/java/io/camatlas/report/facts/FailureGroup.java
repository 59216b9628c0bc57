package io.camatlas.report.facts;

import java.util.List;

/**
 * Images that failed for one reason.
 *
 * @param stage where: read, decode, target, forward or explain
 * @param reason short
 * @param count images
 * @param images some of them
 */
public record FailureGroup(String stage, String reason, long count, List<Failed> images) {
  /** One image. */
  public record Failed(String imageId, String path, String label, String detail) {}
}

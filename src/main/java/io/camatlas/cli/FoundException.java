package io.camatlas.cli;

import io.camatlas.config.FailOn;
import io.camatlas.report.findings.Finding;
import io.camatlas.report.findings.Severity;
import java.util.List;
import java.util.Optional;

/** A command that is done, and has found what it was told to fail on. */
final class FoundException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private FoundException(String message) {
    super(message);
  }

  /**
   * Checks findings, once everything is done.
   *
   * @param judged whether there were enough images for anything to be said
   * @throws FoundException if any is as severe as the limit says, or nothing could be found
   */
  static void check(FailOn limit, List<Finding> findings, boolean judged) {
    check(
        limit,
        findings,
        judged
            ? Optional.empty()
            : Optional.of(
                "no class has enough images to be judged. Add images, or lower `least-images`."));
  }

  /**
   * The same.
   *
   * @param notJudged why what matters most could not be found, and the remedy; empty if it could
   */
  static void check(FailOn limit, List<Finding> findings, Optional<String> notJudged) {
    if (limit == FailOn.NEVER) {
      return;
    }
    Severity least = Severity.valueOf(limit.name());
    List<Finding> found =
        findings.stream().filter(finding -> finding.severity().compareTo(least) <= 0).toList();
    if (!found.isEmpty()) {
      throw new FoundException(
          "`fail-on` is %s, and %s: %s"
              .formatted(
                  least.word(),
                  found.size() == 1
                      ? "one finding is as severe"
                      : found.size() + " findings are as severe, first",
                  found.get(0).sentence()));
    }
    if (notJudged.isPresent()) {
      throw new FoundException("`fail-on` is %s, and %s".formatted(least.word(), notJudged.get()));
    }
  }
}

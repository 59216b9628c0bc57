package io.camatlas.spark.results;

/**
 * A run that has not finished, or is being completed after its images have grown: whatever is made
 * of its folder leaves it out.
 *
 * @param run its id
 * @param folder that it is in, as it was given
 */
public record UnfinishedRun(String run, String folder) {
  /** Whether a name in an atlas's tables is that of one of its rules. */
  boolean isOf(String name) {
    return RunName.parse(name).run().equals(run);
  }

  /** What an atlas without it says, in sentences. */
  public String note() {
    return "Run %s in %s has not finished, so the atlas leaves it out. Run its 'camatlas explain' again to complete it, then make the atlas again."
        .formatted(run, folder);
  }
}

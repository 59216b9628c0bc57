package io.camatlas.report.facts;

import java.util.Optional;

/**
 * How the pictures of a class were compared. Without this, nothing found could mean that nothing
 * was looked at.
 *
 * @param forPatterns with those of others, place by place; empty if the class is not among the
 *     largest, which alone are compared
 * @param forRepeats with one another, for what lies at the peaks of their maps; empty likewise
 */
public record PicturesCompared(Optional<Comparison> forPatterns, Optional<Comparison> forRepeats) {
  /** Of so many classes, those with the most images, pictures are compared. */
  public static final int CLASSES = 1_600;

  /** The class is not among the largest. */
  public static final PicturesCompared NONE =
      new PicturesCompared(Optional.empty(), Optional.empty());

  /**
   * A comparison.
   *
   * @param n pictures of the class that were compared; 0 if too few could be
   * @param found whether they have something in common, so that experiments should tell more
   */
  public record Comparison(long n, boolean found) {
    /** Too few pictures could be compared. */
    public static final Comparison OF_TOO_FEW = new Comparison(0, false);
  }
}

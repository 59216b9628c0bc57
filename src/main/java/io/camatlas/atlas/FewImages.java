package io.camatlas.atlas;

/** How many images it takes before anything is said of them as a group. */
public final class FewImages {
  /** Below this number of maps or images of a class, nothing is flagged and nothing is found. */
  public static final long LEAST = 5;

  private FewImages() {}
}

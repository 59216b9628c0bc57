package io.camatlas.sanity;

import java.io.Serializable;

/**
 * How maps are made again.
 *
 * @param sample images of each layer and target class; 0 for none
 * @param stages steps in which weights are shuffled, from the scores down; 1 to 100
 * @param perturbations copies of each image that hardly differ from it; 1 to 100
 * @param radius how far each number of such a copy may be off, in units of the normalised input;
 *     above 0
 * @param seed of all that is drawn
 */
public record SanitySettings(int sample, int stages, int perturbations, double radius, long seed)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  public SanitySettings {
    if (sample < 0) {
      throw new IllegalArgumentException("again is " + sample + "; it must be at least 0.");
    }
    if (stages < 1 || stages > 100) {
      throw new IllegalArgumentException("stages is " + stages + "; it must be from 1 to 100.");
    }
    if (perturbations < 1 || perturbations > 100) {
      throw new IllegalArgumentException(
          "perturbations is " + perturbations + "; it must be from 1 to 100.");
    }
    if (!(radius > 0 && Double.isFinite(radius))) {
      throw new IllegalArgumentException("radius is " + radius + "; it must be above 0.");
    }
  }

  /** How often each map is made: as it was, and again. */
  public int mapsEach() {
    return 1 + stages + 1 + perturbations + 1;
  }
}

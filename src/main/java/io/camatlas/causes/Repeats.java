package io.camatlas.causes;

import io.camatlas.image.Cut;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether the parts that a class's maps mark most show the same thing pixel by pixel, wherever they
 * lie, as a badge does and an object does not.
 *
 * @param n images of the class
 * @param repeated those of them whose part is in at least {@link #TWINS} of the others, and in
 *     {@value #FEWEST_TWINS}
 * @param others the same of all other classes
 */
public record Repeats(long n, long repeated, OtherImages others) implements Serializable {
  /** The fewest images with a repeated part: a few may be of one scene. */
  public static final int FEWEST = 10;

  /** Images of a class that are compared, each with each. */
  public static final int IMAGES = 96;

  /** From this correlation on two parts show the same thing; photographs hardly ever reach it. */
  private static final double SAME = 0.9;

  /** The share of a class's images in which a part is found again, for it to be repeated. */
  public static final double TWINS = 0.05;

  /** So many others at least: two may be alike by chance. */
  public static final int FEWEST_TWINS = 3;

  /** The share of a class's images whose part is repeated, for the class to be suspect. */
  public static final double LEAST = 0.1;

  /**
   * The images whose parts are repeated, by their places in the list. Pictures that are copies of
   * one another, or frames of one film, are not compared: all of their parts are alike.
   */
  public static List<Integer> of(List<Cut> cuts) {
    List<Integer> repeated = new ArrayList<>();
    for (int i = 0; i < cuts.size(); i++) {
      Cut own = cuts.get(i);
      if (own.isPlain()) {
        continue;
      }
      int compared = 0;
      int twins = 0;
      for (int j = 0; j < cuts.size(); j++) {
        if (j != i && !own.isOfTheSamePicture(cuts.get(j))) {
          compared++;
          twins += own.isShownIn(cuts.get(j), SAME) ? 1 : 0;
        }
      }
      if (compared >= FEWEST && twins >= Math.max(FEWEST_TWINS, TWINS * compared)) {
        repeated.add(i);
      }
    }
    return repeated;
  }

  /** The share of the images whose part is repeated. */
  public double share() {
    return (double) repeated / n;
  }

  /** Whether experiments should tell what the model makes of it. */
  public boolean isSuspect() {
    return repeated >= FEWEST && share() >= LEAST && others.p() < OtherImages.CHANCE;
  }
}

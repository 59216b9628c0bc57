package io.camatlas.causes;

import io.camatlas.image.Cut;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Whether the parts that a class's maps mark most show the same thing pixel by pixel, wherever they
 * lie, as a badge does and an object does not.
 *
 * @param n images of the class
 * @param repeated those of them whose part is in at least {@link #TWINS}, and at least {@value
 *     #FEWEST_TWINS}, of the others
 * @param others the same of all other classes
 */
public record Repeats(long n, long repeated, OtherImages others) implements Serializable {
  /** The fewest images with a repeated part: a few may be of one scene. */
  public static final int FEWEST = 10;

  /** Images of a class that are compared, each with each. */
  public static final int IMAGES = 96;

  /** The share of a class's images in which a part is found again, for it to be repeated. */
  public static final double TWINS = 0.05;

  /** So many others at least: two may be alike by chance. */
  public static final int FEWEST_TWINS = 3;

  /**
   * What a comparison of a class's images showed.
   *
   * @param compared images that could be compared with enough others
   * @param images those whose parts are repeated, by their places in the list
   */
  public record Found(int compared, List<Integer> images) {
    public Found {
      images = List.copyOf(images);
    }

    /** Whether a repeated part could have been found. */
    public boolean isOfEnough() {
      return compared >= FEWEST;
    }
  }

  /**
   * Compares each image with each. Pictures that are copies of one another, or frames of one film,
   * are not compared: all of their parts are alike.
   */
  public static Found of(List<Cut> cuts) {
    List<Integer> asked =
        IntStream.range(0, cuts.size()).filter(i -> !cuts.get(i).isPlain()).boxed().toList();
    // Of a part that shows nothing it is known, whatever the others show.
    int enough = cuts.size() > FEWEST ? cuts.size() - asked.size() : 0;
    if (asked.isEmpty()) {
      return new Found(enough, List.of());
    }
    Cut.Wanted wanted = new Cut.Wanted(asked.stream().map(cuts::get).toList());
    int[] compared = new int[asked.size()];
    int[] twins = new int[asked.size()];
    for (int j = 0; j < cuts.size(); j++) {
      boolean[] found = wanted.areFoundIn(cuts.get(j));
      boolean[] same = wanted.areOfTheSamePicture(cuts.get(j));
      for (int i = 0; i < twins.length; i++) {
        if (asked.get(i) != j && !same[i]) {
          compared[i]++;
          twins[i] += found[i] ? 1 : 0;
        }
      }
    }
    List<Integer> repeated = new ArrayList<>();
    for (int i = 0; i < twins.length; i++) {
      if (compared[i] < FEWEST) {
        continue;
      }
      enough++;
      if (twins[i] >= Math.max(FEWEST_TWINS, TWINS * compared[i])) {
        repeated.add(asked.get(i));
      }
    }
    return new Found(enough, repeated);
  }

  /** The share of the images whose part is repeated. */
  public double share() {
    return (double) repeated / n;
  }

  /** Whether experiments should tell what the model makes of it. */
  public boolean isSuspect() {
    return repeated >= FEWEST && others.p() < OtherImages.CHANCE;
  }
}

package io.camatlas.explain;

import io.camatlas.suggest.NearestName;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which classes are explained for an image.
 *
 * @param label whether to explain the class of the image's label
 * @param predicted whether to explain the class with the highest score
 * @param top number of classes with the highest scores to explain; 0 for none
 * @param listed classes to explain for every image
 */
public record TargetSelection(boolean label, boolean predicted, int top, List<Integer> listed)
    implements Serializable {

  /** The reason of a class that the network says the image shows. */
  public static final String PREDICTED = "predicted";

  /** The reason of a class that is explained because no other one is. */
  public static final String HIGHEST = "highest";

  public TargetSelection {
    listed = List.copyOf(listed);
    if (top < 0) {
      throw new IllegalArgumentException("top-" + top + " is negative; it must be at least 1.");
    }
    if (!label && !predicted && top == 0 && listed.isEmpty()) {
      throw new IllegalArgumentException(
          "targets are empty; give label, predicted, top-K or classes.");
    }
  }

  /**
   * Reads a list such as {@code label,predicted,top-3,cat,17}. Each item is read as a keyword, else
   * as the name of a class, else as an index.
   *
   * @param text comma-separated
   * @param classes names by index
   * @throws IllegalArgumentException naming the class that does not exist and the closest one
   */
  public static TargetSelection parse(String text, List<String> classes) {
    boolean label = false;
    boolean predicted = false;
    int top = 0;
    List<Integer> listed = new ArrayList<>();
    for (String part : text.split(",")) {
      String item = part.strip();
      if (item.equals("label")) {
        label = true;
      } else if (item.equals(PREDICTED)) {
        predicted = true;
      } else if (item.matches("top-\\d{1,6}")) {
        top = Integer.parseInt(item.substring(4));
        if (top < 1 || top > classes.size()) {
          throw new IllegalArgumentException(
              "target '"
                  + item
                  + "' asks for "
                  + top
                  + " of "
                  + classes.size()
                  + " classes; it must be from top-1 to top-"
                  + classes.size()
                  + ".");
        }
      } else if (!item.isEmpty()) {
        listed.add(classIndex(item, classes));
      }
    }
    return new TargetSelection(label, predicted, top, listed);
  }

  /** Whether a name, as an item of such a list, means the class of that name. */
  public static boolean isClass(String name, List<String> classes) {
    return !name.contains(",")
        && name.equals(name.strip())
        && !name.equals("label")
        && !name.equals(PREDICTED)
        && !name.startsWith("top-")
        && classes.contains(name);
  }

  /**
   * The largest number of targets that an image is likely to have; one of several labels may have
   * more.
   */
  int most(int classes) {
    return Math.min(classes, (label ? 1 : 0) + (predicted ? 1 : 0) + top + listed.size());
  }

  private static int classIndex(String item, List<String> classes) {
    int named = classes.indexOf(item);
    if (named >= 0) {
      return named;
    }
    if (item.matches("\\d{1,9}") && Integer.parseInt(item) < classes.size()) {
      return Integer.parseInt(item);
    }
    throw new IllegalArgumentException(
        "target '"
            + item
            + "' is neither label, predicted, top-K nor one of the model's "
            + classes.size()
            + " classes"
            + NearestName.clause(item, classes)
            + ".");
  }

  /**
   * Selects the targets of one image.
   *
   * @param scores of all classes, or whatever they are ranked by
   * @param labelIndex index of the label's class, or -1
   * @return classes with the reasons for each, in the order label, predicted, top, listed
   */
  Map<Integer, List<String>> of(float[] scores, int labelIndex) {
    Map<Integer, List<String>> targets = new LinkedHashMap<>();
    if (label && labelIndex >= 0) {
      add(targets, labelIndex, "label");
    }
    int[] ranked = LargestFirst.of(scores, Math.max(top, 1));
    if (predicted) {
      add(targets, ranked[0], PREDICTED);
    }
    addRanked(targets, ranked);
    return targets;
  }

  /**
   * Selects the targets of an image that may have several labels.
   *
   * <p>An image of which neither its labels nor the network say anything has the class with the
   * highest score as its only target: it counts where it is asked how often the network is right.
   *
   * @param scores of all classes, or whatever they are ranked by
   * @param labels what the labels and the network say
   * @return as above; empty if labels are asked for and the image's are not known
   */
  Map<Integer, List<String>> of(float[] scores, Prediction.SeveralLabels labels) {
    Map<Integer, List<String>> targets = new LinkedHashMap<>();
    if (label) {
      labels
          .known()
          .ifPresent(known -> known.present().forEach(index -> add(targets, index, "label")));
    }
    if (predicted) {
      labels.predicted().forEach(index -> add(targets, index, PREDICTED));
    }
    int[] ranked = LargestFirst.of(scores, Math.max(top, 1));
    addRanked(targets, ranked);
    if (targets.isEmpty() && (predicted || labels.known().isPresent())) {
      add(targets, ranked[0], HIGHEST);
    }
    return targets;
  }

  private void addRanked(Map<Integer, List<String>> targets, int[] ranked) {
    for (int rank = 0; rank < Math.min(top, ranked.length); rank++) {
      add(targets, ranked[rank], "top-" + (rank + 1));
    }
    listed.forEach(index -> add(targets, index, "listed"));
  }

  private static void add(Map<Integer, List<String>> targets, int index, String reason) {
    targets.computeIfAbsent(index, i -> new ArrayList<>()).add(reason);
  }
}

package io.camatlas.atlas;

import io.camatlas.localize.Localization;
import io.camatlas.localize.SaliencyMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** Explanations made up for tests, measured as real ones are. */
public final class Rows {
  private static final List<String> CLASSES = List.of("cat", "dog", "owl");

  private Rows() {}

  public static ClassName name(int index) {
    return index < 0 ? null : new ClassName(index, CLASSES.get(index));
  }

  /** One explanation of a map of two rows. */
  public static ExplainedRow of(
      String image, int target, int label, int predicted, double confidence, float... map) {
    float[] ones = {1, 1};
    return of(image, target, label, predicted, confidence, map, ones, ones, ones, new int[] {0, 1});
  }

  public static ExplainedRow of(
      String image,
      int target,
      int label,
      int predicted,
      double confidence,
      float[] map,
      float[] weights,
      float[] means,
      float[] maxima,
      int[] cells) {
    int width = map.length / 2;
    Localization place = Localization.of(map, 2, width);
    return new ExplainedRow(
        new Examples.Image(image, "file:/" + image),
        name(target),
        ExplainedRow.Said.of(name(label), name(predicted), confidence),
        null,
        new ExplainedRow.Role(target == predicted, true),
        new SaliencyMap(map, 2, width),
        new ExplainedRow.Measures(
            place.mass().entropyNats(),
            place.mass().gini(),
            place.mass().spread(),
            place.mass().border(),
            place.area().parts50(),
            0),
        new ExplainedRow.FeatureMaps(weights, means, maxima, cells),
        target == predicted
            ? new ExplainedRow.Context(
                List.of(
                    Trait.ofPicture("brightness", confidence),
                    Trait.ofMetadata("site", "s" + Math.floorMod(image.hashCode(), 3))),
                null)
            : ExplainedRow.Context.NONE);
  }

  /** Rows of so many images, some with two targets, some blank, some without a label. */
  public static List<ExplainedRow> random(Random random, int images) {
    return IntStream.range(0, images)
        .boxed()
        .flatMap(
            i -> {
              int label = random.nextInt(4) - 1;
              int predicted = random.nextInt(3);
              String image = "image-" + random.nextInt(10) + "-" + i;
              double confidence = 0.34 + 0.66 * random.nextDouble();
              ExplainedRow first = random(random, image, predicted, label, predicted, confidence);
              if (label < 0 || label == predicted || random.nextInt(4) == 0) {
                return java.util.stream.Stream.of(first);
              }
              return java.util.stream.Stream.of(
                  first, random(random, image, label, label, predicted, confidence));
            })
        .toList();
  }

  /**
   * Rows of so many images that may have several of three labels, or none; some labels, and all of
   * some images, are not known.
   */
  public static List<ExplainedRow> randomSeveral(Random random, int images) {
    List<ClassName> classes = List.of(name(0), name(1), name(2));
    List<ExplainedRow> rows = new ArrayList<>();
    for (int i = 0; i < images; i++) {
      String image = "image-" + random.nextInt(10) + "-" + i;
      float[] shares = floats(random, classes.size(), false);
      Set<Integer> predicted = new TreeSet<>();
      Set<Integer> present = new TreeSet<>();
      Set<Integer> unknown = new TreeSet<>();
      for (int index = 0; index < shares.length; index++) {
        if (shares[index] >= 0.5) {
          predicted.add(index);
        }
        if (random.nextInt(8) == 0) {
          unknown.add(index);
        } else if (random.nextFloat() < shares[index]) {
          present.add(index);
        }
      }
      boolean isKnown = random.nextInt(10) > 0;
      Set<Integer> explained = predicted.isEmpty() ? Set.of(random.nextInt(3)) : predicted;
      ExplainedRow.AllLabels all =
          new ExplainedRow.AllLabels(
              classes,
              isKnown ? present : null,
              isKnown ? unknown : Set.of(),
              predicted,
              explained,
              random.nextInt(9) == 0 ? null : shares);
      int number = 0;
      for (int target : explained) {
        Boolean has = all.has(target);
        boolean isPredicted = predicted.contains(target);
        ExplainedRow row = random(random, image, target, -1, target, shares[target]);
        rows.add(
            new ExplainedRow(
                row.image(),
                row.target(),
                new ExplainedRow.Said(
                    null,
                    row.target(),
                    shares[target],
                    has == null ? null : Boolean.valueOf(has == isPredicted)),
                new ExplainedRow.Several(
                    has, isPredicted, !predicted.isEmpty(), number == 0 ? all : null),
                new ExplainedRow.Role(number == 0, false),
                row.map(),
                row.measures(),
                row.featureMaps(),
                row.context()));
        number++;
      }
    }
    return rows;
  }

  private static ExplainedRow random(
      Random random, String image, int target, int label, int predicted, double confidence) {
    float[] map = floats(random, 6, random.nextInt(8) == 0);
    float[] means = floats(random, 5, false);
    // Values repeat, so that equal ones compete for the last places.
    float[] maxima = new float[5];
    for (int k = 0; k < maxima.length; k++) {
      maxima[k] = random.nextInt(6);
    }
    int[] cells = random.ints(5, 0, 6).toArray();
    float[] weights = floats(random, 5, random.nextInt(20) == 0);
    return of(image, target, label, predicted, confidence, map, weights, means, maxima, cells);
  }

  private static float[] floats(Random random, int length, boolean zero) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = zero ? 0 : random.nextFloat();
    }
    return values;
  }
}

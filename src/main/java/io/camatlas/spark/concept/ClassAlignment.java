package io.camatlas.spark.concept;

import java.io.Serializable;

/**
 * Sums over the explanations of one class; parts merge in any order.
 *
 * @param name the class
 * @param index among the network's classes
 * @param explained number of explanations
 * @param raised those in which more of the concept raises the class's score
 * @param sum of the alignments
 * @param randomSums of the alignments of each random concept
 */
record ClassAlignment(
    String name, int index, long explained, long raised, double sum, double[] randomSums)
    implements Serializable {
  ClassAlignment merge(ClassAlignment other) {
    double[] sums = randomSums.clone();
    for (int i = 0; i < sums.length; i++) {
      sums[i] += other.randomSums[i];
    }
    return new ClassAlignment(
        name, index, explained + other.explained, raised + other.raised, sum + other.sum, sums);
  }

  double tcav() {
    return (double) raised / explained;
  }

  double alignment() {
    return sum / explained;
  }

  /** The alignment of each random concept. */
  double[] random() {
    double[] means = randomSums.clone();
    for (int i = 0; i < means.length; i++) {
      means[i] /= explained;
    }
    return means;
  }
}

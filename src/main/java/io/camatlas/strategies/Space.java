package io.camatlas.strategies;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** What images are compared by. */
public enum Space {
  /** Where the network looked, as spectral relevance analysis does (Lapuschkin et al. 2019). */
  MAPS("maps", "where the model looks") {
    @Override
    Function<Member, float[]> in(List<Member> members) {
      return Member::map;
    }
  },
  /** w_k times the mean of A_k: the evidence of each feature map (PCX, Dreyer et al. 2023). */
  RELEVANCE("relevance", "how much each feature map counts") {
    @Override
    Function<Member, float[]> in(List<Member> members) {
      return member -> product(member.weights(), member.activations());
    }
  },
  /**
   * Mean activations, each weighted by what it means for the class on average, as in neural PCA
   * (Neuhaus et al. 2023).
   */
  WEIGHTED_ACTIVATIONS("weighted activations", "which feature maps respond") {
    @Override
    Function<Member, float[]> in(List<Member> members) {
      float[] mean = new float[members.get(0).weights().length];
      for (Member member : members) {
        for (int k = 0; k < mean.length; k++) {
          mean[k] += member.weights()[k] / members.size();
        }
      }
      return member -> product(mean, member.activations());
    }
  },
  /** Mean activations as they are. */
  ACTIVATIONS("activations", "which feature maps respond") {
    @Override
    Function<Member, float[]> in(List<Member> members) {
      return Member::activations;
    }
  };

  private final String text;
  private final String words;

  Space(String text, String words) {
    this.text = text;
    this.words = words;
  }

  /**
   * The space with a name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Space of(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT).replace(' ', '_'));
  }

  /** The name in tables. */
  public String text() {
    return text;
  }

  /** What it is for people: images differ in {@code where the model looks}. */
  public String words() {
    return words;
  }

  /** The vector of an image among some images of its class. */
  abstract Function<Member, float[]> in(List<Member> members);

  private static float[] product(float[] one, float[] other) {
    float[] product = new float[one.length];
    for (int k = 0; k < product.length; k++) {
      product[k] = one[k] * other[k];
    }
    return product;
  }
}

package io.camatlas.cam;

import java.io.Serializable;
import java.util.Map;

/**
 * A rule that weighs a layer's feature maps: by derivatives, or by asking the network about changed
 * copies of the image. Each rule is one file; {@link MethodProvider} says how it is found.
 */
public sealed interface CamMethod extends Serializable permits GradientMethod, PerturbationMethod {

  /** The name in settings and tables, for example {@code smooth-grad-cam++}. */
  String name();

  /**
   * Everything that distinguishes two runs of this rule, by the names that the settings use; stored
   * beside the results, which are taken for the same where it is. Each parameter that the rule asks
   * for must be among it.
   */
  Map<String, String> parameters();

  /**
   * Whether maps are sums of weighted feature maps, so that some of these can be chosen.
   *
   * <p>A rule that does not has weights of 0.
   */
  default boolean weighsFeatureMaps() {
    return true;
  }

  /** What an image costs in passes through the network, for people: {@code 1}, {@code 1 + n}. */
  String cost();
}

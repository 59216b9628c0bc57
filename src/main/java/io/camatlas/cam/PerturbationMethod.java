package io.camatlas.cam;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.Optional;

/**
 * A rule that asks the network again: it changes the image or the layer's output in many copies,
 * and computes weights from the scores of these. Nothing is differentiated.
 */
public non-sealed interface PerturbationMethod extends CamMethod {
  /** What is multiplied by the factors of each copy. */
  enum Changed {
    /** The normalised image, so that a factor of 0 is the mean colour. */
    INPUT,

    /** The layer's output. */
    LAYER
  }

  /** What the copies differ in. */
  Changed changed();

  /**
   * Number of copies of each image.
   *
   * @param maps K
   * @param height h, of the layer's grid
   * @param width w
   */
  long copies(long maps, long height, long width);

  /**
   * What some copies of one image are multiplied by.
   *
   * @param activations of the image, {@code [1,K,h,w]}
   * @param input shape of the image, {@code [1,C,H,W]}
   * @param first number of the first copy
   * @param size m, number of copies
   * @return {@code [m,1,H,W]} for {@link Changed#INPUT}, {@code [m,K]} for {@link Changed#LAYER},
   *     in the manager of the activations
   */
  NDArray factors(NDArray activations, Shape input, int first, int size);

  /**
   * Computes the weights of the feature maps.
   *
   * @param activations of the images, {@code [N,K,h,w]}
   * @param scores of each image's class, before softmax, {@code [N]}
   * @param changed the same of all copies, {@code [N,copies]}
   * @return weights {@code [N,K,1,1]}, dimensionless, in the manager of the activations
   */
  NDArray weights(NDArray activations, NDArray scores, NDArray changed);

  /**
   * The maps themselves, of a rule that weighs no feature maps. Empty by default: maps are sums of
   * weighted feature maps.
   *
   * @return {@code [N,h,w]}, in the manager of the activations; what is negative counts as 0
   */
  default Optional<NDArray> maps(NDArray activations, NDArray scores, NDArray changed) {
    return Optional.empty();
  }

  @Override
  default String cost() {
    long copies = copies(1, 1, 1);
    return copies == copies(2, 1, 1) ? "1 + " + copies : "1 + K for each layer";
  }
}

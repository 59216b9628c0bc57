package io.camatlas.torchscript;

import java.util.Objects;
import java.util.Optional;

/**
 * How a network is called and which of its outputs are the class scores.
 *
 * @param method method of the root module that takes the images, {@code forward} by default
 * @param output field, key or index of the scores where the method returns a tuple, list or dict;
 *     empty means its first tensor
 */
public record ModelEntry(String method, Optional<String> output) {
  /** {@code forward}, and the first tensor that it returns. */
  public static final ModelEntry FORWARD = new ModelEntry("forward", Optional.empty());

  public ModelEntry {
    Objects.requireNonNull(output, "output");
    if (!method.matches("[A-Za-z_]\\w*")) {
      throw new IllegalArgumentException(
          "entry method is '" + method + "'; it must be the name of a method of the model.");
    }
  }
}

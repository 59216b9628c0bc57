package io.camatlas.torchscript;

import java.util.List;
import java.util.stream.Stream;

/**
 * One module of a network.
 *
 * @param path dotted path from the root, {@code layer4.1.conv2}; empty for the root
 * @param name the last part of the path
 * @param type the class's short name, {@code Conv2d}
 * @param id place in a depth-first walk; the root is 0
 * @param children submodules in order of declaration
 */
public record Layer(String path, String name, String type, int id, List<Layer> children) {

  /** Whether it is a convolution itself, not a block that holds one. */
  public boolean isConvolution() {
    return children.isEmpty() && type.contains("Conv");
  }

  /** This layer and all below it, depth first. */
  public Stream<Layer> walk() {
    return Stream.concat(Stream.of(this), children.stream().flatMap(Layer::walk));
  }
}

package io.camatlas.model;

import java.util.OptionalInt;
import java.util.function.Predicate;

/**
 * A layer as a user names it: {@code layer4.1.relu}, or {@code layer4.1.relu#1} for the first of
 * several calls.
 *
 * @param path dotted module path
 * @param call which call, from 1; empty means the last
 */
public record LayerName(String path, OptionalInt call) {
  /** The network's input, which rules of pixels explain; no module has a name like it. */
  public static final LayerName INPUT = new LayerName("(input)", OptionalInt.empty());

  /**
   * Reads a name.
   *
   * @throws IllegalArgumentException if what follows {@code #} is not a number from 1
   */
  public static LayerName parse(String text) {
    int hash = text.lastIndexOf('#');
    if (hash < 0) {
      return new LayerName(text, OptionalInt.empty());
    }
    try {
      int call = Integer.parseInt(text.substring(hash + 1));
      if (call >= 1) {
        return new LayerName(text.substring(0, hash), OptionalInt.of(call));
      }
    } catch (NumberFormatException e) {
      throw badCall(text, e);
    }
    throw badCall(text, null);
  }

  /**
   * Reads a name, where modules' own names may contain {@code #}: what is the path of a layer is
   * that layer.
   *
   * @param isLayer whether there is a layer of a path
   * @throws IllegalArgumentException as {@link #parse(String)}
   */
  public static LayerName parse(String text, Predicate<String> isLayer) {
    return isLayer.test(text) ? new LayerName(text, OptionalInt.empty()) : parse(text);
  }

  /** Whether it is the network's input. */
  public boolean isInput() {
    return equals(INPUT);
  }

  /** Whether a name in tables is that of the network's input. */
  public static boolean isInput(String layer) {
    return layer.equals(INPUT.path);
  }

  /** As {@link #parse(String)} reads it. */
  public String text() {
    return call.isPresent() ? path + "#" + call.getAsInt() : path;
  }

  private static IllegalArgumentException badCall(String text, Exception cause) {
    return new IllegalArgumentException(
        "layer is '" + text + "'; after # stands the number of the call, from 1.", cause);
  }
}

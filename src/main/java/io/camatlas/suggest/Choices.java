package io.camatlas.suggest;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Names of enum constants as people write them: in lower case, with hyphens, such as {@code
 * log-probabilities}.
 */
public final class Choices {
  private Choices() {}

  /** The name of a constant. */
  public static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The names of all constants, in the order of declaration. */
  public static List<String> names(Class<? extends Enum<?>> type) {
    return Arrays.stream(type.getEnumConstants()).map(Choices::name).toList();
  }

  /** Finds the constant of this name, ignoring case. */
  public static <E extends Enum<E>> Optional<E> of(String name, Class<E> type) {
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> name(constant).equalsIgnoreCase(name))
        .findFirst();
  }

  /**
   * Returns the constant of this name, or throws.
   *
   * @param what what is being chosen, for the message
   * @throws IllegalArgumentException if there is none, listing the names and the closest one
   */
  public static <E extends Enum<E>> E require(String what, String name, Class<E> type) {
    return of(name, type)
        .orElseThrow(() -> new IllegalArgumentException(wrong(what, name, names(type))));
  }

  /** A message that a name is not one of the known ones. */
  public static String wrong(String what, String name, List<String> known) {
    return what
        + " is '"
        + name
        + "'; it must be one of "
        + String.join(", ", known)
        + NearestName.clause(name, known)
        + ".";
  }
}

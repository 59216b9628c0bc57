package io.camatlas.suggest;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How people write the constants of an enum: in lower case, with hyphens, {@code
 * log-probabilities}.
 */
public final class Choices {
  private Choices() {}

  /** The name of a constant, as people write it. */
  public static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The names of all constants, in their order. */
  public static List<String> names(Class<? extends Enum<?>> type) {
    return Arrays.stream(type.getEnumConstants()).map(Choices::name).toList();
  }

  /** The constant of this name, in whatever case. */
  public static <E extends Enum<E>> Optional<E> of(String name, Class<E> type) {
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> name(constant).equalsIgnoreCase(name))
        .findFirst();
  }

  /**
   * The constant of this name, where nothing else will do.
   *
   * @param what is chosen, for the message
   * @throws IllegalArgumentException that lists the names, and says which one is closest
   */
  public static <E extends Enum<E>> E require(String what, String name, Class<E> type) {
    return of(name, type)
        .orElseThrow(() -> new IllegalArgumentException(wrong(what, name, names(type))));
  }

  /** Says that a name is none of those that are known. */
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

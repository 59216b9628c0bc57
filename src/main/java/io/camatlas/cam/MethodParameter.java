package io.camatlas.cam;

/**
 * A parameter of rules, declared where it is used. A rule has those that its line in {@link
 * NamedMethod} asks for, and an option follows from each.
 *
 * @param <T> the type of the value: an enum, {@link Integer} or {@link Double}
 * @param name the name in settings and tables: words joined by hyphens
 * @param type the type of the value
 * @param byDefault the value if none is given
 * @param least the smallest valid number; null if there is none
 * @param most the largest valid number; null if there is none
 * @param help one or two sentences, for users
 */
public record MethodParameter<T>(
    String name, Class<T> type, T byDefault, T least, T most, String help) {

  /** A parameter with one of an enum's constants. */
  public static <E extends Enum<E>> MethodParameter<E> choice(
      String name, E byDefault, String help) {
    return new MethodParameter<>(name, byDefault.getDeclaringClass(), byDefault, null, null, help);
  }

  /** A parameter with a finite number, within bounds or without. */
  public static MethodParameter<Double> decimal(
      String name, double byDefault, Double least, Double most, String help) {
    return new MethodParameter<>(name, Double.class, byDefault, least, most, help);
  }

  /** A parameter with a whole number, within bounds or without. */
  public static MethodParameter<Integer> integer(
      String name, int byDefault, Integer least, Integer most, String help) {
    return new MethodParameter<>(name, Integer.class, byDefault, least, most, help);
  }
}

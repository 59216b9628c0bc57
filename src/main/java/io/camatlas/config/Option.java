package io.camatlas.config;

import io.camatlas.suggest.Choices;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The declaration of an option: flag {@code --name} of a command, key {@code name} of a file,
 * parameter of the stage of Spark ML. The declaration is also the key to its value: {@code
 * given.get(SAMPLES)}.
 *
 * <p>Immutable: every method that adds to an option returns a new one.
 *
 * @param <T> the type of the value
 */
public class Option<T> implements Cloneable {
  /** The type of the value where values are typed, as in Spark ML and in Python. */
  public enum Form {
    TEXT,
    INTEGER,
    LONG,
    DECIMAL,
    SWITCH
  }

  private final String name;
  private final Form form;
  private final Function<String, T> reader;
  private final T absent;
  private String label;
  private String defaultValue = "";
  private String help = "";
  private Scope scope = Scope.PER_IMAGE;
  private Topic topic = Topic.SETTINGS;
  private boolean required;
  private boolean repeated;

  /**
   * @param reader parses a text; throws {@link IllegalArgumentException} with the message to show
   * @param absent the value if nothing is given and there is no default; null if there is none
   */
  Option(String name, Form form, String label, Function<String, T> reader, T absent) {
    this.name = name;
    this.form = form;
    this.label = label;
    this.reader = reader;
    this.absent = absent;
  }

  /** An option with any text; empty if nothing is given. */
  public static Option<String> text(String name, String label) {
    return new Option<>(name, Form.TEXT, label, text -> text, "");
  }

  /** An option that may be given several times, each time with another text. */
  public static Option<List<String>> texts(String name, String label) {
    return new Option<List<String>>(
            name,
            Form.TEXT,
            label + " …",
            text -> text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList(),
            List.of())
        .with(option -> option.repeated = true);
  }

  /** An option with a 32-bit whole number. */
  public static NumberOption<Integer> integer(String name) {
    return new NumberOption<>(name, Form.INTEGER, "N", Integer::valueOf, "a whole number");
  }

  /** An option with a 64-bit whole number. */
  public static NumberOption<Long> wide(String name) {
    return new NumberOption<>(name, Form.LONG, "N", Long::valueOf, "a whole number");
  }

  /** An option with a finite number. */
  public static NumberOption<Double> decimal(String name) {
    return new NumberOption<>(
        name,
        Form.DECIMAL,
        "X",
        text -> {
          double value = Double.parseDouble(text);
          if (!Double.isFinite(value)) {
            throw new NumberFormatException(text);
          }
          return value;
        },
        "a number");
  }

  /** An option with {@code true} or {@code false}, and nothing else; false by default. */
  public static Option<Boolean> flag(String name) {
    return new Option<>(
            name,
            Form.SWITCH,
            "true|false",
            text -> {
              if (!text.equals("true") && !text.equals("false")) {
                throw new IllegalArgumentException(
                    marked(name) + " is '" + text + "'; it must be true or false.");
              }
              return text.equals("true");
            },
            Boolean.FALSE)
        .byDefault("false");
  }

  /** An option with one of an enum's constants, by the names of {@link Choices}. */
  public static <E extends Enum<E>> Option<E> choice(String name, Class<E> type) {
    return new Option<>(
        name,
        Form.TEXT,
        String.join("|", Choices.names(type)),
        text ->
            Choices.of(text, type)
                .filter(constant -> Choices.name(constant).equals(text))
                .orElseThrow(
                    () ->
                        new IllegalArgumentException(
                            Choices.wrong(marked(name), text, Choices.names(type)))),
        null);
  }

  /** An option with names from a list, separated by commas. */
  public static Option<List<String>> names(String name, List<String> known) {
    return new Option<>(
        name,
        Form.TEXT,
        "NAME,…",
        text -> {
          List<String> names = Arrays.stream(text.split(",", -1)).map(String::strip).toList();
          for (String one : names) {
            if (!known.contains(one)) {
              throw new IllegalArgumentException(Choices.wrong(marked(name), one, known));
            }
          }
          return names;
        },
        List.of());
  }

  /**
   * An option with any other value that is written as text.
   *
   * @param reader parses a text; throws {@link IllegalArgumentException} with the message to show,
   *     as {@link #holds} words it
   */
  public static <T> Option<T> of(String name, String label, Function<String, T> reader) {
    return new Option<>(name, Form.TEXT, label, reader, null);
  }

  /** An exception that says that a part of a value breaks a rule. */
  static IllegalArgumentException holds(String name, String part, String rule, Exception cause) {
    return new IllegalArgumentException(
        marked(name) + " contains '" + part + "'; it must be " + rule + ".", cause);
  }

  static String marked(String name) {
    return "`" + name + "`";
  }

  /** Sets the placeholder for the value in the help, such as {@code FILE}. */
  public Option<T> label(String text) {
    return with(option -> option.label = text);
  }

  /** Sets the default value. */
  public Option<T> byDefault(Object value) {
    return with(option -> option.defaultValue = String.valueOf(value));
  }

  /**
   * Sets the help: one or two sentences, with names of settings marked as in {@link SettingNames}.
   */
  public Option<T> help(String sentences) {
    return with(option -> option.help = sentences);
  }

  /** Sets what the value affects; {@link Scope#PER_IMAGE} by default. */
  public Option<T> scope(Scope value) {
    return with(option -> option.scope = value);
  }

  /** Sets the heading in the help. */
  public Option<T> topic(Topic value) {
    return with(option -> option.topic = value);
  }

  /** Requires a value. */
  public Option<T> required() {
    return with(option -> option.required = true);
  }

  /** Does not require a value. */
  public Option<T> notRequired() {
    return with(option -> option.required = false);
  }

  @SuppressWarnings("unchecked")
  <O extends Option<T>> O with(Consumer<O> change) {
    try {
      O other = (O) clone();
      change.accept(other);
      return other;
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The name: words joined by hyphens. */
  public String name() {
    return name;
  }

  public Form form() {
    return form;
  }

  /** The placeholder for the value in the help. */
  public String label() {
    return label;
  }

  /** The default value as text; empty if there is none. */
  public String defaultValue() {
    return defaultValue;
  }

  /** The help: one or two sentences, with names of settings marked as in {@link SettingNames}. */
  public String help() {
    return required ? help + " Required." : help;
  }

  /** The help if the value can only be a number, as in Spark ML. */
  public String helpOfNumber() {
    return help();
  }

  public Scope scope() {
    return scope;
  }

  public Topic topic() {
    return topic;
  }

  public boolean isRequired() {
    return required;
  }

  /** Whether the option may be given several times, each time with another value. */
  public boolean isRepeated() {
    return repeated;
  }

  /** Whether the option is a switch, which may be given without a value. */
  public boolean isSwitch() {
    return form == Form.SWITCH;
  }

  /**
   * Reads a value.
   *
   * @param text the given text or the default; empty if there is neither
   * @return the value; empty if nothing is given and that means no value
   * @throws IllegalArgumentException with a message that says what is wrong
   */
  Optional<T> read(String text) {
    if (text.isEmpty() && required) {
      throw new IllegalArgumentException(
          marked(name) + " is missing; it is required (" + label.replace(" …", "") + ").");
    }
    if (text.isEmpty() && defaultValue.isEmpty()) {
      return Optional.ofNullable(absent);
    }
    return Optional.of(parse(text));
  }

  /** Parses a non-empty text. */
  T parse(String text) {
    return reader.apply(text);
  }

  @Override
  public String toString() {
    return name;
  }
}

package io.camatlas.config;

import io.camatlas.suggest.Choices;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * One option, declared: flag {@code --name} of a command, key {@code name} of a file, parameter of
 * the stage of Spark ML. Whoever needs its value asks with the declaration itself: {@code
 * given.get(SAMPLES)}.
 *
 * <p>Options do not change: every method that says more about one returns another.
 *
 * @param <T> what a value is read as
 */
public class Option<T> implements Cloneable {
  /** What holds a value where values have types, as in Spark ML and in Python. */
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
   * @param reader a text's value; throws {@link IllegalArgumentException} with what to tell
   * @param absent the value where nothing is given and there is no default; null where there is
   *     none
   */
  Option(String name, Form form, String label, Function<String, T> reader, T absent) {
    this.name = name;
    this.form = form;
    this.label = label;
    this.reader = reader;
    this.absent = absent;
  }

  /** Any text; empty where nothing is given. */
  public static Option<String> text(String name, String label) {
    return new Option<>(name, Form.TEXT, label, text -> text, "");
  }

  /** An option that may be given several times, each time with a text of its own. */
  public static Option<List<String>> texts(String name, String label) {
    return new Option<List<String>>(
            name,
            Form.TEXT,
            label + " …",
            text -> text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList(),
            List.of())
        .with(option -> option.repeated = true);
  }

  /** A whole number of 32 bits. */
  public static NumberOption<Integer> integer(String name) {
    return new NumberOption<>(name, Form.INTEGER, "N", Integer::valueOf, "a whole number");
  }

  /** A whole number of 64 bits. */
  public static NumberOption<Long> wide(String name) {
    return new NumberOption<>(name, Form.LONG, "N", Long::valueOf, "a whole number");
  }

  /** A finite number. */
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

  /** {@code true} or {@code false}, and nothing else; false by default. */
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

  /** One of an enum's constants, by the names of {@link Choices}. */
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

  /** Names from a list, with commas between them. */
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
   * Anything else that is written as text.
   *
   * @param reader a text's value; throws {@link IllegalArgumentException} with what to tell, as
   *     {@link #holds} words it
   */
  public static <T> Option<T> of(String name, String label, Function<String, T> reader) {
    return new Option<>(name, Form.TEXT, label, reader, null);
  }

  /** Says that a part of a value breaks a rule. */
  static IllegalArgumentException holds(String name, String part, String rule, Exception cause) {
    return new IllegalArgumentException(
        marked(name) + " holds '" + part + "'; it must be " + rule + ".", cause);
  }

  static String marked(String name) {
    return "`" + name + "`";
  }

  /** What stands for the value in the help, as {@code FILE}. */
  public Option<T> label(String text) {
    return with(option -> option.label = text);
  }

  /** The value where none is given, as it would be written. */
  public Option<T> byDefault(Object value) {
    return with(option -> option.defaultValue = String.valueOf(value));
  }

  /** What it does: one sentence or two, other settings marked as {@link SettingNames} has it. */
  public Option<T> help(String sentences) {
    return with(option -> option.help = sentences);
  }

  /** What the value makes a difference to; {@link Scope#PER_IMAGE} unless said. */
  public Option<T> scope(Scope value) {
    return with(option -> option.scope = value);
  }

  /** The heading in the help. */
  public Option<T> topic(Topic value) {
    return with(option -> option.topic = value);
  }

  /** A value has to be given. */
  public Option<T> required() {
    return with(option -> option.required = true);
  }

  /** The same option where a value need not be given. */
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

  /** The words, joined by hyphens. */
  public String name() {
    return name;
  }

  public Form form() {
    return form;
  }

  /** What stands for the value in the help. */
  public String label() {
    return label;
  }

  /** As it would be written; empty where there is none. */
  public String defaultValue() {
    return defaultValue;
  }

  /** One sentence or two, names of settings marked as {@link SettingNames} has it. */
  public String help() {
    return required ? help + " Required." : help;
  }

  /** The help where a value is a number and nothing else, as in Spark ML. */
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

  /** Whether it may stand several times, each with a value of its own. */
  public boolean isRepeated() {
    return repeated;
  }

  /** Whether it is a switch, which may stand without a value. */
  public boolean isSwitch() {
    return form == Form.SWITCH;
  }

  /**
   * Reads a value.
   *
   * @param text what is given or the default; empty where neither is there
   * @return empty where nothing is given and that means no value
   * @throws IllegalArgumentException with what is wrong with it
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

  /** Reads a value that is there. */
  T parse(String text) {
    return reader.apply(text);
  }

  @Override
  public String toString() {
    return name;
  }
}

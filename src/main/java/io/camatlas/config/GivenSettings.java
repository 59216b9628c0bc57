package io.camatlas.config;

import io.camatlas.suggest.NearestName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The values of a command's options, from flags, then a file, then defaults; collects problems
 * instead of stopping at the first.
 */
public final class GivenSettings {
  /** The option that every command has. */
  public static final Option CONFIG =
      new Option("config", "FILE", "", "File of settings, a line each: name = value. Flags win.");

  /** Between the values of an option that stands several times; no value holds it. */
  public static final String SEPARATOR = "\n";

  private final Map<String, Option> options = new LinkedHashMap<>();
  private final Map<String, String> values = new LinkedHashMap<>();
  private final Map<String, String> spark = new LinkedHashMap<>();
  private final List<String> problems = new ArrayList<>();

  /**
   * Gathers values.
   *
   * @param known the command's options
   * @param flags values by name, without the hyphens
   * @param unknown arguments that no option takes
   */
  public GivenSettings(List<Option> known, Map<String, String> flags, List<String> unknown) {
    known.forEach(option -> options.put(option.name(), option));
    for (String argument : unknown) {
      problems.add(
          argument.startsWith("--")
              ? unknownName(
                  "option " + argument, argument.substring(2).replaceFirst("=.*", ""), "--")
              : "argument '"
                  + argument
                  + "' belongs to no option; options begin with -- and values with spaces stand in"
                  + " quotes.");
    }
    String file = flags.getOrDefault(CONFIG.name(), "");
    if (!file.isEmpty()) {
      readFile(Path.of(file));
    }
    flags.forEach(values::put);
  }

  /** The same values seen by another command, which knows other options as well. */
  public GivenSettings restrictedTo(List<Option> known) {
    GivenSettings other = with(known, values);
    // Whatever a benchmark does not read or write still has to look like a setting.
    other.values.putIfAbsent("images", "none");
    other.values.putIfAbsent("out", "none");
    return other;
  }

  /** Other values, for a command that knows other options; Spark's own settings stay. */
  public GivenSettings with(List<Option> known, Map<String, String> otherValues) {
    GivenSettings other = new GivenSettings(known, Map.of(), List.of());
    otherValues.forEach(
        (name, value) -> {
          if (other.options.containsKey(name)) {
            other.values.put(name, value);
          }
        });
    other.spark.putAll(spark);
    return other;
  }

  private String unknownName(String what, String name, String prefix) {
    return what
        + " is not known"
        + NearestName.of(name, options.keySet())
            .map(near -> "; closest is '" + prefix + near + "'")
            .orElse("")
        + ".";
  }

  private void readFile(Path file) {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (NoSuchFileException e) {
      problems.add("config is " + file + ", and no such file is there.");
      return;
    } catch (IOException e) {
      problems.add("config " + file + " cannot be read: " + e.getMessage());
      return;
    }
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      String where = file.getFileName() + ":" + (i + 1) + ": ";
      int equals = line.indexOf('=');
      if (equals < 0) {
        problems.add(where + "'" + line + "' is no setting; write name = value.");
        continue;
      }
      String name = line.substring(0, equals).strip();
      String value = line.substring(equals + 1).strip();
      if (name.startsWith("spark.")) {
        spark.put(name, value);
      } else if (name.equals(CONFIG.name()) || !options.containsKey(name)) {
        problems.add(where + unknownName("setting '" + name + "'", name, ""));
      } else if (options.get(name).isRepeated()) {
        values.merge(name, value, (before, next) -> before + SEPARATOR + next);
      } else if (values.put(name, value) != null) {
        problems.add(where + "setting '" + name + "' stands twice.");
      }
    }
  }

  /** Spark's own settings from the file. */
  public Map<String, String> spark() {
    return spark;
  }

  /** What was given or is the default; empty text means nothing. */
  public String text(String name) {
    String value = values.get(name);
    return value == null ? options.get(name).defaultValue() : value.strip();
  }

  /** All values of an option that may stand several times. */
  public List<String> texts(String name) {
    return text(name).lines().map(String::strip).filter(value -> !value.isEmpty()).toList();
  }

  /** A value that may be left out. */
  public Optional<String> optional(String name) {
    return Optional.of(text(name)).filter(value -> !value.isEmpty());
  }

  /** A value that must be there. */
  public String required(String name) {
    String value = text(name);
    if (value.isEmpty()) {
      problems.add(
          name
              + " is missing; give --"
              + name
              + " "
              + options.get(name).label().replace(" …", "")
              + ".");
    }
    return value;
  }

  /** A whole number. */
  public int integer(String name) {
    return parsed(name, Integer::parseInt, "a whole number", 0);
  }

  /** A whole number of 64 bits. */
  public long longInteger(String name) {
    return parsed(name, Long::parseLong, "a whole number", 0L);
  }

  /** A number. */
  public double decimal(String name) {
    return parsed(name, Double::parseDouble, "a number", 0.0);
  }

  /** {@code true} or {@code false}, and nothing else. */
  public boolean flag(String name) {
    String value = text(name);
    if (!value.equals("true") && !value.equals("false")) {
      problems.add(name + " is '" + value + "'; it must be true or false.");
    }
    return value.equals("true");
  }

  /** One of an enum's constants, in lower case with hyphens. */
  public <E extends Enum<E>> E choice(String name, Class<E> type) {
    String value = text(name);
    List<String> names = new ArrayList<>();
    for (E constant : type.getEnumConstants()) {
      String spelling = constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
      if (spelling.equals(value)) {
        return constant;
      }
      names.add(spelling);
    }
    problems.add(
        name
            + " is '"
            + value
            + "'; it must be one of "
            + String.join(", ", names)
            + NearestName.clause(value, names)
            + ".");
    return type.getEnumConstants()[0];
  }

  private <T> T parsed(String name, Function<String, T> parse, String what, T otherwise) {
    String value = text(name);
    try {
      return parse.apply(value);
    } catch (NumberFormatException e) {
      problems.add(name + " is '" + value + "'; it must be " + what + ".");
      return otherwise;
    }
  }

  /**
   * Builds something that checks itself.
   *
   * @return what was built, or empty after noting why it cannot be
   */
  public <T> Optional<T> build(Supplier<T> maker) {
    try {
      return Optional.of(maker.get());
    } catch (RuntimeException e) {
      problems.add(e.getMessage());
      return Optional.empty();
    }
  }

  /** Notes a problem. */
  public void problem(String message) {
    problems.add(message);
  }

  /** Whether anything is wrong so far. */
  public boolean hasProblems() {
    return !problems.isEmpty();
  }

  /**
   * Ends the checks.
   *
   * @throws SettingsException with all problems, if there are any
   */
  public void check() {
    if (hasProblems()) {
      throw new SettingsException(problems);
    }
  }

  /** Every option with its value, for the record of the run. */
  public Map<String, String> all() {
    Map<String, String> all = new LinkedHashMap<>();
    options.keySet().stream()
        .filter(name -> !name.equals(CONFIG.name()))
        .forEach(name -> all.put(name, text(name)));
    return all;
  }
}

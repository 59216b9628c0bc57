package io.camatlas.config;

import io.camatlas.suggest.NearestName;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The values of a command's options: from flags, else from a file, else the defaults. Every value
 * is read once, when the settings are gathered; problems are collected and reported together.
 */
public final class GivenSettings {
  /** The option that every command has. */
  public static final Option<String> CONFIG =
      Option.text("config", "FILE")
          .scope(Scope.OF_THE_JOB)
          .help("File of settings, one per line: name = value. Flags win over it.");

  /** Separates the values of an option that is given several times; no value contains it. */
  public static final String SEPARATOR = "\n";

  private final Map<String, Option<?>> options = new LinkedHashMap<>();
  private final Map<String, String> texts = new LinkedHashMap<>();
  private final Map<String, Object> values = new LinkedHashMap<>();
  private final Set<String> wrong = new HashSet<>();
  private final Set<String> given = new HashSet<>();
  private final Map<String, String> spark = new LinkedHashMap<>();
  private final List<String> problems;

  /**
   * Gathers the values.
   *
   * @param known the command's options
   * @param flags values by name, without the dashes
   * @param unknown arguments that belong to no option
   */
  public GivenSettings(
      List<? extends Option<?>> known, Map<String, String> flags, List<String> unknown) {
    this(known, new ArrayList<>());
    unknown.forEach(this::noteUnknown);
    String file = flags.getOrDefault(CONFIG.name(), "");
    Map<String, String> all = new LinkedHashMap<>();
    if (!file.isEmpty()) {
      readFile(Path.of(file), all);
    }
    // A file may list all settings, as conf/explain.conf does.
    all.forEach((name, value) -> noteGiven(name, value, false));
    flags.forEach((name, value) -> noteGiven(name, value, true));
    all.putAll(flags);
    options.values().forEach(option -> read(option, all));
  }

  /** Notes a value that somebody chose; a switch that stays off is none. */
  private void noteGiven(String name, String value, boolean alsoDefault) {
    Option<?> option = options.get(name);
    if (option == null || value.isBlank()) {
      return;
    }
    boolean isDefault = value.strip().equals(option.defaultValue());
    if (!isDefault || (alsoDefault && !option.isSwitch())) {
      given.add(name);
    } else if (alsoDefault) {
      given.remove(name);
    }
  }

  private GivenSettings(List<? extends Option<?>> known, List<String> problems) {
    known.forEach(option -> options.put(option.name(), option));
    this.problems = problems;
  }

  private void noteUnknown(String argument) {
    if (argument.startsWith("--")) {
      String name = argument.substring(2).replaceFirst("=.*", "");
      problems.add("option " + argument + " is not known" + closest(name) + ".");
    } else {
      problems.add(
          "argument '"
              + argument
              + "' belongs to no option; put values that contain spaces in quotes.");
    }
  }

  private String closest(String name) {
    return NearestName.of(name, options.keySet())
        .map(near -> "; closest is '" + Option.marked(near) + "'")
        .orElse("");
  }

  private void readFile(Path file, Map<String, String> all) {
    List<String> lines;
    try {
      lines = TextLines.of(file, Option.marked(CONFIG.name()) + " is " + file);
    } catch (IllegalArgumentException e) {
      problems.add(e.getMessage());
      return;
    } catch (NoSuchFileException e) {
      problems.add(Option.marked(CONFIG.name()) + " is " + file + ", which does not exist.");
      return;
    } catch (IOException e) {
      problems.add(
          Option.marked(CONFIG.name())
              + " is "
              + file
              + ", which cannot be read: "
              + e.getMessage());
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
        problems.add(where + "'" + line + "' is not a setting; write name = value.");
        continue;
      }
      String name = line.substring(0, equals).strip();
      String value = line.substring(equals + 1).strip();
      if (name.startsWith("spark.")) {
        spark.put(name, value);
      } else if (name.equals(CONFIG.name()) || !options.containsKey(name)) {
        problems.add(
            where
                + "setting '"
                + name
                + "' is not known"
                + NearestName.clause(name, options.keySet())
                + ".");
      } else if (options.get(name).isRepeated()) {
        all.merge(name, value, (before, next) -> before + SEPARATOR + next);
      } else if (all.put(name, value) != null) {
        problems.add(where + "setting '" + name + "' is set twice.");
      }
    }
  }

  private void read(Option<?> option, Map<String, String> all) {
    String name = option.name();
    String text = all.getOrDefault(name, option.defaultValue()).strip();
    texts.put(name, text);
    try {
      option.read(text).ifPresent(value -> values.put(name, value));
    } catch (IllegalArgumentException e) {
      wrong.add(name);
      problems.add(e.getMessage());
    }
  }

  /**
   * These settings for another command with other options. Values of options that both have are not
   * read again, and problems are reported together with those of this command.
   *
   * @param known the other command's options
   * @param changed values that differ for the other command
   */
  public GivenSettings with(List<? extends Option<?>> known, Map<String, String> changed) {
    GivenSettings other = new GivenSettings(known, problems);
    other.spark.putAll(spark);
    given.stream()
        .filter(name -> !changed.containsKey(name) && other.options.containsKey(name))
        .forEach(other.given::add);
    Map<String, String> all = new LinkedHashMap<>(texts);
    all.putAll(changed);
    for (Option<?> option : known) {
      String name = option.name();
      if (options.get(name) == option && all.get(name).equals(texts.get(name))) {
        other.texts.put(name, texts.get(name));
        if (values.containsKey(name)) {
          other.values.put(name, values.get(name));
        }
        if (wrong.contains(name)) {
          other.wrong.add(name);
        }
      } else {
        other.read(option, all);
      }
    }
    return other;
  }

  /** Spark's own settings from the file. */
  public Map<String, String> spark() {
    return spark;
  }

  /**
   * The given value, or the default.
   *
   * @throws SettingsException if the value is wrong; this has already been noted, and {@link
   *     #build} catches it
   */
  public <T> T get(Option<T> option) {
    requireRight(option);
    return values().get(option);
  }

  /**
   * The given value, or the default, or empty if there is neither; empty text counts as no value.
   *
   * @throws SettingsException as {@link #get} does
   */
  public <T> Optional<T> optional(Option<T> option) {
    requireRight(option);
    return values().optional(option);
  }

  private void requireRight(Option<?> option) {
    if (wrong.contains(option.name())) {
      throw new SettingsException(problems);
    }
  }

  /** Whether a value is given or there is a default, valid or not. */
  public boolean has(Option<?> option) {
    return !texts.getOrDefault(option.name(), "").isEmpty();
  }

  /**
   * Whether somebody chose this value: by a flag, or in a file that says something else than the
   * default.
   */
  public boolean isGiven(Option<?> option) {
    return given.contains(option.name());
  }

  /**
   * Builds an object from values; its constructor may check them. Values that are wrong by
   * themselves have already been noted and are not reported again.
   *
   * @return the object, or empty after noting why it could not be built
   */
  public <T> Optional<T> build(Supplier<T> maker) {
    try {
      return Optional.of(maker.get());
    } catch (SettingsException e) {
      e.marked().stream().filter(Predicate.not(problems::contains)).forEach(problems::add);
      return Optional.empty();
    } catch (RuntimeException e) {
      problems.add(e.getMessage());
      return Optional.empty();
    }
  }

  /** Runs a check that throws if something is wrong; notes the problem. */
  public void check(Runnable rule) {
    build(
        () -> {
          rule.run();
          return true;
        });
  }

  /** Notes a problem. */
  public void problem(String message) {
    problems.add(message);
  }

  /** Whether any problem has been noted so far. */
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

  /** Every option with its value as text, valid or not. */
  public Map<String, String> texts() {
    return values().texts();
  }

  /**
   * Returns all values.
   *
   * @throws SettingsException if one is wrong; this has already been noted, and {@link #build}
   *     catches it
   */
  public Settings settings() {
    if (!wrong.isEmpty()) {
      throw new SettingsException(problems);
    }
    return values();
  }

  private Settings values() {
    return new Settings(texts, values);
  }
}

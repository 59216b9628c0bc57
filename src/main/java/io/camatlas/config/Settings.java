package io.camatlas.config;

import java.io.Serializable;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The parsed and checked values of a command's options. */
public final class Settings implements Serializable {
  private static final long serialVersionUID = 1L;

  // Declared as types that can be sent to tasks; all values can.
  private final LinkedHashMap<String, String> texts;
  private final HashMap<String, Object> values;

  Settings(Map<String, String> texts, Map<String, Object> values) {
    this.texts = new LinkedHashMap<>(texts);
    this.values = new HashMap<>(values);
  }

  /**
   * Reads values that are known to be valid.
   *
   * @param options all options of the command
   * @param texts values as text, by name; defaults are used for missing ones
   * @throws SettingsException if one is wrong
   */
  public static Settings of(List<? extends Option<?>> options, Map<String, String> texts) {
    GivenSettings given = new GivenSettings(options, texts, List.of());
    given.check();
    return given.settings();
  }

  /** The given value, or the default. */
  public <T> T get(Option<T> option) {
    return value(option)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "There is no value of " + option.name() + "; read it as an optional."));
  }

  /** A value that may be left out; empty text and an empty list count as no value. */
  public <T> Optional<T> optional(Option<T> option) {
    return value(option).filter(value -> !value.equals("") && !value.equals(List.of()));
  }

  @SuppressWarnings("unchecked")
  private <T> Optional<T> value(Option<T> option) {
    return Optional.ofNullable((T) values.get(option.name()));
  }

  /** Every option with its value as text, for the record of a run. */
  public Map<String, String> texts() {
    return Collections.unmodifiableMap(texts);
  }
}

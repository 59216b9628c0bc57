package io.camatlas.spark.notebook;

import java.util.Map;

/** Stands for Zeppelin's {@code z}: forms have the values given here, or else their defaults. */
public final class ZeppelinForms {
  private static volatile Map<String, String> given = Map.of();

  /** What has been filled in, by the form's name. */
  static void fill(Map<String, String> values) {
    given = Map.copyOf(values);
  }

  /** As Zeppelin's. */
  public Object textbox(String name, Object defaultValue) {
    return given.getOrDefault(name, String.valueOf(defaultValue));
  }
}

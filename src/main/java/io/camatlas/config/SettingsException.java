package io.camatlas.config;

import java.util.List;

/** Settings that cannot be used; holds every problem found. */
public final class SettingsException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final List<String> problems;

  public SettingsException(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  /** One sentence or two each, in the order of the options. */
  public List<String> problems() {
    return problems;
  }
}

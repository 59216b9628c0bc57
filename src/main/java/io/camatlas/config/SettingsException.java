package io.camatlas.config;

import java.util.List;
import java.util.function.UnaryOperator;

/** Settings that cannot be used; holds every problem found. */
public final class SettingsException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final List<String> marked;

  /**
   * @param problems a sentence or two each, names of settings marked as {@link SettingNames} has it
   */
  public SettingsException(List<String> problems) {
    super(SettingNames.plain(String.join("\n", problems)));
    this.marked = List.copyOf(problems);
  }

  /** One sentence or two each, in the order of the options, with plain names of settings. */
  public List<String> problems() {
    return problems(UnaryOperator.identity());
  }

  /** The same, with names of settings as their reader writes them. */
  public List<String> problems(UnaryOperator<String> spelling) {
    return marked.stream().map(problem -> SettingNames.spelled(problem, spelling)).toList();
  }

  /** The same, with names of settings marked. */
  List<String> marked() {
    return marked;
  }
}

package io.camatlas.config;

import java.util.List;
import java.util.function.UnaryOperator;

/** Thrown if settings cannot be used; contains every problem found. */
public final class SettingsException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final List<String> marked;

  /**
   * @param problems one or two sentences each, with names of settings marked as in {@link
   *     SettingNames}
   */
  public SettingsException(List<String> problems) {
    super(SettingNames.plain(String.join("\n", problems)));
    this.marked = List.copyOf(problems);
  }

  /** One or two sentences each, in the order of the options, with plain names of settings. */
  public List<String> problems() {
    return problems(UnaryOperator.identity());
  }

  /** The problems, with names of settings as the reader would type them. */
  public List<String> problems(UnaryOperator<String> spelling) {
    return marked.stream().map(problem -> SettingNames.spelled(problem, spelling)).toList();
  }

  /** The problems, with names of settings marked. */
  List<String> marked() {
    return marked;
  }
}

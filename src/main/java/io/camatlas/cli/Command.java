package io.camatlas.cli;

import io.camatlas.config.GivenSettings;
import io.camatlas.config.Option;
import java.io.IOException;
import java.util.List;

/** One subcommand. */
public interface Command {
  /** What stands on the command line. */
  String name();

  /** What it does, for the help: one line, then paragraphs. */
  List<String> description();

  /** Its options, in the order of the help. */
  List<Option> options();

  /** The option whose value may also stand without its name, or empty. */
  default String positional() {
    return "";
  }

  /** The options whose values may also stand without their names, in this order. */
  default List<String> positionals() {
    return positional().isEmpty() ? List.of() : List.of(positional());
  }

  /**
   * Does it.
   *
   * @throws io.camatlas.config.SettingsException if settings are wrong; nothing has been done then
   */
  void run(GivenSettings given) throws IOException;
}

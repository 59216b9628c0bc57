package io.camatlas.cli;

import io.camatlas.config.GivenSettings;
import io.camatlas.config.Option;
import java.io.IOException;
import java.util.List;

/**
 * One subcommand. Its class is loaded to print help, where Spark may be missing: only {@link #run}
 * may need it.
 */
public interface Command {
  /** What stands on the command line. */
  String name();

  /** What it does, for the help: one line, then paragraphs. */
  List<String> description();

  /** Its options, in the order of the help. */
  List<Option<?>> options();

  /** The options whose values may also stand without their names, in this order. */
  default List<Option<String>> positionals() {
    return List.of();
  }

  /** What to type, each on one line, after {@code camatlas}. */
  default List<String> examples() {
    return List.of();
  }

  /**
   * Does it.
   *
   * @throws io.camatlas.config.SettingsException if settings are wrong; nothing has been done then
   */
  void run(GivenSettings given) throws IOException;
}

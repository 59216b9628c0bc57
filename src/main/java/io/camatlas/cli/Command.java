package io.camatlas.cli;

import io.camatlas.config.GivenSettings;
import io.camatlas.config.Option;
import java.io.IOException;
import java.util.List;

/**
 * One subcommand. Its class is also loaded to print help, when Spark may be missing, so only {@link
 * #run} may need Spark.
 */
public interface Command {
  /** The name on the command line. */
  String name();

  /** What the command does, for the help: one line, then paragraphs. */
  List<String> description();

  /** The command's options, in the order of the help. */
  List<Option<?>> options();

  /** The options whose values may also be given without names, in this order. */
  default List<Option<String>> positionals() {
    return List.of();
  }

  /** Examples for the help, one line each, without the leading {@code camatlas}. */
  default List<String> examples() {
    return List.of();
  }

  /**
   * Runs the command.
   *
   * @throws io.camatlas.config.SettingsException if settings are wrong; then nothing has been done
   */
  void run(GivenSettings given) throws IOException;
}

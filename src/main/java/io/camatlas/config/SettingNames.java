package io.camatlas.config;

import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names of settings in messages and help. Code that writes a message marks them with backticks,
 * {@code "`out` is not empty"}; code that shows it spells them as the reader would type them:
 * {@code --out} on the command line, {@code out} in a file, {@code imageIdCol} in Spark ML.
 */
public final class SettingNames {
  private static final Pattern MARKED = Pattern.compile("`([a-z][a-z0-9-]*)`");

  private SettingNames() {}

  /** A message with plain names, without marks. */
  public static String plain(String message) {
    return spelled(message, UnaryOperator.identity());
  }

  /**
   * A message with names as the reader would type them.
   *
   * @param spelling gives the spelling of a name
   */
  public static String spelled(String message, UnaryOperator<String> spelling) {
    return MARKED
        .matcher(message)
        .replaceAll(name -> Matcher.quoteReplacement(spelling.apply(name.group(1))));
  }
}

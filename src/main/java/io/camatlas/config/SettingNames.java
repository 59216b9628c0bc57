package io.camatlas.config;

import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names of settings within messages and help. Whoever writes a message marks them by backticks,
 * {@code "`out` is not empty"}; whoever shows it spells them as its reader writes them: {@code
 * --out} on the command line, {@code out} in a file, {@code imageIdCol} in Spark ML.
 */
public final class SettingNames {
  private static final Pattern MARKED = Pattern.compile("`([a-z][a-z0-9-]*)`");

  private SettingNames() {}

  /** A message with plain names. */
  public static String plain(String message) {
    return spelled(message, UnaryOperator.identity());
  }

  /**
   * A message with its names spelled out.
   *
   * @param spelling what stands for a name
   */
  public static String spelled(String message, UnaryOperator<String> spelling) {
    return MARKED
        .matcher(message)
        .replaceAll(name -> Matcher.quoteReplacement(spelling.apply(name.group(1))));
  }
}

package io.camatlas.spark.input;

import io.camatlas.spark.InputException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Expands the braces of a pattern that Hadoop's globs do not support: ranges such as {@code
 * {0000..0123}}, and alternatives that span folders or hold further braces.
 */
final class BraceExpansion {
  private static final int MOST = 1_000_000;
  private static final Pattern RANGE = Pattern.compile("(\\d{1,9})\\.\\.(\\d{1,9})");

  private BraceExpansion() {}

  /**
   * All patterns that one pattern expands to, in order; the pattern itself if it has no such
   * braces.
   *
   * @throws InputException if a range runs backwards, or there are more than a million patterns
   */
  static List<String> of(String pattern) {
    List<String> done = new ArrayList<>();
    expand("", pattern, pattern, done);
    return done;
  }

  private static void expand(String before, String rest, String whole, List<String> done) {
    int open = rest.indexOf('{');
    int close = open < 0 ? -1 : closing(rest, open);
    if (close < 0) {
      if (done.size() == MOST) {
        throw new InputException(
            "`images` "
                + whole
                + " expands to more than "
                + MOST
                + " paths; give a folder, a glob or a manifest.");
      }
      done.add(before + rest);
      return;
    }
    String inside = rest.substring(open + 1, close);
    String after = rest.substring(close + 1);
    String lead = before + rest.substring(0, open);
    Matcher range = RANGE.matcher(inside);
    if (range.matches()) {
      int first = Integer.parseInt(range.group(1));
      int last = Integer.parseInt(range.group(2));
      if (first > last) {
        throw new InputException(
            "`images` "
                + whole
                + " has the range {"
                + inside
                + "}, which runs backwards; write the smaller number first.");
      }
      boolean padded = range.group(1).length() > 1 && range.group(1).startsWith("0");
      int width = padded ? range.group(1).length() : 1;
      for (int i = first; i <= last; i++) {
        expand(lead + ("%0" + width + "d").formatted(i), after, whole, done);
      }
    } else if (inside.contains("/") || inside.contains("{")) {
      for (String alternative : alternatives(inside)) {
        expand(lead, alternative + after, whole, done);
      }
    } else {
      expand(lead + rest.substring(open, close + 1), after, whole, done);
    }
  }

  private static int closing(String text, int open) {
    int depth = 0;
    for (int i = open; i < text.length(); i++) {
      if (text.charAt(i) == '{') {
        depth++;
      } else if (text.charAt(i) == '}' && --depth == 0) {
        return i;
      }
    }
    return -1;
  }

  private static List<String> alternatives(String inside) {
    List<String> found = new ArrayList<>();
    int depth = 0;
    int from = 0;
    for (int i = 0; i < inside.length(); i++) {
      char c = inside.charAt(i);
      depth += c == '{' ? 1 : c == '}' ? -1 : 0;
      if (c == ',' && depth == 0) {
        found.add(inside.substring(from, i));
        from = i + 1;
      }
    }
    found.add(inside.substring(from));
    return found;
  }
}

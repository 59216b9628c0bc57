package io.camatlas.spark;

/** Text from files and labels, made harmless for consoles and logs. */
public final class Printable {
  private Printable() {}

  /**
   * Writes characters that move the cursor, colour, break the line or turn the direction of writing
   * as {@code \\u001b}; all others stay.
   */
  public static String of(String text) {
    if (text == null || text.codePoints().noneMatch(Printable::acts)) {
      return text;
    }
    StringBuilder printable = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(
            c -> {
              if (acts(c)) {
                printable.append(String.format("\\u%04x", c));
              } else {
                printable.appendCodePoint(c);
              }
            });
    return printable.toString();
  }

  private static boolean acts(int c) {
    int type = Character.getType(c);
    return type == Character.CONTROL
        || type == Character.FORMAT
        || type == Character.LINE_SEPARATOR
        || type == Character.PARAGRAPH_SEPARATOR
        || type == Character.SURROGATE;
  }
}

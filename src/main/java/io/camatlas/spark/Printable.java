package io.camatlas.spark;

/** Makes text from files and labels safe for consoles and logs. */
public final class Printable {
  private Printable() {}

  /**
   * Escapes characters that move the cursor, set colours, break the line or change the direction of
   * writing, as in {@code \\u001b}; all others stay unchanged.
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

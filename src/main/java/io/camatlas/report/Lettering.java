package io.camatlas.report;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.font.FontRenderContext;
import java.util.Optional;

/** Text in the platform's sans-serif font. */
final class Lettering {

  private static final FontRenderContext SMOOTH = new FontRenderContext(null, true, true);

  private final Font font;
  private final double ascent;
  private final double lineHeight;

  private Lettering(Font font) {
    this.font = font;
    var metrics = font.getLineMetrics("Ég", SMOOTH);
    this.ascent = metrics.getAscent();
    this.lineHeight = metrics.getAscent() + metrics.getDescent();
  }

  /**
   * Text of a given size in pixels; empty on a machine without fonts, such as a bare container,
   * where the JVM throws as soon as text is measured. A picture without text is better than a
   * failed run.
   */
  static Optional<Lettering> ofSize(int pixels) {
    try {
      return Optional.of(new Lettering(new Font(Font.SANS_SERIF, Font.PLAIN, pixels)));
    } catch (RuntimeException | LinkageError | InternalError noFonts) {
      return Optional.empty();
    }
  }

  int size() {
    return font.getSize();
  }

  int lineHeight() {
    return (int) Math.ceil(lineHeight);
  }

  int width(String text) {
    return (int) Math.ceil(font.getStringBounds(text, SMOOTH).getWidth());
  }

  /** The text, shortened at its end until it fits. */
  String fitted(String text, int width) {
    if (width(text) <= width) {
      return text;
    }
    int end = text.length();
    while (end > 0 && width(text.substring(0, end) + "…") > width) {
      end = text.offsetByCodePoints(end, -1);
    }
    return text.substring(0, end) + "…";
  }

  void draw(Graphics2D g, String text, double left, double top, Color colour) {
    g.setFont(font);
    g.setColor(colour);
    g.drawString(text, (float) left, (float) (top + ascent));
  }
}

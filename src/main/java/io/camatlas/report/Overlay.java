package io.camatlas.report;

import io.camatlas.image.Box;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Draws an image twice, the original on the left and the image overlaid with its saliency on the
 * right, with a scale, a legend and a caption.
 *
 * <ul>
 *   <li>The map is interpolated smoothly, and its opacity grows with its value, so that the
 *       photograph stays readable where the map is low.
 *   <li>The area outside the map's rectangle is grey and dark: the network never saw it.
 *   <li>Boxes and the peak have a dark outline, so they are visible on any background. Boxes of
 *       parts are solid and blue, those of annotated objects dashed and white, so they can also be
 *       told apart without colour.
 *   <li>Images are shown pixel for pixel; those under 224 pixels on the longer side are enlarged by
 *       a whole factor, those over 1600 are scaled down.
 *   <li>A blank map adds no heat and says so.
 * </ul>
 *
 * <p>Works without a display; without fonts, text is left out. The same request gives the same
 * bytes on the same Java platform with the same fonts. Thread-safe.
 */
public final class Overlay {

  private static final Color PAGE = Color.WHITE;
  private static final Color INK = new Color(0x1f2328);
  private static final Color FAINT_INK = new Color(0x6e7781);
  private static final Color OUTLINE = new Color(0x101418);

  /** Sky blue of Okabe and Ito's palette: inferno has no blue this light. */
  static final Color PARTS = new Color(0x56b4e9);

  static final Color TRUTH = Color.WHITE;

  private static final int MARGIN = 14;
  private static final int GAP = 12;

  /** Minimum width for the scale and the legend, however small the image is. */
  private static final int LEAST_PANEL_WIDTH = 200;

  private static final int LEAST_PANEL_HEIGHT = 96;
  private static final int SCALE_WIDTH = 12;
  private static final float LEGEND_LINE = 1.5f;

  private final HeatPalette palette;
  private final boolean hasText;

  /** Draws in {@link HeatPalette#INFERNO}. */
  public Overlay() {
    this(HeatPalette.INFERNO);
  }

  /** Draws in the palette's colours. */
  public Overlay(HeatPalette palette) {
    this(palette, true);
  }

  private Overlay(HeatPalette palette, boolean hasText) {
    this.palette = palette;
    this.hasText = hasText;
  }

  /** This overlay without text, as on a machine without fonts. */
  Overlay withoutText() {
    return new Overlay(palette, false);
  }

  /** Draws the picture as a PNG file. */
  public byte[] png(OverlayRequest request) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    // Explicitly in memory: ImageIO's default is a temporary file per picture.
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      if (!ImageIO.write(draw(request), "png", out)) {
        throw new IllegalStateException("This Java platform has no PNG writer.");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** Draws the picture, opaque, {@link BufferedImage#TYPE_INT_RGB}. */
  public BufferedImage draw(OverlayRequest request) {
    return new Drawing(request).draw();
  }

  /** The positions of a picture's panels, for tests and image maps. */
  record Layout(
      int width, int height, int panelsTop, int photoLeft, int overlayLeft, int scaleLeft) {}

  Layout layout(OverlayRequest request) {
    return new Drawing(request).layout;
  }

  /** A text of the caption, or a text of the legend with its symbol. */
  private record Entry(Optional<Sign> sign, String key, String value) {}

  /** Draws the symbol that a text of the legend explains. */
  private interface Sign {
    void draw(Graphics2D g, Rectangle2D place);
  }

  /** Entries on one line. */
  private record Line(List<Entry> entries) {}

  private final class Drawing {

    private final OverlayRequest request;
    private final Panels panels;
    private final Optional<Lettering> lettering;
    private final int columnWidth;
    private final int rowHeight;
    private final float stroke;
    private final String top;
    private final List<Line> caption;
    private final List<Line> legend;
    private final Layout layout;

    Drawing(OverlayRequest request) {
      this.request = request;
      panels = new Panels(request, palette);
      columnWidth = Math.max(panels.width, LEAST_PANEL_WIDTH);
      rowHeight = Math.max(panels.height, LEAST_PANEL_HEIGHT);
      int textSize = Math.max(12, Math.min(26, (2 * columnWidth + GAP) / 72));
      lettering = hasText ? Lettering.ofSize(textSize) : Optional.empty();
      stroke =
          (float) Math.max(2, Math.min(4, Math.sqrt((double) panels.width * panels.height) / 320));
      float maximum = request.map().maximum();
      top = maximum == 0 ? "" : String.format(Locale.ROOT, "%.3g", maximum);
      int numbersWidth = lettering.map(l -> 6 + Math.max(l.width(top), l.width("0"))).orElse(0);
      int contentWidth = 2 * columnWidth + 2 * GAP + SCALE_WIDTH + numbersWidth;
      caption = lettering.map(l -> lines(l, captionEntries(), contentWidth)).orElse(List.of());
      legend = lettering.map(l -> lines(l, legendEntries(), contentWidth)).orElse(List.of());
      int panelsTop = MARGIN + blockHeight(caption) + (caption.isEmpty() ? 0 : 6);
      int legendHeight = blockHeight(legend) + (legend.isEmpty() ? 0 : 8);
      layout =
          new Layout(
              2 * MARGIN + contentWidth,
              panelsTop + rowHeight + legendHeight + MARGIN,
              panelsTop + (rowHeight - panels.height) / 2,
              MARGIN + (columnWidth - panels.width) / 2,
              MARGIN + columnWidth + GAP + (columnWidth - panels.width) / 2,
              MARGIN + 2 * columnWidth + 2 * GAP);
    }

    BufferedImage draw() {
      BufferedImage picture =
          new BufferedImage(layout.width, layout.height, BufferedImage.TYPE_INT_RGB);
      Graphics2D g = picture.createGraphics();
      try {
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        g.setRenderingHint(
            RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        g.setRenderingHint(
            RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
        g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        g.setColor(PAGE);
        g.fillRect(0, 0, layout.width, layout.height);
        drawPanel(picture, panels.photo, layout.photoLeft);
        drawPanel(picture, panels.overlay, layout.overlayLeft);
        drawMarks(g);
        drawScale(g);
        int rowTop = layout.panelsTop - (rowHeight - panels.height) / 2;
        lettering.ifPresent(
            l -> {
              drawLines(g, l, caption, MARGIN);
              drawLines(g, l, legend, rowTop + rowHeight + 8);
              if (request.map().maximum() == 0) {
                drawBlankNote(g, l, rowTop);
              }
            });
      } finally {
        g.dispose();
      }
      return picture;
    }

    private void drawPanel(BufferedImage picture, int[] pixels, int left) {
      picture.setRGB(left, layout.panelsTop, panels.width, panels.height, pixels, 0, panels.width);
    }

    private void drawMarks(Graphics2D g) {
      Shape everywhere = g.getClip();
      g.clipRect(layout.overlayLeft, layout.panelsTop, panels.width, panels.height);
      for (Box box : request.marks().truth()) {
        drawTruth(g, onOverlay(box), stroke);
      }
      for (Box box : request.marks().parts()) {
        drawPart(g, onOverlay(box), stroke);
      }
      request.marks().peak().ifPresent(peak -> drawPeak(g, x(peak.x()), y(peak.y()), stroke));
      g.setClip(everywhere);
    }

    /** Kept inside the panel, so that a box around the whole image has all its lines. */
    private Rectangle2D onOverlay(Box box) {
      double inset = stroke / 2 + 1;
      Rectangle2D inside =
          new Rectangle2D.Double(
              layout.overlayLeft + inset,
              layout.panelsTop + inset,
              panels.width - 2 * inset,
              panels.height - 2 * inset);
      return inside.createIntersection(
          new Rectangle2D.Double(
              x(box.x0()), y(box.y0()), x(box.x1()) - x(box.x0()), y(box.y1()) - y(box.y0())));
    }

    private double x(double original) {
      return layout.overlayLeft + original * panels.scaleX;
    }

    private double y(double original) {
      return layout.panelsTop + original * panels.scaleY;
    }

    private void drawPart(Graphics2D g, Shape box, float line) {
      drawOutlined(g, box, PARTS, new BasicStroke(line));
    }

    private void drawTruth(Graphics2D g, Shape box, float line) {
      float[] dashes = {4 * line, 3 * line};
      drawOutlined(
          g,
          box,
          TRUTH,
          new BasicStroke(line, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 10, dashes, 0));
    }

    private void drawPeak(Graphics2D g, double x, double y, float line) {
      double radius = 4 * line;
      drawOutlined(g, circle(x, y, radius), Color.WHITE, new BasicStroke(line));
      g.setColor(OUTLINE);
      g.fill(circle(x, y, radius * 0.4 + 1));
      g.setColor(Color.WHITE);
      g.fill(circle(x, y, radius * 0.4));
    }

    private Shape circle(double x, double y, double radius) {
      return new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius);
    }

    private void drawOutlined(Graphics2D g, Shape shape, Color colour, BasicStroke line) {
      g.setColor(OUTLINE);
      g.setStroke(new BasicStroke(line.getLineWidth() + 2));
      g.draw(shape);
      g.setColor(colour);
      g.setStroke(line);
      g.draw(shape);
    }

    private void drawScale(Graphics2D g) {
      int scaleTop = layout.panelsTop - (rowHeight - panels.height) / 2;
      for (int i = 0; i < rowHeight; i++) {
        g.setColor(new Color(palette.rgb(1 - i / (rowHeight - 1.0))));
        g.fillRect(layout.scaleLeft, scaleTop + i, SCALE_WIDTH, 1);
      }
      lettering.ifPresent(
          l -> {
            int left = layout.scaleLeft + SCALE_WIDTH + 6;
            l.draw(g, top, left, scaleTop - 1.0, FAINT_INK);
            l.draw(g, "0", left, scaleTop + rowHeight - l.lineHeight() + 1.0, FAINT_INK);
          });
    }

    private void drawBlankNote(Graphics2D g, Lettering l, int rowTop) {
      String note = "blank map";
      int width = l.width(note) + 2 * l.size();
      int height = l.lineHeight() + l.size();
      int left = MARGIN + columnWidth + GAP + (columnWidth - width) / 2;
      int noteTop = rowTop + (rowHeight - height) / 2;
      g.setColor(new Color(0x10, 0x14, 0x18, 0xc8));
      g.fillRoundRect(left, noteTop, width, height, height / 2, height / 2);
      l.draw(g, note, left + l.size(), noteTop + l.size() / 2.0, Color.WHITE);
    }

    private List<Entry> captionEntries() {
      List<Entry> entries = new ArrayList<>();
      request
          .caption()
          .entries()
          .forEach((key, value) -> entries.add(new Entry(Optional.empty(), key, value)));
      return entries;
    }

    private List<Entry> legendEntries() {
      List<Entry> entries = new ArrayList<>();
      if (request.marks().peak().isPresent()) {
        entries.add(
            legendEntry(
                "peak",
                (g, r) -> drawPeak(g, r.getCenterX(), r.getCenterY(), (float) r.getHeight() / 9)));
      }
      if (!request.marks().parts().isEmpty()) {
        entries.add(legendEntry("salient part", (g, r) -> drawPart(g, r, LEGEND_LINE)));
      }
      if (!request.marks().truth().isEmpty()) {
        entries.add(legendEntry("annotated object", (g, r) -> drawTruth(g, r, LEGEND_LINE)));
      }
      if (!isAllCovered()) {
        entries.add(
            legendEntry(
                "not seen by the network",
                (g, r) -> {
                  g.setColor(new Color(Panels.dimmed(0xb0b0b0)));
                  g.fill(r);
                }));
      }
      return entries;
    }

    /** Whether the map covers the image, up to less than a pixel at each edge. */
    private boolean isAllCovered() {
      Box covered = request.map().covered();
      return covered.x0() < 1
          && covered.y0() < 1
          && covered.x1() > request.width() - 1
          && covered.y1() > request.height() - 1;
    }

    private Entry legendEntry(String value, Sign sign) {
      return new Entry(Optional.of(sign), "", value);
    }

    /** Breaks entries into lines; one that is wider than a line is shortened. */
    private List<Line> lines(Lettering l, List<Entry> entries, int width) {
      List<Line> lines = new ArrayList<>();
      int used = 0;
      for (Entry entry : entries) {
        Entry fitted =
            new Entry(entry.sign, entry.key, l.fitted(entry.value, width - valueOffset(l, entry)));
        int needed = width(l, fitted);
        if (lines.isEmpty() || used + needed > width) {
          lines.add(new Line(new ArrayList<>()));
          used = 0;
        }
        lines.get(lines.size() - 1).entries.add(fitted);
        used += needed + between(l);
      }
      return lines;
    }

    private void drawLines(Graphics2D g, Lettering l, List<Line> lines, int blockTop) {
      int lineTop = blockTop;
      for (Line line : lines) {
        int left = MARGIN;
        for (Entry entry : line.entries) {
          if (entry.sign.isPresent()) {
            double inset = (l.lineHeight() - l.size()) / 2.0 + 1;
            entry
                .sign
                .get()
                .draw(
                    g,
                    new Rectangle2D.Double(
                        left + 1, lineTop + inset, signWidth(l) - 2, l.size() - 2));
          }
          l.draw(g, entry.key, left, lineTop, FAINT_INK);
          l.draw(g, entry.value, left + valueOffset(l, entry), lineTop, INK);
          left += width(l, entry) + between(l);
        }
        lineTop += l.lineHeight() + 2;
      }
    }

    private int blockHeight(List<Line> lines) {
      return lettering.map(l -> lines.size() * (l.lineHeight() + 2)).orElse(0);
    }

    private int width(Lettering l, Entry entry) {
      return valueOffset(l, entry) + l.width(entry.value);
    }

    private int valueOffset(Lettering l, Entry entry) {
      int sign = entry.sign.isPresent() ? signWidth(l) + l.size() / 2 : 0;
      return sign + (entry.key.isEmpty() ? 0 : l.width(entry.key) + l.size() / 2);
    }

    private int signWidth(Lettering l) {
      return l.size() * 5 / 3;
    }

    private int between(Lettering l) {
      return l.size() * 3 / 2;
    }
  }
}

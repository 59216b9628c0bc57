package io.camatlas.report.site;

import io.camatlas.report.DivergingPalette;
import io.camatlas.report.HeatPalette;
import io.camatlas.report.facts.Grid;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** A map as a picture with one pixel per cell, which browsers enlarge smoothly. */
final class HeatThumbnail {
  /**
   * The most cells on a thumbnail's longer side: a table of a thousand thumbnails must stay small.
   */
  private static final int MOST_CELLS = 14;

  private HeatThumbnail() {}

  /**
   * The picture as a data URI of a PNG file, a few hundred bytes long.
   *
   * @param top the upper end of the scale, as times an even map
   */
  static String uri(Grid grid, double top) {
    Grid small = grid.within(MOST_CELLS);
    BufferedImage picture =
        new BufferedImage(small.width(), small.height(), BufferedImage.TYPE_INT_RGB);
    double brightest = top * small.sum() / small.values().length;
    for (int r = 0; r < small.height(); r++) {
      for (int c = 0; c < small.width(); c++) {
        double share = brightest > 0 ? small.values()[r * small.width() + c] / brightest : 0;
        picture.setRGB(c, r, HeatPalette.INFERNO.rgb(Math.min(1, share)));
      }
    }
    return uri(picture);
  }

  /**
   * The difference of two maps on one grid as a data URI, red where the second has more.
   *
   * @param top the difference of the strongest colour, as times an even map
   */
  static String difference(Grid from, Grid with, double top) {
    BufferedImage picture =
        new BufferedImage(from.width(), from.height(), BufferedImage.TYPE_INT_RGB);
    int cells = from.values().length;
    for (int r = 0; r < from.height(); r++) {
      for (int c = 0; c < from.width(); c++) {
        int at = r * from.width() + c;
        double gap = with.values()[at] / with.sum() - from.values()[at] / from.sum();
        picture.setRGB(c, r, DivergingPalette.rgb(gap * cells / top));
      }
    }
    return uri(picture);
  }

  private static String uri(BufferedImage picture) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      ImageIO.write(picture, "png", out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return "data:image/png;base64," + Base64.getEncoder().encodeToString(bytes.toByteArray());
  }
}

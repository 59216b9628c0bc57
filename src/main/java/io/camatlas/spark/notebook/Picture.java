package io.camatlas.spark.notebook;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** A picture that a notebook can show. */
public final class Picture {
  private final BufferedImage image;
  private final String description;

  Picture(BufferedImage image, String description) {
    this.image = image;
    this.description = description;
  }

  /** The width in pixels. */
  public int width() {
    return image.getWidth();
  }

  /** The height in pixels. */
  public int height() {
    return image.getHeight();
  }

  /** What it shows, in one line. */
  public String description() {
    return description;
  }

  /** The pixels; not copied. */
  public BufferedImage image() {
    return image;
  }

  /** The picture as a PNG file. */
  public byte[] bytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      if (!ImageIO.write(image, "png", out)) {
        throw new IllegalStateException("This Java platform has no PNG writer.");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /**
   * An {@code img} element that contains the picture itself, with the description as its {@code
   * alt} text.
   */
  public String html() {
    return "<img width=\"%d\" height=\"%d\" alt=\"%s\" src=\"data:image/png;base64,%s\">"
        .formatted(
            width(), height(), escaped(description), Base64.getEncoder().encodeToString(bytes()));
  }

  /**
   * Writes a PNG file on the driver's machine, replacing any existing file.
   *
   * @return the path
   */
  public String write(String path) {
    try {
      Files.write(Path.of(path), bytes());
      return path;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + path + ": " + e.getMessage(), e);
    }
  }

  /** Names come from files and may contain any characters. */
  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  @Override
  public String toString() {
    return "%s, %d x %d pixels".formatted(description, width(), height());
  }
}

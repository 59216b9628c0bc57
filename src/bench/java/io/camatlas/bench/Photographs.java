package io.camatlas.bench;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.IntStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/** JPEG files that cost as much to decode as photographs: noise of many sizes, 500x375. */
final class Photographs {
  static final int WIDTH = 500;
  static final int HEIGHT = 375;

  /** Different pictures; further files are links to them. */
  private static final int DIFFERENT = 100;

  private static final int[] SIZES = {2, 4, 8, 16, 64};
  private static final float QUALITY = 0.9f;

  private Photographs() {}

  /** Writes so many files, the same ones each time, and returns their folder. */
  static Path write(int count, Path folder) throws IOException {
    Path different = folder.resolve("photographs");
    if (!Files.exists(different)) {
      Files.createDirectories(different);
      IntStream.range(0, DIFFERENT)
          .parallel()
          .forEach(i -> write(picture(new Random(i)), different.resolve(name(i))));
    }
    Path images = folder.resolve("photographs-" + count);
    if (!Files.exists(images)) {
      Files.createDirectories(images);
      for (int i = 0; i < count; i++) {
        Path same = different.resolve(name(i % DIFFERENT));
        try {
          Files.createLink(images.resolve(name(i)), same);
        } catch (FileSystemException | UnsupportedOperationException e) {
          Files.copy(same, images.resolve(name(i)));
        }
      }
    }
    return images;
  }

  private static String name(int number) {
    return "%06d.jpg".formatted(number);
  }

  private static BufferedImage picture(Random random) {
    float[][] planes = new float[3][WIDTH * HEIGHT];
    for (float[] plane : planes) {
      for (int size : SIZES) {
        add(plane, size, random);
      }
    }
    BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
      int rgb = 0;
      for (float[] plane : planes) {
        rgb = rgb << 8 | Math.max(0, Math.min(255, Math.round(128 + plane[i])));
      }
      image.setRGB(i % WIDTH, i / WIDTH, rgb);
    }
    return image;
  }

  /** Adds noise whose structures have a size in pixels; larger ones are stronger. */
  private static void add(float[] plane, int size, Random random) {
    int columns = WIDTH / size + 2;
    int rows = HEIGHT / size + 2;
    float[] grid = new float[columns * rows];
    for (int i = 0; i < grid.length; i++) {
      grid[i] = (float) (4 * Math.pow(size, 0.7) * random.nextGaussian());
    }
    for (int y = 0; y < HEIGHT; y++) {
      int row = y / size;
      float down = (float) (y % size) / size;
      for (int x = 0; x < WIDTH; x++) {
        int at = row * columns + x / size;
        float right = (float) (x % size) / size;
        float upper = grid[at] * (1 - right) + grid[at + 1] * right;
        float lower = grid[at + columns] * (1 - right) + grid[at + columns + 1] * right;
        plane[y * WIDTH + x] += upper * (1 - down) + lower * down;
      }
    }
  }

  private static void write(BufferedImage image, Path file) {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(file.toFile())) {
      ImageWriteParam parameters = writer.getDefaultWriteParam();
      parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      parameters.setCompressionQuality(QUALITY);
      writer.setOutput(out);
      writer.write(null, new IIOImage(image, null, null), parameters);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      writer.dispose();
    }
  }
}

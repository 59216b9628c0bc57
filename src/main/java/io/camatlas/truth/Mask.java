package io.camatlas.truth;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/** The pixels of the original image that show one object. */
public sealed interface Mask extends Serializable permits Mask.Polygons, Mask.RunLengths, Mask.Png {
  /** Grid value of a pixel that does not show the object. */
  byte BACKGROUND = 0;

  /** Grid value of a pixel that shows the object. */
  byte OBJECT = 1;

  /** Grid value of a pixel that is left out of every count. */
  byte IGNORE = 2;

  /**
   * Draws the mask.
   *
   * @param width columns of the upright original
   * @param height rows of the upright original
   * @param files source of the files of {@link Png}
   * @return {@code [height,width]}, row-major, of {@link #BACKGROUND}, {@link #OBJECT} and {@link
   *     #IGNORE}
   * @throws TruthException if the mask's size differs, or its file cannot be read
   */
  byte[] rasterise(int width, int height, MaskFiles files);

  /**
   * Closed polygons; a pixel shows the object if its centre lies inside one of them, by the
   * even-odd rule. COCO's own rasteriser works on a five times finer grid, so pixels on the outline
   * may differ.
   *
   * @param rings corners {@code x,y,x,y,...} of each polygon, in pixels; at least three corners
   */
  record Polygons(List<double[]> rings) implements Mask {
    /**
     * @throws TruthException if a polygon has fewer than three corners, an odd number of
     *     coordinates, or one that is not finite
     */
    public Polygons {
      rings = rings.stream().map(double[]::clone).toList();
      for (double[] ring : rings) {
        if (ring.length < 6 || ring.length % 2 != 0) {
          throw new TruthException(
              "A polygon has %d numbers; it must have x and y of at least 3 corners. Correct the annotation."
                  .formatted(ring.length));
        }
        for (double number : ring) {
          if (!Double.isFinite(number)) {
            throw new TruthException(
                "A polygon has the coordinate %s; it must be finite. Correct the annotation."
                    .formatted(number));
          }
        }
      }
    }

    @Override
    public byte[] rasterise(int width, int height, MaskFiles files) {
      byte[] grid = new byte[width * height];
      for (double[] ring : rings) {
        fill(ring, width, height, grid);
      }
      return grid;
    }

    private static void fill(double[] ring, int width, int height, byte[] grid) {
      int corners = ring.length / 2;
      double[] crossings = new double[corners];
      for (int row = 0; row < height; row++) {
        double y = row + 0.5;
        int found = 0;
        for (int i = 0, j = corners - 1; i < corners; j = i++) {
          double yi = ring[2 * i + 1];
          double yj = ring[2 * j + 1];
          // Half-open, so that a corner on the line counts once.
          if ((yi <= y) != (yj <= y)) {
            crossings[found++] = ring[2 * i] + (y - yi) / (yj - yi) * (ring[2 * j] - ring[2 * i]);
          }
        }
        Arrays.sort(crossings, 0, found);
        for (int k = 0; k + 1 < found; k += 2) {
          int from = PixelSpan.start(crossings[k], width);
          int end = PixelSpan.start(crossings[k + 1], width);
          if (from < end) {
            Arrays.fill(grid, row * width + from, row * width + end, OBJECT);
          }
        }
      }
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Polygons that
          && Arrays.deepEquals(rings.toArray(), that.rings.toArray());
    }

    @Override
    public int hashCode() {
      return Arrays.deepHashCode(rings.toArray());
    }
  }

  /**
   * COCO's run lengths: down the first column, then the second, and so on, alternating between
   * background and object, background first.
   *
   * @param width columns
   * @param height rows
   * @param counts lengths of the runs, adding up to {@code width * height}
   */
  record RunLengths(int width, int height, int[] counts) implements Mask {
    /**
     * @throws TruthException if a run is negative, or the runs do not add up
     */
    public RunLengths {
      counts = counts.clone();
      long sum = 0;
      for (int count : counts) {
        if (count < 0) {
          throw new TruthException(
              "A run length is %d; it must be at least 0. Correct the annotation."
                  .formatted(count));
        }
        sum += count;
      }
      if (width < 1 || height < 1 || sum != (long) width * height) {
        throw new TruthException(
            "Run lengths cover %d pixels; a mask of %dx%d needs %d. Correct the annotation."
                .formatted(sum, width, height, (long) width * height));
      }
    }

    /**
     * Reads COCO's compressed form: each count in groups of five bits, lowest first, as characters
     * from '0' on. A sixth bit says that more groups follow; the highest bit of the last group is
     * the sign. From the fourth count on, the difference from the count two before is stored.
     *
     * @throws TruthException if the text is cut off or has a character outside '0' to 'o', or the
     *     counts do not add up
     */
    public static RunLengths ofCompressed(int width, int height, String text) {
      int[] counts = new int[text.length()];
      int n = 0;
      int at = 0;
      while (at < text.length()) {
        long value = 0;
        int shift = 0;
        boolean more = true;
        while (more) {
          int group = at < text.length() ? text.charAt(at) - '0' : -1;
          if (group < 0 || group > 63 || shift > 30) {
            throw new TruthException(
                "Compressed run lengths are cut off or damaged at character %d of %d. Export the annotation again."
                    .formatted(at, text.length()));
          }
          value |= (long) (group & 31) << shift;
          shift += 5;
          at++;
          more = (group & 32) != 0;
          if (!more && (group & 16) != 0) {
            value |= -1L << shift;
          }
        }
        counts[n] = (int) value + (n > 2 ? counts[n - 2] : 0);
        n++;
      }
      return new RunLengths(width, height, Arrays.copyOf(counts, n));
    }

    @Override
    public byte[] rasterise(int asWidth, int asHeight, MaskFiles files) {
      requireSize("Run lengths", width, height, asWidth, asHeight);
      byte[] grid = new byte[width * height];
      int at = 0;
      for (int i = 0; i < counts.length; i++) {
        int end = at + counts[i];
        for (; at < end; at++) {
          if (i % 2 == 1) {
            grid[at % height * width + at / height] = OBJECT;
          }
        }
      }
      return grid;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof RunLengths that
          && width == that.width
          && height == that.height
          && Arrays.equals(counts, that.counts);
    }

    @Override
    public int hashCode() {
      return 31 * (31 * width + height) + Arrays.hashCode(counts);
    }

    @Override
    public String toString() {
      return "RunLengths[%dx%d, %d runs]".formatted(width, height, counts.length);
    }
  }

  /** What the value 255 of a {@link Png} means. */
  enum Value255 {
    /** An object, like every value but 0. */
    OBJECT,
    /** A pixel to be left out, as in Pascal VOC. */
    IGNORE
  }

  /**
   * A PNG file: 0 is background, 255 is what {@code value255} says, every other value is the
   * object. Values are the stored ones: the index for palettes; the largest channel, not counting
   * alpha, if there are several.
   *
   * @param path for {@link MaskFiles}
   * @param value255 what 255 means
   */
  record Png(String path, Value255 value255) implements Mask {
    @Override
    public byte[] rasterise(int width, int height, MaskFiles files) {
      byte[] file;
      try {
        file = files.read(path);
      } catch (IOException failed) {
        throw new TruthException(
            "The mask '%s' cannot be read: %s. Check the path and the folder of masks."
                .formatted(path, failed.getMessage()),
            failed);
      }
      Raster raster = decode(file, width, height);
      int bands = Math.min(raster.getNumBands(), raster.getNumBands() > 2 ? 3 : 1);
      byte[] grid = new byte[width * height];
      int[] samples = new int[width];
      int[] largest = new int[width];
      for (int y = 0; y < height; y++) {
        Arrays.fill(largest, 0);
        for (int band = 0; band < bands; band++) {
          raster.getSamples(0, y, width, 1, band, samples);
          for (int x = 0; x < width; x++) {
            largest[x] = Math.max(largest[x], samples[x]);
          }
        }
        for (int x = 0; x < width; x++) {
          if (largest[x] == 255 && value255 == Value255.IGNORE) {
            grid[y * width + x] = Mask.IGNORE;
          } else if (largest[x] > 0) {
            grid[y * width + x] = Mask.OBJECT;
          }
        }
      }
      return grid;
    }

    /** Through {@code javax.imageio}, since OpenCV would turn a palette's indices into colours. */
    private Raster decode(byte[] file, int width, int height) {
      Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName("png");
      ImageReader reader = readers.next();
      try (ImageInputStream in = ImageIO.createImageInputStream(new ByteArrayInputStream(file))) {
        reader.setInput(in, true, true);
        requireSize(
            "The mask '" + path + "'", reader.getWidth(0), reader.getHeight(0), width, height);
        BufferedImage image = reader.read(0);
        return image.getRaster();
      } catch (IOException | IllegalArgumentException failed) {
        throw new TruthException(
            "The mask '%s' cannot be decoded as a PNG file: %s. Export it again."
                .formatted(path, failed.getMessage()),
            failed);
      } finally {
        reader.dispose();
      }
    }
  }

  private static void requireSize(String what, int width, int height, int asWidth, int asHeight) {
    if (width != asWidth || height != asHeight) {
      throw new TruthException(
          "%s is %dx%d but the image is %dx%d; both must agree. Use the image that was annotated."
              .formatted(what, width, height, asWidth, asHeight));
    }
  }
}

package io.camatlas.truth;

import io.camatlas.suggest.NearestName;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Boxes from comma-separated text (RFC 4180, a byte-order mark allowed, blank lines skipped), in
 * one of three forms:
 *
 * <ul>
 *   <li>{@code ImageId,PredictionString} as in ImageNet's localization challenge: class, x0, y0,
 *       x1, y1, separated by spaces, repeated for each object;
 *   <li>no header, {@code image_id,x0,y0,x1,y1} on each line, as in wsolevaluation's metadata;
 *   <li>a header with one of {@code path}, {@code image_id}, {@code file}, {@code filename}; a box
 *       as {@code x0,y0,x1,y1} or {@code xmin,ymin,xmax,ymax} or {@code x,y,width,height};
 *       optionally {@code class} or {@code label}, {@code mask}, the path of a PNG file, and,
 *       beside corners, {@code width} and {@code height} of the picture. Case and order do not
 *       matter, and other columns are ignored.
 * </ul>
 *
 * <p>Numbers are pixels of the upright original, used unchanged as edges of the box. Each line is
 * one object; an image may have several.
 */
public final class CsvTruth {
  private static final List<String> IMAGE = List.of("path", "image_id", "file", "filename");
  private static final List<String> CLASS = List.of("class", "label");
  private static final List<String> CORNERS = List.of("x0", "y0", "x1", "y1");
  private static final List<String> EXTREMES = List.of("xmin", "ymin", "xmax", "ymax");
  private static final List<String> SIZED = List.of("x", "y", "width", "height");
  private static final List<String> PICTURE = List.of("width", "height");
  private static final List<String> MASK = List.of("mask");

  private CsvTruth() {}

  /** As {@link #read(Reader, Mask.Value255)}, where 255 in a mask means object. */
  public static Map<String, GroundTruth> read(Reader text) {
    return read(text, Mask.Value255.OBJECT);
  }

  /**
   * Reads all of the text; leaves the reader open.
   *
   * @param value255 what 255 in a mask means
   * @return annotations by image, named as in its column, in the file's order
   * @throws TruthException naming line and value, if the header is none of these, a line has more
   *     or fewer fields than the first, a coordinate is not a number, or a box is inside out
   * @throws UncheckedIOException if the text cannot be read
   */
  public static Map<String, GroundTruth> read(Reader text, Mask.Value255 value255) {
    CsvLines lines = new CsvLines(text);
    try {
      List<String> first = lines.next();
      if (first == null) {
        throw new TruthException(
            "The CSV file is empty; it must have a header or boxes. Give another file.");
      }
      if (first.size() == 2 && first.get(1).equalsIgnoreCase("PredictionString")) {
        return predictionStrings(lines);
      }
      if (first.size() == 5 && first.subList(1, 5).stream().allMatch(CsvTruth::isNumber)) {
        return rows(
            lines,
            first,
            new Columns(0, -1, -1, new int[] {1, 2, 3, 4}, false, new int[0]),
            value255);
      }
      return rows(lines, lines.next(), Columns.of(first), value255);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /**
   * The column of each part of a row; -1 if there is none.
   *
   * @param sized whether the last two numbers of the box are width and height
   * @param picture width and height of the picture; none if the file does not say
   */
  private record Columns(
      int image, int className, int mask, int[] box, boolean sized, int[] picture) {
    static Columns of(List<String> header) {
      List<String> names =
          header.stream().map(name -> name.strip().toLowerCase(Locale.ROOT)).toList();
      int image = oneOf(names, IMAGE);
      if (image < 0) {
        throw new TruthException(
            "Line 1 has no image column (%s); one of %s is needed%s. Rename the column."
                .formatted(
                    String.join(", ", header),
                    String.join(", ", IMAGE),
                    NearestName.clause(names.get(0), IMAGE)));
      }
      for (List<String> box : List.of(CORNERS, EXTREMES, SIZED)) {
        if (names.containsAll(box)) {
          int[] at = box.stream().mapToInt(names::indexOf).toArray();
          boolean sized = box.equals(SIZED);
          int[] picture =
              !sized && names.containsAll(PICTURE)
                  ? PICTURE.stream().mapToInt(names::indexOf).toArray()
                  : new int[0];
          return new Columns(image, oneOf(names, CLASS), oneOf(names, MASK), at, sized, picture);
        }
      }
      throw new TruthException(
          "Line 1 has no box (%s); x0,y0,x1,y1 or xmin,ymin,xmax,ymax or x,y,width,height are needed. Add the columns."
              .formatted(String.join(", ", header)));
    }

    private static int oneOf(List<String> names, List<String> wanted) {
      Optional<String> found = wanted.stream().filter(names::contains).findFirst();
      return found.map(names::indexOf).orElse(-1);
    }
  }

  private static Map<String, GroundTruth> rows(
      CsvLines lines, List<String> first, Columns columns, Mask.Value255 value255)
      throws IOException {
    Map<String, List<TruthObject>> found = new LinkedHashMap<>();
    Map<String, Size> sizes = new HashMap<>();
    for (List<String> row = first; row != null; row = lines.next()) {
      double[] box = new double[4];
      for (int i = 0; i < 4; i++) {
        box[i] = number(row.get(columns.box[i]), lines);
      }
      if (columns.sized) {
        box[2] += box[0];
        box[3] += box[1];
      }
      String className = columns.className < 0 ? "" : row.get(columns.className).strip();
      String mask = columns.mask < 0 ? "" : row.get(columns.mask).strip();
      add(
          found,
          row.get(columns.image),
          className,
          box,
          mask.isEmpty() ? null : new Mask.Png(mask, value255),
          lines);
      Size size = columns.picture.length == 0 ? Size.UNKNOWN : Size.of(row, columns.picture, box);
      Size known = size.isKnown() ? sizes.putIfAbsent(row.get(columns.image).strip(), size) : null;
      if (known != null && !known.equals(size)) {
        throw new TruthException(
            "Line %d says that image '%s' is %s, but a line before says %s; both must agree. Correct the line."
                .formatted(lines.line(), row.get(columns.image).strip(), size, known));
      }
    }
    return truths(found, sizes);
  }

  /** What a row says of its picture, in pixels; 0 for what it does not say. */
  private record Size(int width, int height) {
    static final Size UNKNOWN = new Size(0, 0);

    /** Columns of this name may also repeat the size of the box. */
    static Size of(List<String> row, int[] columns, double[] box) {
      double width = number(row.get(columns[0]));
      double height = number(row.get(columns[1]));
      boolean isBox =
          Math.abs(width - (box[2] - box[0])) <= 1 && Math.abs(height - (box[3] - box[1])) <= 1;
      return isBox ? UNKNOWN : new Size(GroundTruth.pixels(width), GroundTruth.pixels(height));
    }

    private static double number(String word) {
      return isNumber(word) ? Double.parseDouble(word) : 0;
    }

    boolean isKnown() {
      return width > 0 && height > 0;
    }

    @Override
    public String toString() {
      return width + "x" + height;
    }
  }

  private static Map<String, GroundTruth> predictionStrings(CsvLines lines) throws IOException {
    Map<String, List<TruthObject>> found = new LinkedHashMap<>();
    for (List<String> row = lines.next(); row != null; row = lines.next()) {
      String[] words = row.get(1).strip().split("\\s+", -1);
      if (words.length % 5 != 0) {
        throw new TruthException(
            "Line %d has %d words in PredictionString; each object needs five, class x0 y0 x1 y1. Correct the line."
                .formatted(lines.line(), words.length));
      }
      for (int i = 0; i < words.length; i += 5) {
        double[] box = new double[4];
        for (int k = 0; k < 4; k++) {
          box[k] = number(words[i + 1 + k], lines);
        }
        add(found, row.get(0), words[i], box, null, lines);
      }
    }
    return truths(found, Map.of());
  }

  private static void add(
      Map<String, List<TruthObject>> found,
      String image,
      String className,
      double[] box,
      Mask mask,
      CsvLines lines) {
    String name = image.strip();
    if (name.isEmpty()) {
      throw new TruthException(
          "Line %d names no image; every line must. Correct the line.".formatted(lines.line()));
    }
    TruthObject object;
    try {
      object = new TruthObject(className, box[0], box[1], box[2], box[3], mask, false, false);
    } catch (TruthException wrong) {
      throw new TruthException("Line %d: %s".formatted(lines.line(), wrong.getMessage()), wrong);
    }
    found.computeIfAbsent(name, key -> new ArrayList<>()).add(object);
  }

  private static Map<String, GroundTruth> truths(
      Map<String, List<TruthObject>> found, Map<String, Size> sizes) {
    Map<String, GroundTruth> truths = new LinkedHashMap<>();
    found.forEach(
        (image, objects) -> {
          Size size = sizes.getOrDefault(image, Size.UNKNOWN);
          truths.put(image, new GroundTruth(objects, size.width(), size.height()));
        });
    return Collections.unmodifiableMap(truths);
  }

  private static boolean isNumber(String word) {
    try {
      return Double.isFinite(Double.parseDouble(word));
    } catch (NumberFormatException no) {
      return false;
    }
  }

  private static double number(String word, CsvLines lines) {
    if (!isNumber(word)) {
      throw new TruthException(
          "Line %d has '%s' in place of a coordinate; it must be a number. Correct the line."
              .formatted(lines.line(), word));
    }
    return Double.parseDouble(word);
  }
}

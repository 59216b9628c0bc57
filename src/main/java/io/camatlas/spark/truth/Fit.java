package io.camatlas.spark.truth;

import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How well an annotation fits an image that it may belong to; the best fit counts.
 *
 * @param segments how many of the last parts of the image's path it agrees with
 * @param whole 2 if it says the whole id, which is the path below the folder of all images, 1 if
 *     the end of the path or id, 0 if parts of what it says are left over
 * @param byPath whether it fits the image's path, and not only its id
 * @param extension 2 if it has the image's extension, 1 if it has none, 0 if it has another
 */
record Fit(int segments, int whole, boolean byPath, int extension) implements Comparable<Fit> {
  private static final Pattern EXTENSION = Pattern.compile("\\.[A-Za-z]{2,4}$");

  private static final Comparator<Fit> BEST_LAST =
      Comparator.comparingInt(Fit::segments)
          .thenComparingInt(Fit::whole)
          .thenComparing(Fit::byPath)
          .thenComparingInt(Fit::extension);

  /**
   * Compares the names.
   *
   * @param key the name that the annotation uses for the image: the whole or the end of its path or
   *     id, extensions aside
   * @param file the annotation's own file, below the folder of all; empty if one file has all. Its
   *     folders are those of the image where annotations lie as images do
   * @param path of the image; may be null
   * @return empty if the key is no such name
   */
  static Optional<Fit> of(String key, String file, String imageId, String path) {
    // Other ids, such as numbers of a manifest, say nothing of where an image lies.
    boolean isPlace = path == null || isEnd(imageId, path);
    Optional<Fit> byPath =
        path == null ? Optional.empty() : Optional.ofNullable(fit(key, file, path, true, false));
    Fit byId = fit(key, file, imageId, false, isPlace);
    return byId == null || byPath.filter(fit -> fit.compareTo(byId) >= 0).isPresent()
        ? byPath
        : Optional.of(byId);
  }

  private static Fit fit(String key, String file, String name, boolean byPath, boolean isPlace) {
    if (!isEnd(key, name)) {
      return null;
    }
    int slash = file.lastIndexOf('/');
    String place = slash < 0 || key.startsWith("/") ? key : file.substring(0, slash + 1) + key;
    boolean isWhole = isPlace && bare(place).equals(bare(name));
    int whole = isWhole ? 2 : isEnd(place, name) ? 1 : 0;
    String own = extension(key);
    int extension = own.isEmpty() ? 1 : own.equals(extension(name)) ? 2 : 0;
    return new Fit(equalAtEnd(bare(place), bare(name)), whole, byPath, extension);
  }

  /** Orders the images that one annotation fits; it belongs to that with the highest number. */
  int closeness() {
    return 16 * segments + 4 * whole + extension;
  }

  /** Whether a key is the whole name or its end after a slash, ignoring extensions. */
  private static boolean isEnd(String key, String name) {
    String end = bare(key);
    String whole = bare(name);
    return whole.endsWith(end)
        && (whole.length() == end.length()
            || whole.charAt(whole.length() - end.length() - 1) == '/');
  }

  private static int equalAtEnd(String one, String other) {
    String[] ofOne = one.split("/");
    String[] ofOther = other.split("/");
    int equal = 0;
    while (equal < Math.min(ofOne.length, ofOther.length)
        && ofOne[ofOne.length - 1 - equal].equals(ofOther[ofOther.length - 1 - equal])) {
      equal++;
    }
    return equal;
  }

  private static String bare(String name) {
    String slashes = name.replace('\\', '/');
    return EXTENSION.matcher(slashes).replaceFirst("").replaceFirst("^\\./", "");
  }

  private static String extension(String name) {
    Matcher found = EXTENSION.matcher(name);
    return found.find() ? found.group().toLowerCase(Locale.ROOT) : "";
  }

  @Override
  public int compareTo(Fit other) {
    return BEST_LAST.compare(this, other);
  }
}

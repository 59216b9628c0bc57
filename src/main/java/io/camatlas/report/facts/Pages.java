package io.camatlas.report.facts;

/**
 * Paths of pages and pictures, relative to the report's folder. Names consist of numbers and
 * hashes, never of class or file names.
 */
public final class Pages {
  /** The first page. */
  public static final String INDEX = "index.html";

  public static final String FAILURES = "failures.html";

  /** All views side by side. */
  public static final String COMPARE = "compare.html";

  /** What the words mean, and what maps cannot tell. */
  public static final String READING = "how-to-read.html";

  /** The folder of pictures. */
  public static final String IMAGES = "images/";

  private Pages() {}

  /** The overview of a view; that of the first view is the first page. */
  public static String overview(int view) {
    return view == 1 ? INDEX : "view-" + view + ".html";
  }

  public static String featureMaps(int view) {
    return "feature-maps" + suffix(view) + ".html";
  }

  public static String groups(int view) {
    return "groups" + suffix(view) + ".html";
  }

  public static String ofClass(int view, int index) {
    return "classes" + suffix(view) + "/" + index + ".html";
  }

  public static String ofFeatureMap(int view, int map) {
    return "feature-maps" + suffix(view) + "/" + map + ".html";
  }

  /** The file of a picture, named by the hash of the image that it shows. */
  public static String image(String sha256) {
    if (!sha256.matches("[0-9a-f]{1,64}")) {
      throw new IllegalArgumentException(
          "sha256 is '" + sha256 + "'; it must be hexadecimal digits.");
    }
    return IMAGES + sha256.substring(0, Math.min(24, sha256.length())) + ".jpg";
  }

  /**
   * The file of a picture of an experiment.
   *
   * @param file its path within the results of the experiments
   */
  public static String tested(String file) {
    return IMAGES + "tested/" + file.substring(file.lastIndexOf('/') + 1);
  }

  private static String suffix(int view) {
    return view == 1 ? "" : "-" + view;
  }
}

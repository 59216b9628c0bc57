package io.camatlas.spark.report;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One report, checked.
 *
 * @param from the atlas
 * @param runs folders of the runs that it was made of; empty where it knows them itself
 * @param images where the images are now; empty where they are where the runs found them
 * @param out folder of the report
 * @param overwrite whether a report that is there may be replaced
 * @param singleFile whether the same is also written as one file
 * @param title of all pages; empty for one that names the model
 * @param pictures images of a class shown for each reason
 * @param pictureSize longer side of the pictures, in pixels
 * @param meanImages images of a class that its mean image is made of
 * @param explainDefaults defaults of the settings of explain, which commands need not say
 * @param given every setting by name; for report.json
 */
public record ReportJobSettings(
    String from,
    List<String> runs,
    Optional<String> images,
    String out,
    boolean overwrite,
    boolean singleFile,
    String title,
    int pictures,
    int pictureSize,
    int meanImages,
    Map<String, String> explainDefaults,
    Map<String, String> given) {

  public ReportJobSettings {
    runs = List.copyOf(runs);
    requireBetween("pictures", pictures, 0, 100);
    requireBetween("picture-size", pictureSize, 32, 2048);
    requireBetween("mean-images", meanImages, 0, 10_000);
  }

  private static void requireBetween(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s is %d; it must be from %d to %d.".formatted(name, value, least, most));
    }
  }
}

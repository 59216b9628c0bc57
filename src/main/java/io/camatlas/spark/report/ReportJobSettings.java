package io.camatlas.spark.report;

import io.camatlas.config.ReportOptions;
import io.camatlas.config.Settings;
import java.util.List;
import java.util.Optional;

/**
 * One report, checked.
 *
 * @param from the atlas
 * @param runs folders of the runs that it was made from; empty to use those that the atlas names
 * @param causes folder of experiments on the atlas; empty if none were made
 * @param strategies folder of strategies found in the atlas; empty if nobody looked for them
 * @param faithfulness folder of tests of the maps; empty if none were made
 * @param images where the images are now; empty if they have not moved
 * @param out folder of the report
 * @param overwrite whether an existing report may be replaced
 * @param given a value for each of {@link ReportOptions#SHARED}, among others
 */
public record ReportJobSettings(
    String from,
    List<String> runs,
    Optional<String> causes,
    Optional<String> strategies,
    Optional<String> faithfulness,
    Optional<String> images,
    String out,
    boolean overwrite,
    Settings given) {

  public ReportJobSettings {
    runs = List.copyOf(runs);
  }
}

package io.camatlas.spark.strategies;

import io.camatlas.config.Settings;
import io.camatlas.config.StrategiesOptions;
import java.util.List;

/**
 * One search for strategies, checked.
 *
 * @param from the atlas
 * @param runs folders of the runs that it was made from; empty to use those that the atlas names
 * @param out folder of the results
 * @param overwrite whether existing results may be replaced
 * @param given a value for each of {@link StrategiesOptions#SHARED}, among others
 */
public record StrategiesJobSettings(
    String from, List<String> runs, String out, boolean overwrite, Settings given) {
  public StrategiesJobSettings {
    runs = List.copyOf(runs);
  }
}

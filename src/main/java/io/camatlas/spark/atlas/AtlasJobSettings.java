package io.camatlas.spark.atlas;

import io.camatlas.config.AtlasOptions;
import io.camatlas.config.Settings;
import io.camatlas.spark.truth.TruthChoice;
import java.util.List;

/**
 * One atlas job, checked.
 *
 * @param from runs and atlases
 * @param out folder of the results
 * @param overwrite whether an existing atlas may be replaced
 * @param truth what maps are measured against
 * @param given a value for each of {@link AtlasOptions#SHARED}, among others
 */
public record AtlasJobSettings(
    List<String> from, String out, boolean overwrite, TruthChoice truth, Settings given) {

  public AtlasJobSettings {
    from = List.copyOf(from);
    if (from.isEmpty()) {
      throw new IllegalArgumentException("`from` is empty; give at least one run or atlas.");
    }
  }
}

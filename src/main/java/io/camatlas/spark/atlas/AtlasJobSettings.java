package io.camatlas.spark.atlas;

import io.camatlas.config.AtlasOptions;
import io.camatlas.config.Settings;
import io.camatlas.spark.truth.TruthChoice;
import java.util.List;
import java.util.Optional;

/**
 * One atlas job, checked.
 *
 * @param from runs and atlases
 * @param only id of the run to take, of those in the folders; empty to take all
 * @param out folder of the results
 * @param overwrite whether an existing atlas may be replaced
 * @param truth what maps are measured against
 * @param given a value for each of {@link AtlasOptions#SHARED}, among others
 */
public record AtlasJobSettings(
    List<String> from,
    Optional<String> only,
    String out,
    boolean overwrite,
    TruthChoice truth,
    Settings given) {

  public AtlasJobSettings {
    from = List.copyOf(from);
    if (from.isEmpty()) {
      throw new IllegalArgumentException("`from` is empty; give at least one run or atlas.");
    }
  }

  /** The same of one run, whatever else is in its folder. */
  public AtlasJobSettings ofRun(String id) {
    return new AtlasJobSettings(from, Optional.of(id), out, overwrite, truth, given);
  }
}

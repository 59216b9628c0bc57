package io.camatlas.setup;

import io.camatlas.config.ExplainOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.PackOptions;
import io.camatlas.spark.pack.PackJobSettings;
import java.util.Optional;

/** The settings of {@code camatlas pack}. */
public final class PackSetup {
  private PackSetup() {}

  /**
   * Checks all settings.
   *
   * @throws io.camatlas.config.SettingsException with all problems
   */
  public static PackJobSettings resolve(GivenSettings given) {
    Optional<PackJobSettings> settings =
        given.build(
            () ->
                new PackJobSettings(
                    given.get(ExplainOptions.IMAGES),
                    given.get(ExplainOptions.INPUT_KIND),
                    given.optional(ExplainOptions.CONTENT_COLUMN),
                    given.get(ExplainOptions.OUT),
                    given.get(ExplainOptions.OVERWRITE),
                    given.get(PackOptions.ROW_GROUP_MB),
                    given.get(PackOptions.FILE_MB),
                    given.get(PackOptions.MAX_BYTES)));
    given.check();
    return settings.orElseThrow();
  }
}

package io.camatlas.setup;

import io.camatlas.config.GivenSettings;
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
    Optional<PackJobSettings> settings = given.build(() -> new PackJobSettings(given.settings()));
    given.check();
    return settings.orElseThrow();
  }
}

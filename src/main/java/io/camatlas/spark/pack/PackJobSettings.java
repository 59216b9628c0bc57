package io.camatlas.spark.pack;

import io.camatlas.config.ExplainOptions;
import io.camatlas.config.PackOptions;
import io.camatlas.config.Settings;

/**
 * One pack job, checked.
 *
 * @param given a value for each of {@link PackOptions#ALL}
 */
public record PackJobSettings(Settings given) {
  public PackJobSettings {
    int rowGroup = given.get(PackOptions.ROW_GROUP_MB);
    int file = given.get(PackOptions.FILE_MB);
    if (file < rowGroup) {
      throw new IllegalArgumentException(
          "`file-mb` is " + file + "; it must be at least `row-group-mb`, " + rowGroup + ".");
    }
  }

  /** The source of the images: a folder, glob, manifest, shards or table. */
  public String images() {
    return given.get(ExplainOptions.IMAGES);
  }
}

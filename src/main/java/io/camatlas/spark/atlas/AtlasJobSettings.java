package io.camatlas.spark.atlas;

import io.camatlas.atlas.Examples;
import java.util.List;
import java.util.Map;

/**
 * One atlas job, checked.
 *
 * @param from runs and atlases
 * @param out folder of the results
 * @param overwrite whether an atlas that is there may be replaced
 * @param examples images kept for each feature map, and for each feature map and class
 * @param truth what maps are measured against
 * @param given every setting by name; for atlas.json
 */
public record AtlasJobSettings(
    List<String> from,
    String out,
    boolean overwrite,
    int examples,
    TruthChoice truth,
    Map<String, String> given) {

  /** Images kept for each feature map unless said otherwise. */
  public static final int DEFAULT_EXAMPLES = 40;

  public AtlasJobSettings {
    from = List.copyOf(from);
    if (from.isEmpty()) {
      throw new IllegalArgumentException("from is empty; give at least one run or atlas.");
    }
    if (examples < 0 || examples > Examples.MOST) {
      throw new IllegalArgumentException(
          "examples is " + examples + "; it must be from 0 to " + Examples.MOST + ".");
    }
  }
}

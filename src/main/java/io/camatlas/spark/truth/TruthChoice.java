package io.camatlas.spark.truth;

import io.camatlas.config.AtlasOptions;
import io.camatlas.config.Option;
import io.camatlas.config.Settings;
import io.camatlas.config.TruthKind;
import io.camatlas.spark.results.ExplanationRows.Annotated;
import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Where ground truth for localization comes from.
 *
 * @param place {@code manifest}, {@code none}, a file or a folder
 * @param kind what a file or folder is
 * @param byLabel whether objects belong to the image's label, whatever class the annotation names
 */
public record TruthChoice(String place, TruthKind kind, boolean byLabel) implements Serializable {
  /** The boxes and masks from the manifest that was used to explain the images. */
  public static final TruthChoice MANIFEST = new TruthChoice("manifest", TruthKind.AUTO, false);

  /** No objects at all. */
  public static final TruthChoice NONE = new TruthChoice("none", TruthKind.AUTO, false);

  private static final List<Option<?>> OPTIONS =
      List.of(AtlasOptions.TRUTH, AtlasOptions.TRUTH_KIND, AtlasOptions.TRUTH_BY_LABEL);

  /**
   * @throws IllegalArgumentException if a file's kind cannot be told from its name
   */
  public TruthChoice {
    boolean file = !place.equals("manifest") && !place.equals("none");
    if (file && kind == TruthKind.AUTO) {
      String name = place.toLowerCase(Locale.ROOT);
      if (name.endsWith(".json")) {
        kind = TruthKind.COCO;
      } else if (name.endsWith(".csv")) {
        kind = TruthKind.CSV;
      } else if (name.endsWith(".xml") || !name.matches(".*\\.[a-z]{1,5}")) {
        kind = TruthKind.VOC;
      } else {
        throw new IllegalArgumentException(
            "`truth` is "
                + place
                + "; its kind cannot be told from the name. Set `truth-kind` to coco, voc or csv.");
      }
    }
  }

  /**
   * What an atlas was measured against.
   *
   * @param settings the settings in its {@code atlas.json}; null if it has none
   */
  public static TruthChoice of(Map<String, String> settings) {
    Map<String, String> own = new HashMap<>(settings == null ? Map.of() : settings);
    own.keySet().retainAll(OPTIONS.stream().map(Option::name).toList());
    Settings values = Settings.of(OPTIONS, own);
    return new TruthChoice(
        values.get(AtlasOptions.TRUTH),
        values.get(AtlasOptions.TRUTH_KIND),
        values.get(AtlasOptions.TRUTH_BY_LABEL));
  }

  /** Whether {@link TruthSource} has to join annotations. */
  public boolean isFile() {
    return !place.equals("manifest") && !isNone();
  }

  /** Which columns of annotations are read. */
  public Annotated annotated() {
    if (isNone()) {
      return Annotated.NOT;
    }
    return isFile() ? Annotated.BY_JOIN : Annotated.BY_ROWS;
  }

  public boolean isNone() {
    return place.equals("none");
  }
}

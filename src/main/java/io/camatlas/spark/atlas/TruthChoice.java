package io.camatlas.spark.atlas;

import io.camatlas.config.TruthKind;
import java.io.Serializable;
import java.util.Locale;

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

  boolean isFile() {
    return !place.equals("manifest") && !isNone();
  }

  boolean isNone() {
    return place.equals("none");
  }
}

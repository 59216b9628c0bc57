package io.camatlas.spark.truth;

import io.camatlas.config.TruthKind;
import io.camatlas.spark.results.AtlasRecord;
import io.camatlas.spark.results.ExplanationRows.Annotated;
import io.camatlas.suggest.Choices;
import java.io.IOException;
import java.io.Serializable;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

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

  /** What a run of an atlas was measured against; empty if the file says something else. */
  public static Optional<TruthChoice> of(AtlasRecord.Truth truth) {
    try {
      return Choices.of(truth.kind(), TruthKind.class)
          .map(kind -> new TruthChoice(truth.place(), kind, truth.byLabel()));
    } catch (IllegalArgumentException | NullPointerException e) {
      return Optional.empty();
    }
  }

  /**
   * The same for {@code atlas.json}, with the place in full, so that it is found from any folder.
   */
  public AtlasRecord.Truth record(Configuration hadoop) throws IOException {
    String full = place;
    if (isFile()) {
      Path path = new Path(place);
      full = path.getFileSystem(hadoop).makeQualified(path).toString();
    }
    return new AtlasRecord.Truth(full, Choices.name(kind), byLabel);
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

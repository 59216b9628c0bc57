package io.camatlas.report.findings;

import io.camatlas.causes.FixedPattern;
import io.camatlas.causes.Suspect;
import java.util.List;
import java.util.Map;

/**
 * What the pictures of classes have in common.
 *
 * @param patterns by class: something in one place
 * @param repeats classes whose maps mark the same thing, wherever it lies
 */
public record InPictures(Map<Integer, FixedPattern> patterns, List<Suspect.OfRepeat> repeats) {
  /** Nothing was compared. */
  public static final InPictures NONE = new InPictures(Map.of(), List.of());

  public InPictures {
    patterns = Map.copyOf(patterns);
    repeats = List.copyOf(repeats);
  }
}

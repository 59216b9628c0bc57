package io.camatlas.report.findings;

import io.camatlas.causes.FixedPattern;
import io.camatlas.causes.Repeats;
import java.util.Map;

/**
 * What the pictures of classes have in common.
 *
 * @param patterns by class: something in one place
 * @param repeats by class: whether its maps mark the same thing, wherever it lies
 */
public record InPictures(Map<Integer, FixedPattern> patterns, Map<Integer, Repeats> repeats) {
  /** Nothing was compared. */
  public static final InPictures NONE = new InPictures(Map.of(), Map.of());

  public InPictures {
    patterns = Map.copyOf(patterns);
    repeats = Map.copyOf(repeats);
  }
}

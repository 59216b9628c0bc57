package io.camatlas.causes;

import java.util.List;
import java.util.Locale;

/** A way to find out whether a network uses something. */
public enum CauseTest {
  /** The place is blurred in images of the class. */
  BLUR,
  /** The place is filled with the image's mean colour, in images of the class. */
  MEAN_COLOUR,
  /** The place is replaced by the same place of an image of another class. */
  OTHER_IMAGE,
  /** The place of an image of the class is pasted into images of other classes. */
  PASTE,
  /** As {@link #PASTE}, of the class's images that are not in the group that is tested. */
  PASTE_OF_REST,
  /** The feature map is set to zero, for images of the class. */
  ZERO,
  /** The feature map is set to zero, for images of other classes. */
  ZERO_ELSEWHERE;

  /** Ways to cover a place. */
  public static final List<CauseTest> COVERS = List.of(BLUR, MEAN_COLOUR, OTHER_IMAGE);

  static final List<CauseTest> OF_PLACES = List.of(BLUR, MEAN_COLOUR, OTHER_IMAGE, PASTE);
  static final List<CauseTest> OF_STRATEGIES =
      List.of(BLUR, MEAN_COLOUR, OTHER_IMAGE, PASTE, PASTE_OF_REST);
  static final List<CauseTest> OF_FEATURE_MAPS = List.of(ZERO, ZERO_ELSEWHERE);

  /** Whether something is pasted into images of other classes, which then may turn. */
  public boolean isPasting() {
    return this == PASTE || this == PASTE_OF_REST;
  }

  /** The name in tables. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /**
   * Parses a name.
   *
   * @throws IllegalArgumentException if there is no such test
   */
  public static CauseTest of(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT).replace(' ', '_'));
  }
}

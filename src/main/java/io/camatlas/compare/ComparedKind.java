package io.camatlas.compare;

import java.util.Locale;

/** Kinds of numbers that are compared; chance is corrected for within each. */
public enum ComparedKind {
  /** How often a class is predicted and right, and how sure the network is. */
  PREDICTION,
  /** Measures of maps. */
  ATTENTION,
  /** Shares of maps in a region of the picture. */
  REGION,
  /** Shares of feature maps in the evidence for a class. */
  FEATURE_MAP,
  /** Whether maps mark what the network uses. */
  FAITHFULNESS,
  /** Images that have a trait in common. */
  SLICE;

  /**
   * The kind of a name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static ComparedKind of(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }

  /** The name in tables. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}

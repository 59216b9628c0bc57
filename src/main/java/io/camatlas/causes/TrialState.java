package io.camatlas.causes;

import java.util.Locale;

/** The state in which a network sees an image of an experiment. */
public enum TrialState {
  /** Unchanged. */
  BEFORE,
  /** Changed at the suspect. */
  AFTER,
  /** Changed as much elsewhere. */
  CONTROL;

  /** The name in tables. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}

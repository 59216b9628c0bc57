package io.camatlas.model;

import com.fasterxml.jackson.annotation.JsonValue;
import io.camatlas.suggest.Choices;

/** The pixels that a class's score is the mean over, where a network scores every pixel. */
public enum ScoreOver {
  /** Those where the class has the highest score; of a single class, where it is told present. */
  WINNING,
  /** Those of the image's mask, whichever class wins there. */
  MASK,
  /** Those in one of the image's boxes, whichever class wins there. */
  BOXES,
  /** All. */
  PICTURE;

  /** Whether somebody has to mark the pixels. */
  public boolean isMarked() {
    return this == MASK || this == BOXES;
  }

  /** The name in settings and tables. */
  @JsonValue
  public String text() {
    return Choices.name(this);
  }
}

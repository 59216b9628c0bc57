package io.camatlas.model;

import com.fasterxml.jackson.annotation.JsonValue;
import io.camatlas.suggest.Choices;

/** How the numbers of a batch of images lie in memory; PyTorch calls it the memory format. */
public enum Layout {
  /** {@code [N,C,H,W]} in this order, as models are exported and called. */
  PLANAR(0),

  /** All channels of a pixel side by side; convolutions are faster, but code may not expect it. */
  CHANNELS_LAST(2);

  private final int memoryFormat;

  Layout(int memoryFormat) {
    this.memoryFormat = memoryFormat;
  }

  /** PyTorch's number of it. */
  int memoryFormat() {
    return memoryFormat;
  }

  /** The name in settings and in {@code run.json}. */
  @JsonValue
  public String text() {
    return Choices.name(this);
  }
}

package io.camatlas.model;

import java.io.Serializable;

/**
 * The pixels that a network gives scores of, if it scores every pixel (segmentation).
 *
 * @param height rows of the scores {@code [N,C,H,W]}; 0 if the network scores whole images
 * @param width columns of the scores; 0 if the network scores whole images
 */
public record ScoreGrid(int height, int width) implements Serializable {
  /** Of a network that scores whole images. */
  public static final ScoreGrid NONE = new ScoreGrid(0, 0);

  /** Whether the network scores every pixel. */
  public boolean isDense() {
    return height > 0;
  }

  @Override
  public String toString() {
    return height + "x" + width;
  }
}

package io.camatlas.explain;

import io.camatlas.image.PixelMapping;
import java.io.IOException;

/** Finds the pixels that somebody has marked in an image, on the grid of a network's scores. */
@FunctionalInterface
public interface MarkedPixels {
  /** An image in which nobody has marked any. */
  MarkedPixels NONE = (mapping, height, width) -> new float[height * width];

  /**
   * The marked pixels.
   *
   * @param mapping from the network's input to the upright original
   * @param height rows of the grid, which covers the input
   * @param width columns of the grid
   * @return 1 where a cell's centre is marked, else 0, row by row
   * @throws IOException if a mask cannot be read
   */
  float[] of(PixelMapping mapping, int height, int width) throws IOException;
}

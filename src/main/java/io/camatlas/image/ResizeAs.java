package io.camatlas.image;

/**
 * Whose resize is followed to the last bit. Both round to 8 bits between the two directions, so
 * that the order shows in some values.
 */
public enum ResizeAs {
  /** Columns first, always: Pillow up to version 12. */
  PILLOW_12,
  /**
   * Rows first where that is less work: where the height shrinks by more than twice as many pixels
   * as the width (libImaging/Resample.c of Pillow 13).
   */
  PILLOW_13;

  boolean rowsFirst(PixelMapping mapping) {
    int rows = mapping.height() - mapping.resizedHeight();
    int columns = mapping.width() - mapping.resizedWidth();
    return this == PILLOW_13 && rows > 0 && rows > 2 * columns;
  }
}

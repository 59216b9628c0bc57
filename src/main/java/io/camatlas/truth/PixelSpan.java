package io.camatlas.truth;

/** The pixels between two edges: those whose centre, at i + 0.5, lies between them. */
final class PixelSpan {
  private PixelSpan() {}

  /**
   * The first pixel whose centre is at the edge or after it, in [0,size]. So [a,b) holds the pixels
   * from {@code start(a)}, inclusive, to {@code start(b)}, exclusive.
   */
  static int start(double edge, int size) {
    return (int) Math.max(0, Math.min(size, Math.ceil(edge - 0.5)));
  }
}

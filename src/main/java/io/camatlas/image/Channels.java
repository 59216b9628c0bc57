package io.camatlas.image;

/** Order of a network's input channels. */
public enum Channels {
  RGB(3),
  BGR(3),
  /** One channel, ITU-R 601 luma, as Pillow's {@code convert("L")}. */
  GRAY(1);

  private final int count;

  Channels(int count) {
    this.count = count;
  }

  /** How many there are. */
  public int count() {
    return count;
  }
}

package io.camatlas.image;

/** The planes that a network expects, in this order. */
public enum ChannelOrder {
  RGB(3),
  /** As networks from Caffe expect them. */
  BGR(3),
  /** One plane, ITU-R 601 luma as Pillow's {@code convert("L")} computes it, before resizing. */
  GRAY(1);

  private final int channels;

  ChannelOrder(int channels) {
    this.channels = channels;
  }

  public int channels() {
    return channels;
  }
}

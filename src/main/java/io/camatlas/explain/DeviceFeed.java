package io.camatlas.explain;

import java.util.Iterator;

/** Images in the order of their outcomes, pulled as the device needs them. */
interface DeviceFeed extends Iterator<Preparation.Result> {
  /** Called before the device starts to work, so that further images can be prepared meanwhile. */
  void deviceIsNext();

  /** Called when the device is done with an image. */
  void release(PreparedImage image);

  /** A feed of images that the caller has prepared and may use again. */
  static DeviceFeed of(Iterator<? extends Preparation.Result> prepared) {
    return new DeviceFeed() {
      @Override
      public boolean hasNext() {
        return prepared.hasNext();
      }

      @Override
      public Preparation.Result next() {
        return prepared.next();
      }

      @Override
      public void deviceIsNext() {}

      @Override
      public void release(PreparedImage image) {}
    };
  }
}

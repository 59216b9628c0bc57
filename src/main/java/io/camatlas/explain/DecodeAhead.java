package io.camatlas.explain;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;

/**
 * Images in the order of their inputs, decoded by other threads while the device works.
 *
 * <p>Inputs are pulled by the thread that takes the images, since Spark's iterators must be used by
 * one thread only. At most {@code ahead} images are being decoded or waiting, which bounds the
 * memory. Not thread-safe.
 */
final class DecodeAhead implements DeviceFeed {
  private final Iterator<ImageInput> inputs;
  private final Preparation preparation;
  private final ExecutorService decoders;
  private final int ahead;
  private final PassClock clock;
  private final Deque<Future<Preparation.Result>> waiting = new ArrayDeque<>();

  /**
   * @param decoders threads that decode; if null, the calling thread decodes
   * @param ahead images that may wait, at least 1
   */
  DecodeAhead(
      Iterator<ImageInput> inputs,
      Preparation preparation,
      ExecutorService decoders,
      int ahead,
      PassClock clock) {
    this.inputs = inputs;
    this.preparation = preparation;
    this.decoders = decoders;
    this.ahead = ahead;
    this.clock = clock;
  }

  @Override
  public boolean hasNext() {
    return !waiting.isEmpty() || inputs.hasNext();
  }

  @Override
  public void deviceIsNext() {
    fill();
  }

  @Override
  public void release(PreparedImage image) {
    preparation.giveBack(image.pixels());
  }

  /** Hands inputs to the decoders until the limit of waiting images is reached. */
  private void fill() {
    while (decoders != null && waiting.size() < ahead && inputs.hasNext()) {
      ImageInput input = inputs.next();
      try {
        waiting.add(decoders.submit(() -> preparation.prepare(input)));
      } catch (RejectedExecutionException e) {
        throw closed(e);
      }
    }
  }

  @Override
  public Preparation.Result next() {
    if (decoders == null) {
      long start = System.nanoTime();
      Preparation.Result result = preparation.prepare(inputs.next());
      clock.since(Phase.IDLE, start);
      return result;
    }
    fill();
    long start = System.nanoTime();
    try {
      return waiting.remove().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("Preparing an image failed.", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while images were being decoded.", e);
    } finally {
      clock.since(Phase.IDLE, start);
    }
  }

  private static CancellationException closed(RejectedExecutionException cause) {
    CancellationException closed = new CancellationException("The decoders have been closed.");
    closed.initCause(cause);
    return closed;
  }
}

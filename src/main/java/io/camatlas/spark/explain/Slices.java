package io.camatlas.spark.explain;

import io.camatlas.spark.input.ImagesTable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.IntSupplier;
import org.apache.spark.sql.Row;

/**
 * Divides a stream of images into slices, one for each task, by count, bytes and time.
 *
 * <p>A slice is the work that is repeated if a task or the driver dies, so it should take seconds,
 * not hours. But each slice costs a file and a task, so it should not take milliseconds. How long
 * an image takes depends on model, device and method, and is learned from finished slices. Not
 * thread-safe, except for {@link #learn}.
 */
final class Slices {
  private static final double SECONDS = 20;
  private static final int FEWEST = 8;
  private static final int MOST = 2048;
  private static final long MOST_BYTES = 256L << 20;
  private static final double NEWEST = 0.3;
  private static final int TASKS_A_SLOT_AT_LEAST = 2;

  private final Iterator<Row> images;
  private final int batch;
  private final int fixed;
  private final IntSupplier slots;
  private long left;
  private Row held;
  private volatile double secondsAnImage;

  /**
   * @param images rows of {@link ImagesTable#LISTING}
   * @param batch images that the device processes at once; slices are whole batches
   * @param fixed images in each slice; 0 learns the size
   * @param count number of images
   * @param slots tells how many tasks run at once now; slices shrink towards the end, so that all
   *     slots finish at about the same time
   */
  Slices(Iterator<Row> images, int batch, int fixed, long count, IntSupplier slots) {
    this.images = images;
    this.left = count;
    this.slots = slots;
    this.batch = batch;
    this.fixed = fixed;
  }

  /** Learns from a finished slice how long an image takes, in seconds of one task. */
  synchronized void learn(long count, double seconds) {
    if (count == 0) {
      return;
    }
    double seen = seconds / count;
    secondsAnImage = secondsAnImage == 0 ? seen : NEWEST * seen + (1 - NEWEST) * secondsAnImage;
  }

  /** Number of images for the next slice. */
  int size() {
    if (fixed > 0) {
      return fixed;
    }
    // Nothing is known yet: make the slice short, to learn soon.
    double wanted = secondsAnImage == 0 ? 2.0 * batch : SECONDS / secondsAnImage;
    double fair = (double) left / (TASKS_A_SLOT_AT_LEAST * Math.max(1, slots.getAsInt()));
    long batches = Math.max(1, Math.round(Math.min(wanted, fair) / batch));
    return (int) Math.max(FEWEST, Math.min(MOST, batches * batch));
  }

  /** The next slices, up to that many; fewer, or none, at the end of the images. */
  List<List<Row>> next(int slices) {
    List<List<Row>> next = new ArrayList<>();
    while (next.size() < slices && (held != null || images.hasNext())) {
      next.add(slice());
    }
    return next;
  }

  private List<Row> slice() {
    int size = size();
    List<Row> slice = new ArrayList<>();
    long bytes = 0;
    while (slice.size() < size && (held != null || images.hasNext())) {
      Row row = held == null ? images.next() : held;
      held = null;
      Long known = row.getAs(ImagesTable.BYTES);
      long more = known == null ? 0 : known;
      if (!slice.isEmpty() && bytes + more > MOST_BYTES) {
        held = row;
        break;
      }
      bytes += more;
      slice.add(row);
    }
    left -= slice.size();
    return slice;
  }
}

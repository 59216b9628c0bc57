package io.camatlas.atlas;

import java.io.DataOutput;
import java.io.IOException;

/**
 * A collection of statistics that gathers rows, merges with others of its type, and can be written.
 *
 * @param <S> the type itself
 */
public interface State<S extends State<S>> {
  /**
   * Merges another part into this one.
   *
   * @throws StateException if the two do not belong together
   */
  void merge(S other);

  /** Writes this state; each class has a static {@code read} that restores it. */
  void write(DataOutput out) throws IOException;

  /** Approximate memory use, in bytes. */
  long bytes();
}

package io.camatlas.atlas;

import java.io.DataOutput;
import java.io.IOException;

/**
 * Something that rows are gathered in, that merges with its like, and that can be written.
 *
 * @param <S> its like
 */
public interface State<S extends State<S>> {
  /**
   * Takes another part in.
   *
   * @throws StateException if the two cannot belong together
   */
  void merge(S other);

  /** Writes itself; the class has a static {@code read} for it. */
  void write(DataOutput out) throws IOException;

  /** Roughly the memory held. */
  long bytes();
}

package io.camatlas.explain;

import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * Images that are decoded and wait in memory, to measure the device by itself.
 *
 * @param results as they were prepared
 */
public record PreloadedImages(List<Preparation.Result> results) {

  /** So many images, these again and again. */
  public PreloadedImages repeated(int count) {
    return new PreloadedImages(
        IntStream.range(0, count).mapToObj(i -> results.get(i % results.size())).toList());
  }

  /** Normalised pixels {@code [C,H,W]} of each image that could be decoded. */
  public List<float[]> pixels() {
    return results.stream().map(Preparation.Result::pixels).filter(Objects::nonNull).toList();
  }
}

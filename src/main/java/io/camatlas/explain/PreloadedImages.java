package io.camatlas.explain;

import java.util.List;
import java.util.Objects;

/**
 * Images that are decoded and wait in memory, to measure the device by itself.
 *
 * @param results as they were prepared
 */
public record PreloadedImages(List<Preparation.Result> results) {

  /** Normalised pixels {@code [C,H,W]} of each image that could be decoded. */
  public List<float[]> pixels() {
    return results.stream().map(Preparation.Result::pixels).filter(Objects::nonNull).toList();
  }
}

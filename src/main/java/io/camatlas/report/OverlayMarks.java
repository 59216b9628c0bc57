package io.camatlas.report;

import io.camatlas.image.Box;
import java.util.List;
import java.util.Optional;

/**
 * Marks drawn over the heat, in pixels of the original image.
 *
 * @param peak position of the map's maximum; empty if it has none
 * @param parts boxes around the parts that the network looked at
 * @param truth boxes of the annotated objects; often none
 */
public record OverlayMarks(Optional<PixelPoint> peak, List<Box> parts, List<Box> truth) {

  /** No marks. */
  public static final OverlayMarks NONE = new OverlayMarks(Optional.empty(), List.of(), List.of());

  /** Copies the lists. */
  public OverlayMarks {
    parts = List.copyOf(parts);
    truth = List.copyOf(truth);
  }
}

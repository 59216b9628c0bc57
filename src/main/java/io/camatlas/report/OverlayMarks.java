package io.camatlas.report;

import io.camatlas.image.Box;
import java.util.List;
import java.util.Optional;

/**
 * What is drawn over the heat, all in pixels of the original image.
 *
 * @param peak the map's maximum, if it has one
 * @param parts boxes of what the network looked at
 * @param truth boxes of where the object is, as annotated; often none
 */
public record OverlayMarks(Optional<PixelPoint> peak, List<Box> parts, List<Box> truth) {

  /** Nothing but the heat. */
  public static final OverlayMarks NONE = new OverlayMarks(Optional.empty(), List.of(), List.of());

  /** Copies the lists. */
  public OverlayMarks {
    parts = List.copyOf(parts);
    truth = List.copyOf(truth);
  }
}

package io.camatlas.strategies;

import io.camatlas.atlas.ClassName;
import java.util.List;

/**
 * Similar images of a class that are predicted right less often than its other images.
 *
 * @param name the label's class
 * @param number of the region in its class
 * @param images their number
 * @param accuracy share of them that is predicted right
 * @param low lower end of its 95 % interval
 * @param high upper end
 * @param restImages number of the class's other images
 * @param restAccuracy share of those
 * @param q how probable such a difference is by chance, corrected for all regions of the layer
 * @param traits values that they have more often than the others
 * @param typical images nearest to their middle
 */
public record ErrorSlice(
    ClassName name,
    int number,
    long images,
    double accuracy,
    double low,
    double high,
    long restImages,
    double restAccuracy,
    double q,
    List<Group.Often> traits,
    List<Group.Typical> typical) {
  public ErrorSlice {
    traits = List.copyOf(traits);
    typical = List.copyOf(typical);
  }
}

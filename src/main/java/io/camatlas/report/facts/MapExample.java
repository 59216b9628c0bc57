package io.camatlas.report.facts;

import io.camatlas.image.Box;
import java.util.Optional;

/**
 * An image that a feature map responds to.
 *
 * @param imageId its name within the run
 * @param path where it was read from
 * @param file the picture's file within the report; empty where there is none
 * @param width of the upright original, in pixels; 0 where unknown
 * @param height of the upright original, in pixels; 0 where unknown
 * @param cell of the feature map's maximum, in pixels of the original
 * @param value what it is listed for
 * @param label of the image; empty where unknown
 */
public record MapExample(
    String imageId,
    String path,
    Optional<String> file,
    int width,
    int height,
    Optional<Box> cell,
    double value,
    String label) {}

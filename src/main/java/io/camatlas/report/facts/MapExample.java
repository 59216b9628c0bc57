package io.camatlas.report.facts;

import io.camatlas.image.Box;
import java.util.Optional;

/**
 * An image that a feature map responds to.
 *
 * @param imageId the image's id within the run
 * @param path where it was read from
 * @param file the picture's file within the report; empty if there is none
 * @param width of the upright original, in pixels; 0 if unknown
 * @param height of the upright original, in pixels; 0 if unknown
 * @param cell the cell of the feature map's maximum, in pixels of the original
 * @param value the activation or relevance it is listed for
 * @param label the image's label; empty if unknown
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

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
 * @param view what the network saw, in pixels of the original
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
    Optional<Box> view,
    Optional<Box> cell,
    double value,
    String label) {

  /** An example whose cell is known by its place in the grid. */
  public static MapExample of(
      String imageId,
      String path,
      Optional<String> file,
      int width,
      int height,
      Optional<Box> view,
      int row,
      int column,
      int mapHeight,
      int mapWidth,
      double value,
      String label) {
    return new MapExample(
        imageId,
        path,
        file,
        width,
        height,
        view,
        view.map(seen -> Grid.cell(row, column, mapHeight, mapWidth, seen)),
        value,
        label);
  }
}

package io.camatlas.atlas;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * One layer over all classes: how its feature maps respond, which images they respond to most, and
 * how far confidence can be trusted. Every image counts once. Mutable; not thread-safe.
 */
public final class LayerState implements State<LayerState> {
  /** Raised whenever the written format changes, here or in a state within this one. */
  static final int VERSION =
      1 + ActivationState.VERSION + CalibrationState.VERSION + Examples.VERSION;

  private final int height;
  private final int width;
  private final ActivationState activations;
  private final CalibrationState calibration;
  private final Examples byRelevance;
  private final Examples byActivation;
  private final int maps;

  /**
   * Creates an empty state.
   *
   * @param height rows of the layer's grid
   * @param width columns of the layer's grid
   * @param maps K
   * @param examples images kept for each feature map
   */
  public LayerState(int height, int width, int maps, int examples) {
    this(
        height,
        width,
        new ActivationState(maps),
        new CalibrationState(),
        new Examples(maps, examples),
        new Examples(maps, examples));
  }

  private LayerState(
      int height,
      int width,
      ActivationState activations,
      CalibrationState calibration,
      Examples byRelevance,
      Examples byActivation) {
    this.height = height;
    this.width = width;
    this.activations = activations;
    this.calibration = calibration;
    this.byRelevance = byRelevance;
    this.byActivation = byActivation;
    this.maps = activations.activations().length();
  }

  /**
   * Checks that an explanation belongs to this layer.
   *
   * @throws StateException naming the image, if its grid or its feature maps differ
   */
  public void require(ExplainedRow row) {
    if (row.map().height() != height
        || row.map().width() != width
        || row.featureMaps().count() != maps) {
      throw new StateException(
          "image %s has a map of [%d,%d] from %d feature maps, others of this layer have [%d,%d] from %d; all rows of a layer must agree. Explain them in runs with different settings."
              .formatted(
                  row.image().id(),
                  row.map().height(),
                  row.map().width(),
                  row.featureMaps().count(),
                  height,
                  width,
                  maps));
    }
  }

  /**
   * Adds one image.
   *
   * @param relevance of the row
   * @throws StateException if its grid or its feature maps differ
   */
  public void add(ExplainedRow row, Relevance relevance) {
    require(row);
    activations.add(row);
    calibration.add(row);
    byRelevance.add(row.image(), relevance.values(), row.featureMaps().maxCells());
    byActivation.add(row.image(), row.featureMaps().maxActivations(), row.featureMaps().maxCells());
  }

  @Override
  public void merge(LayerState other) {
    if (height != other.height || width != other.width || maps != other.maps) {
      throw new StateException(
          "Some maps are [%d,%d] from %d feature maps, others [%d,%d] from %d; all rows of a layer must agree."
              .formatted(height, width, maps, other.height, other.width, other.maps));
    }
    activations.merge(other.activations);
    calibration.merge(other.calibration);
    byRelevance.merge(other.byRelevance);
    byActivation.merge(other.byActivation);
  }

  public int height() {
    return height;
  }

  public int width() {
    return width;
  }

  /** K. */
  public int maps() {
    return maps;
  }

  public ActivationState activations() {
    return activations;
  }

  public CalibrationState calibration() {
    return calibration;
  }

  /** Images with the largest relevance of each feature map, for the predicted class. */
  public Examples byRelevance() {
    return byRelevance;
  }

  /** Images with the largest activation of each feature map. */
  public Examples byActivation() {
    return byActivation;
  }

  @Override
  public long bytes() {
    return 2_600L * maps + 400_000 + byRelevance.bytes() + byActivation.bytes();
  }

  @Override
  public void write(DataOutput out) throws IOException {
    out.writeInt(height);
    out.writeInt(width);
    activations.write(out);
    calibration.write(out);
    byRelevance.write(out);
    byActivation.write(out);
  }

  /** Reads what {@link #write} wrote. */
  public static LayerState read(DataInput in) throws IOException {
    return new LayerState(
        in.readInt(),
        in.readInt(),
        ActivationState.read(in),
        CalibrationState.read(in),
        Examples.read(in),
        Examples.read(in));
  }
}

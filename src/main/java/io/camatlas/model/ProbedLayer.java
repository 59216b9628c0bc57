package io.camatlas.model;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.camatlas.torchscript.ProbeInjector;
import java.io.Serializable;

/**
 * A layer whose output and gradient the network returns; the network's input counts as one.
 *
 * @param path dotted module path as the archive spells it, for example {@code layer4.1.conv2}
 * @param id the layer's number in the archive's tree
 * @param call which call of it in one pass, from 0
 * @param calls how often one pass calls it
 * @param maps K, feature maps
 * @param height h, rows of the layer's grid
 * @param width w, columns of the layer's grid
 * @param layout where these are in what the layer returns
 * @param nonlinearity why scores may not be an affine function of the layer's output; empty where
 *     {@link io.camatlas.torchscript.LinearHead} has proved that they are and gradients agree
 * @param rounding share of itself by which rounding moves a gradient there, as two orders of
 *     addition show it, or as a unit that switches behind the layer does
 */
public record ProbedLayer(
    String path,
    int id,
    int call,
    int calls,
    int maps,
    int height,
    int width,
    GridLayout layout,
    String nonlinearity,
    double rounding)
    implements Serializable {

  public ProbedLayer {
    // Runs from before there were others do not say it.
    layout = layout == null ? GridLayout.CHANNELS_FIRST : layout;
  }

  /** Whether it is no layer but the network's input. */
  @JsonIgnore
  public boolean isInput() {
    return id == ProbeInjector.INPUT;
  }

  /** Whether gradients at the layer are the same for every image. */
  public boolean hasLinearHead() {
    return nonlinearity.isEmpty();
  }

  ProbedLayer withShape(int maps, int height, int width) {
    return new ProbedLayer(
        path, id, call, calls, maps, height, width, layout, nonlinearity, rounding);
  }

  ProbedLayer withLayout(GridLayout other) {
    return new ProbedLayer(
        path, id, call, calls, maps, height, width, other, nonlinearity, rounding);
  }

  ProbedLayer withNonlinearity(String reason) {
    return new ProbedLayer(path, id, call, calls, maps, height, width, layout, reason, rounding);
  }

  ProbedLayer withRounding(double share) {
    return new ProbedLayer(path, id, call, calls, maps, height, width, layout, nonlinearity, share);
  }

  /** The path, with the number of the call where there are several: {@code relu#2}. */
  public String name() {
    return calls == 1 ? path : path + "#" + (call + 1);
  }
}

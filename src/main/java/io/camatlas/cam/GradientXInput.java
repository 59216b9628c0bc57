package io.camatlas.cam;

import ai.djl.ndarray.NDArray;

/**
 * The gradient times the normalised image, summed over the colours of each pixel: what a pixel adds
 * to the score beyond the mean colour, were the network linear (Shrikumar et al. 2016,
 * arXiv:1605.01713, section 2).
 */
public record GradientXInput(PixelGrid grid) implements PixelMethod {
  private static final int[] COLOURS = {1};

  @Override
  public String name() {
    return "gradient-x-input";
  }

  @Override
  public int highestOrder() {
    return 1;
  }

  @Override
  public NDArray pixels(LayerTrace trace) {
    return summed(trace);
  }

  /** Image times mean gradient, summed over the colours, {@code [N,H,W]}. */
  static NDArray summed(LayerTrace trace) {
    return trace.activations().mul(trace.gradient()).sum(COLOURS);
  }

  /** Brings the rule. */
  public static final class Provider implements MethodProvider {
    @Override
    public CamMethod method(NamedMethod.Parameters given) {
      return new GradientXInput(new PixelGrid(given.get(PixelGrid.PARAMETER)));
    }

    @Override
    public String formula() {
      return "pixel = sum over colours of x dS/dx";
    }

    @Override
    public String source() {
      return "Shrikumar et al. 2016 (arXiv:1605.01713), section 2";
    }
  }
}

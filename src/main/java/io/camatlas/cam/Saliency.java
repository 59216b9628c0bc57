package io.camatlas.cam;

import ai.djl.ndarray.NDArray;

/**
 * The largest absolute gradient over the colours of each pixel (Simonyan et al. 2014,
 * arXiv:1312.6034, section 3.1).
 */
public record Saliency(PixelGrid grid) implements PixelMethod {
  private static final int[] COLOURS = {1};

  @Override
  public String name() {
    return "saliency";
  }

  @Override
  public int highestOrder() {
    return 1;
  }

  @Override
  public NDArray pixels(LayerTrace trace) {
    return largest(trace.gradient());
  }

  /** The largest absolute value over the colours, {@code [N,H,W]}. */
  static NDArray largest(NDArray gradient) {
    return gradient.abs().max(COLOURS);
  }

  /** Brings the rule. */
  public static final class Provider implements MethodProvider {
    @Override
    public CamMethod method(NamedMethod.Parameters given) {
      return new Saliency(new PixelGrid(given.get(PixelGrid.PARAMETER)));
    }

    @Override
    public String formula() {
      return "pixel = max over colours of |dS/dx|";
    }

    @Override
    public String source() {
      return "Simonyan et al. 2014 (arXiv:1312.6034), section 3.1";
    }
  }
}

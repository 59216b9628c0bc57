package io.camatlas.cam;

import ai.djl.ndarray.NDArray;
import java.util.Map;

/**
 * The gradient averaged along the straight way from the mean colour to the image, times the
 * normalised image, summed over the colours of each pixel (Sundararajan et al. 2017,
 * arXiv:1703.01365, eq. 1). All pixels together add up to the score beyond that of the mean colour.
 *
 * @param path where gradients are taken
 * @param grid what maps are pooled to
 */
public record IntegratedGradients(StraightPath path, PixelGrid grid) implements PixelMethod {
  private static final MethodParameter<Integer> STEPS =
      MethodParameter.integer(
          "path-steps",
          50,
          1,
          StraightPath.MOST_STEPS,
          "Points between the mean colour and the image at which integrated-gradients takes"
              + " gradients, as Gauss and Legendre place them.");

  @Override
  public String name() {
    return "integrated-gradients";
  }

  @Override
  public int highestOrder() {
    return 1;
  }

  @Override
  public NDArray pixels(LayerTrace trace) {
    return GradientXInput.summed(trace);
  }

  @Override
  public Map<String, String> parameters() {
    return Map.of(
        STEPS.name(),
        String.valueOf(path.steps()),
        PixelGrid.PARAMETER.name(),
        String.valueOf(grid.side()));
  }

  /** Brings the rule. */
  public static final class Provider implements MethodProvider {
    @Override
    public CamMethod method(NamedMethod.Parameters given) {
      return new IntegratedGradients(
          new StraightPath(given.get(STEPS)), new PixelGrid(given.get(PixelGrid.PARAMETER)));
    }

    @Override
    public String formula() {
      return "pixel = sum over colours of x times the mean of dS/dx from the mean colour to x";
    }

    @Override
    public String source() {
      return "Sundararajan et al. 2017 (arXiv:1703.01365), eq. 1";
    }
  }
}

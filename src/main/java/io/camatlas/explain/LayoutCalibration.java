package io.camatlas.explain;

import io.camatlas.model.Layout;
import io.camatlas.model.Network;
import io.camatlas.model.NetworkException;
import io.camatlas.model.ProbePlan;
import io.camatlas.model.ScoreDifference;
import java.io.Serializable;

/**
 * Finds in which layout a network that gives equal scores in both is faster on its device.
 *
 * <p>Passes in the two layouts alternate, so that whatever else the machine does slows both down,
 * and the fastest of each counts.
 */
public final class LayoutCalibration {
  private static final int LEAST_ROUNDS = 2;
  private static final int MOST_ROUNDS = 20;
  private static final double ENOUGH_SECONDS = 0.5;

  /** What less than this would win is not worth maps whose last digits vary from run to run. */
  private static final double CLEARLY = 1.1;

  private LayoutCalibration() {}

  /**
   * The result.
   *
   * @param channelsLast seconds that a pass takes with channels last
   * @param planar seconds that it takes plane by plane; infinite if it cannot be used
   */
  public record Found(double channelsLast, double planar) implements Serializable {
    /** Channels last, where nothing could be timed. */
    public static final Found UNKNOWN = new Found(0, 0);

    /** Channels last, unless that is clearly slower. */
    public Layout layout() {
      return channelsLast > CLEARLY * planar ? Layout.PLANAR : Layout.CHANNELS_LAST;
    }
  }

  /**
   * Times both layouts.
   *
   * @param network the network to time; the calling thread must have been prepared for it
   * @param plan what the network returns
   * @param settings how images are explained
   * @throws NetworkException if the network fails on noise
   */
  public static Found find(Network network, ProbePlan plan, ExplainSettings settings) {
    int targets = settings.targets().most(plan.classes());
    NoisePasses passes = new NoisePasses(network, targets, plan.input(), settings.batch());
    ProbePlan last = plan.withLayout(Layout.CHANNELS_LAST);
    ProbePlan planar = plan.withLayout(Layout.PLANAR);
    double warmUp = passes.seconds(last);
    float[] scores = passes.scores();
    passes.seconds(planar);
    double scale = ScoreDifference.scale(scores);
    if (!(ScoreDifference.of(passes.scores(), scores, scale) <= plan.check().tolerance())) {
      return new Found(warmUp, Double.POSITIVE_INFINITY);
    }
    double fastestLast = Double.POSITIVE_INFINITY;
    double fastestPlanar = Double.POSITIVE_INFINITY;
    double spent = 0;
    for (int round = 0;
        round < LEAST_ROUNDS || (round < MOST_ROUNDS && spent < ENOUGH_SECONDS);
        round++) {
      double one = passes.seconds(last);
      double other = passes.seconds(planar);
      fastestLast = Math.min(fastestLast, one);
      fastestPlanar = Math.min(fastestPlanar, other);
      spent += one + other;
    }
    return new Found(fastestLast, fastestPlanar);
  }
}

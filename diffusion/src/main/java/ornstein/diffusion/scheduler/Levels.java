package ornstein.diffusion.scheduler;

import java.util.List;

/**
 * Levels of noise σ between and beyond those of a chain, in float64 as numpy has them, and the
 * timesteps to which they belong.
 */
final class Levels {
  private static final double LEAST = 1e-10;

  private final Chain chain;
  private final float[] logs;

  Levels(Chain chain) {
    this.chain = chain;
    this.logs = new float[chain.steps()];
    for (int t = 0; t < logs.length; t++) {
      logs[t] = Float32.log(chain.sigma(t));
    }
  }

  /** Reads {@code final_sigmas_type}. */
  static boolean endsAtZero(Options options) {
    return options.choice("final_sigmas_type", End.ZERO, List.of(End.ZERO, End.SIGMA_MIN))
        == End.ZERO;
  }

  private enum End {
    ZERO,
    SIGMA_MIN
  }

  /** numpy.interp over the chain. */
  double[] at(float[] times) {
    double[] levels = new double[times.length];
    int last = chain.steps() - 1;
    for (int i = 0; i < levels.length; i++) {
      int low = (int) times[i];
      double sigma = chain.sigma(low);
      if (low < last) {
        sigma = (chain.sigma(low + 1) - sigma) * (times[i] - (double) low) + sigma;
      }
      levels[i] = sigma;
    }
    return levels;
  }

  /** Even in λ from one end of the chain to the other (Lu et al. 2022). */
  double[] lu(int count) {
    double first = logs[logs.length - 1];
    double last = logs[0];
    double[] levels = Spacing.even(1, count);
    for (int i = 0; i < count; i++) {
      levels[i] = StrictMath.exp(first + levels[i] * (last - first));
    }
    return levels;
  }

  /** From the end of the chain to its beginning, even in the logarithm, in float32. */
  double[] logLinear(int count) {
    float[] even = BetaSchedule.linspace(logs[logs.length - 1], logs[0], count);
    double[] levels = new double[count];
    for (int i = 0; i < count; i++) {
      levels[i] = Float32.exp(even[i]);
    }
    return levels;
  }

  /** The fractional timestep of a level: linear in the logarithm. */
  double timestep(double sigma) {
    int last = logs.length - 2;
    if (last < 0) {
      return 0;
    }
    double log = StrictMath.log(Math.max(sigma, LEAST));
    // From above: a chain rescaled to end without signal may fall at its very end.
    int below = logs.length - 1;
    while (below > 0 && !(log - logs[below] >= 0)) {
      below--;
    }
    int low = Math.min(below, last);
    float width = logs[low] - logs[low + 1];
    double part = Math.clamp((logs[low] - log) / width, 0.0, 1.0);
    return (1 - part) * low + part * (low + 1);
  }

  /** Those of several levels, in float32. */
  float[] timesteps(double[] levels) {
    float[] times = new float[levels.length];
    for (int i = 0; i < times.length; i++) {
      times[i] = (float) timestep(levels[i]);
    }
    return times;
  }

  /** The whole ones, either the nearest or those below. */
  float[] wholeTimesteps(double[] levels, boolean nearest) {
    float[] times = new float[levels.length];
    for (int i = 0; i < times.length; i++) {
      double t = timestep(levels[i]);
      times[i] = (float) (nearest ? Math.rint(t) : Math.floor(t));
    }
    return times;
  }

  /** The levels in float32, and where the last step leads. */
  static float[] ending(double[] levels, float end) {
    float[] all = new float[levels.length + 1];
    for (int i = 0; i < levels.length; i++) {
      all[i] = (float) levels[i];
    }
    all[levels.length] = end;
    return all;
  }
}

package ornstein.diffusion.schedule;

/**
 * A chain of steps as a schedule in continuous time: at whole t it has the chain's ᾱ<sub>t</sub>,
 * between them log ᾱ is linear (Lu et al. 2022, "DPM-Solver", appendix D.4: what networks trained
 * at whole steps are asked between). Towards a last step without signal, where log ᾱ is −∞, the
 * straight path's τ = √(1−ᾱ)/(√ᾱ+√(1−ᾱ)) is linear instead.
 */
public final class InterpolatedSchedule implements NoiseSchedule {
  private final double[] logs;

  /**
   * The continuous view of a chain.
   *
   * @param chain the chain, whose step t is time t
   */
  public InterpolatedSchedule(BetaSchedule chain) {
    logs = new double[chain.steps() + 1];
    for (int t = 1; t < logs.length; t++) {
      logs[t] = StrictMath.log(chain.alphaBar(t));
    }
  }

  @Override
  public double end() {
    return logs.length - 1;
  }

  @Override
  public double logAlphaBar(double t) {
    int i = segment(t);
    double u = t - i;
    if (u == 0) {
      return logs[i];
    }
    return reachesNoise(i)
        ? logOfPath(path(logs[i]) * (1 - u) + u)
        : logs[i] + u * (logs[i + 1] - logs[i]);
  }

  @Override
  public double logAlphaBarSlope(double t) {
    int i = Math.min(segment(t), logs.length - 2);
    if (!reachesNoise(i)) {
      return logs[i + 1] - logs[i];
    }
    double start = path(logs[i]);
    double tau = start + (t - i) * (1 - start);
    // log ᾱ = 2 log(1−τ) − log((1−τ)² + τ²)
    double square = (1 - tau) * (1 - tau) + tau * tau;
    return (1 - start) * (-2 / (1 - tau) - (4 * tau - 2) / square);
  }

  @Override
  public double timeOf(double logAlphaBar) {
    double last = logs[logs.length - 1];
    // What was computed from the end's own level may lie a rounding beyond it.
    if (logAlphaBar < last && logAlphaBar > last * (1 + 1e-12)) {
      return end();
    }
    if (!(logAlphaBar <= 0 && logAlphaBar >= last)) {
      throw new IllegalArgumentException(
          "no time has log alpha-bar " + logAlphaBar + "; it must lie between " + last + " and 0");
    }
    int low = 0;
    int high = logs.length - 1;
    while (high - low > 1) {
      int middle = (low + high) >>> 1;
      if (logs[middle] > logAlphaBar) {
        low = middle;
      } else {
        high = middle;
      }
    }
    if (reachesNoise(low)) {
      double start = path(logs[low]);
      return low + (path(logAlphaBar) - start) / (1 - start);
    }
    return low + (logAlphaBar - logs[low]) / (logs[high] - logs[low]);
  }

  private boolean reachesNoise(int segment) {
    return logs[segment + 1] == Double.NEGATIVE_INFINITY;
  }

  private int segment(double t) {
    if (!(t >= 0 && t <= end())) {
      throw new IllegalArgumentException("time " + t + " is outside 0 to " + end());
    }
    return (int) t;
  }

  /** τ of the straight path. */
  private static double path(double log) {
    double noise = Math.sqrt(-StrictMath.expm1(log));
    return noise / (StrictMath.exp(0.5 * log) + noise);
  }

  private static double logOfPath(double tau) {
    double signal = (1 - tau) * (1 - tau);
    return StrictMath.log(signal / (signal + tau * tau));
  }
}

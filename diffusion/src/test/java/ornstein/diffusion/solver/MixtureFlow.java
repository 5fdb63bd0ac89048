package ornstein.diffusion.solver;

import ornstein.diffusion.process.Denoiser;
import ornstein.diffusion.process.GaussianDiffusion;
import ornstein.diffusion.process.Parameterization;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.diffusion.process.Thresholding;
import ornstein.diffusion.process.VarianceModel;
import ornstein.diffusion.schedule.BetaSchedule;
import ornstein.diffusion.schedule.InterpolatedSchedule;
import ornstein.diffusion.schedule.NoiseSchedule;
import ornstein.diffusion.schedule.SpacedSchedule;
import ornstein.diffusion.schedule.TimestepSpacing;
import ornstein.engine.Tensor;

/**
 * One-dimensional data from normal distributions of equal weight and variance, at any real time:
 * the best prediction of the noise is known, hence the probability flow.
 *
 * @param means where the distributions lie
 * @param variance of each of them
 * @param chain the schedule
 */
@SuppressWarnings("ArrayRecordComponent") // written once, never handed out
record MixtureFlow(double[] means, double variance, BetaSchedule chain) {
  /** Steps of the reference solution: its own error, of order 4, is far below float32's. */
  private static final int REFERENCE_STEPS = 4000;

  NoiseSchedule schedule() {
    return new InterpolatedSchedule(chain);
  }

  /** E[ε|x_t = x]: √(1−ᾱ) Σ r_k (x − √ᾱ m_k)/(ᾱ v + 1 − ᾱ) with responsibilities r_k. */
  double noise(double x, double t) {
    return noise(x, schedule().alpha(t), Math.sqrt(schedule().noiseVariance(t)));
  }

  private double noise(double x, double alpha, double sigma) {
    double total = alpha * alpha * variance + sigma * sigma;
    double least = Double.POSITIVE_INFINITY;
    for (double m : means) {
      least = Math.min(least, (x - alpha * m) * (x - alpha * m) / (2 * total));
    }
    double weights = 0;
    double sum = 0;
    for (double m : means) {
      double far = x - alpha * m;
      double weight = Math.exp(least - far * far / (2 * total));
      weights += weight;
      sum += weight * far;
    }
    return sigma * sum / (weights * total);
  }

  /** Where the flow carries a point from one time to another, by many steps in σ in float64. */
  double exact(double x, double t, double s) {
    double from = schedule().sigma(t);
    double h = (schedule().sigma(s) - from) / REFERENCE_STEPS;
    double y = x / schedule().alpha(t);
    for (int i = 0; i < REFERENCE_STEPS; i++) {
      double u = from + i * h;
      double k1 = slope(y, u);
      double k2 = slope(y + h / 2 * k1, u + h / 2);
      double k3 = slope(y + h / 2 * k2, u + h / 2);
      double k4 = slope(y + h * k3, u + h);
      y += h / 6 * (k1 + 2 * k2 + 2 * k3 + k4);
    }
    return y * schedule().alpha(s);
  }

  /** d(x/√ᾱ)/dσ = ε. */
  private double slope(double y, double u) {
    double alpha = 1 / Math.sqrt(1 + u * u);
    return noise(y * alpha, alpha, u * alpha);
  }

  /** A process with the exact prediction of the given kind, along the whole chain. */
  ReverseProcess process(Parameterization head) {
    SpacedSchedule whole = SpacedSchedule.of(chain, TimestepSpacing.all(), false);
    return new ReverseProcess(
        new GaussianDiffusion(whole),
        network(head),
        head,
        VarianceModel.FIXED_SMALL,
        Thresholding.none());
  }

  private Denoiser network(Parameterization head) {
    NoiseSchedule c = schedule();
    return (seen, time, labels) -> {
      float[] x = seen.toArray();
      float[] times = time.toArray();
      int each = x.length / times.length;
      float[] y = new float[x.length];
      for (int i = 0; i < x.length; i++) {
        double t = times[i / each] + 1.0; // networks are told times from 0
        double alpha = c.alpha(t);
        double sigma = Math.sqrt(c.noiseVariance(t));
        double noisy = x[i] * (head == Parameterization.FLOW ? alpha + sigma : 1);
        double noise = noise(noisy, alpha, sigma);
        double start = (noisy - sigma * noise) / alpha;
        y[i] =
            (float)
                switch (head) {
                  case EPSILON -> noise;
                  case START_X -> start;
                  case V -> alpha * noise - sigma * start;
                  case SCORE -> -noise / sigma;
                  case FLOW -> noise - start;
                  case PREVIOUS_X -> throw new IllegalArgumentException("no previous x");
                };
      }
      return Tensor.of(seen.shape(), y);
    };
  }
}

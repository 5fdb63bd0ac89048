package ornstein.diffusion.process;

import org.jspecify.annotations.Nullable;
import ornstein.diffusion.schedule.SpacedSchedule;
import ornstein.engine.Tensor;

/**
 * Data N(m, v) in each coordinate, for which the best denoiser is known: E[x_0|x_t] = m + √ᾱ v (x_t
 * − √ᾱ m)/(ᾱ v + 1 − ᾱ). With it every sampler's law is known as well, before anything is trained.
 *
 * @param mean m
 * @param variance v
 */
public record GaussianData(double mean, double variance) {
  /** A coefficient, two products and two sums in a row, each rounded to 24 bits. */
  private static final double ROUNDINGS = 5 * 0x1p-24;

  /**
   * A normal law of one coordinate.
   *
   * @param mean its mean
   * @param variance its variance
   */
  public record Law(double mean, double variance) {}

  /**
   * The law of x_t.
   *
   * @param d the process
   * @param t the step, from 0
   * @return N(√ᾱ m, ᾱ v + 1 − ᾱ)
   */
  public Law at(GaussianDiffusion d, int t) {
    double bar = d.alphaBar(t);
    return new Law(Math.sqrt(bar) * mean, bar * variance + 1 - bar);
  }

  /**
   * The best denoiser at a step, E[x_0|x_t] = first · x_t + second.
   *
   * @param d the process
   * @param t the step, from 1
   * @return slope and intercept
   */
  public Combination denoiser(GaussianDiffusion d, int t) {
    double bar = d.alphaBar(t);
    double slope = Math.sqrt(bar) * variance / (bar * variance + 1 - bar);
    return new Combination(slope, mean - slope * Math.sqrt(bar) * mean);
  }

  /**
   * Var[x_0|x_t].
   *
   * @param d the process
   * @param t the step, from 1
   * @return v (1−ᾱ)/(ᾱ v + 1 − ᾱ)
   */
  public double uncertainty(GaussianDiffusion d, int t) {
    double bar = d.alphaBar(t);
    return variance * (1 - bar) / (bar * variance + 1 - bar);
  }

  /**
   * The law after a reverse step from t that uses the best denoiser.
   *
   * @param d the process
   * @param t the step left
   * @param step the reverse step's coefficients
   * @param before the law of x_t
   * @return the law of the next sample
   */
  public Law after(GaussianDiffusion d, int t, ReverseKernel step, Law before) {
    Combination start = denoiser(d, t);
    double slope = step.kappa() + step.lambda() * start.first();
    return new Law(
        slope * before.mean() + step.lambda() * start.second(),
        slope * slope * before.variance() + step.variance());
  }

  /**
   * The best denoiser as a network of the given head, trained on the original chain of a schedule.
   *
   * @param schedule the schedule
   * @param head what the network's output estimates
   * @return the network
   */
  public Denoiser network(SpacedSchedule schedule, Parameterization head) {
    GaussianDiffusion d = new GaussianDiffusion(schedule).original();
    int steps = d.steps();
    // The network may see x_t at another scale.
    StepTable slope =
        StepTable.of(steps, t -> output(d, t, head).first() / head.inputScale(d.marginal(t)));
    StepTable intercept = StepTable.of(steps, t -> output(d, t, head).second());
    double perTime = schedule.rescaleTimesteps() ? steps / 1000.0 : 1;
    return (x, time, labels) -> {
      Tensor step = steps(time, perTime, labels);
      return slope.over(step, x).mul(x).add(intercept.over(step, x));
    };
  }

  /**
   * Bounds how far float32 arithmetic may move the mean of a sampler's law in one step: every
   * product is off by its magnitude times a few 2^-24, and x̂_0 = a x_t + b output may be the small
   * difference of large products.
   *
   * @param d the process
   * @param t the step left
   * @param step the reverse step's coefficients
   * @param before the law of x_t
   * @param head what the network's output estimates
   * @param error the bound before the step
   * @return the bound after the step
   */
  public double roundingAfter(
      GaussianDiffusion d,
      int t,
      ReverseKernel step,
      Law before,
      Parameterization head,
      double error) {
    GaussianDiffusion original = d.original();
    int trained = d.schedule().timestep(t);
    Combination start = head.start(original, trained);
    Combination output = output(original, trained, head);
    double x = Math.abs(before.mean()) + 4 * Math.sqrt(before.variance());
    double outputSize = Math.abs(output.first()) * x + Math.abs(output.second());
    double startSize = Math.abs(start.first()) * x + Math.abs(start.second()) * outputSize;
    double products = Math.abs(step.kappa()) * x + Math.abs(step.lambda()) * startSize;
    double slope = step.kappa() + step.lambda() * denoiser(d, t).first();
    return Math.abs(slope) * error + ROUNDINGS * products;
  }

  private Combination output(GaussianDiffusion d, int t, Parameterization head) {
    Combination start = denoiser(d, t);
    GaussianKernel marginal = d.marginal(t);
    double noise = Math.sqrt(marginal.variance());
    Combination target = head.target(d, t);
    double slopeOfNoise = (1 - marginal.scale() * start.first()) / noise;
    double interceptOfNoise = -marginal.scale() * start.second() / noise;
    return new Combination(
        target.of(start.first(), slopeOfNoise), target.of(start.second(), interceptOfNoise));
  }

  private static Tensor steps(Tensor time, double perTime, @Nullable Tensor labels) {
    if (labels != null) {
      throw new IllegalArgumentException("Gaussian data have no classes");
    }
    float[] t = time.toArray();
    for (int i = 0; i < t.length; i++) {
      t[i] = Math.round(t[i] * perTime) + 1;
    }
    return Tensor.of(t);
  }
}

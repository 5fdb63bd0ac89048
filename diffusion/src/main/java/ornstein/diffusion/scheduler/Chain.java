package ornstein.diffusion.scheduler;

import java.util.List;

/** The levels of noise that a network was trained with: ᾱ and σ = ((1 − ᾱ)/ᾱ)^½ of each step. */
final class Chain {
  /** The smallest positive number of float16, in the place of an ᾱ of 0. */
  private static final float LEAST_ALPHA_BAR = 0x1p-24f;

  private static final int MOST_STEPS = 1 << 20;

  private final float[] alphaBars;

  private Chain(float[] alphaBars) {
    this.alphaBars = alphaBars;
  }

  /** The chain of a scheduler whose ends and names of schedules are these. */
  static Chain of(Options options, double first, double last, List<BetaSchedule> known) {
    return new Chain(products(betas(options, first, last, known)));
  }

  /** The usual one, perhaps rescaled to end without any signal. */
  static Chain rescalable(Options options, List<BetaSchedule> known) {
    float[] betas = betas(options, 1e-4, 0.02, known);
    return new Chain(
        products(options.flag("rescale_betas_zero_snr", false) ? rescaled(betas) : betas));
  }

  /** The same for schedulers in σ, which must be finite. */
  static Chain finite(Options options) {
    Chain chain = rescalable(options, BetaSchedule.COMMON);
    if (options.flag("rescale_betas_zero_snr", false)) {
      chain.alphaBars[chain.steps() - 1] = LEAST_ALPHA_BAR;
    }
    return chain;
  }

  private static float[] betas(
      Options options, double first, double last, List<BetaSchedule> known) {
    int steps = options.integer("num_train_timesteps", 1000);
    options.require(
        steps >= 1 && steps <= MOST_STEPS, "num_train_timesteps", "must be from 1 to 2^20");
    double from = options.number("beta_start", first);
    double to = options.number("beta_end", last);
    BetaSchedule schedule = options.choice("beta_schedule", BetaSchedule.LINEAR, known);
    if (options.isNull("trained_betas")) {
      for (double end : new double[] {from, to}) {
        options.require(end > 0 && end < 1, "beta_start", "and beta_end must lie in (0, 1)");
      }
      return schedule.betas(from, to, steps);
    }
    float[] betas = options.numbers("trained_betas");
    options.require(
        betas.length == steps,
        "trained_betas",
        "must hold num_train_timesteps = " + steps + " numbers, not " + betas.length);
    for (float beta : betas) {
      options.require(beta >= 0 && beta < 1, "trained_betas", "must lie in [0, 1), not " + beta);
    }
    return betas;
  }

  /** Products of 1 − β, accumulated in float64 and each rounded, as torch.cumprod does. */
  private static float[] products(float[] betas) {
    float[] bars = new float[betas.length];
    double product = 1;
    for (int i = 0; i < bars.length; i++) {
      product *= 1 - betas[i];
      bars[i] = (float) product;
    }
    return bars;
  }

  /** Lin et al. 2024, algorithm 1. */
  private static float[] rescaled(float[] betas) {
    float[] roots = products(betas);
    int n = roots.length;
    for (int i = 0; i < n; i++) {
      roots[i] = Float32.sqrt(roots[i]);
    }
    float last = roots[n - 1];
    float scale = roots[0] / (roots[0] - last);
    float before = 1;
    float[] changed = new float[n];
    for (int i = 0; i < n; i++) {
      float root = (roots[i] - last) * scale;
      float bar = root * root;
      changed[i] = 1 - bar / before;
      before = bar;
    }
    return changed;
  }

  int steps() {
    return alphaBars.length;
  }

  /** ᾱ of a timestep from 0. */
  float alphaBar(int timestep) {
    return alphaBars[timestep];
  }

  /** σ of a timestep from 0. */
  float sigma(int timestep) {
    float bar = alphaBars[timestep];
    return Float32.sqrt((1 - bar) / bar);
  }
}

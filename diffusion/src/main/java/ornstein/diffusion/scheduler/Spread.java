package ornstein.diffusion.scheduler;

import org.jspecify.annotations.Nullable;

/** How levels of noise other than the chain's own are spread between two. */
enum Spread {
  /** Karras et al. 2022, equation 5. */
  KARRAS {
    @Override
    double[] between(double low, double high, int count) {
      double first = StrictMath.pow(high, 1 / RHO);
      double last = StrictMath.pow(low, 1 / RHO);
      double[] levels = Spacing.even(1, count);
      for (int i = 0; i < count; i++) {
        levels[i] = StrictMath.pow(first + levels[i] * (last - first), RHO);
      }
      return levels;
    }
  },
  /** Even in the logarithm. */
  EXPONENTIAL {
    @Override
    double[] between(double low, double high, int count) {
      double first = StrictMath.log(high);
      double last = StrictMath.log(low);
      double[] levels = Spacing.even(last - first, count);
      for (int i = 0; i < count; i++) {
        boolean end = i > 0 && i == count - 1;
        levels[i] = StrictMath.exp(end ? last : levels[i] + first);
      }
      return levels;
    }
  };

  private static final double RHO = 7;

  /** Falling levels. */
  abstract double[] between(double low, double high, int count);

  /** Reads which of the options that exclude each other is given; null if the chain's own are. */
  static @Nullable Spread of(Options options) {
    options.requireFalse("use_beta_sigmas", "choose use_karras_sigmas or use_exponential_sigmas");
    boolean exponential = options.flag("use_exponential_sigmas", false);
    boolean karras = options.flag("use_karras_sigmas", false);
    options.require(
        !(exponential && karras),
        "use_exponential_sigmas",
        "must be false where use_karras_sigmas is true");
    return karras ? KARRAS : exponential ? EXPONENTIAL : null;
  }
}

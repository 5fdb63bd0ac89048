package ornstein.diffusion.schedule;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Collectors;

/**
 * The published noise schedules, each by its formula in one place. Arithmetic is that of the
 * reference implementations, in float64 and by StrictMath: the same bits on every machine.
 */
enum BetaFormula {
  /** Ho et al. 2020, section 4; both ends times 1000/T (improved-diffusion). */
  LINEAR {
    @Override
    double[] betas(int steps) {
      if (steps < 21) {
        throw new IllegalArgumentException(
            "a linear schedule needs at least 21 steps (its last beta is 20/T), got "
                + steps
                + "; use cosine for fewer");
      }
      double scale = 1000.0 / steps;
      return spread(steps, scale * FIRST, scale * LAST);
    }
  },
  /** The same with fixed ends (Ho et al. 2020; diffusers). */
  LINEAR_FIXED {
    @Override
    double[] betas(int steps) {
      return betas(steps, FIRST, LAST);
    }

    @Override
    double[] betas(int steps, double first, double last) {
      return spread(steps, first, last);
    }
  },
  /** Nichol and Dhariwal 2021, equation 17. */
  COSINE {
    @Override
    double[] betas(int steps) {
      return ofAlphaBar(
          steps,
          u -> {
            double c = StrictMath.cos((u + 0.008) / 1.008 * Math.PI / 2);
            return c * c;
          });
    }
  },
  /** ᾱ falls as a sigmoid from −3 to 3 (Jabri et al. 2022, "Scalable Adaptive Computation"). */
  SIGMOID {
    @Override
    double[] betas(int steps) {
      double high = sigmoid(3);
      double low = sigmoid(-3);
      return ofAlphaBar(steps, u -> (high - sigmoid(6 * u - 3)) / (high - low));
    }
  },
  /** β grows as a sigmoid from −6 to 6 (the DDIM code; diffusers). */
  SIGMOID_BETA {
    @Override
    double[] betas(int steps) {
      return betas(steps, FIRST, LAST);
    }

    @Override
    double[] betas(int steps, double first, double last) {
      return map(spread(steps, -6, 6), x -> sigmoid(x) * (last - first) + first);
    }
  },
  /** √β is linear between the ends of the linear schedule (the DDPM code's quad). */
  QUADRATIC {
    @Override
    double[] betas(int steps) {
      return map(spread(steps, Math.sqrt(FIRST), Math.sqrt(LAST)), x -> x * x);
    }
  },
  /** √β is linear from √0.00085 to √0.012 (Rombach et al. 2022; diffusers). */
  SCALED_LINEAR {
    @Override
    double[] betas(int steps) {
      return betas(steps, 0.00085, 0.012);
    }

    @Override
    double[] betas(int steps, double first, double last) {
      return map(spread(steps, Math.sqrt(first), Math.sqrt(last)), x -> x * x);
    }
  },
  /** β = 0.02 throughout (the DDPM code's const). */
  CONSTANT {
    @Override
    double[] betas(int steps) {
      return tabulate(steps, i -> LAST);
    }
  },
  /** 1/T, 1/(T−1), … 1 (Sohl-Dickstein et al. 2015, section 2.4.1); ends in pure noise. */
  JSD {
    @Override
    double[] betas(int steps) {
      return tabulate(steps, i -> 1.0 / (steps - i));
    }
  },
  /** Linear over the first tenth, then constant (the DDPM code). */
  WARMUP10 {
    @Override
    double[] betas(int steps) {
      return warmUp(steps, 0.1);
    }
  },
  /** Linear over the first half, then constant (the DDPM code). */
  WARMUP50 {
    @Override
    double[] betas(int steps) {
      return warmUp(steps, 0.5);
    }
  },
  /** √ᾱ = exp(−5 u²) (Keras-DDPM). */
  SQUARE_EXPONENTIAL {
    @Override
    double[] betas(int steps) {
      return ofAlphaBar(steps, u -> StrictMath.exp(-10 * u * u));
    }
  },
  /** ᾱ = exp(−12 u) (diffusers). */
  EXPONENTIAL {
    @Override
    double[] betas(int steps) {
      return ofAlphaBar(steps, u -> StrictMath.exp(-12 * u));
    }
  },
  /** σ evenly in σ^(1/7) from 0.002 to 80 (Karras et al. 2022, equation 5). */
  KARRAS {
    @Override
    double[] betas(int steps) {
      double low = StrictMath.pow(LEAST_SIGMA, 1 / 7.0);
      double high = StrictMath.pow(MOST_SIGMA, 1 / 7.0);
      return ofSigmas(map(spread(steps, low, high), x -> StrictMath.pow(x, 7)));
    }
  },
  /** σ evenly in log σ from 0.002 to 80 (the variance-exploding schedule of k-diffusion). */
  EXPONENTIAL_SIGMA {
    @Override
    double[] betas(int steps) {
      double[] logs = spread(steps, StrictMath.log(LEAST_SIGMA), StrictMath.log(MOST_SIGMA));
      return ofSigmas(map(logs, StrictMath::exp));
    }
  },
  /**
   * The straight path z = (1−τ) x₀ + τ ε with τ = t/T, seen at unit variance (Lipman et al. 2023,
   * section 4.1): ᾱ = (1−τ)²/((1−τ)²+τ²); ends in pure noise.
   */
  STRAIGHT {
    @Override
    double[] betas(int steps) {
      double[] bars =
          tabulate(
              steps + 1,
              i -> {
                double tau = i / (double) steps;
                return (1 - tau) * (1 - tau) / ((1 - tau) * (1 - tau) + tau * tau);
              });
      return tabulate(steps, i -> 1 - bars[i + 1] / bars[i]);
    }
  };

  private static final double FIRST = 1e-4;
  private static final double LAST = 0.02;
  private static final double MAX_BETA = 0.999;
  private static final double LEAST_SIGMA = 0.002;
  private static final double MOST_SIGMA = 80;

  /**
   * The variances.
   *
   * @param steps T, at least 1
   * @return β₁ … β_T
   */
  abstract double[] betas(int steps);

  /**
   * The variances between other ends.
   *
   * @param steps T, at least 1
   * @param first β₁
   * @param last β_T
   * @return β₁ … β_T
   * @throws IllegalArgumentException if the formula has no ends to choose
   */
  double[] betas(int steps, double first, double last) {
    throw new IllegalArgumentException(
        "the noise schedule " + configurationName() + " has no ends to choose; leave them out");
  }

  /** The name by which configurations store it. */
  String configurationName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The formula of a name.
   *
   * @param name in any case
   * @throws IllegalArgumentException if the name is unknown
   */
  static BetaFormula named(String name) {
    for (BetaFormula f : values()) {
      if (f.name().equalsIgnoreCase(name)) {
        return f;
      }
    }
    throw new IllegalArgumentException(
        "unknown noise schedule '" + name + "'; use one of " + names());
  }

  static String names() {
    return Arrays.stream(values())
        .map(BetaFormula::configurationName)
        .collect(Collectors.joining(", "));
  }

  private static double[] tabulate(int count, IntToDoubleFunction value) {
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = value.applyAsDouble(i);
    }
    return values;
  }

  private static double[] map(double[] values, DoubleUnaryOperator f) {
    return tabulate(values.length, i -> f.applyAsDouble(values[i]));
  }

  /** Evenly spaced values as NumPy computes them, the last one exact. */
  private static double[] spread(int count, double first, double last) {
    double increment = (last - first) / (count - 1);
    return tabulate(
        count, i -> i == count - 1 && i > 0 ? last : i == 0 ? first : i * increment + first);
  }

  /** β = 1 − ᾱ(u_i)/ᾱ(u_(i−1)), at most 0.999. */
  private static double[] ofAlphaBar(int steps, DoubleUnaryOperator alphaBar) {
    return tabulate(
        steps,
        i -> {
          double ratio =
              alphaBar.applyAsDouble((i + 1) / (double) steps)
                  / alphaBar.applyAsDouble(i / (double) steps);
          return Math.min(1 - ratio, MAX_BETA);
        });
  }

  /** ᾱ = 1/(1+σ²). */
  private static double[] ofSigmas(double[] sigmas) {
    return tabulate(
        sigmas.length,
        i -> {
          double before = i == 0 ? 0 : sigmas[i - 1];
          return (sigmas[i] * sigmas[i] - before * before) / (1 + sigmas[i] * sigmas[i]);
        });
  }

  private static double[] warmUp(int steps, double part) {
    int rising = (int) (steps * part);
    double[] rise = spread(rising, FIRST, LAST);
    return tabulate(steps, i -> i < rising ? rise[i] : LAST);
  }

  private static double sigmoid(double x) {
    return 1 / (1 + StrictMath.exp(-x));
  }
}

package ornstein.diffusion.scheduler;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/** The names of diffusers' {@code beta_schedule}, with its numbers. */
enum BetaSchedule {
  LINEAR {
    @Override
    float[] betas(double first, double last, int steps) {
      return linspace(first, last, steps);
    }
  },
  SCALED_LINEAR {
    @Override
    float[] betas(double first, double last, int steps) {
      float[] betas = linspace(Math.sqrt(first), Math.sqrt(last), steps);
      for (int i = 0; i < steps; i++) {
        betas[i] *= betas[i];
      }
      return betas;
    }
  },
  SQUAREDCOS_CAP_V2 {
    @Override
    float[] betas(double first, double last, int steps) {
      return ratios(BetaSchedule::squaredCosine, steps);
    }
  },
  /** GeoDiff's. */
  SIGMOID {
    @Override
    float[] betas(double first, double last, int steps) {
      float[] betas = linspace(-6, 6, steps);
      for (int i = 0; i < steps; i++) {
        float sigmoid = 1 / (1 + Float32.exp(-betas[i]));
        betas[i] = sigmoid * (float) (last - first) + (float) first;
      }
      return betas;
    }
  },
  LAPLACE {
    @Override
    float[] betas(double first, double last, int steps) {
      return ratios(BetaSchedule::laplace, steps);
    }
  },
  EXP {
    @Override
    float[] betas(double first, double last, int steps) {
      return ratios(u -> StrictMath.exp(-12 * u), steps);
    }
  };

  /** Those that every scheduler has. */
  static final List<BetaSchedule> COMMON = List.of(LINEAR, SCALED_LINEAR, SQUAREDCOS_CAP_V2);

  private static final int LANES = 8;
  private static final double MOST_BETA = 0.999;

  /** β of all steps; only some depend on the ends. */
  abstract float[] betas(double first, double last, int steps);

  static List<BetaSchedule> commonAnd(BetaSchedule... more) {
    List<BetaSchedule> all = new ArrayList<>(COMMON);
    all.addAll(List.of(more));
    return all;
  }

  /** torch.linspace in float32: from both ends, twice eight at a time while there are as many. */
  static float[] linspace(double from, double to, int count) {
    float first = (float) from;
    float last = (float) to;
    float step = count == 1 ? 0 : (last - first) / (count - 1);
    int whole = count / (2 * LANES) * (2 * LANES);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      int base = i < whole ? i / LANES * LANES : i;
      float start =
          count == 1 || base < count / 2
              ? Math.fma(step, (float) base, first)
              : Math.fma(-step, (float) (count - base - 1), last);
      values[i] = start + step * (i - base);
    }
    return values;
  }

  /** β from ᾱ as a function of the time in [0, 1]. */
  private static float[] ratios(DoubleUnaryOperator alphaBar, int steps) {
    float[] betas = new float[steps];
    for (int i = 0; i < steps; i++) {
      double before = alphaBar.applyAsDouble(i / (double) steps);
      double after = alphaBar.applyAsDouble((i + 1) / (double) steps);
      betas[i] = (float) Math.min(1 - after / before, MOST_BETA);
    }
    return betas;
  }

  private static double squaredCosine(double u) {
    double c = StrictMath.cos((u + 0.008) / 1.008 * Math.PI / 2);
    return c * c;
  }

  private static double laplace(double u) {
    double distance = 0.5 - u;
    double log = StrictMath.log(1 - 2 * Math.abs(distance) + 1e-6);
    double snr = StrictMath.exp(-0.5 * Math.copySign(1, distance) * log);
    return Math.sqrt(snr / (1 + snr));
  }
}

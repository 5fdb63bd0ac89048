package ornstein.diffusion.scheduler;

import java.util.List;
import java.util.Locale;

/** Which timesteps a run visits (Lin et al. 2024, table 2), counted from 0. */
enum Spacing {
  LINSPACE,
  LEADING,
  TRAILING;

  /** Reads {@code timestep_spacing} and {@code steps_offset}. */
  static Rule of(Options options, Spacing missing) {
    Spacing spacing =
        options.choice("timestep_spacing", missing, List.of(LINSPACE, LEADING, TRAILING));
    int offset = options.integer("steps_offset", 0);
    options.require(offset >= 0, "steps_offset", "must be at least 0, not " + offset);
    return new Rule(spacing, offset);
  }

  /**
   * A spacing.
   *
   * @param spacing its name
   * @param offset what is added to leading timesteps
   */
  record Rule(Spacing spacing, int offset) {

    /** Falling timesteps that start at the first step of the chain. */
    float[] timesteps(int trained, int steps) {
      return checked(trained, steps, rounded(times(trained, trained, steps, 0)));
    }

    /** The same, with fractions between where they are even. */
    float[] fractions(int trained, int steps) {
      double[] times = times(trained, trained, steps, 0);
      return checked(trained, steps, spacing == LINSPACE ? times : rounded(times));
    }

    /** Those of multistep solvers: the last of one step more is left out. */
    float[] withoutLast(int trained, int last, int steps) {
      return checked(trained, steps, rounded(times(trained, last, steps, 1)));
    }

    private double[] times(int trained, int last, int steps, int without) {
      requireSteps(trained, steps);
      int all = steps + without;
      return switch (spacing) {
        case LINSPACE -> {
          double[] even = even(last - 1.0, all);
          double[] falling = new double[steps];
          for (int i = 0; i < steps; i++) {
            falling[i] = even[all - 1 - i];
          }
          yield falling;
        }
        case LEADING -> {
          double[] falling = new double[steps];
          for (int i = 0; i < steps; i++) {
            falling[i] = (all - 1 - i) * (last / all) + offset;
          }
          yield falling;
        }
        case TRAILING -> arange(last, trained / (double) steps);
      };
    }

    private static double[] rounded(double[] times) {
      for (int i = 0; i < times.length; i++) {
        times[i] = Math.rint(times[i]);
      }
      return times;
    }

    private float[] checked(int trained, int steps, double[] times) {
      float[] falling = new float[times.length];
      for (int i = 0; i < times.length; i++) {
        double t = spacing == TRAILING ? times[i] - 1 : times[i];
        falling[i] = (float) t;
        if (t < 0 || t > trained - 1 || (i > 0 && falling[i] >= falling[i - 1])) {
          throw new IllegalArgumentException(
              steps
                  + " steps with timestep_spacing "
                  + spacing.name().toLowerCase(Locale.ROOT)
                  + " and steps_offset "
                  + offset
                  + " would visit timestep "
                  + t
                  + " of 0 to "
                  + (trained - 1)
                  + (i > 0 ? " after " + falling[i - 1] : "")
                  + "; choose another number of steps or spacing");
        }
      }
      return falling;
    }
  }

  /** Refuses numbers of steps that no chain has. */
  static void requireSteps(int trained, int steps) {
    if (steps < 1 || steps > trained) {
      throw new IllegalArgumentException("a run needs 1 to " + trained + " steps, got " + steps);
    }
  }

  /** numpy.linspace(0, last, count). */
  static double[] even(double last, int count) {
    double[] values = new double[count];
    for (int i = 1; i < count; i++) {
      values[i] = i == count - 1 ? last : i * (last / (count - 1));
    }
    return values;
  }

  /** numpy.arange(from, 0, −step), whose length and values are as rounding has them. */
  private static double[] arange(double from, double step) {
    double[] values = new double[(int) Math.ceil(from / step)];
    double difference = from - step - from;
    for (int i = 0; i < values.length; i++) {
      values[i] = i == 1 ? from - step : from + i * difference;
    }
    return values;
  }
}

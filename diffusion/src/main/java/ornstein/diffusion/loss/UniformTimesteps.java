package ornstein.diffusion.loss;

/** Steps that are each uniform over the chain, but depend on each other within a batch. */
final class UniformTimesteps implements TimestepSampler {
  private final int steps;
  private final Spread spread;

  /** How the places of a batch's samples depend on each other. */
  enum Spread {
    INDEPENDENT {
      @Override
      double place(float[] uniform, int i) {
        return uniform[i];
      }
    },
    ANTITHETIC {
      @Override
      double place(float[] uniform, int i) {
        return i % 2 == 0 ? uniform[i] : 1.0 - uniform[i - 1];
      }
    },
    STRATIFIED {
      @Override
      double place(float[] uniform, int i) {
        return (i + uniform[i]) / (double) uniform.length;
      }
    },
    LOW_DISCREPANCY {
      @Override
      double place(float[] uniform, int i) {
        return (uniform[0] + i / (double) uniform.length) % 1;
      }
    };

    /** The place of sample i, in [0, 1). */
    abstract double place(float[] uniform, int i);
  }

  UniformTimesteps(int steps, Spread spread) {
    requireSteps(steps);
    this.steps = steps;
    this.spread = spread;
  }

  static void requireSteps(int steps) {
    if (steps < 1 || steps > 1 << 24) {
      throw new IllegalArgumentException("the number of steps must be 1 to 2^24, got " + steps);
    }
  }

  static void requireLengths(float[] uniform, float[] step, float[] weight) {
    if (step.length != uniform.length || weight.length != uniform.length) {
      throw new IllegalArgumentException(
          "uniform numbers, steps and weights must be as many, got "
              + uniform.length
              + ", "
              + step.length
              + " and "
              + weight.length);
    }
  }

  @Override
  public void draw(float[] uniform, float[] step, float[] weight) {
    requireLengths(uniform, step, weight);
    for (int i = 0; i < uniform.length; i++) {
      step[i] = 1 + Math.min(steps - 1, (int) (spread.place(uniform, i) * steps));
      weight[i] = 1f;
    }
  }
}

package ornstein.diffusion.process;

import org.jspecify.annotations.Nullable;
import ornstein.diffusion.schedule.BetaSchedule;
import ornstein.diffusion.schedule.InterpolatedSchedule;
import ornstein.diffusion.schedule.NoiseSchedule;
import ornstein.diffusion.schedule.SpacedSchedule;
import ornstein.diffusion.schedule.TimestepSpacing;
import ornstein.engine.Functional;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;

/**
 * Data from K normal distributions of equal weight and variance in D dimensions, each a class. Best
 * denoiser, score and noisy classifier are known at any time, and differentiable.
 */
public final class GaussianMixture {
  private final Tensor means;
  private final double variance;
  private final BetaSchedule chain;
  private final NoiseSchedule schedule;

  /**
   * A mixture.
   *
   * @param means [K, D]
   * @param variance of each coordinate in each distribution
   * @param chain the schedule
   */
  public GaussianMixture(Tensor means, double variance, BetaSchedule chain) {
    this.means = means;
    this.variance = variance;
    this.chain = chain;
    this.schedule = new InterpolatedSchedule(chain);
  }

  /**
   * How many distributions.
   *
   * @return K
   */
  public int classes() {
    return means.shape().dim(0);
  }

  /**
   * The schedule.
   *
   * @return in continuous time
   */
  public NoiseSchedule schedule() {
    return schedule;
  }

  /** Per-sample coefficients in the shape [N, 1]. */
  private record Level(Tensor alpha, Tensor sigma, Tensor total) {}

  private Level level(Tensor time) {
    float[] t = time.toArray();
    float[] alpha = new float[t.length];
    float[] sigma = new float[t.length];
    float[] total = new float[t.length];
    for (int i = 0; i < t.length; i++) {
      double at = t[i] + 1.0; // networks are told times from 0
      alpha[i] = (float) schedule.alpha(at);
      sigma[i] = (float) Math.sqrt(schedule.noiseVariance(at));
      total[i] = (float) (schedule.alphaBar(at) * variance + schedule.noiseVariance(at));
    }
    return new Level(column(alpha), column(sigma), column(total));
  }

  private static Tensor column(float[] values) {
    return Tensor.of(values, values.length, 1);
  }

  /** log q(x_t|k) of each class but for what all share, [N, K]. */
  private Tensor logits(Tensor x, Level l) {
    Tensor products = x.matmul(false, means, true).mul(l.alpha());
    Tensor norms = means.square().sum(1).reshape(1, classes()).mul(l.alpha().square()).mul(0.5f);
    return products.sub(norms).div(l.total());
  }

  /**
   * The exact classifier of noisy samples.
   *
   * @param x [N, D]
   * @param time [N], as networks are told it
   * @param labels [N]
   * @return log p(y|x_t), [N]
   */
  public Tensor logProbability(Tensor x, Tensor time, @Nullable Tensor labels) {
    if (labels == null) {
      throw new IllegalArgumentException("which class?");
    }
    Tensor logits = logits(x, level(time));
    Tensor largest = logits.max(1).detach().reshape(x.shape().dim(0), 1);
    Tensor logSum = logits.sub(largest).exp().sum(1).log();
    return logits.sub(largest).mul(oneHot(labels)).sum(1).sub(logSum);
  }

  private Tensor oneHot(Tensor labels) {
    float[] y = labels.toArray();
    float[] hot = new float[y.length * classes()];
    for (int i = 0; i < y.length; i++) {
      hot[i * classes() + Math.round(y[i])] = 1;
    }
    return Tensor.of(hot, y.length, classes());
  }

  /** E[x_0|x_t], of a class where labels are given (K stands for none). */
  private Tensor start(Tensor x, Level l, @Nullable Tensor labels) {
    Tensor weights = Functional.softmax(logits(x, l));
    if (labels != null) {
      float[] y = labels.toArray();
      float[] conditional = new float[y.length];
      float[] clamped = new float[y.length];
      for (int i = 0; i < y.length; i++) {
        conditional[i] = y[i] < classes() ? 1 : 0;
        clamped[i] = Math.min(y[i], classes() - 1f);
      }
      Tensor given = oneHot(Tensor.of(clamped));
      Tensor mask = column(conditional);
      weights = given.mul(mask).add(weights.mul(mask.neg().add(1f)));
    }
    Tensor mean = weights.matmul(means).mul(l.sigma().square().div(l.total()));
    return mean.add(x.mul(l.alpha().mul((float) variance).div(l.total())));
  }

  /**
   * The best denoiser as a network.
   *
   * @param head what its output estimates
   * @return the network; with labels it is the class's own, the label K stands for none
   */
  public Denoiser network(Parameterization head) {
    return (seen, time, labels) -> {
      Level l = level(time);
      Tensor x = head == Parameterization.FLOW ? seen.mul(l.alpha().add(l.sigma())) : seen;
      Tensor start = start(x, l, labels);
      Tensor noise = x.sub(l.alpha().mul(start)).div(l.sigma());
      return switch (head) {
        case EPSILON -> noise;
        case START_X -> start;
        case V -> l.alpha().mul(noise).sub(l.sigma().mul(start));
        case SCORE -> noise.div(l.sigma()).neg();
        case FLOW -> noise.sub(start);
        case PREVIOUS_X -> throw new IllegalArgumentException("of a step, not of a time");
      };
    };
  }

  /**
   * The process of the best denoiser along the whole chain, unbounded.
   *
   * @param head what the network's output estimates
   * @return the process
   */
  public ReverseProcess process(Parameterization head) {
    return process(network(head), head);
  }

  /**
   * The process of another network for the same data.
   *
   * @param network the network
   * @param head what its output estimates
   * @return the process along the whole chain, unbounded
   */
  public ReverseProcess process(Denoiser network, Parameterization head) {
    SpacedSchedule whole = SpacedSchedule.of(chain, TimestepSpacing.all(), false);
    return new ReverseProcess(
        new GaussianDiffusion(whole),
        network,
        head,
        VarianceModel.FIXED_SMALL,
        Thresholding.none());
  }

  /**
   * The density of clean data.
   *
   * @param x D coordinates
   * @return log q(x_0)
   */
  public double logDensity(float... x) {
    float[] m = means.toArray();
    double sum = 0;
    for (int k = 0; k < classes(); k++) {
      double squares = 0;
      for (int d = 0; d < x.length; d++) {
        double off = x[d] - m[k * x.length + d];
        squares += off * off;
      }
      sum += Math.exp(-squares / (2 * variance)) / classes();
    }
    return Math.log(sum) - 0.5 * x.length * Math.log(2 * Math.PI * variance);
  }

  /**
   * The score ∇ log q(x_t) by differences of the density in float64.
   *
   * @param t the time
   * @param x D coordinates
   * @param d the coordinate differentiated by
   * @return its derivative
   */
  public double score(double t, float[] x, int d) {
    double alpha = schedule.alpha(t);
    double total = alpha * alpha * variance + schedule.noiseVariance(t);
    float[] m = means.toArray();
    double weights = 0;
    double sum = 0;
    double least = Double.POSITIVE_INFINITY;
    double[] squares = new double[classes()];
    for (int k = 0; k < classes(); k++) {
      for (int i = 0; i < x.length; i++) {
        double off = x[i] - alpha * m[k * x.length + i];
        squares[k] += off * off / (2 * total);
      }
      least = Math.min(least, squares[k]);
    }
    for (int k = 0; k < classes(); k++) {
      double weight = Math.exp(least - squares[k]);
      weights += weight;
      sum -= weight * (x[d] - alpha * m[k * x.length + d]) / total;
    }
    return sum / weights;
  }

  /**
   * A label for every sample.
   *
   * @param n how many
   * @param label the label
   * @return [N]
   */
  public static Tensor labels(int n, int label) {
    return Tensor.full(Shape.of(n), label);
  }
}

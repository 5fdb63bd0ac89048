package ornstein.diffusion.schedule;

import ornstein.engine.Rng;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.engine.kernel.Unary;
import ornstein.nn.Module;
import ornstein.nn.Parameter;

/**
 * A noise schedule that is learned: γ(t) = −log SNR(t), a network that rises with t by construction
 * (Kingma et al. 2021, "Variational Diffusion Models", section 4.1 and appendix H): γ = γ₀ + (γ₁ −
 * γ₀)(g(t) − g(0))/(g(1) − g(0)) with g(t) = l₁(t) + l₃(sigmoid(l₂(l₁(t)))), whose weights are
 * exponentials and so above 0. Parameters: {@code ends} [2], γ₀ and log(γ₁ − γ₀), and the inner
 * ones.
 */
public final class LearnedLogSnr extends Module {
  private final int width;
  private final Parameter ends;
  private final Parameter outer;
  private final Parameter inner;
  private final Parameter shift;
  private final Parameter mix;

  /**
   * A schedule near a straight line in γ.
   *
   * @param first γ₀, at the data
   * @param last γ₁, above γ₀, at the noise
   * @param width hidden units, at least 1; 1024 in the paper
   * @param rng generator of the initial weights
   * @throws IllegalArgumentException if the ends do not rise or there are no units
   */
  public LearnedLogSnr(double first, double last, int width, Rng rng) {
    if (!(last > first) || width < 1 || !Double.isFinite(last - first)) {
      throw new IllegalArgumentException(
          "a learned schedule needs rising ends and a unit at least, got "
              + first
              + " to "
              + last
              + " and "
              + width);
    }
    this.width = width;
    float span = (float) StrictMath.log(last - first);
    ends = register("ends", new Parameter(Tensor.of(new float[] {(float) first, span})));
    outer = register("outer", new Parameter(Tensor.zeros(1)));
    inner = register("inner", new Parameter(rng.normal(Shape.of(1, width))));
    shift = register("shift", new Parameter(rng.normal(Shape.of(1, width)).mul(3)));
    float small = (float) -StrictMath.log(4.0 * width);
    mix = register("mix", new Parameter(Tensor.full(Shape.of(width, 1), small)));
  }

  /**
   * The negative logarithm of the signal-to-noise ratio.
   *
   * @param time [N], from 0 to 1
   * @return γ(t), [N]
   */
  public Tensor gamma(Tensor time) {
    Tensor g = raw(time);
    Tensor g0 = raw(Tensor.zeros(1));
    Tensor g1 = raw(Tensor.full(Shape.of(1), 1));
    Tensor first = ends.value().slice(0, 0, 1);
    return g.sub(g0).div(g1.sub(g0)).mul(span()).add(first);
  }

  /**
   * Its derivative by time.
   *
   * @param time [N], from 0 to 1
   * @return γ′(t), above 0, [N]
   */
  public Tensor slope(Tensor time) {
    Tensor s = hidden(time);
    Tensor each = s.mul(s.neg().add(1)).mul(inner.value().exp()).matmul(mix.value().exp());
    Tensor rising = each.reshape(time.shape()).add(1).mul(outer.value().exp());
    Tensor g0 = raw(Tensor.zeros(1));
    Tensor g1 = raw(Tensor.full(Shape.of(1), 1));
    return rising.mul(span()).div(g1.sub(g0));
  }

  private Tensor span() {
    return ends.value().slice(0, 1, 2).exp();
  }

  private Tensor raw(Tensor time) {
    Tensor mixed = hidden(time).matmul(mix.value().exp()).reshape(time.shape());
    return time.mul(outer.value().exp()).add(mixed);
  }

  /** sigmoid(l₂(l₁(t))), [N, width]. */
  private Tensor hidden(Tensor time) {
    Tensor line = time.mul(outer.value().exp()).reshape(time.shape().dim(0), 1);
    Tensor seen = line.expand(Shape.of(time.shape().dim(0), width)).mul(inner.value().exp());
    return seen.add(shift.value()).apply(Unary.SIGMOID);
  }
}

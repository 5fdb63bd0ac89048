package ornstein.diffusion.process;

import java.util.function.IntFunction;
import ornstein.engine.Tensor;

/**
 * The coefficients of a linear combination a·p + b·q of two images.
 *
 * @param first a, the coefficient of the first
 * @param second b, the coefficient of the second
 */
public record Combination(double first, double second) {

  /**
   * The combination of two numbers.
   *
   * @param p the first
   * @param q the second
   * @return first · p + second · q
   */
  public double of(double p, double q) {
    return first * p + second * q;
  }

  /** A combination for every step of a chain, applied to tensors. */
  static final class Table {
    private final StepTable first;
    private final StepTable second;

    Table(int steps, IntFunction<Combination> combination) {
      this.first = StepTable.of(steps, t -> combination.apply(t).first());
      this.second = StepTable.of(steps, t -> combination.apply(t).second());
    }

    Tensor of(Tensor step, Tensor p, Tensor q) {
      return first.over(step, p).mul(p).add(second.over(step, q).mul(q));
    }
  }
}

package ornstein.nn.layer;

import ornstein.engine.Functional;
import ornstein.engine.Tensor;

/** What a residual block does to height and width. */
public enum Resampling {
  /** Nothing. */
  NONE,
  /** Halves them by averaging. */
  DOWN,
  /** Doubles them by repeating. */
  UP;

  /**
   * Resizes images.
   *
   * @param x [N, H, W, C]
   * @return [N, H′, W′, C]
   * @throws ornstein.engine.ShapeException if a side to be halved is odd
   */
  public Tensor apply(Tensor x) {
    return switch (this) {
      case NONE -> x;
      case DOWN -> Functional.averagePool(x, 2);
      case UP -> Functional.upsampleNearest(x, 2);
    };
  }
}

package ornstein.nn;

import ornstein.engine.Rng;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;

/** Where the initial values of a layer come from. */
public interface Initializer {
  /**
   * Weights or bias of a linear layer or convolution.
   *
   * @param shape shape in memory
   * @param fanIn number of inputs that each output sums, at least 1
   * @return fresh values
   */
  Tensor fanIn(Shape shape, int fanIn);

  /**
   * The table of an embedding.
   *
   * @param shape shape in memory
   * @return fresh values
   */
  Tensor table(Shape shape);

  /**
   * PyTorch's default distributions: weights and biases uniform in ±1/√fanIn (He et al., 2015, with
   * a = √5), tables standard normal. The same generator state gives the same network.
   *
   * @param rng the generator, advanced by each layer in the order of construction
   * @return the initialiser
   */
  static Initializer random(Rng rng) {
    return new Initializer() {
      @Override
      public Tensor fanIn(Shape shape, int fanIn) {
        double bound = 1.0 / Math.sqrt(fanIn);
        return rng.uniform(shape).affine((float) (2.0 * bound), (float) -bound);
      }

      @Override
      public Tensor table(Shape shape) {
        return rng.normal(shape);
      }
    };
  }

  /**
   * Zeros everywhere: the last layer of a residual branch, and networks about to be loaded.
   *
   * @return the initialiser
   */
  static Initializer zeros() {
    return new Initializer() {
      @Override
      public Tensor fanIn(Shape shape, int fanIn) {
        return Tensor.full(shape, 0f);
      }

      @Override
      public Tensor table(Shape shape) {
        return Tensor.full(shape, 0f);
      }
    };
  }
}

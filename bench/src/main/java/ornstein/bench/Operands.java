package ornstein.bench;

import ornstein.engine.Rng;
import ornstein.engine.Shape;
import ornstein.engine.kernel.Buffer;
import ornstein.engine.kernel.GeneratorState;
import ornstein.engine.kernel.Kernels;

/** The operands of benchmarks, and their generators. */
final class Operands {
  private Operands() {}

  /** The generator of a stream of seed 0. */
  static Buffer generator(Kernels kernels, long stream) {
    float[] state = new float[GeneratorState.SIZE];
    GeneratorState.put(0, stream, state, 0);
    Buffer b = kernels.allocate(state.length);
    kernels.write(state, 0, b, 0, state.length);
    return b;
  }

  /** Uniform numbers. */
  static float[] uniform(int n) {
    return Rng.of(0).uniform(Shape.of(n)).toArray();
  }
}

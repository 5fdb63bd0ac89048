package ornstein.bench.peers;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import ornstein.engine.kernel.Buffer;
import ornstein.engine.kernel.Kernels;
import ornstein.engine.program.Program;

/**
 * Ornstein's side of a figure.
 *
 * @param variant what tells it from others
 * @param body computes once
 * @param values reads what the last run computed
 */
record OrnsteinContender(String variant, Runnable body, Supplier<float[]> values)
    implements Contender {
  OrnsteinContender(Runnable body, Supplier<float[]> values) {
    this("", body, values);
  }

  /** One verb, prepared as in a recorded program. */
  static OrnsteinContender of(Kernels kernels, Consumer<Kernels> verb, Supplier<float[]> values) {
    return new OrnsteinContender(kernels.prepare(List.of(verb))::run, values);
  }

  /**
   * One verb, prepared as in a recorded program that changes an operand each time, as a training
   * step does weights: what derives from the operand is made anew in each run.
   */
  static OrnsteinContender of(
      Kernels kernels, Buffer changing, Consumer<Kernels> verb, Supplier<float[]> values) {
    float[] first = new float[1];
    kernels.read(changing, 0, first, 0, 1);
    Consumer<Kernels> change = k -> k.write(first, 0, changing, 0, 1);
    return new OrnsteinContender(kernels.prepare(List.of(change, verb))::run, values);
  }

  /** A recorded program with one output. */
  static OrnsteinContender of(String variant, Program program) {
    return new OrnsteinContender(variant, program::run, () -> program.outputs().get(0).toArray());
  }

  @Override
  public Library library() {
    return Library.ORNSTEIN;
  }

  @Override
  public void run() {
    body.run();
  }

  @Override
  public float[] result() {
    return values.get();
  }
}

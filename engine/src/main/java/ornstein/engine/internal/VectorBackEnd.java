package ornstein.engine.internal;

import ornstein.engine.internal.parallel.WorkerTeam;
import ornstein.engine.internal.vector.VectorContractions;
import ornstein.engine.internal.vector.VectorLoops;
import ornstein.engine.internal.vector.VectorWidth;
import ornstein.engine.kernel.Kernels;

/** Everything that names Vector API classes, so that a JVM without that module never loads them. */
public final class VectorBackEnd {
  private VectorBackEnd() {}

  /** A new vector back end with the given number of threads. */
  public static Kernels create(int threads) {
    return new HeapKernels(
        "vector-" + VectorWidth.SPECIES.vectorBitSize(),
        new VectorLoops(),
        new VectorContractions(),
        new WorkerTeam(threads));
  }

  /** Which width is in use, and why. */
  public static String reason() {
    int bits = VectorWidth.SPECIES.vectorBitSize();
    return VectorBits.forced() == 0
        ? bits + " bits, the width this processor prefers"
        : bits + " bits, forced by -Dornstein.vector.bits";
  }
}

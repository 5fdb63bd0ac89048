package ornstein.bench;

import org.jspecify.annotations.Nullable;

/**
 * What one operation of the benchmark in this JVM does, announced in its {@code @Setup}; {@link
 * PeakProfiler} makes rates of it.
 *
 * @param perOp operations or elements in one call
 * @param threads threads that share it, at least 1
 * @param unit what is counted
 */
record Work(long perOp, int threads, Unit unit) {
  private static volatile @Nullable Work announced;

  /** What is counted. */
  enum Unit {
    /** Floating-point operations, a fused multiply-add counted as two. */
    FLOPS("gflops", "GFLOP/s"),
    /** Elements, where memory or integer arithmetic bounds the speed. */
    ELEMENTS("gelements", "Gelem/s");

    /** Name of the rate in a table of results. */
    final String label;

    /** 10⁹ of them each second. */
    final String perSecond;

    Unit(String label, String perSecond) {
      this.label = label;
      this.perSecond = perSecond;
    }
  }

  /** Announces floating-point operations of one call, shared by some threads. */
  static void flops(long perOp, int threads) {
    announced = new Work(perOp, threads, Unit.FLOPS);
  }

  /** Announces elements of one call, shared by some threads. */
  static void elements(long perOp, int threads) {
    announced = new Work(perOp, threads, Unit.ELEMENTS);
  }

  /** What was announced last, or null. */
  static @Nullable Work announced() {
    return announced;
  }
}

package ornstein.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The yardstick by itself: the peak of fused multiply-adds, which {@link PeakProfiler} holds other
 * benchmarks against. {@code -t 2} shows whether two threads reach twice as much.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class FmaPeakBenchmark {
  float factor = 0.999f;

  /** Creates the state. */
  public FmaPeakBenchmark() {}

  /** Announces the work. */
  @Setup(Level.Trial)
  public void setUp() {
    Work.flops(FmaPeak.FLOPS, 1);
  }

  /**
   * Runs the chains.
   *
   * @return their sum, so that nothing is optimised away
   */
  @Benchmark
  public float peak() {
    return FmaPeak.chains(factor);
  }
}

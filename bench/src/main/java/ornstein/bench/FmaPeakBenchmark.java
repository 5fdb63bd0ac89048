package ornstein.bench;

import java.util.concurrent.TimeUnit;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The yardstick: fused multiply-adds on ten independent registers, enough to hide the latency of
 * two units. One call is {@value #FLOPS_PER_LANE} floating-point operations per vector lane.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class FmaPeakBenchmark {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int ROUNDS = 100_000;

  /** Floating-point operations of one call, per vector lane. */
  static final int FLOPS_PER_LANE = ROUNDS * 10 * 2;

  float factor = 0.999f;

  /** Creates the state. */
  public FmaPeakBenchmark() {}

  /**
   * Runs the chains.
   *
   * @return their sum, so that nothing is optimised away
   */
  @Benchmark
  public float peak() {
    FloatVector m = FloatVector.broadcast(S, factor);
    FloatVector c = FloatVector.broadcast(S, 1e-3f);
    FloatVector a0 = c;
    FloatVector a1 = c;
    FloatVector a2 = c;
    FloatVector a3 = c;
    FloatVector a4 = c;
    FloatVector a5 = c;
    FloatVector a6 = c;
    FloatVector a7 = c;
    FloatVector a8 = c;
    FloatVector a9 = c;
    for (int i = 0; i < ROUNDS; i++) {
      a0 = a0.fma(m, c);
      a1 = a1.fma(m, c);
      a2 = a2.fma(m, c);
      a3 = a3.fma(m, c);
      a4 = a4.fma(m, c);
      a5 = a5.fma(m, c);
      a6 = a6.fma(m, c);
      a7 = a7.fma(m, c);
      a8 = a8.fma(m, c);
      a9 = a9.fma(m, c);
    }
    return a0.add(a1)
        .add(a2)
        .add(a3)
        .add(a4)
        .add(a5)
        .add(a6)
        .add(a7)
        .add(a8)
        .add(a9)
        .reduceLanes(VectorOperators.ADD);
  }
}

package ornstein.bench;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import ornstein.engine.kernel.Buffer;
import ornstein.engine.kernel.Kernels;
import ornstein.engine.kernel.KernelsProvider;

/**
 * Random numbers. Elements are counted, not operations: most of the work is integer arithmetic and
 * polynomials.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@NullUnmarked // JMH fills the fields
public class RngBenchmark {
  /** Numbers in one call: the noise of one grey image, of 16 coloured ones, and more. */
  @Param({"784", "49152", "1048576"})
  int size;

  /** Threads, the caller included. */
  @Param({"1", "2"})
  int threads;

  private Kernels kernels;
  private Buffer generator;
  private Buffer y;

  /** Creates the state. */
  public RngBenchmark() {}

  /** Allocates. */
  @Setup(Level.Trial)
  public void setUp() {
    kernels = KernelsProvider.vector(threads);
    Work.elements(size, threads);
    generator = Operands.generator(kernels, 1);
    y = kernels.allocate(size);
  }

  /** Stops the threads. */
  @TearDown(Level.Trial)
  public void tearDown() {
    kernels.close();
  }

  /**
   * Standard normal numbers.
   *
   * @return the numbers
   */
  @Benchmark
  public Buffer normals() {
    kernels.randomNormal(generator, 0, y);
    return y;
  }

  /**
   * Uniform numbers.
   *
   * @return the numbers
   */
  @Benchmark
  public Buffer uniforms() {
    kernels.randomUniform(generator, 0, y);
    return y;
  }
}

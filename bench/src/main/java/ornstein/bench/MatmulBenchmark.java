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
import ornstein.engine.kernel.Matmul;

/** Square products on the vector kernels. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@NullUnmarked // JMH fills the fields
public class MatmulBenchmark {
  /** Rows, columns and depth. */
  @Param({"384", "768", "1152"})
  int size;

  /** Threads, the caller included. */
  @Param({"1", "2"})
  int threads;

  /** Whether the second factor is stored transposed, as the weights of linear layers are. */
  @Param({"false", "true"})
  boolean transposeB;

  private Kernels kernels;
  private Matmul geometry;
  private Buffer a;
  private Buffer b;
  private Buffer y;

  /** Creates the state. */
  public MatmulBenchmark() {}

  /** Draws the operands. */
  @Setup(Level.Trial)
  public void setUp() {
    kernels = KernelsProvider.vector(threads);
    geometry = new Matmul(1, size, size, size, false, transposeB);
    Work.flops(geometry.flops(), threads);
    a = kernels.allocate(size * size);
    b = kernels.allocate(size * size);
    y = kernels.allocate(size * size);
    kernels.randomNormal(Operands.generator(kernels, 1), 0, a);
    kernels.randomNormal(Operands.generator(kernels, 2), 0, b);
  }

  /** Stops the threads. */
  @TearDown(Level.Trial)
  public void tearDown() {
    kernels.close();
  }

  /**
   * One product.
   *
   * @return the product
   */
  @Benchmark
  public Buffer multiply() {
    kernels.matmul(geometry, a, b, y);
    return y;
  }
}

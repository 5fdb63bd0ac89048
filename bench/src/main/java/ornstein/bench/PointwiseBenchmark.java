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
import ornstein.engine.kernel.Unary;

/**
 * Functions of single elements, within the caches and beyond. Elements are counted, not operations:
 * functions differ in them, and the large arrays are bound by memory.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@NullUnmarked // JMH fills the fields
public class PointwiseBenchmark {
  /** The function. */
  @Param({"SILU", "EXP"})
  Unary function;

  /** Elements: 28x28 pixels of 32 channels for one image and for 16. */
  @Param({"25088", "401408"})
  int size;

  /** Threads, the caller included. */
  @Param({"1", "2"})
  int threads;

  private Kernels kernels;
  private Buffer x;
  private Buffer gy;
  private Buffer y;

  /** Creates the state. */
  public PointwiseBenchmark() {}

  /** Draws the operands. */
  @Setup(Level.Trial)
  public void setUp() {
    kernels = KernelsProvider.vector(threads);
    Work.elements(size, threads);
    x = normal(size, 1);
    gy = normal(size, 2);
    y = kernels.allocate(size);
  }

  private Buffer normal(int size, long stream) {
    Buffer b = kernels.allocate(size);
    kernels.randomNormal(Operands.generator(kernels, stream), 0, b);
    return b;
  }

  /** Stops the threads. */
  @TearDown(Level.Trial)
  public void tearDown() {
    kernels.close();
  }

  /**
   * The function.
   *
   * @return its values
   */
  @Benchmark
  public Buffer forward() {
    kernels.unary(function, x, y);
    return y;
  }

  /**
   * The gradient of its argument.
   *
   * @return the gradient
   */
  @Benchmark
  public Buffer gradient() {
    kernels.unaryGradient(function, x, gy, y);
    return y;
  }
}

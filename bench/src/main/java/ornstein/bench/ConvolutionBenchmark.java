package ornstein.bench;

import java.util.Arrays;
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
import ornstein.engine.kernel.Convolution;
import ornstein.engine.kernel.Kernels;
import ornstein.engine.kernel.KernelsProvider;

/** 3×3 convolutions of real U-Nets, forwards and both ways backwards, on the vector kernels. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@NullUnmarked // JMH fills the fields
public class ConvolutionBenchmark {
  /** Images x input channels x output channels x side in pixels. */
  @Param({
    "1x64x64x28",
    "16x64x64x28",
    "16x128x128x14",
    "1x128x128x32",
    "16x128x128x32",
    "16x32x32x28"
  })
  String shape;

  /** Threads, the caller included. */
  @Param({"1", "2"})
  int threads;

  private Kernels kernels;
  private Convolution geometry;
  private Buffer x;
  private Buffer weight;
  private Buffer bias;
  private Buffer y;

  /** Creates the state. */
  public ConvolutionBenchmark() {}

  /** Draws the operands. */
  @Setup(Level.Trial)
  public void setUp() {
    kernels = KernelsProvider.vector(threads);
    int[] s = Arrays.stream(shape.split("x", -1)).mapToInt(Integer::parseInt).toArray();
    geometry = new Convolution(s[0], s[3], s[3], s[1], s[2], 3, 3, 1, 1);
    x = normal(s[0] * s[3] * s[3] * s[1], 1);
    weight = normal(9 * s[1] * s[2], 2);
    bias = normal(s[2], 3);
    y = normal(s[0] * s[3] * s[3] * s[2], 4);
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
   * Forward, with bias.
   *
   * @return the output
   */
  @Benchmark
  public Buffer forward() {
    kernels.convolution(geometry, x, weight, bias, null, y);
    return y;
  }

  /**
   * Gradient of the input.
   *
   * @return the gradient
   */
  @Benchmark
  public Buffer inputGradient() {
    kernels.convolutionInputGradient(geometry, y, weight, x);
    return x;
  }

  /**
   * Gradient of the weights.
   *
   * @return the gradient
   */
  @Benchmark
  public Buffer weightGradient() {
    kernels.convolutionWeightGradient(geometry, x, y, weight);
    return weight;
  }
}

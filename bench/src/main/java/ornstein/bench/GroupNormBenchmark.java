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
import ornstein.engine.kernel.GroupNormalization;
import ornstein.engine.kernel.Kernels;
import ornstein.engine.kernel.KernelsProvider;
import ornstein.engine.kernel.Unary;

/**
 * Group normalisation with 32 groups, scaled and shifted by the time embedding as in residual
 * blocks. Memory bounds it, so elements are counted, not operations.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@NullUnmarked // JMH fills the fields
public class GroupNormBenchmark {
  private static final int GROUPS = 32;

  /** Images x channels x side in pixels. */
  @Param({"1x32x28", "16x32x28", "16x64x28", "16x128x14", "1x128x32", "16x256x8"})
  String shape;

  /** Threads, the caller included. */
  @Param({"1", "2"})
  int threads;

  private Kernels kernels;
  private GroupNormalization geometry;
  private Buffer x;
  private Buffer weight;
  private Buffer bias;
  private Buffer scaleShift;
  private Buffer y;
  private Buffer mean;
  private Buffer rstd;
  private Buffer gradient;
  private Buffer gWeight;
  private Buffer gBias;
  private Buffer gScaleShift;

  /** Creates the state. */
  public GroupNormBenchmark() {}

  /** Draws the operands. */
  @Setup(Level.Trial)
  public void setUp() {
    kernels = KernelsProvider.vector(threads);
    int[] s = Dimensions.of(shape, 3);
    geometry = new GroupNormalization(s[0], s[2] * s[2], s[1], GROUPS, 1e-5f, Unary.SILU);
    int size = s[0] * s[2] * s[2] * s[1];
    Work.elements(size, threads);
    x = normal(size, 1);
    weight = normal(s[1], 2);
    bias = normal(s[1], 3);
    scaleShift = normal(2 * s[0] * s[1], 4);
    y = normal(size, 5);
    mean = kernels.allocate(s[0] * GROUPS);
    rstd = kernels.allocate(s[0] * GROUPS);
    gradient = kernels.allocate(size);
    gWeight = kernels.allocate(s[1]);
    gBias = kernels.allocate(s[1]);
    gScaleShift = kernels.allocate(2 * s[0] * s[1]);
    forward(); // the gradient takes the moments that this saves
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
   * Forward.
   *
   * @return the output
   */
  @Benchmark
  public Buffer forward() {
    kernels.groupNorm(geometry, x, weight, bias, scaleShift, y, mean, rstd);
    return y;
  }

  /**
   * All gradients.
   *
   * @return the gradient of the input
   */
  @Benchmark
  public Buffer gradient() {
    kernels.groupNormGradient(
        geometry,
        x,
        weight,
        bias,
        scaleShift,
        mean,
        rstd,
        y,
        gradient,
        gWeight,
        gBias,
        gScaleShift);
    return gradient;
  }
}

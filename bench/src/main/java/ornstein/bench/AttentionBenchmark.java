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
import org.openjdk.jmh.infra.BenchmarkParams;
import ornstein.engine.kernel.Attention;
import ornstein.engine.kernel.Buffer;
import ornstein.engine.kernel.Kernels;
import ornstein.engine.kernel.KernelsProvider;

/**
 * Self-attention as U-Nets have it, queries, keys and values packed in one buffer. Its two products
 * are counted forwards, five backwards, where the logits are computed anew; exponentials are not.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@NullUnmarked // JMH fills the fields
public class AttentionBenchmark {
  /** Images x pixels x channels x heads. */
  @Param({"1x196x64x4", "16x49x64x4", "16x196x64x4", "1x256x256x4", "16x256x64x4"})
  String shape;

  /** Threads, the caller included. */
  @Param({"1", "2"})
  int threads;

  private Kernels kernels;
  private Attention geometry;
  private Buffer qkv;
  private Buffer y;
  private Buffer logSumExp;
  private Buffer gy;
  private Buffer gradient;

  /** Creates the state. */
  public AttentionBenchmark() {}

  /**
   * Draws the operands.
   *
   * @param running which benchmark this is for
   */
  @Setup(Level.Trial)
  public void setUp(BenchmarkParams running) {
    kernels = KernelsProvider.vector(threads);
    int[] s = Dimensions.of(shape, 4);
    geometry = geometry(s[0], s[1], s[2], s[3]);
    boolean forward = running.getBenchmark().endsWith(".forward");
    Work.flops(forward ? geometry.flops() : geometry.gradientFlops(), threads);
    int size = s[0] * s[1] * s[2];
    qkv = normal(3 * size, 1);
    y = kernels.allocate(size);
    logSumExp = kernels.allocate(s[0] * s[1] * s[3]);
    gy = normal(size, 2);
    gradient = kernels.allocate(3 * size);
    forward(); // the gradient takes what this saves
  }

  private static Attention geometry(int batch, int pixels, int channels, int heads) {
    int dim = channels / heads;
    int row = 3 * channels;
    return new Attention(
        batch,
        heads,
        pixels,
        pixels,
        dim,
        (float) (1 / Math.sqrt(dim)),
        new Attention.Rows(0, row, dim),
        new Attention.Rows(channels, row, dim),
        new Attention.Rows(2 * channels, row, dim));
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
    kernels.attention(geometry, qkv, qkv, qkv, y, logSumExp);
    return y;
  }

  /**
   * Gradients of queries, keys and values.
   *
   * @return the gradients, packed
   */
  @Benchmark
  public Buffer gradient() {
    kernels.attentionGradient(
        geometry, qkv, qkv, qkv, y, logSumExp, gy, gradient, gradient, gradient);
    return gradient;
  }
}

package ornstein.bench;

import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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

/**
 * Convolutions of real U-Nets, forwards and both ways backwards, on the vector kernels: 3×3, 1×1
 * (around attention and across residual blocks), with stride 2 (downsampling), of three channels
 * (the first and the last) and of images that are one block of pixels.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@NullUnmarked // JMH fills the fields
public class ConvolutionBenchmark {
  private static final Pattern SHAPE =
      Pattern.compile("(\\d+)x(\\d+)x(\\d+)x(\\d+)(?:k(\\d+))?(?:s(\\d+))?");

  /**
   * Images x input channels x output channels x side in pixels; then k and the side of the window
   * if it is not 3, s and the stride if it is not 1.
   */
  @Param({
    "1x64x64x28",
    "16x64x64x28",
    "16x32x32x28",
    "16x128x128x14",
    "1x128x128x32",
    "16x128x128x32",
    "16x256x256x8",
    "1x64x192x14k1",
    "16x64x192x14k1",
    "16x128x64x28k1",
    "1x64x64x28s2",
    "16x64x64x28s2",
    "16x3x32x32",
    "16x32x3x32",
    "1x256x256x4"
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
    geometry = geometry(shape);
    Convolution g = geometry;
    Work.flops(g.flops(), threads);
    x = normal(g.batch() * g.height() * g.width() * g.inChannels(), 1);
    weight = normal(g.kernelHeight() * g.kernelWidth() * g.inChannels() * g.outChannels(), 2);
    bias = normal(g.outChannels(), 3);
    y = normal(g.batch() * g.outHeight() * g.outWidth() * g.outChannels(), 4);
  }

  /** Reads a shape; the padding is that of all U-Nets, half the window. */
  static Convolution geometry(String shape) {
    Matcher m = SHAPE.matcher(shape);
    if (!m.matches()) {
      throw new IllegalArgumentException(
          "a shape is images x input channels x output channels x side, such as 16x64x64x28, with"
              + " k1 for a 1x1 window and s2 for stride 2 behind, not "
              + shape);
    }
    int side = Integer.parseInt(m.group(4));
    int window = m.group(5) == null ? 3 : Integer.parseInt(m.group(5));
    int stride = m.group(6) == null ? 1 : Integer.parseInt(m.group(6));
    return new Convolution(
        Integer.parseInt(m.group(1)),
        side,
        side,
        Integer.parseInt(m.group(2)),
        Integer.parseInt(m.group(3)),
        window,
        window,
        stride,
        window / 2);
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

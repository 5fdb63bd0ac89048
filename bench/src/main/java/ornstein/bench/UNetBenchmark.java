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
import org.openjdk.jmh.annotations.Warmup;
import ornstein.diffusion.Pipeline;
import ornstein.diffusion.SampleRequest;
import ornstein.diffusion.data.Images;
import ornstein.diffusion.train.Trainer;
import ornstein.engine.Tensor;
import ornstein.engine.kernel.KernelsProvider;
import ornstein.engine.program.Program;

/**
 * Whole networks at work: {@link SmallNetwork}s forwards, in a training step and in a DDIM loop, on
 * the kernels and threads that the library chooses. The operations of convolutions, products and
 * attention are counted; the time is that of everything.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@NullUnmarked // JMH fills the fields
public class UNetBenchmark {
  /** Creates the benchmark. */
  public UNetBenchmark() {}

  /** A network that predicts. */
  @State(Scope.Benchmark)
  public static class Prediction {
    /** Side of the images in pixels: 28 is what MNIST gets, 32 has colours and is deeper. */
    @Param({"28", "32"})
    int side;

    /** Images at once. */
    @Param({"1", "16"})
    int batch;

    private Program forward;

    /** Creates the state. */
    public Prediction() {}

    /** Builds the network with random weights. */
    @Setup(Level.Trial)
    public void setUp() {
      SmallNetwork network = SmallNetwork.ofSide(side);
      announce(network.forwardFlops(batch));
      forward = network.forward(batch);
    }
  }

  /** A network that learns. */
  @State(Scope.Benchmark)
  public static class Training {
    /** Side of the images in pixels. */
    @Param({"28", "32"})
    int side;

    /** Images in a step. */
    @Param({"4", "32"})
    int batch;

    private Trainer trainer;

    /** Creates the state. */
    public Training() {}

    /** Builds the trainer. */
    @Setup(Level.Trial)
    public void setUp() {
      SmallNetwork network = SmallNetwork.ofSide(side);
      announce(network.stepFlops(batch));
      trainer = network.trainer(batch);
    }
  }

  /** A network that draws. */
  @State(Scope.Benchmark)
  public static class Drawing {
    /** Side of the images in pixels. */
    @Param({"28", "32"})
    int side;

    /** Images at once. */
    @Param({"1", "16"})
    int batch;

    /** Steps of the sampler. */
    @Param("50")
    int steps;

    private Pipeline pipeline;
    private SampleRequest request;

    /** Creates the state. */
    public Drawing() {}

    /** Builds the network with random weights. */
    @Setup(Level.Trial)
    public void setUp() {
      SmallNetwork network = SmallNetwork.ofSide(side);
      announce(steps * network.forwardFlops(batch));
      pipeline = network.pipeline();
      request = SampleRequest.of(batch).batch(batch).steps(steps);
    }
  }

  private static void announce(long flops) {
    Work.flops(flops, Threads.of(KernelsProvider.current()));
  }

  /**
   * One application without gradients.
   *
   * @param network the network
   * @return the output
   */
  @Benchmark
  public Tensor forward(Prediction network) {
    network.forward.run();
    return network.forward.outputs().get(0);
  }

  /**
   * One step of training: noise, forward, backward, clipping, optimiser, averages.
   *
   * @param network the network
   * @return the steps so far
   */
  @Benchmark
  public long trainingStep(Training network) {
    return SmallNetwork.step(network.trainer);
  }

  /**
   * A loop of DDIM, from noise to images.
   *
   * @param network the network
   * @return the images
   */
  @Benchmark
  public Images sample(Drawing network) {
    return network.pipeline.sample(network.request);
  }
}

package ornstein.bench;

import java.util.List;
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
import ornstein.diffusion.DiffusionConfig;
import ornstein.diffusion.Pipeline;
import ornstein.diffusion.SampleRequest;
import ornstein.diffusion.data.Images;
import ornstein.engine.Rng;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.engine.autograd.Autograd;
import ornstein.engine.autograd.Gradients;
import ornstein.nn.optim.Adam;
import ornstein.nn.unet.UNet;
import ornstein.nn.unet.UNetConfig;

/**
 * A whole network at work: improved DDPM's U-Net for 32×32 images with 32 channels (1.83 M
 * parameters), forwards, in a training step and in a DDIM loop.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@NullUnmarked // JMH fills the fields
public class UNetBenchmark {
  /** Images at once. */
  @Param({"1", "16"})
  int batch;

  private UNet model;
  private Adam optimizer;
  private Pipeline pipeline;
  private Tensor x;
  private Tensor t;

  /** Creates the state. */
  public UNetBenchmark() {}

  /** Builds the network with random weights. */
  @Setup(Level.Trial)
  public void setUp() {
    UNetConfig config =
        UNetConfig.builder()
            .channels(3)
            .modelChannels(32)
            .numResBlocks(2)
            .channelMult(1, 2, 2)
            .attentionResolutions(2, 4)
            .numHeads(4)
            .build();
    model = new UNet(config, Rng.of(1));
    optimizer = Adam.adamW(model.namedParameters(), Adam.Options.ADAMW);
    pipeline = Pipeline.of(model, DiffusionConfig.defaults(32, 32, List.of()));
    x = Rng.of(2).normal(Shape.of(batch, 32, 32, 3));
    t = Tensor.full(Shape.of(batch), 500f);
  }

  /**
   * One application without gradients.
   *
   * @return the output
   */
  @Benchmark
  public Tensor forward() {
    return Autograd.noGrad(() -> model.forward(x, t, null));
  }

  /**
   * Forward, backward and optimiser.
   *
   * @return the loss
   */
  @Benchmark
  public float trainingStep() {
    Tensor loss = model.forward(x, t, null).sub(x).square().mean();
    Gradients gradients = loss.backward();
    optimizer.step(gradients, 1e-4);
    return loss.item();
  }

  /**
   * Ten steps of DDIM.
   *
   * @return the images
   */
  @Benchmark
  public Images sample() {
    return pipeline.sample(SampleRequest.of(batch).steps(10));
  }
}

package ornstein.bench;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import ornstein.diffusion.DiffusionConfig;
import ornstein.diffusion.Pipeline;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.diffusion.sampler.DdimSampler;
import ornstein.diffusion.sampler.NoiseSource;
import ornstein.diffusion.sampler.SamplingStep;
import ornstein.diffusion.train.Annealing;
import ornstein.diffusion.train.Trainer;
import ornstein.diffusion.train.TrainingConfig;
import ornstein.engine.Rng;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.nn.unet.UNet;
import ornstein.nn.unet.UNetConfig;

/**
 * A steady step, of sampling or of training, allocates next to nothing on any thread. Steady is
 * what a JVM becomes: until they are compiled, vectors are objects. Hence steps are made until some
 * in a row stay below the bound, or for as long as no compiler takes.
 */
class SteadyAllocationTest {
  /** Bytes of a step: a few objects that carry its numbers. */
  private static final long BOUND = 1024;

  /** Steps in a row that make a steady state. */
  private static final int STEPS = 10;

  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(100);
  private static final UNetConfig NETWORK =
      UNetConfig.builder()
          .channels(1)
          .modelChannels(32)
          .numResBlocks(1)
          .channelMult(1, 2)
          .attentionResolutions(2)
          .numHeads(2)
          .build();
  private static final DiffusionConfig DIFFUSION = DiffusionConfig.defaults(8, 8, List.of());

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** The most bytes of the last steps; steady once they have fallen below the bound. */
  private static final class Watch {
    private final long end = System.nanoTime() + PATIENCE;
    private int below;
    private long last;
    private long before;

    void begin() {
      before = THREADS.getTotalThreadAllocatedBytes();
    }

    /** Whether to go on. */
    boolean end() {
      last = THREADS.getTotalThreadAllocatedBytes() - before;
      below = last < BOUND ? below + 1 : 0;
      return below < STEPS && System.nanoTime() < end;
    }

    void assertSteady(String what) {
      assertTrue(below == STEPS, what + " allocates " + last + " bytes");
    }
  }

  @Test
  void samplingStep() {
    ReverseProcess process = Pipeline.of(new UNet(NETWORK, Rng.of(1)), DIFFUSION).process();
    NoiseSource noise = NoiseSource.of(1);
    Tensor x = noise.draw(0, Shape.of(2, 8, 8, 1));
    Watch watch = new Watch();
    boolean more = true;
    while (more) {
      Iterator<SamplingStep> steps = new DdimSampler(0).steps(process, x, null, noise);
      steps.next(); // records, or takes what was recorded
      for (int i = 0; i < 900 && more; i++) {
        watch.begin();
        SamplingStep step = steps.next();
        more = watch.end();
        assertTrue(step.done() == i + 2);
      }
    }
    watch.assertSteady("a sampling step");
  }

  @Test
  void trainingStep() {
    Trainer trainer =
        new Trainer(
            NETWORK,
            DIFFUSION,
            new NoiseImages(8, 8, 1),
            TrainingConfig.builder()
                .batchSize(2)
                .learningRate(1e-4, 0, Annealing.CONSTANT)
                .build());
    Watch watch = new Watch();
    watch.begin();
    trainer.run(
        progress -> {
          if (!watch.end()) {
            trainer.stop();
          }
          watch.begin();
        });
    watch.assertSteady("a training step");
  }
}

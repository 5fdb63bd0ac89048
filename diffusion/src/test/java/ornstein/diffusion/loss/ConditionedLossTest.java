package ornstein.diffusion.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import ornstein.diffusion.process.Concatenation;
import ornstein.diffusion.process.GaussianDiffusion;
import ornstein.diffusion.process.Parameterization;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.diffusion.process.Thresholding;
import ornstein.diffusion.process.VarianceModel;
import ornstein.diffusion.sampler.DdimSampler;
import ornstein.diffusion.sampler.NoiseSource;
import ornstein.diffusion.schedule.BetaSchedule;
import ornstein.diffusion.schedule.SpacedSchedule;
import ornstein.diffusion.schedule.TimestepSpacing;
import ornstein.diffusion.train.Annealing;
import ornstein.diffusion.train.Batches;
import ornstein.diffusion.train.TrainingConfig;
import ornstein.diffusion.train.TrainingLoop;
import ornstein.engine.Rng;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.nn.mlp.TimeMlp;

/** Row 28: conditioning by concatenation. */
class ConditionedLossTest {
  private static final int N = 256;
  private static final double CORRELATION = 0.8;

  /** Pairs of standard normal numbers of known correlation. */
  private static final class Pairs implements Batches {
    @Override
    public Shape shape() {
      return Shape.of(N, 2);
    }

    @Override
    public boolean labelled() {
      return false;
    }

    @Override
    public String fingerprint() {
      return "pairs";
    }

    @Override
    public void fill(long step, float[] samples, float[] labels) {
      float[] z = Rng.of(77).split(step).normal(shape()).toArray();
      for (int i = 0; i < N; i++) {
        samples[2 * i] = z[2 * i];
        samples[2 * i + 1] =
            (float)
                (CORRELATION * z[2 * i] + Math.sqrt(1 - CORRELATION * CORRELATION) * z[2 * i + 1]);
      }
    }
  }

  @Test
  void theConditionalMeanIsLearned() {
    TimeMlp network = new TimeMlp(3, 2, 32, 2, 0, Rng.of(1));
    SpacedSchedule schedule =
        SpacedSchedule.of(BetaSchedule.cosine(100), TimestepSpacing.all(), true);
    ReverseProcess process =
        new ReverseProcess(
            new GaussianDiffusion(schedule),
            network::forward,
            Parameterization.V,
            VarianceModel.FIXED_SMALL,
            Thresholding.none());
    TrainingConfig config =
        TrainingConfig.builder()
            .batchSize(N)
            .learningRate(4e-3, 50, Annealing.LINEAR)
            .emaDecays(0.98)
            .limits(1500, Duration.ZERO)
            .build();
    Loss loss =
        new ConditionedLoss(DiffusionLoss.simple(), network::forward, x -> x.slice(1, 0, 1));
    new TrainingLoop(network, process, loss, TimestepSampler.stratified(100), new Pairs(), config)
        .run(p -> {});
    for (float given : new float[] {-1, 0.5f, 1.2f}) {
      int n = 2000;
      float[] known = new float[n];
      Arrays.fill(known, given);
      Tensor condition = Tensor.of(known, n, 1);
      NoiseSource noise = NoiseSource.of(5);
      float[] samples =
          new DdimSampler(1)
              .sample(
                  process.with(Concatenation.denoiser(network::forward, condition)),
                  noise.draw(0, Shape.of(n, 2)),
                  null,
                  noise)
              .toArray();
      double first = 0;
      double second = 0;
      for (int i = 0; i < n; i++) {
        first += samples[2 * i] / n;
        second += samples[2 * i + 1] / n;
      }
      // A small network after a few seconds: a tenth of a standard deviation.
      assertEquals(given, first, 0.1);
      assertEquals(CORRELATION * given, second, 0.1);
    }
  }

  @Test
  void aLargeImageIsAveragedAndEnlarged() {
    Tensor large = Tensor.of(new float[] {1, 3, 5, 7, 1, 3, 5, 7}, 1, 2, 4, 1);
    float[] low = Concatenation.lowResolution(large, 2).toArray();
    assertArrayEquals(new float[] {2, 3, 5, 6, 2, 3, 5, 6}, low, 1e-6f);
  }
}

package ornstein.diffusion.sampler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import ornstein.diffusion.process.Denoiser;
import ornstein.diffusion.process.GaussianDiffusion;
import ornstein.diffusion.process.Parameterization;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.diffusion.process.Thresholding;
import ornstein.diffusion.process.VarianceModel;
import ornstein.diffusion.schedule.BetaSchedule;
import ornstein.diffusion.schedule.InterpolatedSchedule;
import ornstein.diffusion.schedule.SpacedSchedule;
import ornstein.diffusion.schedule.TimestepSpacing;
import ornstein.engine.Shape;
import ornstein.engine.ShapeException;
import ornstein.engine.Tensor;

/** Row 28: on a Gaussian of known covariance the unknown half is that of the conditional law. */
class RePaintTest {
  private static final BetaSchedule CHAIN = BetaSchedule.linear(1000);

  /** Two coordinates of mean 0 and variance 1 with this correlation. */
  private static final double CORRELATION = 0.8;

  /** E[x₀|x_t] = √ᾱ Σ (ᾱ Σ + (1−ᾱ) I)⁻¹ x_t. */
  private static Denoiser network() {
    InterpolatedSchedule schedule = new InterpolatedSchedule(CHAIN);
    return (x, time, labels) -> {
      float[] values = x.toArray();
      double t = time.toArray()[0] + 1.0;
      double bar = schedule.alphaBar(t);
      double c = CORRELATION;
      // Along (1, 1) and (1, −1) the variances are 1 ± c.
      double sum = Math.sqrt(bar) * (1 + c) / (bar * (1 + c) + 1 - bar);
      double difference = Math.sqrt(bar) * (1 - c) / (bar * (1 - c) + 1 - bar);
      float[] start = new float[values.length];
      for (int i = 0; i < values.length; i += 2) {
        double along = sum * (values[i] + values[i + 1]) / 2;
        double across = difference * (values[i] - values[i + 1]) / 2;
        start[i] = (float) (along + across);
        start[i + 1] = (float) (along - across);
      }
      return Tensor.of(x.shape(), start);
    };
  }

  private static ReverseProcess process() {
    GaussianDiffusion d =
        new GaussianDiffusion(SpacedSchedule.of(CHAIN, TimestepSpacing.linspace(50), false));
    return new ReverseProcess(
        d, network(), Parameterization.START_X, VarianceModel.FIXED_SMALL, Thresholding.none());
  }

  private static float[] sample(int jump, int resamplings) {
    Tensor known = Tensor.full(Shape.of(1000, 2), 1.5f);
    Tensor mask = Tensor.of(new float[] {1, 0}, 1, 2);
    RePaint sampler = new RePaint(ReverseFamily.posterior(), known, mask, jump, resamplings);
    NoiseSource noise = NoiseSource.of(4);
    return sampler.sample(process(), noise.draw(0, Shape.of(1000, 2)), null, noise).toArray();
  }

  private static double mean(float[] x) {
    double sum = 0;
    for (int i = 0; i < x.length; i += 2) {
      assertEquals(1.5f, x[i]);
      sum += x[i + 1];
    }
    return sum / (x.length / 2.0);
  }

  @Test
  void theUnknownHalfHasItsConditionalMean() {
    double error = 7 * Math.sqrt((1 - CORRELATION * CORRELATION) / 1000);
    // Jumps let the halves settle; the bias of replacing one half only falls with their number.
    assertEquals(CORRELATION * 1.5, mean(sample(5, 10)), error + 0.05);
  }

  @Test
  void resamplingBringsItNearer() {
    double once = Math.abs(mean(sample(5, 1)) - CORRELATION * 1.5);
    double often = Math.abs(mean(sample(5, 10)) - CORRELATION * 1.5);
    assertTrue(often < once / 2, once + " → " + often);
  }

  @Test
  void theWalkJumpsAndEndsAtCleanData() {
    assertArrayEquals(
        new int[] {6, 5, 4, 3, 2, 3, 4, 3, 2, 1, 0, 1, 2, 1, 0}, RePaint.walk(6, 2, 2));
    assertArrayEquals(new int[] {3, 2, 1, 0}, RePaint.walk(3, 10, 10));
    assertArrayEquals(new int[] {3, 2, 1, 0}, RePaint.walk(3, 1, 1));
  }

  @Test
  void aSampleDoesNotDependOnItsBatch() {
    Tensor known = Tensor.of(new float[] {1, 0, -1, 0}, 2, 2);
    Tensor mask = Tensor.of(new float[] {1, 0}, 1, 2);
    NoiseSource noise = NoiseSource.of(4);
    float[] both =
        new RePaint(ReverseFamily.eta(0.5), known, mask, 5, 2)
            .sample(process(), noise.draw(0, Shape.of(2, 2)), null, noise)
            .toArray();
    NoiseSource second = noise.from(1);
    float[] alone =
        new RePaint(ReverseFamily.eta(0.5), known.slice(0, 1, 2), mask, 5, 2)
            .sample(process(), second.draw(0, Shape.of(1, 2)), null, second)
            .toArray();
    assertArrayEquals(new float[] {both[2], both[3]}, alone);
  }

  @Test
  void whatCannotBeIsRefused() {
    Tensor known = Tensor.zeros(2, 2);
    ReverseFamily family = ReverseFamily.posterior();
    assertThrows(
        IllegalArgumentException.class,
        () -> new RePaint(family, known, Tensor.full(Shape.of(1, 2), 0.5f), 1, 1));
    assertThrows(
        IllegalArgumentException.class, () -> new RePaint(family, known, Tensor.zeros(1, 2), 0, 1));
    assertThrows(ShapeException.class, () -> new RePaint(family, known, Tensor.zeros(3, 2), 1, 1));
    assertThrows(
        ShapeException.class,
        () ->
            new RePaint(family, known, Tensor.zeros(1, 2), 1, 1)
                .steps(process(), Tensor.zeros(3, 2), null, NoiseSource.of(1)));
  }
}

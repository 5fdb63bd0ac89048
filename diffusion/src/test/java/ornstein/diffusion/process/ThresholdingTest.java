package ornstein.diffusion.process;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import ornstein.diffusion.sampler.DdimSampler;
import ornstein.diffusion.sampler.NoiseSource;
import ornstein.diffusion.schedule.BetaSchedule;
import ornstein.diffusion.solver.DpmSolverPlusPlus;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;

final class ThresholdingTest {

  @Test
  void eachSampleIsBroughtBackByItsOwnQuantile() {
    // The median of |−4 … 4| is 2, of the second sample 0.5: that one is clipped to 1.
    Tensor x = Tensor.of(new float[] {-4, 1, 2, -1, 4, 0.5f, -0.5f, 0.1f, 3, 0.2f}, 2, 5);
    assertArrayEquals(
        new float[] {-1, 0.5f, 1, -0.5f, 1, 0.5f, -0.5f, 0.1f, 1, 0.2f},
        Thresholding.dynamic(0.5, 100).apply(x).toArray(),
        1e-6f);
    assertArrayEquals(
        x.clamp(-1.5f, 1.5f).mul(1 / 1.5f).slice(0, 0, 1).toArray(),
        Thresholding.dynamic(1, 1.5).apply(x).slice(0, 0, 1).toArray(),
        1e-6f);
  }

  /** torch.quantile of |x| for 0.3 between the second and the third of four: 1.9. */
  @Test
  void quantilesAreInterpolated() {
    Tensor x = Tensor.of(new float[] {1, -3, 2, 9}, 1, 4);
    assertEquals(1, Thresholding.dynamic(0.3, 100).apply(x).toArray()[2]);
    assertEquals(1 / 1.9f, Thresholding.dynamic(0.3, 100).apply(x).toArray()[0], 1e-6f);
  }

  @Test
  void equalOnesAreEqual() {
    assertEquals(Thresholding.clip(), Thresholding.clip(1));
    assertEquals(Thresholding.dynamic(0.9, 2), Thresholding.dynamic(0.9, 2));
    assertThrows(IllegalArgumentException.class, () -> Thresholding.clip(0));
    assertThrows(IllegalArgumentException.class, () -> Thresholding.dynamic(0, 2));
    assertThrows(IllegalArgumentException.class, () -> Thresholding.dynamic(0.9, 0.5));
  }

  /** It reads values: samplers then run the code itself instead of a recording. */
  @Test
  void samplersDoWithoutARecording() {
    Tensor weight = Tensor.of(new float[] {1.4f, -0.2f, 0.3f, 1.6f}, 2, 2);
    Denoiser network = (x, time, labels) -> x.matmul(weight);
    Tensor x = NoiseSource.of(1).draw(0, Shape.of(3, 2));
    for (Denoiser d : new Denoiser[] {network, Denoiser.recordable(network)}) {
      ReverseProcess p =
          new ReverseProcess(
              GaussianDiffusion.of(BetaSchedule.cosine(10)),
              d,
              Parameterization.START_X,
              VarianceModel.FIXED_SMALL,
              Thresholding.dynamic(0.9, 2));
      for (float v : new DdimSampler(0).sample(p, x, null, NoiseSource.of(2)).toArray()) {
        assertEquals(Math.clamp(v, -1f, 1f), v);
      }
      float[] all = DpmSolverPlusPlus.multistep().sample(p, x, null, NoiseSource.of(2)).toArray();
      float[] last =
          DpmSolverPlusPlus.multistep()
              .sample(p, x.slice(0, 2, 3), null, NoiseSource.of(2).from(2))
              .toArray();
      assertArrayEquals(new float[] {all[4], all[5]}, last);
    }
  }
}

package ornstein.diffusion.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class LossQuartilesTest {
  @Test
  void lossesAreSortedByQuarterOfTheChain() {
    float[] steps = {1, 250, 251, 500, 501, 750, 751, 1000};
    float[] losses = {1, 3, 5, 7, 20, 40, 100, 300};
    LossQuartiles q = LossQuartiles.of(1000, steps, losses);
    assertEquals(2, q.mean(0));
    assertEquals(6, q.mean(1));
    assertEquals(30, q.mean(2));
    assertEquals(200, q.mean(3));
    LossQuartiles more = q.plus(LossQuartiles.of(1000, new float[] {1}, new float[] {8}));
    assertEquals(4, more.mean(0));
    assertEquals(200, more.mean(3));
  }

  @Test
  void aQuarterWithoutSamplesHasNoMean() {
    LossQuartiles q = LossQuartiles.of(2, new float[] {2}, new float[] {1});
    assertEquals(Double.NaN, q.mean(0));
    assertEquals(1, q.mean(2)); // step 2 of 2 begins the second half
  }

  @Test
  void stepsOfNoChainAreRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> LossQuartiles.of(4, new float[] {5}, new float[] {1}));
    assertThrows(
        IllegalArgumentException.class, () -> LossQuartiles.of(4, new float[] {1}, new float[2]));
  }
}

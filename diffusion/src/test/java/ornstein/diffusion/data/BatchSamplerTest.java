package ornstein.diffusion.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class BatchSamplerTest {
  private static int[] positions(BatchSampler sampler, int steps) {
    int batch = sampler.batchSize();
    int[] all = new int[steps * batch];
    for (int s = 0; s < steps; s++) {
      System.arraycopy(sampler.batch(s), 0, all, s * batch, batch);
    }
    return all;
  }

  @Property(tries = 300)
  void everyEpochCoversEachIndexOnce(
      @ForAll @IntRange(min = 1, max = 50) int size,
      @ForAll @IntRange(min = 1, max = 120) int batch,
      @ForAll long seed) {
    int epochs = 4;
    int[] all = positions(new BatchSampler(size, batch, seed), Math.ceilDiv(epochs * size, batch));
    int[] identity = new int[size];
    Arrays.setAll(identity, i -> i);
    for (int e = 0; e < epochs; e++) {
      int[] epoch = Arrays.copyOfRange(all, e * size, (e + 1) * size);
      Arrays.sort(epoch);
      assertArrayEquals(identity, epoch);
    }
  }

  @Property(tries = 200)
  void anyStepIsRecomputedOnItsOwn(
      @ForAll @IntRange(min = 1, max = 50) int size,
      @ForAll @IntRange(min = 1, max = 120) int batch,
      @ForAll long seed,
      @ForAll @IntRange(max = 1_000_000) int step) {
    BatchSampler walked = new BatchSampler(size, batch, seed);
    walked.batch(step + 1L);
    walked.batch(0);
    assertArrayEquals(new BatchSampler(size, batch, seed).batch(step), walked.batch(step));
    assertEquals((long) step * batch / size, walked.epoch(step));
  }

  @Test
  void theBatchSizeDoesNotChangeTheOrder() {
    assertArrayEquals(
        positions(new BatchSampler(30, 4, 9), 15), positions(new BatchSampler(30, 6, 9), 10));
  }

  @Test
  void theOrderIsPinned() {
    // So that a later version resumes the runs of this one.
    int[] expected = {4, 7, 9, 6, 1, 5, 2, 0, 8, 3};
    assertArrayEquals(expected, new BatchSampler(10, 10, 42).batch(0));
  }

  @Test
  void seedsAndEpochsDiffer() {
    int[] first = new BatchSampler(100, 100, 0).batch(0);
    assertFalse(Arrays.equals(first, new BatchSampler(100, 100, 1).batch(0)));
    assertFalse(Arrays.equals(first, new BatchSampler(100, 100, 0).batch(1)));
  }

  @Test
  void permutationsAreUniform() {
    // Chi-square over the 24 orders of four images: 23 degrees of freedom, 49.7 is p = 0.001.
    int[] counts = new int[4 * 4 * 4];
    int epochs = 24_000;
    BatchSampler sampler = new BatchSampler(4, 4, 7);
    for (int e = 0; e < epochs; e++) {
      int[] p = sampler.batch(e);
      counts[(p[0] * 4 + p[1]) * 4 + p[2]]++;
    }
    double chi = 0;
    int orders = 0;
    for (int count : counts) {
      if (count > 0) {
        chi += Math.pow(count - 1000.0, 2) / 1000.0;
        orders++;
      }
    }
    assertEquals(24, orders);
    assertEquals(23, chi, 26.7);
  }

  @Test
  void aPlaceHasSeveralNumbers() {
    BatchSampler sampler = new BatchSampler(10, 4, 42);
    double[] sums = new double[4];
    for (int step = 0; step < 2500; step++) {
      for (int i = 0; i < 4; i++) {
        double a = sampler.chance(step, i);
        assertEquals(a, sampler.chance(step, i, 0));
        double b = sampler.chance(step, i, 1);
        double c = sampler.chance(step, i + 1, 0);
        sums[0] += a;
        sums[1] += b;
        sums[2] += (a - 0.5) * (b - 0.5);
        sums[3] += (a - 0.5) * (c - 0.5);
      }
    }
    // Of 10,000 numbers: the mean has a deviation of 0.0029, a covariance one of 0.00083; four
    // each.
    assertEquals(0.5, sums[0] / 10_000, 0.0116);
    assertEquals(0.5, sums[1] / 10_000, 0.0116);
    assertEquals(0, sums[2] / 10_000, 0.0033);
    assertEquals(0, sums[3] / 10_000, 0.0033);
  }

  @Test
  void refusesWhatCannotBe() {
    assertThrows(IllegalArgumentException.class, () -> new BatchSampler(0, 4, 1));
    assertThrows(IllegalArgumentException.class, () -> new BatchSampler(4, 0, 1));
    BatchSampler sampler = new BatchSampler(4, 4, 1);
    assertThrows(IllegalArgumentException.class, () -> sampler.batch(-1));
    assertThrows(ArithmeticException.class, () -> sampler.batch(Long.MAX_VALUE / 2));
  }
}

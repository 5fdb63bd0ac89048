package ornstein.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RngTest {
  @Test
  void sameSeedSameNumbers() {
    Shape s = Shape.of(3, 7);
    assertArrayEquals(Rng.of(5).normal(s).toArray(), Rng.of(5).normal(s).toArray());
    assertFalse(Arrays.equals(Rng.of(5).normal(s).toArray(), Rng.of(6).normal(s).toArray()));
  }

  @Test
  void restoredGeneratorGoesOnWhereItWas() {
    Rng rng = Rng.of(5).split(2);
    rng.uniform(Shape.of(13));
    Rng restored = Rng.restore(rng.seed(), rng.stream(), rng.position());
    assertArrayEquals(rng.normal(Shape.of(9)).toArray(), restored.normal(Shape.of(9)).toArray());
    assertThrows(IllegalArgumentException.class, () -> Rng.restore(1, 0, 3));
    assertThrows(IllegalArgumentException.class, () -> Rng.restore(1, 0, -4));
  }

  @Test
  void splittingDoesNotMoveAndPurposesDiffer() {
    Rng rng = Rng.of(5);
    float[] first = rng.split(1).uniform(Shape.of(16)).toArray();
    float[] second = rng.split(2).uniform(Shape.of(16)).toArray();
    float[] own = rng.uniform(Shape.of(16)).toArray();
    assertEquals(16, rng.position());
    assertFalse(Arrays.equals(first, second));
    assertFalse(Arrays.equals(first, own));
    assertArrayEquals(first, Rng.of(5).split(1).uniform(Shape.of(16)).toArray());
    float[] nested = rng.split(1).split(2).uniform(Shape.of(16)).toArray();
    float[] swapped = rng.split(2).split(1).uniform(Shape.of(16)).toArray();
    assertFalse(Arrays.equals(nested, swapped));
  }

  /** Pearson's χ² over ten values, 99.99 % quantile of 9 degrees of freedom. */
  @Test
  void integersAreUniform() {
    int[] counts = new int[10];
    for (int i : Rng.of(1).integers(100_000, 10)) {
      counts[i]++;
    }
    double chiSquared = 0;
    for (int c : counts) {
      chiSquared += (c - 10_000.0) * (c - 10_000.0) / 10_000;
    }
    assertEquals(0, chiSquared, 33.72);
    assertArrayEquals(new int[5], Rng.of(1).integers(5, 1));
    assertThrows(IllegalArgumentException.class, () -> Rng.of(1).integers(1, 0));
  }
}

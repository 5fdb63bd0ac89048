package ornstein.diffusion.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class EvenPositionsTest {
  @Property
  void distancesDifferByOneAtMost(
      @ForAll @IntRange(min = 1, max = 1_000_000_000) int size,
      @ForAll @IntRange(min = 1, max = 1000) int wanted) {
    int count = Math.min(size, wanted);
    int[] positions = EvenPositions.of(size, count);
    assertEquals(count, positions.length);
    assertEquals(0, positions[0]);
    for (int i = 0; i < count; i++) {
      int next = i + 1 < count ? positions[i + 1] : size;
      int distance = next - positions[i];
      assertTrue(distance == size / count || distance == Math.ceilDiv(size, count), "at " + i);
    }
  }

  @Test
  void moreThanThereAreAreRefused() {
    assertArrayEquals(new int[0], EvenPositions.of(3, 0));
    assertThrows(IllegalArgumentException.class, () -> EvenPositions.of(3, 4));
    assertThrows(IllegalArgumentException.class, () -> EvenPositions.of(3, -1));
  }

  @Test
  void imagesAreSpreadOverTheWholeSet() throws IOException {
    try (ImageDataset digits = Datasets.digits()) {
      ImageDataset some = digits.spread(3);
      for (int i = 0; i < 3; i++) {
        assertArrayEquals(digits.digest(599 * i), some.digest(i));
      }
      assertEquals(3, some.size());
      assertSame(digits, digits.spread(1797));
      assertThrows(IllegalArgumentException.class, () -> digits.spread(0));
    }
  }
}

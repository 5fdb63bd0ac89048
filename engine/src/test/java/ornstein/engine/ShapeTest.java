package ornstein.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ShapeTest {
  @Test
  void sizeRankAndStrides() {
    Shape s = Shape.of(2, 3, 5);
    assertEquals(30, s.size());
    assertEquals(3, s.rank());
    assertEquals(5, s.dim(-1));
    assertArrayEquals(new int[] {15, 5, 1}, s.strides());
    assertEquals(1, Shape.scalar().size());
    assertEquals(0, Shape.of(4, 0, 3).size());
  }

  @Test
  void equalityIsByExtents() {
    assertEquals(Shape.of(2, 3), Shape.of(2, 3));
    assertEquals(Shape.of(2, 3).hashCode(), Shape.of(2, 3).hashCode());
    assertNotEquals(Shape.of(2, 3), Shape.of(3, 2));
    assertNotEquals(Shape.of(6), Shape.of(6, 1));
    assertEquals(Shape.of(2, 7), Shape.of(2, 3).with(-1, 7));
  }

  @Test
  void broadcastFollowsNumPy() {
    assertEquals(Shape.of(2, 3, 5), Shape.of(2, 1, 5).broadcast(Shape.of(3, 1)));
    assertEquals(Shape.of(4), Shape.scalar().broadcast(Shape.of(4)));
    assertEquals(Shape.of(0), Shape.of(1).broadcast(Shape.of(0)));
    ShapeException e =
        assertThrows(ShapeException.class, () -> Shape.of(2, 3).broadcast(Shape.of(2)));
    assertTrue(e.getMessage().contains("[2, 3] and [2]"), e.getMessage());
  }

  @Test
  void badExtentsAreRefused() {
    assertThrows(ShapeException.class, () -> Shape.of(2, -1));
    assertThrows(ShapeException.class, () -> Shape.of(65_536, 65_536));
    assertThrows(ShapeException.class, () -> Shape.of(2).dim(1));
    assertThrows(ShapeException.class, () -> Shape.of(2).dim(-2));
  }

  @Test
  void extentsCannotBeChangedFromOutside() {
    int[] dims = {2, 3};
    Shape s = Shape.of(dims);
    dims[0] = 9;
    s.dims()[1] = 9;
    assertEquals(Shape.of(2, 3), s);
  }
}

package ornstein.engine.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import ornstein.engine.Shape;

class ProgramCacheTest {
  private static final long MUCH = 1L << 40;

  /** A function whose result takes at least four bytes for each element. */
  private static RecordedFunction function(int elements) {
    return RecordedFunction.of(
        List.of(Shape.of(elements)), inputs -> List.of(inputs.get(0).add(1f)));
  }

  private static RecordedFunction unexpected() {
    throw new AssertionError("one was idle");
  }

  @Test
  void whatIsIdleIsTakenOnce() {
    ProgramCache cache = new ProgramCache(2, MUCH);
    RecordedFunction one = function(1);
    cache.give("a", one);
    assertSame(one, cache.take("a", ProgramCacheTest::unexpected));
    assertNotSame(one, cache.take("a", () -> function(1)));
  }

  @Test
  void theOneGivenBackLongestAgoGoesFirst() {
    ProgramCache cache = new ProgramCache(2, MUCH);
    RecordedFunction second = function(1);
    RecordedFunction third = function(1);
    cache.give("a", function(1));
    cache.give("b", second);
    cache.give("c", third);
    assertEquals(2, cache.size());
    assertSame(second, cache.take("b", ProgramCacheTest::unexpected));
    assertSame(third, cache.take("c", ProgramCacheTest::unexpected));
  }

  @Test
  void memoryIsABoundToo() {
    long each = function(1000).program().ownBytes();
    ProgramCache cache = new ProgramCache(100, 3 * each);
    for (int i = 0; i < 10; i++) {
      cache.give(i, function(1000));
    }
    assertEquals(3, cache.size());
    cache.take(9, ProgramCacheTest::unexpected);
    cache.give(10, function(1000));
    assertEquals(3, cache.size());
    RecordedFunction large = function(100_000);
    cache.give("large", large);
    assertEquals(1, cache.size());
    assertSame(large, cache.take("large", ProgramCacheTest::unexpected));
    assertEquals(0, cache.size());
  }

  @Test
  void aClosedCacheKeepsNothing() {
    ProgramCache cache = new ProgramCache(2, MUCH);
    cache.give("a", function(1));
    cache.close();
    assertEquals(0, cache.size());
    cache.give("b", cache.take("b", () -> function(1)));
    assertEquals(0, cache.size());
  }

  @Test
  void boundsHaveTheirRange() {
    assertThrows(IllegalArgumentException.class, () -> new ProgramCache(0, 1));
    assertThrows(IllegalArgumentException.class, () -> new ProgramCache(1, 0));
  }
}

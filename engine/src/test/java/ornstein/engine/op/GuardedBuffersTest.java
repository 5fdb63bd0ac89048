package ornstein.engine.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import ornstein.engine.kernel.Buffer;
import ornstein.engine.kernel.Kernels;
import ornstein.engine.kernel.KernelsProvider;

/**
 * A planner places buffers side by side in one arena: no verb may write its neighbours, or depend
 * on them. Every operation runs here, forwards and backwards, with each buffer a view between
 * guards that are not numbers.
 */
class GuardedBuffersTest {
  private static final int GUARD = 37;

  private static Kernels plain;

  @BeforeAll
  static void open() {
    plain = KernelsProvider.vector(2);
  }

  @AfterAll
  static void close() {
    plain.close();
  }

  @TestFactory
  List<DynamicTest> verbsKeepWithinTheirBuffers() {
    return OpCases.all().stream()
        .map(c -> DynamicTest.dynamicTest(c.toString(), () -> check(c)))
        .toList();
  }

  private static void check(OpCase c) {
    List<float[]> expected = KernelsProvider.with(plain, c::results);
    List<Buffer> arenas = new ArrayList<>();
    List<float[]> actual = KernelsProvider.with(guarded(arenas), c::results);
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i), actual.get(i), "result " + i);
    }
    for (Buffer arena : arenas) {
      float[] values = new float[arena.size()];
      plain.read(arena, 0, values, 0, values.length);
      for (int i = 0; i < GUARD; i++) {
        assertEquals(Float.NaN, values[i], "before a buffer");
        assertEquals(Float.NaN, values[values.length - 1 - i], "behind a buffer");
      }
    }
  }

  /** The plain kernels, but every buffer lies between guards in an arena of its own. */
  private static Kernels guarded(List<Buffer> arenas) {
    return (Kernels)
        Proxy.newProxyInstance(
            Kernels.class.getClassLoader(),
            new Class<?>[] {Kernels.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("allocate")) {
                int size = (Integer) arguments[0];
                Buffer arena = plain.allocate(size + 2 * GUARD);
                arenas.add(arena);
                plain.fill(Float.NaN, plain.view(arena, 0, GUARD));
                plain.fill(Float.NaN, plain.view(arena, GUARD + size, GUARD));
                return plain.view(arena, GUARD, size);
              }
              try {
                return method.invoke(plain, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}

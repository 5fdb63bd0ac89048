package ornstein.engine.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@link Kernels} promises beyond the operations: buffers, views, and where results lie. */
class KernelsContractTest {
  private static List<Kernels> all;

  @BeforeAll
  static void open() {
    all = List.of(KernelsProvider.scalar(1), KernelsProvider.vector(2));
  }

  @AfterAll
  static void close() {
    all.forEach(Kernels::close);
  }

  static List<Kernels> all() {
    return all;
  }

  @ParameterizedTest
  @MethodSource("all")
  void viewsShareStorageAndKeepWithinBounds(Kernels k) {
    Buffer base = k.allocate(10);
    Buffer view = k.view(base, 3, 4);
    k.fill(2f, view);
    float[] values = new float[10];
    k.read(base, 0, values, 0, 10);
    assertArrayEquals(new float[] {0, 0, 0, 2, 2, 2, 2, 0, 0, 0}, values);
    k.write(new float[] {7, 8}, 0, view, 1, 2);
    k.read(base, 4, values, 0, 2);
    assertEquals(7, values[0]);
    assertThrows(IndexOutOfBoundsException.class, () -> k.view(base, 8, 3));
    assertThrows(IndexOutOfBoundsException.class, () -> k.view(base, -1, 3));
    assertThrows(IndexOutOfBoundsException.class, () -> k.write(values, 0, view, 3, 2));
  }

  /** A planner places buffers side by side in one arena: no verb may touch its neighbours. */
  @ParameterizedTest
  @MethodSource("all")
  void verbsOnViewsLeaveTheNeighboursAlone(Kernels k) {
    Convolution g = new Convolution(1, 3, 3, 2, 5, 3, 3, 1, 1);
    Buffer x = surrounded(k, 18);
    Buffer w = surrounded(k, 90);
    Buffer arena = k.allocate(45 + 40);
    k.fill(-5f, arena);
    Buffer y = k.view(arena, 20, 45);
    k.convolution(g, x, w, null, y);
    assertGuards(k, arena, 20, 45);
    k.fill(-5f, arena);
    k.convolutionWeightGradient(g, x, y, k.allocate(90));
    Buffer gx = k.view(arena, 20, 18);
    k.convolutionInputGradient(g, surrounded(k, 45), w, gx);
    assertGuards(k, arena, 20, 18);
    k.fill(-5f, arena);
    k.matmul(new Matmul(1, 3, 6, 3, false, false), surrounded(k, 9), x, k.view(arena, 20, 18));
    assertGuards(k, arena, 20, 18);
    k.fill(-5f, arena);
    k.randomNormal(1, 2, 0, k.view(arena, 20, 13));
    assertGuards(k, arena, 20, 13);
  }

  private static Buffer surrounded(Kernels k, int size) {
    Buffer arena = k.allocate(size + 14);
    k.fill(Float.NaN, arena);
    Buffer view = k.view(arena, 7, size);
    k.randomUniform(1, 2, 0, view);
    return view;
  }

  private static void assertGuards(Kernels k, Buffer arena, int from, int size) {
    float[] values = new float[arena.size()];
    k.read(arena, 0, values, 0, values.length);
    for (int i = 0; i < values.length; i++) {
      if (i < from || i >= from + size) {
        assertEquals(-5f, values[i], "element " + i);
      } else {
        assertTrue(Float.isFinite(values[i]), "element " + i + " is " + values[i]);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void adamIsTheWrittenFormula(Kernels k) {
    float[] hyper = {0.9f, 0.1f, 0.99f, 0.01f, 1e-8f, 0.02f, 1.5f, 0.95f, 0.25f};
    Buffer h = filled(k, hyper);
    Buffer p = filled(k, 2f);
    Buffer m = filled(k, 0.5f);
    Buffer v = filled(k, 0.25f);
    k.adam(h, filled(k, 0.5f), filled(k, 3f), p, m, v);
    double g = 0.5 * 3 + 0.25 * 2;
    double newM = 0.9 * 0.5 + 0.1 * g;
    double newV = 0.99 * 0.25 + 0.01 * g * g;
    double expected = 0.95 * 2 - 0.02 * newM / (Math.sqrt(newV) * 1.5 + 1e-8);
    assertEquals(newM, first(k, m), 1e-6);
    assertEquals(newV, first(k, v), 1e-6);
    assertEquals(expected, first(k, p), 1e-6);
    k.lerp(filled(k, 0.25f), filled(k, 4f), m);
    assertEquals(newM + 0.25 * (4 - newM), first(k, m), 1e-6);
  }

  private static Buffer filled(Kernels k, float... values) {
    Buffer b = k.allocate(values.length);
    k.write(values, 0, b, 0, values.length);
    return b;
  }

  private static float first(Kernels k, Buffer b) {
    float[] value = new float[1];
    k.read(b, 0, value, 0, 1);
    return value[0];
  }

  @Test
  void theProviderSaysWhatItChoseAndWhy() {
    assertTrue(KernelsProvider.reason().contains("kernels: "), KernelsProvider.reason());
    assertTrue(KernelsProvider.current().name().matches("(scalar|vector-\\d+)x\\d+"));
    Kernels bound = KernelsProvider.with(all.get(0), KernelsProvider::current);
    assertEquals(all.get(0), bound);
  }
}

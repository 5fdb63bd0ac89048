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

  @ParameterizedTest
  @MethodSource("all")
  void adamIsTheWrittenFormula(Kernels k) {
    float[] hyper = {0.9f, 0.1f, 0.99f, 0.01f, 1e-8f, 0.02f, 1.5f, 0.95f, 0.25f};
    Buffer h = filled(k, hyper);
    Buffer p = filled(k, 2f);
    Buffer m = filled(k, 0.5f);
    Buffer v = filled(k, 0.25f);
    Buffer average = filled(k, 1f);
    k.adam(h, filled(k, 0.5f), filled(k, 3f), p, m, v, filled(k, 0.25f), average);
    double g = 0.5 * 3 + 0.25 * 2;
    double newM = 0.9 * 0.5 + 0.1 * g;
    double newV = 0.99 * 0.25 + 0.01 * g * g;
    double expected = 0.95 * 2 - 0.02 * newM / (Math.sqrt(newV) * 1.5 + 1e-8);
    assertEquals(newM, first(k, m), 1e-6);
    assertEquals(newV, first(k, v), 1e-6);
    assertEquals(expected, first(k, p), 1e-6);
    assertEquals(1 + 0.25 * (expected - 1), first(k, average), 1e-6);
    assertThrows(IllegalArgumentException.class, () -> k.adam(h, h, p, p, m, v, null, average));
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

package ornstein.engine.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is computed in the transformed domain, and how far it is from float64. */
class WinogradTest {
  /**
   * The most that a convolution may lose, relative to its largest output. F(4,3) is chosen only
   * because it keeps to this.
   */
  private static final double BOUND = 1e-4;

  private static Kernels kernels;

  @BeforeAll
  static void open() {
    kernels = KernelsProvider.vector(2);
  }

  @AfterAll
  static void close() {
    kernels.close();
  }

  private static Convolution same(int batch, int in, int out, int side) {
    return new Convolution(batch, side, side, in, out, 3, 3, 1, 1);
  }

  @Test
  void theChoiceFollowsFromOneImage() {
    assertEquals(Winograd.F4, Winograd.of(same(1, 64, 64, 28)));
    assertEquals(Winograd.F4, Winograd.of(same(1, 256, 256, 16)));
    assertEquals(Winograd.F2, Winograd.of(same(1, 64, 64, 2)));
    // nine megabytes of transformed weights for four tiles do not pay
    assertEquals(Winograd.F2, Winograd.of(same(1, 256, 256, 8)));
    assertEquals(Winograd.NONE, Winograd.of(same(1, 256, 256, 4)));
    assertEquals(Winograd.NONE, Winograd.of(same(1, 3, 64, 32)));
    assertEquals(Winograd.NONE, Winograd.of(new Convolution(1, 32, 32, 64, 64, 3, 3, 2, 1)));
    assertEquals(Winograd.NONE, Winograd.of(new Convolution(1, 32, 32, 64, 64, 1, 1, 1, 0)));
    for (int side : new int[] {2, 3, 4, 6, 8, 14, 28}) {
      for (int channels : new int[] {8, 64, 256}) {
        Winograd one = Winograd.of(same(1, channels, channels, side));
        assertEquals(one, Winograd.of(same(16, channels, channels, side)), "the batch decides");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "16, 32, 32, 28",
    "4, 64, 64, 28",
    "4, 128, 128, 14",
    "1, 256, 256, 16",
    "1, 512, 256, 16",
    "1, 256, 256, 8",
    "4, 64, 64, 2"
  })
  void errorsAgainstFloat64(int batch, int in, int out, int side) {
    Convolution g = same(batch, in, out, side);
    float[] x = normal(batch * side * side * in, 1, 1);
    float[] w = normal(9 * in * out, 2, 1 / Math.sqrt(9.0 * in));
    float[] gy = normal(batch * side * side * out, 3, 1);
    double forward = error(forward(g, x, w), (i) -> expectedForward(g, x, w, i));
    double input = error(inputGradient(g, gy, w), (i) -> expectedInput(g, gy, w, i));
    double weight = error(weightGradient(g, x, gy), (i) -> expectedWeight(g, x, gy, i));
    assertTrue(forward < BOUND, "forward " + forward);
    assertTrue(input < BOUND, "gradient of the input " + input);
    assertTrue(weight < BOUND, "gradient of the weights " + weight);
  }

  private interface Expected {
    double at(int element);
  }

  /** Largest error of 400 elements over the largest of their magnitudes. */
  private static double error(float[] actual, Expected expected) {
    double largest = 0;
    double error = 0;
    int step = Math.max(1, actual.length / 401);
    for (int i = 0; i < actual.length; i += step) {
      double e = expected.at(i);
      largest = Math.max(largest, Math.abs(e));
      error = Math.max(error, Math.abs(e - actual[i]));
    }
    return error / largest;
  }

  private static float[] normal(int size, long stream, double deviation) {
    float[] state = new float[GeneratorState.SIZE];
    GeneratorState.put(7, stream, state, 0);
    Buffer b = kernels.allocate(size);
    kernels.randomNormal(buffer(state), 0, b);
    float[] values = array(b);
    for (int i = 0; i < size; i++) {
      values[i] *= (float) deviation;
    }
    return values;
  }

  private static Buffer buffer(float[] values) {
    Buffer b = kernels.allocate(values.length);
    kernels.write(values, 0, b, 0, values.length);
    return b;
  }

  private static float[] array(Buffer b) {
    float[] values = new float[b.size()];
    kernels.read(b, 0, values, 0, values.length);
    return values;
  }

  /** Results are written over what is no number: whatever is not written shows. */
  private static Buffer result(int size) {
    float[] values = new float[size];
    Arrays.fill(values, Float.NaN);
    return buffer(values);
  }

  private static float[] forward(Convolution g, float[] x, float[] w) {
    Buffer y = result(g.batch() * g.outHeight() * g.outWidth() * g.outChannels());
    kernels.convolution(g, buffer(x), buffer(w), null, null, y);
    return array(y);
  }

  private static float[] inputGradient(Convolution g, float[] gy, float[] w) {
    Buffer gx = result(g.batch() * g.height() * g.width() * g.inChannels());
    kernels.convolutionInputGradient(g, buffer(gy), buffer(w), gx);
    return array(gx);
  }

  private static float[] weightGradient(Convolution g, float[] x, float[] gy) {
    Buffer gw = result(9 * g.inChannels() * g.outChannels());
    kernels.convolutionWeightGradient(g, buffer(x), buffer(gy), gw);
    return array(gw);
  }

  private static double expectedForward(Convolution g, float[] x, float[] w, int element) {
    int out = g.outChannels();
    int k = element % out;
    int pixel = element / out;
    double sum = 0;
    for (int tap = 0; tap < 9; tap++) {
      int source = neighbour(g, pixel, tap / 3 - 1, tap % 3 - 1);
      for (int c = 0; c < g.inChannels() && source >= 0; c++) {
        sum += (double) x[source * g.inChannels() + c] * w[(tap * g.inChannels() + c) * out + k];
      }
    }
    return sum;
  }

  private static double expectedInput(Convolution g, float[] gy, float[] w, int element) {
    int in = g.inChannels();
    int out = g.outChannels();
    int c = element % in;
    double sum = 0;
    for (int tap = 0; tap < 9; tap++) {
      int target = neighbour(g, element / in, 1 - tap / 3, 1 - tap % 3);
      for (int k = 0; k < out && target >= 0; k++) {
        sum += (double) gy[target * out + k] * w[(tap * in + c) * out + k];
      }
    }
    return sum;
  }

  private static double expectedWeight(Convolution g, float[] x, float[] gy, int element) {
    int in = g.inChannels();
    int out = g.outChannels();
    int k = element % out;
    int c = element / out % in;
    int tap = element / out / in;
    double sum = 0;
    for (int pixel = 0; pixel < g.batch() * g.height() * g.width(); pixel++) {
      int source = neighbour(g, pixel, tap / 3 - 1, tap % 3 - 1);
      if (source >= 0) {
        sum += (double) x[source * in + c] * gy[pixel * out + k];
      }
    }
    return sum;
  }

  /** The pixel so far away in the same image, or −1. */
  private static int neighbour(Convolution g, int pixel, int down, int right) {
    int h = pixel / g.width() % g.height() + down;
    int w = pixel % g.width() + right;
    boolean inside = h >= 0 && h < g.height() && w >= 0 && w < g.width();
    return inside ? pixel + down * g.width() + right : -1;
  }
}

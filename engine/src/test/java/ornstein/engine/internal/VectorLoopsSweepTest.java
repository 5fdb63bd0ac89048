package ornstein.engine.internal;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import ornstein.engine.internal.scalar.ScalarLoops;
import ornstein.engine.internal.vector.VectorLoops;
import ornstein.engine.internal.vector.VectorWidth;
import ornstein.engine.kernel.Unary;

/**
 * Every function of one argument over a dense sweep of all floats: scalar and vector bits agree.
 */
class VectorLoopsSweepTest {
  private static final int BLOCK = 4096;

  /** A width that the processor lacks is emulated, thousands of times slower. */
  private static final long STRIDE =
      VectorWidth.SPECIES.length() <= FloatVector.SPECIES_PREFERRED.length() ? 991 : 499_979;

  @ParameterizedTest
  @EnumSource
  void valuesAndGradientsAgree(Unary f) {
    Loops scalar = new ScalarLoops();
    Loops vector = new VectorLoops();
    float[] x = new float[BLOCK];
    float[] ones = new float[BLOCK];
    float[] expected = new float[BLOCK];
    float[] actual = new float[BLOCK];
    Arrays.fill(ones, 1f);
    for (long bits = 0; bits < 1L << 32; bits += BLOCK * STRIDE) {
      for (int i = 0; i < BLOCK; i++) {
        x[i] = Float.intBitsToFloat((int) (bits + i * STRIDE));
      }
      scalar.unary(f, x, 0, expected, 0, BLOCK);
      vector.unary(f, x, 0, actual, 0, BLOCK);
      assertSame(f + "", x, expected, actual);
      scalar.unaryGradient(f, x, 0, ones, 0, expected, 0, BLOCK);
      vector.unaryGradient(f, x, 0, ones, 0, actual, 0, BLOCK);
      assertSame(f + " gradient", x, expected, actual);
    }
  }

  private static void assertSame(String name, float[] x, float[] expected, float[] actual) {
    for (int i = 0; i < x.length; i++) {
      if (Float.floatToIntBits(expected[i]) != Float.floatToIntBits(actual[i])) {
        fail(name + " of " + x[i] + ": " + actual[i] + " instead of " + expected[i]);
      }
    }
  }
}

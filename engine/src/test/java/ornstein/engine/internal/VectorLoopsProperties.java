package ornstein.engine.internal;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import ornstein.engine.internal.scalar.ScalarLoops;
import ornstein.engine.internal.vector.VectorLoops;

/** Scalar and vector loops: equal bits, and nothing written beyond the range. */
class VectorLoopsProperties {
  private static final List<LoopCall> CALLS = LoopCall.all();
  private static final Loops SCALAR = new ScalarLoops();
  private static final Loops VECTOR = new VectorLoops();

  private static boolean same(float a, float b) {
    return Float.floatToIntBits(a) == Float.floatToIntBits(b);
  }

  private static void check(LoopCall call, LoopOperands operands) {
    LoopOperands scalar = operands.copy();
    LoopOperands vector = operands.copy();
    float expected = call.run(SCALAR, scalar);
    float actual = call.run(VECTOR, vector);
    if (!same(expected, actual)) {
      fail(call + " of " + operands.n + ": " + actual + " instead of " + expected);
    }
    for (int k = 0; k < operands.array.length; k++) {
      float[] before = operands.array[k];
      float[] after = vector.array[k];
      for (int i = 0; i < after.length; i++) {
        String element = call + " of " + operands.n + ", array " + k + ", element " + i + ": ";
        if (!same(scalar.array[k][i], after[i])) {
          fail(element + after[i] + " instead of " + scalar.array[k][i]);
        }
        boolean mayWrite = call.outputs().contains(k) && operands.within(k, call.allRows(), i);
        if (!mayWrite && !same(before[i], after[i])) {
          fail(element + "not to be written, " + before[i] + " became " + after[i]);
        }
      }
    }
  }

  @Example
  void equalBitsAtSizesAroundTheVectorWidths() {
    SplittableRandom random = new SplittableRandom(1);
    int written = 0;
    for (LoopCall call : CALLS) {
      for (int n : new int[] {0, 1, 2, 3, 7, 8, 15, 16, 17, 31, 32, 33, 64, 65, 100, 257}) {
        check(call, LoopOperands.draw(n, 0, random));
        check(call, LoopOperands.draw(n, 0.5, random));
      }
      written += call.outputs().size();
    }
    assertTrue(written >= 60, "loops that write were left out");
  }

  @Property(tries = 100)
  void equalBitsAtAnySizeOnAnyValues(
      @ForAll @IntRange(max = 300) int n,
      @ForAll @DoubleRange(max = 1) double specialShare,
      @ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (LoopCall call : CALLS) {
      check(call, LoopOperands.draw(n, specialShare, random));
    }
  }
}

package ornstein.engine.op;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.engine.kernel.Binary;
import ornstein.engine.kernel.Kernels;
import ornstein.engine.kernel.KernelsProvider;
import ornstein.engine.kernel.Unary;

/**
 * Every operation, forwards and backwards: the vector kernels give the bits of the scalar oracle.
 */
class BackEndEqualityTest {
  private static Kernels scalar;
  private static List<Kernels> others;

  @BeforeAll
  static void open() {
    scalar = KernelsProvider.scalar(1);
    others =
        List.of(KernelsProvider.scalar(3), KernelsProvider.vector(1), KernelsProvider.vector(3));
  }

  @AfterAll
  static void close() {
    scalar.close();
    others.forEach(Kernels::close);
  }

  @TestFactory
  List<DynamicTest> vectorEqualsScalar() {
    return OpCases.all().stream()
        .map(c -> DynamicTest.dynamicTest(c.toString(), () -> compare(c)))
        .toList();
  }

  /** Sizes that are shared among threads and cross the blocks of every kernel. */
  @Test
  void largeConvolutionAndItsGradients() {
    Shape x = Shape.of(3, 19, 18, 21);
    Shape w = Shape.of(3, 3, 21, 37);
    compare(OpCase.of("", new Conv2dOp(1, 1), OpCase.Domain.REAL, x, w, Shape.of(37)));
    compare(OpCase.of("", new Conv2dOp(2, 1), OpCase.Domain.REAL, x, w));
  }

  @Test
  void largeProductsNormsAndReductions() {
    Shape a = Shape.of(131, 517);
    Shape b = Shape.of(203, 517);
    compare(OpCase.of("", new MatmulOp(false, true), OpCase.Domain.REAL, a, b));
    Shape x = Shape.of(2, 577, 48);
    Shape c = Shape.of(48);
    Shape modulation = Shape.of(2, 96);
    compare(
        OpCase.of(
            "", new GroupNormOp(16, 1e-5f, Unary.SILU), OpCase.Domain.REAL, x, c, c, modulation));
    for (int axis = 0; axis < 3; axis++) {
      Op sum = new SumOp(new int[] {axis}, false);
      compare(OpCase.of("", sum, OpCase.Domain.REAL, x));
    }
  }

  /** More than one part for each of three threads; no multiple of a vector or of the threads. */
  @Test
  void sharedPointwiseOperations() {
    Shape x = Shape.of(5, 101, 131);
    OpCase.Domain real = OpCase.Domain.REAL;
    compare(OpCase.of("", new UnaryOp(Unary.SILU), real, x));
    compare(OpCase.of("", new AffineOp(1.5f, -0.5f), real, x));
    compare(OpCase.of("", new ClampOp(-1f, 1f), real, x));
    for (Shape other : List.of(x, Shape.of(131), Shape.of(5, 1, 131), Shape.scalar())) {
      compare(OpCase.of("", new BinaryOp(Binary.MULTIPLY), real, x, other));
    }
  }

  @Test
  void sharedReductionsAndMovements() {
    OpCase.Domain real = OpCase.Domain.REAL;
    Shape x = Shape.of(67, 257, 7);
    compare(OpCase.of("", new SoftmaxOp(), real, Shape.of(301, 203)));
    compare(OpCase.of("", new MaxOp(new int[] {1}, false), real, x));
    compare(OpCase.of("", new MaxOp(new int[] {2}, false), real, x));
    compare(OpCase.of("", new PermuteOp(new int[] {2, 0, 1}), real, x));
    Shape image = Shape.of(3, 34, 38, 35);
    compare(OpCase.of("", new PoolOp(2), real, image));
    compare(OpCase.of("", new UpsampleOp(2), real, image));
  }

  /** More queries than a tile of the attention kernel. */
  @Test
  void attentionInSeveralTiles() {
    AttentionOp op = new AttentionOp(4, AttentionOp.Packing.HEAD_MAJOR);
    compare(OpCase.of("", op, OpCase.Domain.REAL, Shape.of(2, 150, 3 * 40)));
    AttentionOp separate = new AttentionOp(2, AttentionOp.Packing.SEPARATE);
    Shape q = Shape.of(1, 129, 10);
    Shape k = Shape.of(1, 70, 10);
    compare(OpCase.of("", separate, OpCase.Domain.REAL, q, k, k));
  }

  /** Keys that weigh nothing may fill a block, before or after those that count. */
  @Test
  void infiniteLogits() {
    int keys = 130;
    for (int counts : new int[] {0, 63, 64, 129}) {
      Tensor q = Tensor.full(Shape.of(1, 1, 1), 1e20f);
      float[] k = new float[keys];
      Arrays.fill(k, -1e20f);
      k[counts] = 0f;
      float[] v = new float[keys];
      v[counts] = 3f;
      Shape shape = Shape.of(1, keys, 1);
      List<Tensor> inputs = List.of(q, Tensor.of(shape, k), Tensor.of(shape, v));
      OpCase c = new OpCase("", new AttentionOp(1, AttentionOp.Packing.SEPARATE), inputs, 3);
      assertEquals(3f, KernelsProvider.with(scalar, c::results).get(0)[0]);
      compare(c);
    }
  }

  private static void compare(OpCase c) {
    List<float[]> expected = KernelsProvider.with(scalar, c::results);
    for (Kernels k : others) {
      List<float[]> actual = KernelsProvider.with(k, c::results);
      assertEquals(expected.size(), actual.size());
      for (int i = 0; i < expected.size(); i++) {
        assertSameBits(expected.get(i), actual.get(i), k.name() + ", result " + i);
      }
    }
  }

  private static void assertSameBits(float[] expected, float[] actual, String what) {
    assertEquals(expected.length, actual.length, what);
    for (int i = 0; i < expected.length; i++) {
      int at = i;
      assertEquals(
          Float.floatToIntBits(expected[i]),
          Float.floatToIntBits(actual[i]),
          () -> what + ", element " + at + ": " + expected[at] + " and " + actual[at]);
    }
  }
}

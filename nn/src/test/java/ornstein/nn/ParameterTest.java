package ornstein.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import ornstein.engine.Shape;
import ornstein.engine.ShapeException;
import ornstein.engine.Tensor;

class ParameterTest {
  private static float[] range(int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = i;
    }
    return values;
  }

  private static Parameter of(Parameter.Layout layout, int... dims) {
    Shape shape = Shape.of(dims);
    return new Parameter(Tensor.of(shape, range(shape.size())), layout);
  }

  @Test
  void convolutionsAreOutputChannelFirstInCheckpoints() {
    Parameter p = of(Parameter.Layout.CONVOLUTION, 1, 2, 2, 3);
    assertEquals(Shape.of(3, 2, 1, 2), p.checkpointShape());
    // element (kw, c, k) is stored at 6 kw + 3 c + k
    float[] saved = {0, 6, 3, 9, 1, 7, 4, 10, 2, 8, 5, 11};
    assertArrayEquals(saved, p.toCheckpoint(range(12)));
    assertArrayEquals(range(12), p.fromCheckpoint(saved));
  }

  @Test
  void pixelwiseLayoutsDifferInRankOnly() {
    float[] transposed = {0, 3, 1, 4, 2, 5};
    Parameter conv = of(Parameter.Layout.CONVOLUTION_1D, 1, 1, 2, 3);
    assertEquals(Shape.of(3, 2, 1), conv.checkpointShape());
    assertArrayEquals(transposed, conv.toCheckpoint(range(6)));
    Parameter linear = of(Parameter.Layout.PIXELWISE_LINEAR, 1, 1, 2, 3);
    assertEquals(Shape.of(3, 2), linear.checkpointShape());
    assertArrayEquals(transposed, linear.toCheckpoint(range(6)));
  }

  @Test
  void otherArraysAreCopiedAsTheyAre() {
    Parameter p = of(Parameter.Layout.AS_STORED, 3, 2);
    float[] values = range(6);
    assertEquals(Shape.of(3, 2), p.checkpointShape());
    assertArrayEquals(values, p.toCheckpoint(values));
    assertNotSame(values, p.toCheckpoint(values));
  }

  @Property(tries = 60)
  void checkpointLayoutIsInvertible(
      @ForAll @IntRange(min = 1, max = 4) int kh,
      @ForAll @IntRange(min = 1, max = 4) int kw,
      @ForAll @IntRange(min = 1, max = 5) int in,
      @ForAll @IntRange(min = 1, max = 5) int out) {
    Parameter p = of(Parameter.Layout.CONVOLUTION, kh, kw, in, out);
    float[] stored = p.value().toArray();
    float[] saved = p.toCheckpoint(stored);
    assertArrayEquals(stored, p.fromCheckpoint(saved));
    int[] at = p.checkpointShape().strides();
    int[] from = p.shape().strides();
    int last = (out - 1) * at[0] + (kw - 1) * at[3];
    assertEquals(stored[(out - 1) * from[3] + (kw - 1) * from[1]], saved[last]);
  }

  @Test
  void isALeafThatIsUpdatedInPlace() {
    Parameter p = of(Parameter.Layout.AS_STORED, 2);
    Tensor before = p.value();
    Parameter copy = p.copy();
    p.set(new float[] {5, 7});
    assertTrue(p.value().needsGradient());
    assertEquals(before, p.value());
    assertArrayEquals(new float[] {5, 7}, before.toArray());
    assertArrayEquals(new float[] {0, 1}, copy.value().toArray());
    assertArrayEquals(new float[] {0, 0}, p.zerosLike().value().toArray());
  }

  @Test
  void sizesAndLayoutsAreChecked() {
    Parameter p = of(Parameter.Layout.AS_STORED, 2);
    assertThrows(ShapeException.class, () -> p.set(new float[3]));
    assertThrows(ShapeException.class, () -> p.toCheckpoint(new float[1]));
    assertThrows(ShapeException.class, () -> of(Parameter.Layout.CONVOLUTION, 2, 3));
    assertThrows(ShapeException.class, () -> of(Parameter.Layout.CONVOLUTION_1D, 3, 1, 2, 2));
  }
}

package ornstein.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class TensorTest {
  private final Tensor a = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);

  @Test
  void arithmeticBroadcasts() {
    Tensor row = Tensor.of(new float[] {10, 20, 30});
    assertArrayEquals(new float[] {11, 22, 33, 14, 25, 36}, a.add(row).toArray());
    assertArrayEquals(new float[] {-9, -18, -27, -6, -15, -24}, a.sub(row).toArray());
    Tensor column = Tensor.of(new float[] {2, 4}, 2, 1);
    assertArrayEquals(new float[] {2, 4, 6, 16, 20, 24}, a.mul(column).toArray());
    assertArrayEquals(new float[] {0.5f, 1, 1.5f, 1, 1.25f, 1.5f}, a.div(column).toArray());
    assertArrayEquals(new float[] {3, 5, 7, 9, 11, 13}, a.affine(2, 1).toArray());
  }

  @Test
  void reductions() {
    assertEquals(21, a.sum().item());
    assertArrayEquals(new float[] {5, 7, 9}, a.sum(0).toArray());
    assertArrayEquals(new float[] {2, 5}, a.mean(1).toArray());
    assertEquals(Shape.of(2, 1), a.sum(true, 1).shape());
    assertArrayEquals(new float[] {3, 6}, a.max(-1).toArray());
    assertThrows(ShapeException.class, () -> Tensor.zeros(0).max());
    assertEquals(0, Tensor.zeros(0).sum().item());
  }

  @Test
  void movement() {
    assertArrayEquals(new float[] {1, 4, 2, 5, 3, 6}, a.permute(1, 0).toArray());
    assertArrayEquals(new float[] {2, 3, 5, 6}, a.slice(1, 1, 3).toArray());
    assertEquals(Shape.of(3, 2), a.reshape(-1, 2).shape());
    assertSame(a, a.reshape(2, 3));
    assertEquals(Shape.of(4, 3), Tensor.concat(0, List.of(a, a)).shape());
    assertArrayEquals(
        new float[] {7, 7, 8, 8},
        Tensor.of(new float[] {7, 8}, 2, 1).expand(Shape.of(2, 2)).toArray());
  }

  @Test
  void errorsNameTheShapes() {
    List<Runnable> mistakes =
        List.of(
            () -> a.reshape(4, 2),
            () -> a.reshape(-1, 4),
            () -> a.reshape(-1, 0),
            () -> a.permute(0, 0),
            () -> a.slice(1, 2, 4),
            () -> a.matmul(a),
            () -> a.item(),
            () -> a.expand(Shape.of(3, 3)),
            () -> Tensor.concat(0, List.of(a, Tensor.zeros(1, 2))),
            () -> Functional.groupNorm(a, 2, a, a, null, 1e-5f, null),
            () -> Functional.conv2d(a, a, null, 1, 0),
            () ->
                Functional.packedAttention(a, 1, ornstein.engine.op.AttentionOp.Packing.QKV_MAJOR),
            () -> Functional.averagePool(Tensor.zeros(1, 3, 3, 1), 2),
            () -> Functional.timestepEmbedding(a, 8));
    for (Runnable mistake : mistakes) {
      ShapeException e = assertThrows(ShapeException.class, mistake::run);
      assertTrue(e.getMessage().matches("(?s).*\\[[0-9, ]+].*"), e.getMessage());
    }
    assertThrows(ShapeException.class, () -> Tensor.of(new float[3], 2, 2));
    Tensor wide = Tensor.zeros(1, 2, 2, 0);
    assertThrows(ShapeException.class, () -> Functional.upsampleNearest(wide, 1 << 30));
    assertThrows(IllegalArgumentException.class, () -> a.clamp(1, 0));
    assertThrows(IllegalArgumentException.class, () -> Functional.dropout(a, 1f, Rng.of(0)));
    assertThrows(
        IndexOutOfBoundsException.class, () -> Functional.embedding(a, Tensor.of(new float[] {2})));
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> Functional.embedding(a, Tensor.of(new float[] {0.5f})));
    assertThrows(
        IllegalArgumentException.class,
        () -> Functional.conv2d(Tensor.zeros(1, 2, 2, 1), Tensor.zeros(3, 3, 1, 1), null, 1, 0));
  }

  @Test
  void dropoutKeepsTheMeanAndScalesWhatItKeeps() {
    Tensor x = Tensor.full(Shape.of(40_000), 1f);
    float[] y = Functional.dropout(x, 0.25f, Rng.of(3)).toArray();
    int kept = 0;
    for (float v : y) {
      assertTrue(v == 0f || v == 1f / 0.75f, "value " + v);
      kept += v == 0f ? 0 : 1;
    }
    // five standard deviations of a binomial count
    assertEquals(30_000, kept, 5 * Math.sqrt(40_000 * 0.75 * 0.25));
    assertSame(x, Functional.dropout(x, 0f, Rng.of(3)));
  }

  @Test
  void timestepEmbeddingIsCosinesThenSines() {
    float[] e = Functional.timestepEmbedding(Tensor.of(new float[] {3}), 5).toArray();
    assertEquals(Math.cos(3), e[0], 1e-6);
    assertEquals(Math.cos(0.03), e[1], 1e-6);
    assertEquals(Math.sin(3), e[2], 1e-6);
    assertEquals(Math.sin(0.03), e[3], 1e-6);
    assertEquals(0, e[4]);
  }

  @Test
  void logSoftmaxDoesNotOverflow() {
    Tensor x = Tensor.of(new float[] {1000, 999, -1000, 0, 0, 0}, 2, 3);
    float[] y = Functional.logSoftmax(x).toArray();
    double log = Math.log(1 + Math.exp(-1));
    assertArrayEquals(
        new float[] {
          (float) -log,
          (float) (-1 - log),
          (float) (-2000 - log),
          (float) -Math.log(3),
          (float) -Math.log(3),
          (float) -Math.log(3)
        },
        y,
        1e-5f);
  }

  /** The gradient of the cross-entropy is softmax − one-hot. */
  @Test
  void crossEntropyHasItsGradient() {
    Tensor x = Tensor.of(new float[] {0.3f, -0.2f, 0.9f, 2, -1, 0.5f}, 2, 3).requiresGrad();
    Tensor labels = Tensor.of(new float[] {2, 0});
    Tensor loss = Functional.crossEntropy(x, labels);
    float[] p = Functional.softmax(x.detach()).toArray();
    assertArrayEquals(
        new float[] {(float) -Math.log(p[2]), (float) -Math.log(p[3])}, loss.toArray(), 1e-6f);
    float[] expected = p.clone();
    expected[2] -= 1;
    expected[3] -= 1;
    assertArrayEquals(expected, loss.sum().backward().get(x).toArray(), 1e-6f);
    assertThrows(ShapeException.class, () -> Functional.crossEntropy(x, Tensor.zeros(3)));
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> Functional.crossEntropy(x, Tensor.of(new float[] {0, 3})));
  }

  /** Numbers of PyTorch's interpolate. */
  @Test
  void bilinearResizingIsPyTorchs() {
    Tensor x = Tensor.of(new float[] {0, 1, 4, 9, 16, 25}, 1, 2, 3, 1);
    float[] larger = {
      0, 0.625f, 2.125f, 4, 0.9f, 1.9f, 3.85f, 6.1f, 4.5f, 7, 10.75f, 14.5f, 8.1f, 12.1f, 17.65f,
      22.9f, 9, 13.375f, 19.375f, 25
    };
    assertArrayEquals(larger, Functional.resizeBilinear(x, 5, 4).toArray(), 1e-5f);
    float[] smaller = {5.5f, 13};
    assertArrayEquals(smaller, Functional.resizeBilinear(x, 1, 2).toArray(), 1e-5f);
    Tensor many = Rng.of(1).normal(Shape.of(2, 3, 4, 3));
    assertArrayEquals(many.toArray(), Functional.resizeBilinear(many, 3, 4).toArray(), 1e-6f);
    assertThrows(ShapeException.class, () -> Functional.resizeBilinear(x, 0, 2));
  }
}

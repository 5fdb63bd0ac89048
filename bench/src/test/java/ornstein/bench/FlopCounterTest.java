package ornstein.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import ornstein.engine.Functional;
import ornstein.engine.Rng;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.engine.op.AttentionOp;

class FlopCounterTest {
  @Test
  void countsAProduct() {
    Tensor a = Rng.of(1).normal(Shape.of(3, 5));
    Tensor b = Rng.of(2).normal(Shape.of(5, 7));
    assertEquals(2 * 3 * 5 * 7, FlopCounter.count(() -> a.matmul(b)));
  }

  @Test
  void countsAttentionByItsProducts() {
    Tensor qkv = Rng.of(1).normal(Shape.of(2, 9, 3 * 8));
    long forward =
        FlopCounter.count(() -> Functional.packedAttention(qkv, 2, AttentionOp.Packing.QKV_MAJOR));
    assertEquals(2 * (2L * 2 * 9 * 9 * 8), forward);
  }

  @Test
  void workGrowsWithTheBatch() {
    SmallNetwork network = SmallNetwork.ofSide(28);
    assertEquals(3 * network.forwardFlops(1), network.forwardFlops(3));
  }

  /** Each forward product has two backwards; only the first convolution's input needs none. */
  @Test
  void aTrainingStepIsAboutThreeTimesAForwardPass() {
    SmallNetwork network = SmallNetwork.ofSide(28);
    double ratio = (double) network.stepFlops(2) / network.forwardFlops(2);
    assertTrue(ratio > 2.9 && ratio < 3.1, "ratio " + ratio);
  }

  @Test
  void nothingCountedIsAnError() {
    Tensor x = Rng.of(1).normal(Shape.of(8));
    assertThrows(IllegalStateException.class, () -> FlopCounter.count(() -> x.add(x)));
  }

  /** What a kernel throws arrives as it is, not wrapped by reflection. */
  @Test
  void failuresPass() {
    Tensor table = Rng.of(1).normal(Shape.of(2, 3));
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> FlopCounter.count(() -> Functional.embedding(table, Tensor.of(new float[] {5}))));
  }
}

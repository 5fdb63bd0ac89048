package ornstein.engine.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import ornstein.engine.Rng;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;

class RecomputedTest {
  private final Tensor x = Rng.of(1).normal(Shape.of(3, 4)).requiresGrad();
  private final Tensor y = Rng.of(2).normal(Shape.of(4, 2)).requiresGrad();
  private final Tensor weight = Rng.of(3).normal(Shape.of(3, 2)).requiresGrad();
  private int runs;

  /** A function of two inputs and of a leaf that it closes over. */
  private Tensor block(List<Tensor> inputs) {
    runs++;
    return inputs.get(0).matmul(inputs.get(1)).mul(weight).exp();
  }

  private Gradients gradients(Function<List<Tensor>, Tensor> apply) {
    // The input is used beside the block too, and the block twice.
    Tensor scaled = x.mul(0.5f);
    Tensor first = apply.apply(List.of(scaled, y));
    Tensor second = apply.apply(List.of(scaled.add(x), y));
    return first.mul(second).sum().add(scaled.sum()).backward();
  }

  @Test
  void itGivesTheGradientsOfTheCodeItself() {
    Gradients plain = gradients(this::block);
    assertEquals(2, runs);
    Gradients again = gradients(in -> Autograd.recomputed(this::block, in.get(0), in.get(1)));
    assertEquals(2 + 4, runs, "each block runs once forward and once backward");
    for (Tensor leaf : List.of(x, y, weight)) {
      assertArrayEquals(plain.get(leaf).toArray(), again.get(leaf).toArray(), 2e-5f);
    }
  }

  @Test
  void inputsWithoutGradientsHaveNone() {
    Tensor data = Tensor.of(new float[] {1, 2, 3, 4}, 1, 4);
    Gradients g = Autograd.recomputed(in -> in.get(0).matmul(in.get(1)), data, y).sum().backward();
    assertNull(g.find(data));
    assertArrayEquals(new float[] {1, 1, 2, 2, 3, 3, 4, 4}, g.get(y).toArray());
  }

  @Test
  void nothingIsRecordedWhereNothingIsDifferentiated() {
    assertNull(Autograd.noGrad(() -> Autograd.recomputed(in -> in.get(0).exp(), x)).node());
  }
}

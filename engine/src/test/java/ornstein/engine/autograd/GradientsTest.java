package ornstein.engine.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import ornstein.engine.ShapeException;
import ornstein.engine.Tensor;

class GradientsTest {
  private final Tensor x = Tensor.of(new float[] {2, -3}).requiresGrad();

  @Test
  void aTensorUsedSeveralTimesCollectsAllItsGradients() {
    // f = Σ x³ + x², through two uses of x·x
    Tensor square = x.mul(x);
    Gradients g = square.mul(x).add(square).sum().backward();
    assertArrayEquals(new float[] {16, 21}, g.get(x).toArray());
  }

  @Test
  void sharedGradientBuffersAreNotOverwritten() {
    // both inputs of the sum get the same buffer; adding to one must not change the other
    Tensor y = Tensor.of(new float[] {1, 1}).requiresGrad();
    Gradients g = x.add(y).add(x).add(x).sum().backward();
    assertArrayEquals(new float[] {3, 3}, g.get(x).toArray());
    assertArrayEquals(new float[] {1, 1}, g.get(y).toArray());
  }

  /** A summed gradient that an operation hands on to two inputs must not be added into again. */
  @Test
  void summedGradientsThatAreSharedAreNotOverwritten() {
    Tensor y = Tensor.of(new float[] {1, 1}).requiresGrad();
    Tensor z = x.add(y);
    Tensor twice = z.mul(2f).add(z.mul(3f));
    Gradients g = twice.add(x.mul(5f)).sum().backward();
    assertArrayEquals(new float[] {10, 10}, g.get(x).toArray());
    assertArrayEquals(new float[] {5, 5}, g.get(y).toArray());
    Gradients swapped = x.mul(5f).add(twice).sum().backward();
    assertArrayEquals(new float[] {10, 10}, swapped.get(x).toArray());
    assertArrayEquals(new float[] {5, 5}, swapped.get(y).toArray());
  }

  @Test
  void deepChainsDoNotOverflowTheStack() {
    Tensor y = x;
    for (int i = 0; i < 20_000; i++) {
      y = y.add(1f);
    }
    assertArrayEquals(new float[] {1, 1}, y.sum().backward().get(x).toArray());
  }

  @Test
  void vectorJacobianProduct() {
    Tensor cotangent = Tensor.of(new float[] {10, 100});
    assertArrayEquals(new float[] {40, -600}, x.square().backward(cotangent).get(x).toArray());
    assertThrows(ShapeException.class, () -> x.square().backward(Tensor.zeros(3)));
    assertThrows(ShapeException.class, () -> x.square().backward());
  }

  @Test
  void nothingIsRecordedWithoutNeed() {
    assertNull(Tensor.zeros(2).add(1f).node());
    Tensor y = Autograd.noGrad(() -> x.add(1f));
    assertFalse(y.needsGradient());
    assertTrue(Autograd.recording());
    assertFalse(x.add(1f).detach().needsGradient());
  }

  @Test
  void gradientsOfStrangersAreRefused() {
    Tensor stranger = Tensor.zeros(2).requiresGrad();
    Gradients g = x.sum().backward();
    assertNull(g.find(stranger));
    assertThrows(IllegalArgumentException.class, () -> g.get(stranger));
    assertThrows(IllegalArgumentException.class, () -> g.get(x.add(1f)));
  }

  @Test
  void differentiatingTwiceGivesTheSame() {
    Tensor loss = x.square().sum();
    assertArrayEquals(loss.backward().get(x).toArray(), loss.backward().get(x).toArray());
    assertEquals(13, loss.item());
  }
}

package ornstein.engine.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import ornstein.engine.Rng;
import ornstein.engine.Tensor;
import ornstein.engine.autograd.Autograd;
import ornstein.engine.autograd.Gradients;
import ornstein.engine.kernel.Winograd;

/** Walks every operation: its gradient against central differences of its forward pass. */
class GradientCheckTest {
  /** A power of two, so that x ± step is exact for the magnitudes that occur. */
  private static final float STEP = 1f / 64;

  /**
   * Truncation error of the fourth-order difference, of the order STEP⁴, and the gradient's own.
   */
  private static final double TRUNCATION = 1e-4;

  /** Rounding of an output, in units of half an ulp; a normalised element is rounded many times. */
  private static final double ROUNDINGS = 8;

  /** In Winograd's F(4,3) sums cancel that are up to twenty times as large as the result. */
  private static final double F4_ROUNDINGS = 20 * ROUNDINGS;

  /** Elements checked per input; larger inputs are sampled evenly. */
  private static final int ELEMENTS = 40;

  @TestFactory
  List<DynamicTest> gradientEqualsCentralDifference() {
    return OpCases.all().stream()
        .map(c -> DynamicTest.dynamicTest(c.toString(), () -> check(c)))
        .toList();
  }

  @Test
  void everyOperationHasACase() {
    Set<Class<?>> covered = new HashSet<>();
    OpCases.all().forEach(c -> covered.add(c.op().getClass()));
    assertEquals(Set.of(Op.class.getPermittedSubclasses()), covered);
  }

  private static void check(OpCase c) {
    List<Tensor> inputs = new ArrayList<>(c.inputs());
    for (int i = 0; i < c.differentiable(); i++) {
      inputs.set(i, inputs.get(i).requiresGrad());
    }
    Tensor y = Autograd.apply(c.op(), inputs.toArray(Tensor[]::new));
    Tensor weights = Rng.of(11).normal(y.shape());
    double rounding = roundings(c) * 0x1p-24 * norm(y.mul(weights).toArray()) / STEP;
    Gradients gradients = y.backward(weights);
    for (int i = 0; i < c.differentiable(); i++) {
      Tensor found = gradients.find(inputs.get(i));
      assertTrue(found != null, "input " + i + " got no gradient");
      float[] g = found.toArray();
      for (int e = 0; e < g.length; e += Math.max(1, g.length / ELEMENTS)) {
        double expected = difference(c, i, e, weights.toArray());
        double bound = TRUNCATION * Math.max(1, Math.abs(expected)) + rounding;
        assertEquals(expected, g[e], bound, "input " + i + ", element " + e);
      }
    }
  }

  private static double roundings(OpCase c) {
    boolean transformed =
        c.op() instanceof Conv2dOp convolution
            && Winograd.of(
                    convolution.geometry(c.inputs().get(0).shape(), c.inputs().get(1).shape()))
                == Winograd.F4;
    return transformed ? F4_ROUNDINGS : ROUNDINGS;
  }

  private static double norm(float[] values) {
    double sum = 0;
    for (float v : values) {
      sum += (double) v * v;
    }
    return Math.sqrt(sum);
  }

  private static double difference(OpCase c, int input, int element, float[] weights) {
    return (8 * (loss(c, input, element, STEP, weights) - loss(c, input, element, -STEP, weights))
            - (loss(c, input, element, 2 * STEP, weights)
                - loss(c, input, element, -2 * STEP, weights)))
        / (12 * STEP);
  }

  private static double loss(OpCase c, int input, int element, float step, float[] weights) {
    Tensor[] inputs = c.inputs().toArray(Tensor[]::new);
    float[] moved = inputs[input].toArray();
    moved[element] += step;
    inputs[input] = Tensor.of(inputs[input].shape(), moved);
    float[] y = Autograd.apply(c.op(), inputs).toArray();
    double sum = 0;
    for (int i = 0; i < y.length; i++) {
      sum += (double) y[i] * weights[i];
    }
    return sum;
  }
}

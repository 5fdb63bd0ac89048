package ornstein.nn.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.Objects;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import ornstein.engine.Tensor;
import ornstein.engine.autograd.Gradients;
import ornstein.nn.Parameter;
import ornstein.nn.StateDict;

/** Loss Σ w·p³/3, hence gradient w·p², at learning rate 0.05. */
class AdamTest {
  private static final float[] WEIGHTS = {0.3f, -0.7f, 1.1f, 0.01f};
  private static final double RATE = 0.05;

  private final Parameter parameter = new Parameter(Tensor.of(new float[] {1f, -2f, 0.5f, 3f}));

  private SequencedMap<String, Parameter> named() {
    SequencedMap<String, Parameter> map = new LinkedHashMap<>();
    map.put("p", parameter);
    return map;
  }

  private Gradients gradients() {
    Tensor p = parameter.value();
    return p.square().mul(p).mul(Tensor.of(WEIGHTS)).sum().mul(1f / 3f).backward();
  }

  private void run(Optimizer optimizer, int steps) {
    for (int i = 0; i < steps; i++) {
      optimizer.step(gradients(), RATE);
    }
  }

  /** Three plain steps, then two with the gradient's norm clipped to 2. */
  private void runWithClipping(Optimizer optimizer, double... norms) {
    run(optimizer, 3);
    ClipGradNorm clip = new ClipGradNorm(2);
    for (double expected : norms) {
      Gradients g = gradients();
      Tensor norm = ClipGradNorm.norm(optimizer.parameters(), g);
      assertEquals(expected, norm.item(), 1e-4);
      optimizer.step(g, RATE, clip.scale(norm));
    }
  }

  private static void assertClose(double[] expected, Parameter actual, double relative) {
    float[] values = actual.value().toArray();
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], values[i], relative * Math.abs(expected[i]), "element " + i);
    }
  }

  private static Parameter moment(Optimizer optimizer, String name) {
    return Objects.requireNonNull(optimizer.state().get(name));
  }

  @Test
  void adamMatchesPyTorch() {
    Adam adam = Adam.adam(named(), Adam.Options.ADAM.withWeightDecay(0.1));
    runWithClipping(adam, 2.4115, 2.2830);
    double[] p = {0.7540341019630432, -1.7526531219482422, 0.260317325592041, 2.750720262527466};
    double[] m = {
      0.1286693811416626, -1.0376888513565063, 0.08372897654771805, 0.15032756328582764
    };
    double[] v = {
      0.0005357864429242909, 0.033892322331666946, 0.000259814114542678, 0.0006823354633525014
    };
    assertClose(p, parameter, 2e-6);
    assertClose(m, moment(adam, "m.p"), 2e-6);
    assertClose(v, moment(adam, "v.p"), 2e-6);
  }

  @Test
  void adamWMatchesPyTorch() {
    Adam adam = Adam.adamW(named(), Adam.Options.ADAMW.withWeightDecay(0.1));
    runWithClipping(adam, 2.3364, 2.1876);
    double[] p = {0.7330639958381653, -1.7058794498443604, 0.2523444890975952, 2.680466890335083};
    double[] m = {
      0.09153351932764053, -0.9541023373603821, 0.06709403544664383, 0.03180442005395889
    };
    double[] v = {
      0.0002784300595521927, 0.028748057782649994, 0.00017392262816429138, 3.1512514397036284e-05
    };
    assertClose(p, parameter, 2e-6);
    assertClose(m, moment(adam, "m.p"), 2e-6);
    assertClose(v, moment(adam, "v.p"), 2e-6);
  }

  /** The paper's recurrence in double precision, over enough steps for the corrections to fade. */
  @Test
  void adamFollowsItsRecurrence() {
    Adam adam = Adam.adam(named(), Adam.Options.ADAM);
    run(adam, 40);
    double[] p = {1, -2, 0.5, 3};
    for (int i = 0; i < p.length; i++) {
      double m = 0;
      double v = 0;
      for (int t = 1; t <= 40; t++) {
        double g = WEIGHTS[i] * p[i] * p[i];
        m = 0.9 * m + 0.1 * g;
        v = 0.999 * v + 0.001 * g * g;
        double mHat = m / (1 - Math.pow(0.9, t));
        double vHat = v / (1 - Math.pow(0.999, t));
        p[i] -= RATE * mHat / (Math.sqrt(vHat) + 1e-8);
      }
    }
    float[] actual = parameter.value().toArray();
    for (int i = 0; i < p.length; i++) {
      assertEquals(p[i], actual[i], 1e-4);
    }
    assertEquals(40, adam.steps());
  }

  @Test
  void withoutWeightDecayBothAreOne() {
    Adam adam = Adam.adam(named(), Adam.Options.ADAM);
    run(adam, 3);
    float[] first = parameter.value().toArray();
    parameter.set(new float[] {1f, -2f, 0.5f, 3f});
    run(Adam.adamW(named(), Adam.Options.ADAMW.withWeightDecay(0)), 3);
    assertArrayEquals(first, parameter.value().toArray());
  }

  @Test
  void resumesFromItsState() {
    Adam whole = Adam.adamW(named(), Adam.Options.ADAMW);
    run(whole, 2);
    StateDict saved = StateDict.of(whole.state());
    float[] weights = parameter.value().toArray();
    run(whole, 3);
    float[] end = parameter.value().toArray();

    parameter.set(weights);
    Adam resumed = Adam.adamW(named(), Adam.Options.ADAMW);
    saved.loadInto(resumed.state());
    resumed.resumeAt(2);
    run(resumed, 3);
    assertArrayEquals(end, parameter.value().toArray());
    assertEquals(whole.steps(), resumed.steps());
  }

  @Test
  void clippingLeavesSmallGradientsAlone() {
    Tensor small = Tensor.scalar(0.5f);
    assertEquals(1f, new ClipGradNorm(1).scale(small).item());
    assertEquals(1f, new ClipGradNorm(1).scale(Tensor.scalar(0f)).item());
    assertEquals(0.25f, new ClipGradNorm(1).scale(Tensor.scalar(4f)).item(), 1e-6f);
    assertTrue(Float.isNaN(new ClipGradNorm(1).scale(Tensor.scalar(Float.NaN)).item()));
    assertThrows(IllegalArgumentException.class, () -> new ClipGradNorm(0));
  }

  @Test
  void theNormIsOverAllParameters() {
    Parameter a = new Parameter(Tensor.of(new float[] {1, 2}, 2, 1));
    Parameter b = new Parameter(Tensor.of(new float[] {3}));
    SequencedMap<String, Parameter> both = new LinkedHashMap<>();
    both.put("a", a);
    both.put("b", b);
    Gradients g = a.value().square().sum().add(b.value().square().sum()).backward();
    double expected = Math.sqrt(4 + 16 + 36);
    assertEquals(expected, ClipGradNorm.norm(both, g).item(), 1e-6 * expected);
  }

  @Test
  void badArgumentsChangeNothing() {
    Adam adam = Adam.adam(named(), Adam.Options.ADAM);
    float[] before = parameter.value().toArray();
    Parameter unused = new Parameter(Tensor.of(new float[] {1}));
    Gradients others = unused.value().sum().backward();
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> adam.step(others, RATE));
    assertEquals("the loss does not depend on 1 of the trained parameters: p", e.getMessage());
    Gradients g = gradients();
    assertThrows(IllegalArgumentException.class, () -> adam.step(g, -1));
    assertThrows(IllegalArgumentException.class, () -> adam.step(g, Double.NaN));
    Tensor two = Tensor.zeros(2);
    assertThrows(IllegalArgumentException.class, () -> adam.step(g, RATE, two));
    assertThrows(IllegalArgumentException.class, () -> adam.resumeAt(-1));
    assertArrayEquals(before, parameter.value().toArray());
    assertEquals(0, adam.steps());
    assertThrows(IllegalArgumentException.class, () -> new Adam.Options(1, 0.999, 1e-8, 0));
    assertThrows(IllegalArgumentException.class, () -> new Adam.Options(0.9, 0.999, 0, 0));
    assertThrows(
        IllegalArgumentException.class, () -> Adam.Options.ADAM.withWeightDecay(Double.NaN));
  }
}

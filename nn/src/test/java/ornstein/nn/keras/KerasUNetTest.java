package ornstein.nn.keras;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import ornstein.engine.Rng;
import ornstein.engine.Shape;
import ornstein.engine.ShapeException;
import ornstein.engine.Tensor;
import ornstein.nn.StateDict;
import ornstein.nn.optim.Adam;

class KerasUNetTest {
  private static KerasUNetConfig config(KerasUNetConfig.Design design) {
    return new KerasUNetConfig(design, 1, 8, 8, 32, List.of(1, 2), 1, 4, 10);
  }

  @ParameterizedTest
  @EnumSource(KerasUNetConfig.Design.class)
  void itTrains(KerasUNetConfig.Design design) {
    KerasUNet model = new KerasUNet(config(design), Rng.of(1));
    Tensor x = Rng.of(2).normal(Shape.of(4, 8, 8, 1));
    Tensor time = Tensor.of(new float[] {0, 3, 6, 9});
    Tensor target = x.mul(time.reshape(4, 1, 1, 1).mul(0.1f));
    Adam adam = Adam.adam(model.namedParameters(), Adam.Options.ADAM);
    float first = 0;
    float last = 0;
    for (int step = 0; step < 60; step++) {
      Tensor loss = model.forward(x, time).sub(target).square().mean();
      last = loss.item();
      first = step == 0 ? last : first;
      adam.step(loss.backward(), 3e-3);
    }
    assertTrue(last < 0.3 * first, first + " → " + last);
    KerasUNet copy = KerasUNet.of(config(design), StateDict.of(model));
    assertArrayEquals(model.forward(x, time).toArray(), copy.forward(x, time).toArray());
    assertEquals(config(design), copy.config());
  }

  @Test
  void whatDoesNotFitIsRefused() {
    KerasUNetConfig.Design additive = KerasUNetConfig.Design.ADDITIVE;
    assertThrows(
        IllegalArgumentException.class,
        () -> new KerasUNetConfig(additive, 1, 9, 8, 32, List.of(1), 1, 4, 10));
    assertThrows(
        IllegalArgumentException.class,
        () -> new KerasUNetConfig(additive, 1, 8, 8, 32, List.of(), 1, 4, 10));
    KerasUNetConfig odd = new KerasUNetConfig(additive, 1, 8, 8, 48, List.of(1), 1, 4, 10);
    assertThrows(IllegalArgumentException.class, () -> new KerasUNet(odd, Rng.of(1)));
    KerasUNet model = new KerasUNet(config(additive), Rng.of(1));
    assertThrows(
        ShapeException.class, () -> model.forward(Tensor.zeros(1, 8, 6, 1), Tensor.zeros(1)));
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> model.forward(Tensor.zeros(1, 8, 8, 1), Tensor.of(new float[] {10})));
  }
}

package ornstein.nn.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import ornstein.engine.Rng;
import ornstein.engine.Shape;
import ornstein.nn.Initializer;
import ornstein.nn.Parameter;
import ornstein.nn.StateDict;
import ornstein.nn.layer.Conv2d;
import ornstein.nn.layer.Linear;

class EmaTest {
  private final Linear model = new Linear(1, 1, Initializer.zeros());

  private void set(float value) {
    new StateDict()
        .put("weight", Shape.of(1, 1), new float[] {value})
        .put("bias", Shape.of(1), new float[] {-value})
        .loadInto(model);
  }

  @Test
  void theDecayWarmsUp() {
    Ema ema = new Ema(model, 0.9);
    assertEquals(0.1, ema.decayAt(0));
    assertEquals(2.0 / 11, ema.decayAt(1));
    assertEquals(0.9, ema.decayAt(80));
    assertEquals(0.9, ema.decayAt(1_000_000));
    assertEquals(0.9, ema.decay());
  }

  @Test
  void followsItsRecurrence() {
    Ema ema = new Ema(model, 0.25);
    double average = 0;
    for (int n = 0; n < 12; n++) {
      float weight = n % 3 + 1f;
      set(weight);
      ema.update();
      double d = Math.min(0.25, (1.0 + n) / (10.0 + n));
      average = d * average + (1 - d) * weight;
      assertEquals(average, ema.stateDict().values("weight")[0], 1e-6);
      assertEquals(-average, ema.stateDict().values("bias")[0], 1e-6);
      assertEquals(n + 1, ema.updates());
    }
    assertArrayEquals(new float[] {3f}, model.parameters().getFirst().value().toArray());
  }

  @Test
  void resumesFromItsState() {
    Ema whole = new Ema(model, 0.9);
    set(1);
    whole.update();
    StateDict saved = whole.stateDict();
    set(5);
    whole.update();

    Ema resumed = new Ema(model, 0.9);
    saved.loadInto(resumed.averages());
    resumed.resumeAt(1);
    resumed.update();
    assertArrayEquals(whole.stateDict().values("weight"), resumed.stateDict().values("weight"));
  }

  @Test
  void averagesHaveTheNetworksNamesAndLayouts() {
    Conv2d conv = new Conv2d(2, 3, 3, 1, 1, Initializer.random(Rng.of(1)));
    StateDict averages = new Ema(conv, 0.99).stateDict();
    StateDict weights = StateDict.of(conv);
    assertEquals(List.copyOf(weights.names()), List.copyOf(averages.names()));
    for (String name : weights.names()) {
      assertEquals(weights.shape(name), averages.shape(name));
      assertArrayEquals(weights.values(name), averages.values(name));
    }
    Parameter first = conv.parameters().getFirst();
    first.set(new float[first.shape().size()]);
    assertEquals(weights.values("weight")[5], averages.values("weight")[5]);
  }

  @Test
  void argumentsAreChecked() {
    assertThrows(IllegalArgumentException.class, () -> new Ema(model, 1.5));
    assertThrows(IllegalArgumentException.class, () -> new Ema(model, Double.NaN));
    Ema ema = new Ema(model, 0.5);
    assertThrows(IllegalArgumentException.class, () -> ema.resumeAt(-1));
  }
}

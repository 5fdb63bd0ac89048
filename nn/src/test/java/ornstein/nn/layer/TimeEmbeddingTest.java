package ornstein.nn.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ornstein.engine.Rng;
import ornstein.engine.Tensor;
import ornstein.engine.autograd.Gradients;
import ornstein.nn.Initializer;
import ornstein.nn.Parameter;
import ornstein.nn.optim.Adam;

/** Row 27: sines and cosines, or a learned table. */
class TimeEmbeddingTest {
  private static TimeEmbedding layer(TimeInput input) {
    return new TimeEmbedding(input, 8, 4, Initializer.random(Rng.of(3)));
  }

  @Test
  void onlyTheRowsOfVisitedTimestepsLearn() {
    TimeEmbedding layer = layer(TimeInput.learned(6));
    Parameter table = layer.namedParameters().get("table.weight");
    Tensor times = Tensor.of(new float[] {4, 1, 4});
    Gradients g = layer.forward(times).square().sum().backward();
    float[] gradient = g.get(table.value()).toArray();
    for (int row = 0; row < 6; row++) {
      double norm = 0;
      for (int k = 0; k < 8; k++) {
        norm += Math.abs(gradient[row * 8 + k]);
      }
      assertEquals(row == 1 || row == 4, norm > 0, "row " + row);
    }
    assertThrows(IndexOutOfBoundsException.class, () -> layer.forward(Tensor.of(new float[] {6})));
  }

  /** Both kinds learn an arbitrary function of the timestep. */
  @ParameterizedTest
  @ValueSource(ints = {0, 12})
  void bothTrain(int rows) {
    TimeEmbedding layer = layer(new TimeInput(true, 0, rows));
    float[] times = new float[12];
    float[] wanted = new float[12 * 4];
    for (int i = 0; i < 12; i++) {
      times[i] = i;
      for (int k = 0; k < 4; k++) {
        wanted[i * 4 + k] = (float) Math.sin(i * i + k);
      }
    }
    Tensor t = Tensor.of(times);
    Tensor target = Tensor.of(wanted, 12, 4);
    Adam adam = Adam.adam(layer.namedParameters(), Adam.Options.ADAM);
    float first = 0;
    float last = 0;
    for (int step = 0; step < 400; step++) {
      Tensor loss = layer.forward(t).sub(target).square().mean();
      last = loss.item();
      first = step == 0 ? last : first;
      adam.step(loss.backward(), 0.02);
    }
    assertTrue(last < 0.25 * first, first + " → " + last);
  }

  /** DDPM's first implementation: sines first, the lowest frequency exactly 1/10000. */
  @Test
  void theFirstImplementationsOrderAndFrequencies() {
    Parameter weight = layer(TimeInput.DDPM).namedParameters().get("0.weight");
    assertEquals(8, weight.shape().dim(1));
    TimeEmbedding layer = layer(TimeInput.DDPM);
    // The identity in place of the layers shows what goes in; SiLU lies between them.
    float[] identity = new float[4 * 8];
    for (int k = 0; k < 4; k++) {
      identity[k * 8 + k] = 1;
    }
    layer.namedParameters().get("0.weight").set(identity);
    layer.namedParameters().get("0.bias").set(new float[4]);
    float[] four = new float[16];
    for (int k = 0; k < 4; k++) {
      four[k * 4 + k] = 1;
    }
    layer.namedParameters().get("2.weight").set(four);
    layer.namedParameters().get("2.bias").set(new float[4]);
    float[] y = layer.forward(Tensor.of(new float[] {2.5f})).toArray();
    float[] expected = new float[4];
    for (int i = 0; i < 4; i++) {
      double sine = Math.sin(2.5 * Math.pow(10_000, -i / 3.0));
      expected[i] = (float) (sine / (1 + Math.exp(-sine)));
    }
    assertArrayEquals(expected, y, 1e-6f);
  }

  @Test
  void inputsThatMakeNoSenseAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> TimeInput.learned(0));
    assertThrows(IllegalArgumentException.class, () -> new TimeInput(true, 2, 0));
  }
}

package ornstein.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ornstein.engine.Rng;
import ornstein.engine.Shape;
import ornstein.engine.ShapeException;
import ornstein.engine.io.SafeTensors;
import ornstein.engine.io.SafeTensorsWriter;
import ornstein.nn.layer.Conv2d;
import ornstein.nn.layer.Linear;

class StateDictTest {
  private static final class Pair extends Module {
    Pair(long seed) {
      Initializer initial = Initializer.random(Rng.of(seed));
      register("body.0", new Linear(3, 2, initial));
      register("conv", new Conv2d(2, 5, 3, 1, 1, initial));
    }
  }

  private static final class Clash extends Module {
    Clash(String second) {
      register("a", new Linear(1, 1, Initializer.zeros()));
      register(second, new Linear(1, 1, Initializer.zeros()));
    }
  }

  @Test
  void namesFollowTheDeclaration() {
    StateDict state = StateDict.of(new Pair(1));
    assertEquals(
        List.of("body.0.weight", "body.0.bias", "conv.weight", "conv.bias"),
        List.copyOf(state.names()));
    assertEquals(Shape.of(2, 3), state.shape("body.0.weight"));
    assertEquals(Shape.of(5, 2, 3, 3), state.shape("conv.weight"));
    assertEquals(6 + 2 + 90 + 5, state.size());
    assertEquals(state.size(), new Pair(1).parameterCount());
    assertEquals(List.of("body.0", "conv"), List.copyOf(new Pair(1).children().keySet()));
  }

  @Test
  void namesMustBeFreeAndNotEmpty() {
    assertThrows(IllegalArgumentException.class, () -> new Clash("a"));
    assertThrows(IllegalArgumentException.class, () -> new Clash(""));
  }

  @Test
  void carriesWeightsFromOneNetworkToAnother() {
    Pair from = new Pair(1);
    Pair to = new Pair(2);
    StateDict.of(from).loadInto(to);
    for (int i = 0; i < from.parameters().size(); i++) {
      assertArrayEquals(
          from.parameters().get(i).value().toArray(), to.parameters().get(i).value().toArray());
    }
  }

  @Test
  void allMisfitsAreInOneErrorAndNothingIsLoaded() {
    StateDict state =
        new StateDict()
            .put("body.0.weight", Shape.of(2, 3), new float[6])
            .put("body.0.bias", Shape.of(3), new float[3])
            .put("conv.weight", Shape.of(3, 3, 2, 5), new float[90])
            .put("other.scale", Shape.of(1), new float[1]);
    Pair to = new Pair(2);
    float[] before = to.parameters().getFirst().value().toArray();
    StateDictException e = assertThrows(StateDictException.class, () -> state.loadInto(to));
    assertEquals(
        "the weights do not fit the network; 1 missing: conv.bias; 1 unexpected: other.scale;"
            + " 2 misshapen: body.0.bias [3] instead of [2], conv.weight [3, 3, 2, 5] instead of"
            + " [5, 2, 3, 3]",
        e.getMessage());
    assertArrayEquals(before, to.parameters().getFirst().value().toArray());
  }

  @Test
  void survivesAFile(@TempDir Path folder) throws IOException {
    StateDict state = StateDict.of(new Pair(3));
    SafeTensorsWriter writer = new SafeTensorsWriter();
    state.write(writer);
    Path file = folder.resolve("pair.safetensors");
    writer.write(file);
    try (SafeTensors tensors = SafeTensors.open(file)) {
      Weights read = Weights.of(tensors);
      assertEquals(state.names(), read.names());
      for (String name : state.names()) {
        assertEquals(state.shape(name), read.shape(name));
        assertArrayEquals(state.values(name), read.values(name));
      }
    }
  }

  @Test
  void aPartOfTheNamesIsAView() {
    StateDict state = StateDict.of(new Pair(3));
    Weights body = state.under("body.");
    assertEquals(List.of("0.weight", "0.bias"), List.copyOf(body.names()));
    assertArrayEquals(state.values("body.0.bias"), body.values("0.bias"));
    assertEquals(state.shape("body.0.weight"), body.shape("0.weight"));
    assertEquals(0, state.under("ema.").names().size());
  }

  @Test
  void entriesAreChecked() {
    StateDict state = new StateDict();
    assertThrows(ShapeException.class, () -> state.put("a", Shape.of(2), new float[3]));
    assertThrows(NoSuchElementException.class, () -> state.values("a"));
  }
}

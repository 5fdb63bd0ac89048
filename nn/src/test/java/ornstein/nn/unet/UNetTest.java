package ornstein.nn.unet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import ornstein.engine.Rng;
import ornstein.engine.Shape;
import ornstein.engine.ShapeException;
import ornstein.engine.Tensor;
import ornstein.engine.autograd.Autograd;
import ornstein.engine.autograd.Gradients;
import ornstein.nn.Parameter;
import ornstein.nn.layer.Dropout;

class UNetTest {
  private static UNetConfigBuilder tiny() {
    return UNetConfig.builder()
        .channels(1)
        .modelChannels(8)
        .numResBlocks(1)
        .channelMult(1, 2)
        .attentionResolutions(2)
        .numHeads(2)
        .groups(4);
  }

  /** Gives every parameter a random value: at initialisation most gradients are zero. */
  private static UNet shaken(UNetConfig config) {
    UNet model = new UNet(config, Rng.of(1));
    Rng rng = Rng.of(2);
    for (Parameter p : model.parameters()) {
      p.set(p.value().detach().add(rng.normal(p.shape()).mul(0.2f)).toArray());
    }
    return model;
  }

  @Test
  void freshNetworksAnswerZero() {
    UNet model = new UNet(tiny().channels(3, 6).build(), Rng.of(1));
    Tensor out = model.forward(Rng.of(2).normal(Shape.of(2, 4, 6, 3)), Tensor.zeros(2), null);
    assertArrayEquals(new float[2 * 4 * 6 * 6], out.toArray());
  }

  @Test
  void equalSeedsGiveEqualNetworks() {
    List<Parameter> first = new UNet(tiny().build(), Rng.of(5)).parameters();
    List<Parameter> second = new UNet(tiny().build(), Rng.of(5)).parameters();
    List<Parameter> other = new UNet(tiny().build(), Rng.of(6)).parameters();
    boolean differs = false;
    for (int i = 0; i < first.size(); i++) {
      float[] values = first.get(i).value().toArray();
      assertArrayEquals(values, second.get(i).value().toArray());
      differs |= !Arrays.equals(values, other.get(i).value().toArray());
    }
    assertTrue(differs);
  }

  @Test
  void takesAnyChannelsAndSizesThatFit() {
    for (int channels = 1; channels <= 4; channels++) {
      UNet model = shaken(tiny().channels(channels, 2 * channels).build());
      int height = 2 * channels;
      Tensor x = Rng.of(channels).normal(Shape.of(3, height, 6, channels));
      Tensor out = model.forward(x, Tensor.of(new float[] {0, 1, 2}), null);
      assertEquals(Shape.of(3, height, 6, 2 * channels), out.shape());
      for (float v : out.toArray()) {
        assertTrue(Float.isFinite(v) && v != 0f);
      }
    }
  }

  @Test
  void samplesOfABatchDoNotMix() {
    UNet model = shaken(tiny().numClasses(3).build());
    Tensor x = Rng.of(3).normal(Shape.of(3, 4, 4, 1));
    Tensor t = Tensor.of(new float[] {7, 0, 90});
    Tensor labels = Tensor.of(new float[] {2, 0, 1});
    float[] batch = model.forward(x, t, labels).slice(0, 1, 2).toArray();
    Tensor alone =
        model.forward(x.slice(0, 1, 2), Tensor.of(new float[] {0}), Tensor.of(new float[] {0}));
    assertArrayEquals(batch, alone.toArray(), 1e-5f);
    Tensor other =
        model.forward(x.slice(0, 1, 2), Tensor.of(new float[] {0}), Tensor.of(new float[] {1}));
    assertFalse(Arrays.equals(alone.toArray(), other.toArray()));
  }

  /** Central differences of a random projection, at one element of every parameter. */
  @Test
  void everyGradientMatchesFiniteDifferences() {
    UNet model = shaken(tiny().numClasses(2).build());
    Tensor x = Rng.of(3).normal(Shape.of(2, 4, 2, 1));
    Tensor t = Tensor.of(new float[] {3, 40});
    Tensor labels = Tensor.of(new float[] {1, 0});
    Tensor weights = Rng.of(4).normal(Shape.of(2, 4, 2, 1));
    Gradients gradients = model.forward(x, t, labels).backward(weights);
    for (Map.Entry<String, Parameter> e : model.namedParameters().entrySet()) {
      Parameter p = e.getValue();
      float[] gradient = gradients.get(p.value()).toArray();
      int i = largest(gradient);
      float[] values = p.value().toArray();
      double h = 0.01;
      double up = projection(model, p, values, i, h, x, t, labels, weights);
      double down = projection(model, p, values, i, -h, x, t, labels, weights);
      p.set(values);
      double difference = (up - down) / (2 * h);
      double allowed = 1e-3 * Math.abs(difference) + 1e-4;
      assertEquals(difference, gradient[i], allowed, e.getKey() + " element " + i);
    }
  }

  private static int largest(float[] gradient) {
    return IntStream.range(0, gradient.length)
        .reduce(0, (a, b) -> Math.abs(gradient[a]) >= Math.abs(gradient[b]) ? a : b);
  }

  private static double projection(
      UNet model,
      Parameter p,
      float[] values,
      int i,
      double step,
      Tensor x,
      Tensor t,
      Tensor labels,
      Tensor weights) {
    float[] moved = values.clone();
    moved[i] = (float) (moved[i] + step);
    p.set(moved);
    float[] out = Autograd.noGrad(() -> model.forward(x, t, labels)).toArray();
    float[] w = weights.toArray();
    double sum = 0;
    for (int k = 0; k < out.length; k++) {
      sum += (double) out[k] * w[k];
    }
    return sum;
  }

  @Test
  void dropoutIsRepeatableAndOffOutsideTraining() {
    UNet model = shaken(tiny().dropout(0.5f).build());
    Tensor x = Rng.of(3).normal(Shape.of(1, 4, 4, 1));
    Tensor t = Tensor.zeros(1);
    float[] still = model.forward(x, t, null).toArray();
    float[] masked = Dropout.training(Rng.of(8), () -> model.forward(x, t, null)).toArray();
    float[] again = Dropout.training(Rng.of(8), () -> model.forward(x, t, null)).toArray();
    assertArrayEquals(still, model.forward(x, t, null).toArray());
    assertArrayEquals(masked, again);
    assertFalse(Arrays.equals(still, masked));
  }

  @Test
  void threadsShareOneNetwork() throws InterruptedException, ExecutionException {
    UNet model = shaken(tiny().dropout(0.5f).build());
    Tensor x = Rng.of(3).normal(Shape.of(1, 8, 8, 1));
    Tensor t = Tensor.zeros(1);
    float[] still = model.forward(x, t, null).toArray();
    float[] masked = Dropout.training(Rng.of(8), () -> model.forward(x, t, null)).toArray();
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<float[]>> results =
          IntStream.range(0, 16)
              .mapToObj(
                  i ->
                      threads.submit(
                          () ->
                              i % 2 == 0
                                  ? model.forward(x, t, null).toArray()
                                  : Dropout.training(Rng.of(8), () -> model.forward(x, t, null))
                                      .toArray()))
              .toList();
      for (int i = 0; i < results.size(); i++) {
        assertArrayEquals(i % 2 == 0 ? still : masked, results.get(i).get());
      }
    }
  }

  private static String error(UNet model, Tensor x, Tensor t, Tensor labels) {
    return String.valueOf(
        assertThrows(IllegalArgumentException.class, () -> model.forward(x, t, labels))
            .getMessage());
  }

  @Test
  void inputsThatDoNotFitAreExplained() {
    UNet plain = new UNet(tiny().build(), Rng.of(1));
    UNet classes = new UNet(tiny().numClasses(3).build(), Rng.of(1));
    Tensor x = Tensor.zeros(2, 4, 4, 1);
    Tensor t = Tensor.zeros(2);
    assertEquals(
        "the network takes images [N, H, W, 1], got [2, 4, 4, 3]",
        error(plain, Tensor.zeros(2, 4, 4, 3), t, t));
    assertEquals(
        "a network of 2 levels takes images whose height and width are multiples of 2, such as"
            + " 6x4, not 5x4",
        error(plain, Tensor.zeros(2, 5, 4, 1), t, t));
    assertEquals(
        "timesteps need shape [2], one for each image, got [3]",
        error(plain, x, Tensor.zeros(3), t));
    assertEquals("the network has no classes: labels must be null", error(plain, x, t, t));
    assertEquals(
        "labels need shape [2], one for each image, got [1]",
        error(classes, x, t, Tensor.zeros(1)));
    IllegalArgumentException missing =
        assertThrows(IllegalArgumentException.class, () -> classes.forward(x, t, null));
    assertEquals("the network has 3 classes: labels are needed", missing.getMessage());
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> classes.forward(x, t, Tensor.of(new float[] {0, 3})));
    assertTrue(
        Objects.requireNonNull(
                assertThrows(ShapeException.class, () -> plain.forward(t, t, null)).getMessage())
            .contains("[N, H, W, 1]"));
  }
}

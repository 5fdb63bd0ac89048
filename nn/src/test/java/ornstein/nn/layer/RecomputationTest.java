package ornstein.nn.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import ornstein.engine.Rng;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.engine.autograd.Gradients;
import ornstein.engine.program.Program;
import ornstein.nn.Parameter;
import ornstein.nn.unet.UNet;
import ornstein.nn.unet.UNetConfig;

class RecomputationTest {
  private final UNet network =
      new UNet(
          UNetConfig.builder()
              .channels(1)
              .modelChannels(8)
              .groups(4)
              .numResBlocks(1)
              .channelMult(1, 2)
              .attentionResolutions(2)
              .numHeads(2)
              .dropout(0.3f)
              .build(),
          Rng.of(1));
  private final Tensor x = Rng.of(2).normal(Shape.of(2, 8, 8, 1));
  private final Tensor time = Tensor.of(new float[] {3, 700});

  private Tensor loss(boolean recompute) {
    // The last convolution starts at zero: moved, so that gradients reach the rest.
    Parameter last = network.namedParameters().get("out.2.weight");
    last.set(Rng.of(5).normal(last.shape()).toArray());
    return Recomputation.during(
        recompute,
        () -> Dropout.training(Rng.of(7), () -> network.forward(x, time, null).square().mean()));
  }

  @Test
  void masksAndResultsAreThoseOfKeptActivations() {
    Tensor kept = loss(false);
    Tensor again = loss(true);
    assertArrayEquals(kept.toArray(), again.toArray());
    Gradients expected = kept.backward();
    Gradients found = again.backward();
    network
        .namedParameters()
        .forEach(
            (name, p) -> {
              float[] g = expected.get(p.value()).toArray();
              float scale = 0;
              for (float v : g) {
                scale = Math.max(scale, Math.abs(v));
              }
              assertArrayEquals(g, found.get(p.value()).toArray(), 1e-5f * scale + 1e-9f, name);
            });
  }

  @Test
  void itTakesLessMemory() {
    long kept = program(false).arenaBytes();
    long again = program(true).arenaBytes();
    assertTrue(again < 0.7 * kept, again + " of " + kept);
  }

  /** Of so many pixels that activations outweigh the gradients of the weights. */
  private Program program(boolean recompute) {
    Tensor many = Tensor.zeros(16, 32, 32, 1);
    Tensor times = Tensor.zeros(16);
    return Program.record(
        () ->
            Recomputation.during(
                recompute,
                () -> {
                  Gradients g = network.forward(many, times, null).square().mean().backward();
                  return network.parameters().stream().map(p -> g.get(p.value())).toList();
                }));
  }
}

package ornstein.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import ornstein.engine.Rng;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.engine.autograd.Gradients;
import ornstein.engine.kernel.Kernels;
import ornstein.engine.kernel.KernelsProvider;
import ornstein.nn.layer.Dropout;
import ornstein.nn.optim.Adam;
import ornstein.nn.optim.ClipGradNorm;
import ornstein.nn.optim.Ema;
import ornstein.nn.optim.LearningRateSchedule;
import ornstein.nn.unet.UNet;
import ornstein.nn.unet.UNetConfig;

/** All parts together: a small network learns to map eight images to their negatives. */
class TrainingTest {
  private static final UNetConfig CONFIG =
      UNetConfig.builder()
          .channels(2)
          .modelChannels(8)
          .numResBlocks(1)
          .channelMult(1, 2)
          .attentionResolutions(2)
          .numHeads(2)
          .groups(4)
          .dropout(0.05f)
          .numClasses(3)
          .build();

  private static final class Run {
    final List<Float> losses = new ArrayList<>();
    final StateDict weights;
    final StateDict averages;

    Run(int steps) {
      Rng rng = Rng.of(11);
      UNet model = new UNet(CONFIG, rng.split(0));
      Adam adam = Adam.adamW(model.namedParameters(), Adam.Options.ADAMW);
      ClipGradNorm clip = new ClipGradNorm(1);
      Ema ema = new Ema(model, 0.99);
      LearningRateSchedule rate = LearningRateSchedule.constant(1e-2).warmUp(5);
      Tensor x = rng.split(1).normal(Shape.of(8, 4, 6, 2));
      Tensor t = Tensor.of(new float[] {0, 1, 2, 3, 4, 5, 6, 7});
      Tensor labels = Tensor.of(new float[] {0, 1, 2, 0, 1, 2, 0, 1});
      Rng masks = rng.split(2);
      for (int step = 0; step < steps; step++) {
        Tensor out = Dropout.training(masks, () -> model.forward(x, t, labels));
        Tensor loss = out.add(x).square().mean();
        losses.add(loss.item());
        Gradients g = loss.backward();
        Tensor scale = clip.scale(ClipGradNorm.norm(adam.parameters(), g));
        adam.step(g, rate.at(step), scale);
        ema.update();
      }
      weights = StateDict.of(model);
      averages = ema.stateDict();
    }
  }

  @Test
  void theLossFalls() {
    Run run = new Run(80);
    float first = run.losses.getFirst();
    float last = run.losses.getLast();
    assertTrue(last < 0.1 * first, "loss " + first + " fell to " + last + " only");
  }

  @Test
  void everyBackEndTrainsToTheSameBits() {
    Run expected;
    Run actual;
    try (Kernels scalar = KernelsProvider.scalar(1);
        Kernels vector = KernelsProvider.vector(2)) {
      expected = KernelsProvider.with(scalar, () -> new Run(4));
      actual = KernelsProvider.with(vector, () -> new Run(4));
    }
    assertEquals(expected.losses, actual.losses);
    for (String name : expected.weights.names()) {
      assertArrayEquals(expected.weights.values(name), actual.weights.values(name), name);
      assertArrayEquals(expected.averages.values(name), actual.averages.values(name), name);
    }
  }
}

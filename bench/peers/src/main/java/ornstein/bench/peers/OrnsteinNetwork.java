package ornstein.bench.peers;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.engine.autograd.Autograd;
import ornstein.engine.program.Program;
import ornstein.nn.checkpoint.Checkpoint;
import ornstein.nn.checkpoint.NetworkKind;
import ornstein.nn.optim.Adam;
import ornstein.nn.unet.UNet;

/** How Ornstein applies a network; the only place that knows. */
final class OrnsteinNetwork {
  /** That of export_unet.py. */
  private static final double LEARNING_RATE = 1e-4;

  private final UNet model;

  private OrnsteinNetwork(UNet model) {
    this.model = model;
  }

  /**
   * Loads a network.
   *
   * @param file a checkpoint, configuration included
   * @return the network
   * @throws IOException if it cannot be read
   */
  static OrnsteinNetwork load(Path file) throws IOException {
    return new OrnsteinNetwork(Checkpoint.load(NetworkKind.UNET, file).model());
  }

  /**
   * Its application without gradients.
   *
   * @param variant name of the contender
   * @param x images, channels last
   * @param t timesteps
   * @param shape shape of x
   * @return the contender
   */
  Contender forward(String variant, float[] x, float[] t, Shape shape) {
    Tensor images = Tensor.of(shape, x);
    Tensor timesteps = Tensor.of(Shape.of(t.length), t);
    return OrnsteinContender.of(
        variant,
        Program.record(
            () -> List.of(Autograd.noGrad(() -> model.forward(images, timesteps, null)))));
  }

  /**
   * A training step: forward, mean squared error, backward, AdamW.
   *
   * @param x images, channels last
   * @param t timesteps
   * @param target what the network should answer
   * @param shape shape of x and target
   * @return the contender, whose result is the loss before the last step
   */
  Contender trainingStep(float[] x, float[] t, float[] target, Shape shape) {
    Tensor images = Tensor.of(shape, x);
    Tensor timesteps = Tensor.of(Shape.of(t.length), t);
    Tensor targets = Tensor.of(shape, target);
    Adam optimizer = Adam.adamW(model.namedParameters(), Adam.Options.ADAMW);
    Program step =
        Program.record(
            () -> {
              Tensor loss = model.forward(images, timesteps, null).sub(targets).square().mean();
              optimizer.update(loss.backward(), null, null);
              return List.of(loss);
            });
    Runnable body =
        () -> {
          optimizer.begin(LEARNING_RATE);
          step.run();
        };
    return new OrnsteinContender(body, () -> step.outputs().get(0).toArray());
  }
}

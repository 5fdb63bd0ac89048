package ornstein.bench;

import java.util.List;
import ornstein.diffusion.DiffusionConfig;
import ornstein.diffusion.Pipeline;
import ornstein.diffusion.train.Annealing;
import ornstein.diffusion.train.Trainer;
import ornstein.diffusion.train.TrainingConfig;
import ornstein.engine.Rng;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.engine.autograd.Autograd;
import ornstein.engine.autograd.Gradients;
import ornstein.engine.program.Program;
import ornstein.nn.unet.UNet;
import ornstein.nn.unet.UNetConfig;

/**
 * The small U-Nets that whole-network benchmarks run, with random weights. Both have 32 channels,
 * levels (1, 2, 2) and attention on the lower two.
 *
 * @param side side of the images in pixels
 * @param config the network
 */
record SmallNetwork(int side, UNetConfig config) {
  /**
   * The network for a size.
   *
   * @param side 28 for grey images and one residual block a level, which is what {@code ornstein
   *     train} takes for MNIST but for the classes; 32 for coloured images and two blocks a level
   */
  static SmallNetwork ofSide(int side) {
    int blocks =
        switch (side) {
          case 28 -> 1;
          case 32 -> 2;
          default ->
              throw new IllegalArgumentException(
                  "there are networks for sides of 28 and 32 pixels, not " + side);
        };
    UNetConfig config =
        UNetConfig.builder()
            .channels(side == 28 ? 1 : 3)
            .modelChannels(32)
            .numResBlocks(blocks)
            .channelMult(1, 2, 2)
            .attentionResolutions(2, 4)
            .numHeads(4)
            .build();
    return new SmallNetwork(side, config);
  }

  /** One application without gradients, recorded; its output is that of the program. */
  Program forward(int batch) {
    UNet model = new UNet(config, Rng.of(1));
    Tensor x = images(batch);
    Tensor t = Tensor.full(Shape.of(batch), 500f);
    return Program.record(() -> List.of(Autograd.noGrad(() -> model.forward(x, t, null))));
  }

  private Tensor images(int batch) {
    return Rng.of(2).normal(Shape.of(batch, side, side, config.inChannels()));
  }

  /** A trainer, to be asked for one step after the other by {@link #step}. */
  Trainer trainer(int batch) {
    return new Trainer(
        config,
        DiffusionConfig.defaults(side, side, List.of()),
        new NoiseImages(side, side, config.inChannels()),
        TrainingConfig.builder()
            .batchSize(batch)
            .learningRate(1e-4, 0, Annealing.CONSTANT)
            .build());
  }

  /**
   * One whole step of training: noise, forward, backward, clipping, AdamW, averages. Gives the
   * number of steps so far.
   */
  static long step(Trainer trainer) {
    trainer.run(progress -> trainer.stop());
    return trainer.steps();
  }

  /** A pipeline that samples. */
  Pipeline pipeline() {
    return Pipeline.of(
        new UNet(config, Rng.of(1)), DiffusionConfig.defaults(side, side, List.of()));
  }

  /** Floating-point operations of one application, those of convolutions and products. */
  long forwardFlops(int batch) {
    return forward(batch).flops();
  }

  /** Floating-point operations of one training step, those of convolutions and products. */
  long stepFlops(int batch) {
    UNet model = new UNet(config, Rng.of(1));
    Tensor x = images(batch);
    Tensor t = Tensor.full(Shape.of(batch), 500f);
    return Program.record(
            () -> {
              Gradients g = model.forward(x, t, null).sub(x).square().mean().backward();
              return model.parameters().stream().map(p -> g.get(p.value())).toList();
            })
        .flops();
  }
}

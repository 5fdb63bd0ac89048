package ornstein.bench.peers;

import ai.djl.pytorch.jni.IValue;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import ornstein.engine.Shape;

/**
 * A training step of a whole U-Net: forward, mean squared error, backward, AdamW. PyTorch does all
 * of it in one TorchScript method, with its fused AdamW.
 *
 * @param network what was exported
 * @param batch number of images
 */
record TrainingFigure(ExportedNetwork network, int batch) implements Figure {
  @Override
  public String group() {
    return "training step";
  }

  @Override
  public String name() {
    return network.name() + " batch " + batch;
  }

  /** Backwards every product is computed twice more, for its input and for its weights. */
  @Override
  public double flops() {
    return 3 * batch * network.flops();
  }

  /** The loss of the third step depends on all gradients of the first two. */
  @Override
  public int runsToCompare() {
    return 3;
  }

  @Override
  public String heap() {
    return "5g";
  }

  @Override
  public List<Contender> contenders(Peers peers) throws IOException {
    int side = network.side();
    ImageBatch images = new ImageBatch(batch, network.channels(), side * side);
    long[] shape = {batch, network.channels(), side, side};
    float[] x = peers.normals(batch * network.channels() * side * side, 1);
    float[] target = peers.normals(x.length, 2);
    float[] t = NetworkFigure.timesteps(batch);

    List<Contender> contenders = new ArrayList<>();
    Shape own = Shape.of(batch, side, side, network.channels());
    contenders.add(OrnsteinNetwork.load(network.weights()).trainingStep(x, t, target, own));
    Torch torch = peers.torch();
    IValue torchX = torch.tensor(images.toChannelsFirst(x), shape);
    IValue torchTarget = torch.tensor(images.toChannelsFirst(target), shape);
    IValue torchT = torch.tensor(t, batch);
    for (Map.Entry<String, Path> program : network.programs("train").entrySet()) {
      contenders.add(
          torch
              .load(program.getValue(), true)
              .trainingContender(program.getKey(), "step", torchX, torchT, torchTarget));
    }
    return contenders;
  }
}

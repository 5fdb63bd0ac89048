package ornstein.bench.peers;

import ai.djl.pytorch.jni.IValue;
import ai.onnxruntime.OnnxTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import ornstein.engine.Shape;

/**
 * One application of a whole U-Net, exported with its weights.
 *
 * @param network what was exported
 * @param batch number of images
 */
record NetworkFigure(ExportedNetwork network, int batch) implements Figure {
  @Override
  public String group() {
    return "network forward";
  }

  @Override
  public String name() {
    return network.name() + " batch " + batch;
  }

  @Override
  public double flops() {
    return batch * network.flops();
  }

  @Override
  public String heap() {
    return "4g";
  }

  @Override
  public List<Contender> contenders(Peers peers) throws IOException {
    int side = network.side();
    ImageBatch images = new ImageBatch(batch, network.channels(), side * side);
    long[] shape = {batch, network.channels(), side, side};
    float[] x = peers.normals(batch * network.channels() * side * side, 1);
    float[] firstX = images.toChannelsFirst(x);
    float[] t = timesteps(batch);

    List<Contender> contenders = new ArrayList<>();
    OrnsteinNetwork own = OrnsteinNetwork.load(network.weights());
    contenders.add(own.forward("", x, t, Shape.of(batch, side, side, network.channels())));
    Torch torch = peers.torch();
    IValue torchX = torch.tensor(firstX, shape);
    IValue torchT = torch.tensor(t, batch);
    for (Map.Entry<String, Path> program : network.programs("forward").entrySet()) {
      contenders.add(
          torch
              .load(program.getValue(), false)
              .contender(program.getKey(), images::toChannelsLast, "forward", torchX, torchT));
    }
    if (Files.exists(network.onnx())) {
      Onnx onnx = peers.onnx();
      OnnxTensor y = onnx.tensor(new float[x.length], shape);
      Map<String, OnnxTensor> inputs =
          Map.of("x", onnx.tensor(firstX, shape), "t", onnx.tensor(t, batch));
      contenders.add(onnx.contender(network.onnx(), inputs, y, images::toChannelsLast));
    }
    return contenders;
  }

  /** Timesteps all over the range. */
  static float[] timesteps(int batch) {
    float[] t = new float[batch];
    for (int i = 0; i < batch; i++) {
      t[i] = 1000f * (i + 0.5f) / batch;
    }
    return t;
  }
}

package ornstein.bench.peers;

import ai.djl.pytorch.jni.IValue;
import ai.onnxruntime.OnnxTensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import ornstein.engine.kernel.Buffer;
import ornstein.engine.kernel.Convolution;
import ornstein.engine.kernel.Kernels;

/**
 * A 3×3 convolution that keeps the image's size, or one of its gradients. PyTorch runs in both of
 * its layouts, with operands that have the layout already.
 *
 * @param way what is computed
 * @param batch number of images
 * @param in input channels
 * @param out output channels
 * @param side height and width in pixels
 */
record ConvolutionFigure(Way way, int batch, int in, int out, int side) implements Figure {
  /** What is computed. */
  enum Way {
    /** The output, with bias. */
    FORWARD,
    /** The gradient of the input. */
    INPUT_GRADIENT,
    /** The gradient of the weights. */
    WEIGHT_GRADIENT
  }

  private static final int WINDOW = 9;

  @Override
  public String group() {
    return "convolution " + way.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  @Override
  public String name() {
    return batch + "x" + in + "x" + out + "x" + side;
  }

  private Convolution geometry() {
    return new Convolution(batch, side, side, in, out, 3, 3, 1, 1);
  }

  @Override
  public double flops() {
    return geometry().flops();
  }

  @Override
  public List<Contender> contenders(Peers peers) throws IOException {
    ImageBatch inputs = new ImageBatch(batch, in, side * side);
    ImageBatch outputs = new ImageBatch(batch, out, side * side);
    Buffer x = peers.normal(batch * in * side * side, 1);
    Buffer weight = peers.normal(WINDOW * in * out, 2);
    Buffer bias = peers.normal(out, 3);
    Buffer gy = peers.normal(batch * out * side * side, 4);
    float[] firstX = inputs.toChannelsFirst(peers.values(x));
    float[] firstWeight = toCheckpoint(peers.values(weight));
    float[] firstGy = outputs.toChannelsFirst(peers.values(gy));

    List<Contender> contenders = new ArrayList<>();
    contenders.add(ornstein(peers, x, weight, bias, gy));
    Torch torch = peers.torch();
    Torch.Program program = peers.operations();
    IValue torchX = torch.tensor(firstX, batch, in, side, side);
    IValue torchWeight = torch.tensor(firstWeight, out, in, 3, 3);
    IValue torchBias = torch.tensor(peers.values(bias), out);
    IValue torchGy = torch.tensor(firstGy, batch, out, side, side);
    for (String layout : List.of("contiguous", "channels_last")) {
      IValue a = program.call(layout, torchX);
      IValue w = program.call(layout, torchWeight);
      IValue g = program.call(layout, torchGy);
      String variant = layout.replace('_', ' ');
      contenders.add(
          switch (way) {
            case FORWARD ->
                program.contender(variant, outputs::toChannelsLast, "convolution", a, w, torchBias);
            case INPUT_GRADIENT ->
                program.contender(
                    variant, inputs::toChannelsLast, "convolution_input_gradient", g, a, w);
            case WEIGHT_GRADIENT ->
                program.contender(
                    variant, this::fromCheckpoint, "convolution_weight_gradient", g, a, w);
          });
    }
    if (way == Way.FORWARD) {
      contenders.add(onnx(peers, firstX, firstWeight, peers.values(bias)));
    }
    return contenders;
  }

  private Contender ornstein(Peers peers, Buffer x, Buffer weight, Buffer bias, Buffer gy) {
    Kernels kernels = peers.kernels();
    Convolution g = geometry();
    Buffer result =
        kernels.allocate(
            switch (way) {
              case FORWARD -> gy.size();
              case INPUT_GRADIENT -> x.size();
              case WEIGHT_GRADIENT -> weight.size();
            });
    Supplier<float[]> values = () -> peers.values(result);
    return switch (way) {
      case FORWARD ->
          OrnsteinContender.of(
              kernels, k -> k.convolution(g, x, weight, bias, null, result), values);
      case INPUT_GRADIENT ->
          OrnsteinContender.of(
              kernels, weight, k -> k.convolutionInputGradient(g, gy, weight, result), values);
      case WEIGHT_GRADIENT ->
          OrnsteinContender.of(kernels, k -> k.convolutionWeightGradient(g, x, gy, result), values);
    };
  }

  private Contender onnx(Peers peers, float[] x, float[] weight, float[] bias) {
    long[] inShape = {batch, in, side, side};
    long[] outShape = {batch, out, side, side};
    byte[] model =
        new OnnxModel(17)
            .input("x", inShape)
            .constant("weight", weight, out, in, 3, 3)
            .constant("bias", bias, out)
            .node(
                "Conv",
                List.of("x", "weight", "bias"),
                "y",
                OnnxModel.Attribute.of("kernel_shape", 3, 3),
                OnnxModel.Attribute.of("pads", 1, 1, 1, 1))
            .output(outShape);
    Onnx onnx = peers.onnx();
    OnnxTensor y = onnx.tensor(new float[batch * out * side * side], outShape);
    ImageBatch outputs = new ImageBatch(batch, out, side * side);
    return onnx.contender(model, Map.of("x", onnx.tensor(x, inShape)), y, outputs::toChannelsLast);
  }

  /** From [window, in, out] to [out, in, window]. */
  private float[] toCheckpoint(float[] weight) {
    float[] result = new float[weight.length];
    for (int w = 0; w < WINDOW; w++) {
      for (int i = 0; i < in; i++) {
        for (int o = 0; o < out; o++) {
          result[(o * in + i) * WINDOW + w] = weight[(w * in + i) * out + o];
        }
      }
    }
    return result;
  }

  private float[] fromCheckpoint(float[] weight) {
    float[] result = new float[weight.length];
    for (int w = 0; w < WINDOW; w++) {
      for (int i = 0; i < in; i++) {
        for (int o = 0; o < out; o++) {
          result[(w * in + i) * out + o] = weight[(o * in + i) * WINDOW + w];
        }
      }
    }
    return result;
  }
}

package ornstein.bench.peers;

import ai.djl.pytorch.jni.IValue;
import ai.onnxruntime.OnnxTensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import ornstein.engine.Functional;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.engine.autograd.Autograd;
import ornstein.engine.kernel.Unary;
import ornstein.engine.program.Program;

/**
 * Group normalisation in 32 groups, then SiLU: what stands before each convolution of a U-Net.
 *
 * @param batch number of images
 * @param channels channels
 * @param side height and width in pixels
 */
record NormalizationFigure(int batch, int channels, int side) implements Figure {
  private static final int GROUPS = 32;
  private static final float EPSILON = 1e-5f;

  @Override
  public String group() {
    return "group norm and SiLU";
  }

  @Override
  public String name() {
    return batch + "x" + channels + "x" + side;
  }

  @Override
  public double flops() {
    return 0;
  }

  @Override
  public List<Contender> contenders(Peers peers) throws IOException {
    ImageBatch images = new ImageBatch(batch, channels, side * side);
    long[] shape = {batch, channels, side, side};
    float[] x = peers.normals(batch * channels * side * side, 1);
    float[] firstX = images.toChannelsFirst(x);
    float[] weight = peers.normals(channels, 2);
    float[] bias = peers.normals(channels, 3);

    List<Contender> contenders = new ArrayList<>();
    contenders.add(ornstein(x, weight, bias));
    Torch.Program program = peers.operations();
    IValue torchX = peers.torch().tensor(firstX, shape);
    IValue torchWeight = peers.torch().tensor(weight, channels);
    IValue torchBias = peers.torch().tensor(bias, channels);
    for (String layout : List.of("contiguous", "channels_last")) {
      contenders.add(
          program.contender(
              layout.replace('_', ' '),
              images::toChannelsLast,
              "group_norm_silu",
              program.call(layout, torchX),
              torchWeight,
              torchBias));
    }
    Onnx onnx = peers.onnx();
    byte[] model =
        new OnnxModel(21)
            .input("x", shape)
            .constant("weight", weight, channels)
            .constant("bias", bias, channels)
            .node(
                "GroupNormalization",
                List.of("x", "weight", "bias"),
                "n",
                OnnxModel.Attribute.of("num_groups", GROUPS),
                OnnxModel.Attribute.of("epsilon", EPSILON))
            .node("Sigmoid", List.of("n"), "s")
            .node("Mul", List.of("n", "s"), "y")
            .output(shape);
    OnnxTensor y = onnx.tensor(new float[x.length], shape);
    Map<String, OnnxTensor> inputs = Map.of("x", onnx.tensor(firstX, shape));
    contenders.add(onnx.contender(model, inputs, y, images::toChannelsLast));
    return contenders;
  }

  private Contender ornstein(float[] x, float[] weight, float[] bias) {
    Tensor images = Tensor.of(Shape.of(batch, side, side, channels), x);
    Tensor scales = Tensor.of(Shape.of(channels), weight);
    Tensor shifts = Tensor.of(Shape.of(channels), bias);
    return OrnsteinContender.of(
        "",
        Program.record(
            () ->
                Autograd.noGrad(
                    () ->
                        List.of(
                            Functional.groupNorm(
                                images, GROUPS, scales, shifts, null, EPSILON, Unary.SILU)))));
  }
}

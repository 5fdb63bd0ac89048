package ornstein.bench.peers;

import ai.djl.pytorch.jni.IValue;
import ai.onnxruntime.OnnxTensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import ornstein.engine.Functional;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.engine.autograd.Autograd;
import ornstein.engine.op.AttentionOp;
import ornstein.engine.program.Program;

/**
 * Self-attention without its projections. Ornstein and PyTorch get queries, keys and values in one
 * tensor, as the network computes them; ONNX Runtime, which has one operation for three tensors,
 * gets three.
 *
 * @param batch number of images
 * @param pixels rows that attend to one another
 * @param heads heads
 * @param dim channels of a head
 */
record AttentionFigure(int batch, int pixels, int heads, int dim) implements Figure {
  @Override
  public String group() {
    return "attention";
  }

  @Override
  public String name() {
    return batch + "x" + pixels + " heads " + heads + "x" + dim;
  }

  @Override
  public double flops() {
    return 4.0 * batch * heads * pixels * pixels * dim;
  }

  @Override
  public List<Contender> contenders(Peers peers) throws IOException {
    int channels = heads * dim;
    float[] qkv = peers.normals(batch * pixels * 3 * channels, 1);
    ImageBatch packed = new ImageBatch(batch, 3 * channels, pixels);
    ImageBatch output = new ImageBatch(batch, channels, pixels);

    List<Contender> contenders = new ArrayList<>();
    Tensor own = Tensor.of(Shape.of(batch, pixels, 3 * channels), qkv);
    Program recorded =
        Program.record(
            () ->
                Autograd.noGrad(
                    () ->
                        List.of(
                            Functional.packedAttention(
                                own, heads, AttentionOp.Packing.HEAD_MAJOR))));
    contenders.add(OrnsteinContender.of("", recorded));
    Torch torch = peers.torch();
    Torch.Program program = peers.operations();
    IValue rows = torch.tensor(qkv, batch, pixels, 3L * channels);
    IValue columns = torch.tensor(packed.toChannelsFirst(qkv), batch, heads, 3, dim, pixels);
    IValue headCount = IValue.from((long) heads);
    contenders.add(
        program.contender("fused", UnaryOperator.identity(), "attention_fused", rows, headCount));
    contenders.add(
        program.contender(
            "products", output::toChannelsLast, "attention_products", columns, headCount));
    contenders.add(onnx(peers.onnx(), qkv));
    return contenders;
  }

  private Contender onnx(Onnx onnx, float[] qkv) {
    long[] shape = {batch, pixels, (long) heads * dim};
    byte[] model =
        new OnnxModel(23)
            .input("q", shape)
            .input("k", shape)
            .input("v", shape)
            .node(
                "Attention",
                List.of("q", "k", "v"),
                "y",
                OnnxModel.Attribute.of("q_num_heads", heads),
                OnnxModel.Attribute.of("kv_num_heads", heads))
            .output(shape);
    Map<String, OnnxTensor> inputs =
        Map.of(
            "q", onnx.tensor(part(qkv, 0), shape),
            "k", onnx.tensor(part(qkv, 1), shape),
            "v", onnx.tensor(part(qkv, 2), shape));
    OnnxTensor y = onnx.tensor(new float[batch * pixels * heads * dim], shape);
    return onnx.contender(model, inputs, y, UnaryOperator.identity());
  }

  /** Queries, keys or values out of channels in the order [head][q | k | v][d]. */
  private float[] part(float[] qkv, int index) {
    float[] result = new float[qkv.length / 3];
    for (int head = 0; head < result.length / dim; head++) {
      System.arraycopy(qkv, (3 * head + index) * dim, result, head * dim, dim);
    }
    return result;
  }
}

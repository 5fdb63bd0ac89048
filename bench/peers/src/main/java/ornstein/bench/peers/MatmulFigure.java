package ornstein.bench.peers;

import ai.djl.pytorch.jni.IValue;
import ai.onnxruntime.OnnxTensor;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import ornstein.engine.kernel.Buffer;
import ornstein.engine.kernel.Kernels;
import ornstein.engine.kernel.Matmul;

/**
 * A product of two square matrices, neither of them constant.
 *
 * @param size rows, columns and depth
 */
record MatmulFigure(int size) implements Figure {
  @Override
  public String group() {
    return "product";
  }

  @Override
  public String name() {
    return Integer.toString(size);
  }

  private Matmul geometry() {
    return new Matmul(1, size, size, size, false, false);
  }

  @Override
  public double flops() {
    return geometry().flops();
  }

  @Override
  public List<Contender> contenders(Peers peers) throws IOException {
    Kernels kernels = peers.kernels();
    Matmul g = geometry();
    Buffer a = peers.normal(size * size, 1);
    Buffer b = peers.normal(size * size, 2);
    Buffer y = kernels.allocate(size * size);
    IValue torchA = peers.torch().tensor(peers.values(a), size, size);
    IValue torchB = peers.torch().tensor(peers.values(b), size, size);
    long[] shape = {size, size};
    byte[] model =
        new OnnxModel(17)
            .input("a", shape)
            .input("b", shape)
            .node("MatMul", List.of("a", "b"), "y")
            .output(shape);
    Onnx onnx = peers.onnx();
    Map<String, OnnxTensor> inputs =
        Map.of("a", onnx.tensor(peers.values(a), shape), "b", onnx.tensor(peers.values(b), shape));
    OnnxTensor onnxY = onnx.tensor(new float[size * size], shape);
    return List.of(
        OrnsteinContender.of(kernels, b, k -> k.matmul(g, a, b, y), () -> peers.values(y)),
        peers.operations().contender("", UnaryOperator.identity(), "matmul", torchA, torchB),
        onnx.contender(model, inputs, onnxY, UnaryOperator.identity()));
  }
}

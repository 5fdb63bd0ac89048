package ornstein.bench.peers;

import java.io.IOException;
import java.nio.file.Path;
import ornstein.engine.kernel.Buffer;
import ornstein.engine.kernel.GeneratorState;
import ornstein.engine.kernel.Kernels;

/**
 * The libraries at work in this process, each with the same number of threads.
 *
 * @param kernels Ornstein's
 * @param torch PyTorch
 * @param onnx ONNX Runtime
 * @param models folder with the exported programs
 */
record Peers(Kernels kernels, Torch torch, Onnx onnx, Path models) {
  /** The version of a library; of Ornstein the name of its back end. */
  String version(Library library) {
    return switch (library) {
      case ORNSTEIN -> kernels.name();
      case PYTORCH -> torch.version();
      case ONNX_RUNTIME -> onnx.version();
    };
  }

  /** PyTorch's single operations. */
  Torch.Program operations() throws IOException {
    return torch.load(models.resolve("operations.pt"), false);
  }

  /** Standard normal numbers in a buffer of Ornstein's; the stream tells operands apart. */
  Buffer normal(int size, long stream) {
    Buffer buffer = kernels.allocate(size);
    float[] state = new float[GeneratorState.SIZE];
    GeneratorState.put(0, stream, state, 0);
    Buffer generator = kernels.allocate(state.length);
    kernels.write(state, 0, generator, 0, state.length);
    kernels.randomNormal(generator, 0, buffer);
    return buffer;
  }

  /** Standard normal numbers; the stream tells operands apart. */
  float[] normals(int size, long stream) {
    return values(normal(size, stream));
  }

  /** The values of a buffer. */
  float[] values(Buffer buffer) {
    float[] values = new float[buffer.size()];
    kernels.read(buffer, 0, values, 0, values.length);
    return values;
  }
}

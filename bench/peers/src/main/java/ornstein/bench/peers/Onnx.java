package ornstein.bench.peers;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.UnaryOperator;

/** ONNX Runtime on the processor, with all of its graph optimisations. */
final class Onnx {
  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final int threads;

  /**
   * Starts the library.
   *
   * @param threads threads within an operation; one operation runs at a time
   */
  Onnx(int threads) {
    this.threads = threads;
  }

  /** The library's version. */
  String version() {
    return environment.getVersion();
  }

  /**
   * A tensor off the heap, where ONNX Runtime reads it in place.
   *
   * @param values its elements, row-major
   * @param shape its shape
   * @return the tensor
   */
  OnnxTensor tensor(float[] values, long... shape) {
    ByteBuffer bytes = ByteBuffer.allocateDirect(values.length * Float.BYTES);
    FloatBuffer floats = bytes.order(ByteOrder.nativeOrder()).asFloatBuffer();
    floats.put(0, values);
    try {
      return OnnxTensor.createTensor(environment, floats, shape);
    } catch (OrtException e) {
      throw failed(e);
    }
  }

  /**
   * A contender that runs a model of one output, {@code y}.
   *
   * @param model the model's bytes
   * @param inputs its inputs by name
   * @param output where the result goes
   * @param toChannelsLast brings the result to the order of {@link Contender#result}
   * @return the contender
   */
  Contender contender(
      byte[] model,
      Map<String, OnnxTensor> inputs,
      OnnxTensor output,
      UnaryOperator<float[]> toChannelsLast) {
    try (SessionOptions options = options()) {
      OrtSession session = environment.createSession(model, options);
      return new OnnxContender(session, inputs, output, toChannelsLast);
    } catch (OrtException e) {
      throw failed(e);
    }
  }

  /** The same with a model in a file. */
  Contender contender(
      Path model,
      Map<String, OnnxTensor> inputs,
      OnnxTensor output,
      UnaryOperator<float[]> toChannelsLast) {
    try (SessionOptions options = options()) {
      OrtSession session = environment.createSession(model.toString(), options);
      return new OnnxContender(session, inputs, output, toChannelsLast);
    } catch (OrtException e) {
      throw failed(e);
    }
  }

  private SessionOptions options() throws OrtException {
    SessionOptions options = new SessionOptions();
    options.setIntraOpNumThreads(threads);
    options.setInterOpNumThreads(1);
    options.setExecutionMode(SessionOptions.ExecutionMode.SEQUENTIAL);
    options.setOptimizationLevel(SessionOptions.OptLevel.ALL_OPT);
    return options;
  }

  private static IllegalStateException failed(OrtException e) {
    return new IllegalStateException("ONNX Runtime: " + e.getMessage(), e);
  }

  private record OnnxContender(
      OrtSession session,
      Map<String, OnnxTensor> inputs,
      OnnxTensor output,
      UnaryOperator<float[]> toChannelsLast)
      implements Contender {
    @Override
    public Library library() {
      return Library.ONNX_RUNTIME;
    }

    @Override
    public String variant() {
      return "";
    }

    @Override
    public void run() {
      try (OrtSession.Result result = session.run(inputs, Map.of("y", output))) {
        if (result.size() != 1) {
          throw new IllegalStateException("the model has " + result.size() + " outputs");
        }
      } catch (OrtException e) {
        throw failed(e);
      }
    }

    @Override
    public float[] result() {
      FloatBuffer values = output.getBufferRef().map(FloatBuffer.class::cast).orElseThrow();
      float[] copy = new float[values.capacity()];
      values.get(0, copy);
      return toChannelsLast.apply(copy);
    }
  }
}

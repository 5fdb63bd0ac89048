package ornstein.bench.peers;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * PyTorch, bound by the Deep Java Library. What it computes are methods of TorchScript programs:
 * the binding alone knows neither PyTorch's channels-last layout nor all operations, and a whole
 * program costs one transition from Java, a few microseconds.
 */
final class Torch {
  private static final String[] NO_FILES = {};

  private final PtNDManager manager;
  private final String version;

  private Torch(PtNDManager manager, String version) {
    this.manager = manager;
    this.version = version;
  }

  /**
   * Starts PyTorch. The number of threads is the whole process's, and fixed from then on.
   *
   * @param threads threads within an operation; one operation runs at a time
   * @return the library
   */
  static Torch start(int threads) {
    System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(threads));
    System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
    System.setProperty("ai.djl.offline", "true");
    Engine engine = Engine.getEngine("PyTorch");
    if (JniUtils.getNumThreads() != threads) {
      throw new IllegalStateException("PyTorch took " + JniUtils.getNumThreads() + " threads");
    }
    return new Torch((PtNDManager) engine.newBaseManager(), engine.getVersion());
  }

  /** The library's version. */
  String version() {
    return version;
  }

  /**
   * A tensor.
   *
   * @param values its elements, row-major
   * @param shape its shape
   * @return the tensor, ready to be passed to programs
   */
  IValue tensor(float[] values, long... shape) {
    return IValue.from((PtNDArray) manager.create(values, new Shape(shape)));
  }

  /**
   * Loads a TorchScript program.
   *
   * @param file the file
   * @param trainable whether it is to compute gradients of its parameters
   * @return the program
   * @throws NoSuchFileException if it is not there
   */
  Program load(Path file, boolean trainable) throws NoSuchFileException {
    if (!Files.isReadable(file)) {
      throw new NoSuchFileException(file.toString());
    }
    PtSymbolBlock block = JniUtils.loadModule(manager, file, false, NO_FILES, NO_FILES, trainable);
    if (!trainable) {
      JniUtils.enableInferenceMode(block);
    }
    return new Program(block);
  }

  /** A loaded TorchScript program. */
  final class Program {
    private final PtSymbolBlock block;

    private Program(PtSymbolBlock block) {
      this.block = block;
    }

    /** Calls a method. */
    IValue call(String method, IValue... inputs) {
      return IValueUtils.runMethod(block, method, inputs);
    }

    /**
     * A contender that calls a method.
     *
     * @param variant what tells it from others
     * @param toChannelsLast brings its result to the order of {@link Contender#result}
     * @param method the method, which returns a tensor
     * @param inputs what it is called with
     * @return the contender
     */
    Contender contender(
        String variant, UnaryOperator<float[]> toChannelsLast, String method, IValue... inputs) {
      return new TorchContender(this, variant, toChannelsLast, method, inputs);
    }

    /**
     * A contender that calls a method which computes gradients. The binding runs {@link #call} in
     * PyTorch's inference mode, where nothing is recorded; for training it has another way in,
     * which takes the method's name along with the inputs.
     *
     * @param variant what tells it from others
     * @param method the method, which returns a tensor
     * @param inputs what it is called with
     * @return the contender
     */
    Contender trainingContender(String variant, String method, IValue... inputs) {
      NDList list = new NDList();
      for (IValue input : inputs) {
        list.add(input.toTensor(manager));
      }
      NDArray name = manager.create(0f);
      name.setName("module_method:" + method);
      list.add(name);
      return new TrainingContender(block, variant, list);
    }
  }

  private final class TorchContender implements Contender {
    private final Program program;
    private final String variant;
    private final UnaryOperator<float[]> toChannelsLast;
    private final String method;
    private final IValue[] inputs;
    private @Nullable IValue output;

    TorchContender(
        Program program,
        String variant,
        UnaryOperator<float[]> toChannelsLast,
        String method,
        IValue[] inputs) {
      this.program = program;
      this.variant = variant;
      this.toChannelsLast = toChannelsLast;
      this.method = method;
      this.inputs = inputs.clone();
    }

    @Override
    public Library library() {
      return Library.PYTORCH;
    }

    @Override
    public String variant() {
      return variant;
    }

    @Override
    public void run() {
      if (output != null) {
        output.close(); // before, so that PyTorch can use the memory again
      }
      output = program.call(method, inputs);
    }

    @Override
    public float[] result() {
      IValue computed = Objects.requireNonNull(output, "run first");
      try (PtNDArray array = computed.toTensor(manager)) {
        return toChannelsLast.apply(array.toFloatArray());
      }
    }
  }

  private static final class TrainingContender implements Contender {
    private final PtSymbolBlock block;
    private final String variant;
    private final NDList inputs;
    private @Nullable NDList output;

    TrainingContender(PtSymbolBlock block, String variant, NDList inputs) {
      this.block = block;
      this.variant = variant;
      this.inputs = inputs;
    }

    @Override
    public Library library() {
      return Library.PYTORCH;
    }

    @Override
    public String variant() {
      return variant;
    }

    @Override
    public void run() {
      if (output != null) {
        output.close();
      }
      output = IValueUtils.forward(block, inputs, true);
    }

    @Override
    public float[] result() {
      return Objects.requireNonNull(output, "run first").singletonOrThrow().toFloatArray();
    }
  }
}

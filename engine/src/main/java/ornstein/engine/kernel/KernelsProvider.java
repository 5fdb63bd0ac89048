package ornstein.engine.kernel;

import java.util.function.Supplier;
import ornstein.engine.internal.HeapKernels;
import ornstein.engine.internal.VectorBackEnd;
import ornstein.engine.internal.VectorBits;
import ornstein.engine.internal.parallel.WorkerTeam;
import ornstein.engine.internal.scalar.ScalarContractions;
import ornstein.engine.internal.scalar.ScalarLoops;

/**
 * Chooses the back end. By default the Vector API kernels, or the scalar ones if the module {@code
 * jdk.incubator.vector} is not there; {@code -Dornstein.kernels=scalar|vector}, {@code
 * -Dornstein.threads=N} and {@code -Dornstein.vector.bits=128|256|512} override.
 */
public final class KernelsProvider {
  private static final ScopedValue<Kernels> SCOPE = ScopedValue.newInstance();

  private KernelsProvider() {}

  /**
   * Created at first use, then kept as long as this class; its threads are daemons and end when
   * nothing needs them.
   */
  private static final class Default {
    static final Choice CHOICE = choose();
  }

  private record Choice(Kernels kernels, String reason) {}

  /**
   * The back end in force on this thread.
   *
   * @return the one bound by {@link #with}, else the process-wide one
   */
  public static Kernels current() {
    return SCOPE.isBound() ? SCOPE.get() : Default.CHOICE.kernels();
  }

  /**
   * Why the process-wide back end was chosen, in one sentence for people.
   *
   * @return the reason
   */
  public static String reason() {
    return Default.CHOICE.reason();
  }

  /**
   * Ends the threads of the process-wide back end that wait for work; they start anew when they are
   * needed. After some seconds without work they end by themselves.
   */
  public static void rest() {
    Default.CHOICE.kernels().rest();
  }

  /**
   * Runs code on another back end. Tensors must not cross from one back end to another.
   *
   * @param <T> type of the result
   * @param kernels the back end
   * @param body the code
   * @return what the code returns
   */
  public static <T> T with(Kernels kernels, Supplier<T> body) {
    return ScopedValue.where(SCOPE, kernels).call(body::get);
  }

  /**
   * A new scalar back end, the oracle.
   *
   * @param threads number of threads, the caller's included, at least 1
   * @return the kernels, to be closed after use
   */
  public static Kernels scalar(int threads) {
    return new HeapKernels(
        "scalar", new ScalarLoops(), new ScalarContractions(), new WorkerTeam(threads));
  }

  /**
   * A new Vector API back end.
   *
   * @param threads number of threads, the caller's included, at least 1
   * @return the kernels, to be closed after use
   * @throws IllegalStateException if the module jdk.incubator.vector is not in the module graph
   * @throws IllegalArgumentException if -Dornstein.vector.bits is set to no width
   */
  public static Kernels vector(int threads) {
    if (!vectorModulePresent()) {
      throw new IllegalStateException(
          "the module jdk.incubator.vector is not resolved: run on the module path, or add"
              + " --add-modules jdk.incubator.vector");
    }
    VectorBits.forced(); // refuses a wrong property before classes are loaded that depend on it
    return VectorBackEnd.create(threads);
  }

  /**
   * Whether the Vector API can be used in this JVM.
   *
   * @return true if its module is in the module graph
   */
  public static boolean vectorModulePresent() {
    return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
  }

  private static Choice choose() {
    int threads = threads();
    String wanted = System.getProperty("ornstein.kernels", "auto");
    return switch (wanted) {
      case "scalar" -> new Choice(scalar(threads), "scalar kernels: -Dornstein.kernels=scalar");
      case "vector" -> new Choice(vector(threads), "vector kernels: -Dornstein.kernels=vector");
      case "auto" -> automatic(threads);
      default ->
          throw new IllegalArgumentException(
              "-Dornstein.kernels=" + wanted + " is not one of scalar, vector, auto");
    };
  }

  private static Choice automatic(int threads) {
    if (!vectorModulePresent()) {
      return new Choice(
          scalar(threads),
          "scalar kernels: the module jdk.incubator.vector is not resolved; run on the module"
              + " path, or add --add-modules jdk.incubator.vector");
    }
    return new Choice(vector(threads), "vector kernels: " + VectorBackEnd.reason());
  }

  private static int threads() {
    String given = System.getProperty("ornstein.threads");
    if (given == null) {
      return Runtime.getRuntime().availableProcessors();
    }
    try {
      int n = Integer.parseInt(given);
      if (n >= 1 && n <= 1024) {
        return n;
      }
    } catch (NumberFormatException e) {
      // falls through to the one message for every bad value
    }
    throw new IllegalArgumentException(
        "-Dornstein.threads=" + given + " is not a number from 1 to 1024");
  }
}

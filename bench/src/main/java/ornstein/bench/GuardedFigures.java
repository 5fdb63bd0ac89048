package ornstein.bench;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import ornstein.bench.guard.Figure;

/**
 * What the guard watches. Most figures are those of one thread, which are the steadiest; one is
 * that of all threads, so that work which is no longer shared shows too. Operands that fit the
 * core's own caches make a figure depend less on its neighbours.
 */
final class GuardedFigures {
  private static final String LARGE = "16x64x64x28";
  private static final int KERNEL_WARM_UP = 2;
  private static final int KERNEL_BATCHES = 60;

  /** Networks have more code to compile. */
  private static final int NETWORK_WARM_UP = 8;

  /** Fewer, for one call takes longer than a batch of a kernel. */
  private static final int NETWORK_BATCHES = 30;

  private GuardedFigures() {}

  /** All of them, in the order of the table. */
  static List<Figure> all() {
    return List.of(
        new Figure(
            "matmul-384",
            MatmulBenchmark.class,
            "multiply",
            Map.of("size", "384", "transposeB", "false", "threads", "1"),
            false,
            KERNEL_WARM_UP,
            KERNEL_BATCHES),
        convolution("forward", "conv3x3-forward-16x64x64x28", LARGE),
        convolution("forward", "conv3x3-forward-1x128x128x32", "1x128x128x32"),
        convolution("inputGradient", "conv3x3-input-gradient-16x64x64x28", LARGE),
        convolution("weightGradient", "conv3x3-weight-gradient-16x64x64x28", LARGE),
        kernel(GroupNormBenchmark.class, "forward", "group-norm-1x64x28", "shape", "1x64x28"),
        kernel(AttentionBenchmark.class, "forward", "attention-1x196x64x4", "shape", "1x196x64x4"),
        kernel(RngBenchmark.class, "normals", "normals-49152", "size", "49152"),
        network("forward", "unet28-forward-batch-1", Map.of("batch", "1"), false),
        network("trainingStep", "unet28-training-step-batch-4", Map.of("batch", "4"), false),
        network("sample", "unet28-ddim-5-batch-1", Map.of("batch", "1", "steps", "5"), false),
        network("forward", "unet28-forward-batch-16-threads", Map.of("batch", "16"), true));
  }

  private static Figure convolution(String method, String name, String shape) {
    return kernel(ConvolutionBenchmark.class, method, name, "shape", shape);
  }

  private static Figure kernel(
      Class<?> benchmark, String method, String name, String key, String value) {
    Map<String, String> parameters = Map.of("threads", "1", key, value);
    return new Figure(name, benchmark, method, parameters, false, KERNEL_WARM_UP, KERNEL_BATCHES);
  }

  private static Figure network(
      String method, String name, Map<String, String> sizes, boolean allThreads) {
    Map<String, String> parameters = new TreeMap<>(sizes);
    parameters.put("side", "28");
    return new Figure(
        name,
        UNetBenchmark.class,
        method,
        parameters,
        allThreads,
        NETWORK_WARM_UP,
        NETWORK_BATCHES);
  }
}

package ornstein.bench;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import ornstein.bench.guard.Figure;

/**
 * What the guard watches. Kernels run on one thread, which is the steadiest; networks on all
 * threads, so that work which is no longer shared shows too.
 */
final class GuardedFigures {
  private static final String LARGE = "16x64x64x28";
  private static final int KERNEL_WARM_UP = 3;

  /** Networks have more code to compile. */
  private static final int NETWORK_WARM_UP = 5;

  private GuardedFigures() {}

  /** All of them, in the order of the table. */
  static List<Figure> all() {
    return List.of(
        kernel(
            "matmul-384",
            MatmulBenchmark.class,
            "multiply",
            Map.of("size", "384", "transposeB", "false")),
        convolution("conv3x3-forward-16x64x64x28", "forward", LARGE),
        convolution("conv3x3-forward-1x128x128x32", "forward", "1x128x128x32"),
        convolution("conv3x3-input-gradient-16x64x64x28", "inputGradient", LARGE),
        convolution("conv3x3-weight-gradient-16x64x64x28", "weightGradient", LARGE),
        kernel(
            "group-norm-16x64x28",
            GroupNormBenchmark.class,
            "forward",
            Map.of("shape", "16x64x28")),
        kernel(
            "attention-16x196x64x4",
            AttentionBenchmark.class,
            "forward",
            Map.of("shape", "16x196x64x4")),
        kernel("normals-49152", RngBenchmark.class, "normals", Map.of("size", "49152")),
        network("unet28-forward-batch-1", "forward", Map.of("side", "28", "batch", "1")),
        network("unet28-forward-batch-16", "forward", Map.of("side", "28", "batch", "16")),
        network("unet28-training-step-batch-4", "trainingStep", Map.of("side", "28", "batch", "4")),
        network(
            "unet28-ddim-5-batch-1", "sample", Map.of("side", "28", "batch", "1", "steps", "5")));
  }

  private static Figure convolution(String name, String method, String shape) {
    return kernel(name, ConvolutionBenchmark.class, method, Map.of("shape", shape));
  }

  private static Figure kernel(
      String name, Class<?> benchmark, String method, Map<String, String> parameters) {
    Map<String, String> all = new TreeMap<>(parameters);
    all.put("threads", "1");
    return new Figure(name, benchmark, method, all, KERNEL_WARM_UP);
  }

  private static Figure network(String name, String method, Map<String, String> parameters) {
    return new Figure(name, UNetBenchmark.class, method, parameters, NETWORK_WARM_UP);
  }
}
